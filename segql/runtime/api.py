"""`Store`: what programs and faces use of a store. It asks the compiler for queries and the engine for answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from segql.compiler.catalog.model import Account
from segql.compiler.format import format_segment
from segql.runtime import people
from segql.runtime.answering import Answering
from segql.runtime.definitions import SegmentSaved, remove_segments, save_definitions, version_of
from segql.runtime.growth import count_past
from segql.runtime.keeping import Keeping
from segql.runtime.store import consents, events, lists, places, profiles
from segql.runtime.store.attribute_history import keep_history
from segql.runtime.store.by_person import (
    ByPerson,
    begin_by_person,
    drop_by_person,
    go_on_by_person,
    keep_by_person,
    read_by_person,
)
from segql.runtime.store.catalog import save_account
from segql.runtime.store.compaction import compact
from segql.runtime.store.database import Database
from segql.runtime.uses_in_sms import users_in_sms

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.runtime.as_code.planning import Plan
    from segql.runtime.imports.importing import ImportReport, Progress
    from segql.runtime.imports.map import Kind
    from segql.runtime.predict.predict import Prediction
    from segql.runtime.refresh.changes import Changes
    from segql.runtime.refresh.upkeep import Upkeep
    from segql.runtime.why import Why


class Store(Answering, Keeping):
    """A store of profiles and events. Instants that are passed in are aware; the present is the default."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._upkeep: Upkeep | None = None

    def close(self) -> None:
        """Give the file free for other processes."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def named(self, actor: str | None, usual: str) -> str:
        """In whose name changes are made: whoever is said, else who usually does it."""
        return usual if actor is None else actor

    # ---- Upkeep ---------------------------------------------------------------------------------------------------

    def refresh(self, names: Sequence[str] | None = None, now: datetime | None = None) -> "Changes":
        """Bring the memberships of stored segments (all by default) up to date; who entered and who left, and why.

        One that no longer compiles keeps its members and is told in `broken`. Raises `StoreError` for a segment that is
        not stored, `DefinitionError` for one that is named and no longer compiles."""
        if self._upkeep is None:
            from segql.runtime.refresh.upkeep import Upkeep

            self._upkeep = Upkeep()
        changes = self._upkeep.refresh(self.database, names, now or datetime.now(UTC))
        self._counts.refreshed()
        return changes

    def count_past(self, now: datetime | None = None) -> Iterator[str]:
        """Count who was in stored segments at the end of each day before their first refresh, as far back as `sizes` goes.

        Gives the name of each segment that is done; nothing where that is known."""
        return count_past(self, now or datetime.now(UTC))

    def why_kept(self, segment: str, profile_id: int) -> "Why | None":
        """Why somebody is in a stored segment or is not, as of the latest `refresh` of this object, from memory and in
        microseconds: the clauses that hold, with counts and sums. None where only `why` can tell (see `Upkeep.why`)."""
        return None if self._upkeep is None else self._upkeep.why(segment, profile_id)

    def predict(self, as_of: datetime | None = None) -> "Prediction":
        """Fit the models of orders and write what they predict of everybody, as attributes. Needs the extra `predict`."""
        from segql.runtime.predict.predict import predict

        return predict(self.database, self.catalog, as_of or datetime.now(UTC))

    # ---- People ---------------------------------------------------------------------------------------------------

    def describe(self, who: str | int, as_of: datetime | None = None) -> "dict[str, Any]":
        """Everything that is held about one person (see `runtime/people.py`), as one document.

        Raises `StoreError` where nobody is meant, or several are."""
        return people.describe(self, who, as_of)

    def keep_by_person(self, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Keep a copy of the events ordered by person from now on, so that one person's are read at once in a store of any
        size. `progress` is called with how many events are in it, of how many."""
        keep_by_person(self.database, progress)

    def drop_by_person(self) -> None:
        """Keep that copy no longer."""
        drop_by_person(self.database)

    def by_person(self) -> ByPerson:
        """Whether that copy is kept, and how much of it is made."""
        with self.database.cursor() as cursor:
            return read_by_person(cursor)

    def begin_by_person(self) -> None:
        """Keep that copy from now on, and leave it to `go_on_by_person` to make it."""
        begin_by_person(self.database)

    def go_on_by_person(self, at_once: int) -> Iterator[tuple[int, int]]:
        """Make that copy, so many events at a time: how many are done, of how many; nothing where it is made, or is not
        kept."""
        return go_on_by_person(self.database, at_once)

    def merge(self, who: str | int, into: str | int, actor: str, at: datetime | None = None) -> int:
        """Make one person a part of another, who keeps their own identifiers and values; the survivor's profile_id.

        Raises `StoreError`."""
        return people.merge(self, who, into, actor, at)

    def erase(self, who: str | int, actor: str, at: datetime | None = None) -> None:
        """Erase a person, for good; a hash of their addresses keeps them from being texted again. Raises `StoreError`."""
        people.erase(self, who, actor, at)

    # ---- Files ----------------------------------------------------------------------------------------------------

    def plan(
        self, texts: Mapping[str, str], at: datetime | None = None, *, prune: bool = False, people: int = 0
    ) -> "Plan":
        """What storing files (their texts by their names) would do (see `Keeping.plan`)."""
        from segql.runtime.as_code.planning import plan

        when = at or datetime.now(UTC)
        return plan(self, texts, when, prune=prune, others=users_in_sms(self), people=people)

    def apply(
        self, texts: Mapping[str, str], author: str, at: datetime | None = None, *, prune: bool = False
    ) -> "Plan":
        """Do what `plan` says, all or nothing. Raises as it does."""
        planned = self.plan(texts, at, prune=prune)
        planned.apply(self, planned.at, author)
        return planned

    def import_files(
        self,
        kind: "Kind",
        files: Sequence[Path],
        map: Path | None = None,
        *,
        rejects: Path,
        now: datetime | None = None,
        progress: "Progress" = lambda done, total: None,
    ) -> "ImportReport":
        """Import files of one kind, all or nothing (see `imports/importing.py`). `progress`: told how many rows are done,
        of how many. Raises `StoreError`."""
        from segql.runtime.imports.importing import import_file

        when = now or datetime.now(UTC)
        return import_file(self.database, kind, files, map, rejects=rejects, now=when, progress=progress)

    # ---- Changing -------------------------------------------------------------------------------------------------

    def save_account(self, account: Account) -> None:
        """Set the account's settings. Raises ValueError for values of another type than the settings have."""
        with self.database.transaction() as connection:
            save_account(connection, account)

    def save_segments(
        self,
        text: str,
        at: datetime | None = None,
        name: str | None = None,
        *,
        author: str | None = None,
        expecting: Mapping[str, int] | None = None,
    ) -> list[SegmentSaved]:
        """Check and store every segment and every `define` of a text; all or none. A segment that is new or changed
        gets a version, saved by `author`. `expecting`: the versions that segments are now (0: none is stored), as their
        writer knows them.

        Raises `DefinitionError`, and `StoreError` where a segment is another version than was expected."""
        when = at or datetime.now(UTC)
        return save_definitions(self.database, self.catalog, text, when, name, author, expecting)

    def remove_segments(
        self,
        names: Iterable[str],
        *,
        author: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Forget segments and who was in them; all or none. Their versions stay.

        Raises `StoreError` for a name that there is not, and for a segment that something which stays uses."""
        remove_segments(
            self.database, self.catalog, names, at or datetime.now(UTC), author, users_in_sms(self)
        )

    def restore_segment(
        self, name: str, number: int, *, author: str | None = None, at: datetime | None = None
    ) -> SegmentSaved:
        """Store a segment again as a version of it said (see `versions`), which makes a new version.

        Raises `StoreError` where there is no such version, and `DefinitionError` where it no longer holds."""
        version = version_of(self.versions(name), number)
        (saved,) = self.save_segments(format_segment(version.segment), at, author=author)
        return saved

    def keep_history(self, attribute: str, at: datetime | None = None) -> bool:
        """Keep from now on what a text attribute was before, for `has been ... for ...`; whether it was not kept yet.

        Raises `StoreError`."""
        with self.database.transaction() as connection:
            return keep_history(connection, attribute, at or datetime.now(UTC))

    def upsert_profiles(self, table: "pa.Table", at: datetime | None = None) -> profiles.ProfilesWritten:
        """Add and change profiles: identifiers (external_id, email, phone_number) and attributes as columns."""
        account = self.catalog.account
        with self.database.transaction() as connection:
            return profiles.upsert_profiles(connection, table, account, at or datetime.now(UTC))

    def append_events(
        self, event: str, table: "pa.Table", *, amount: str | None = None, label: str | None = None
    ) -> events.EventsWritten:
        """Add events of one kind: who (profile_id or an identifier), `occurred_at` (UTC), `event_id`, properties.

        Events that are there already, by their id, are left out. `amount` and `label` name the properties that are
        the event's money and its one much-repeated text."""
        with self.database.transaction() as connection:
            written = events.append_events(connection, event, table, amount=amount, label=label)
        compact(self.database)
        return written

    def record_consents(self, table: "pa.Table") -> consents.ConsentsWritten:
        """Append to the consent log: channel, kind, address, status, occurred_at, recorded_at, method, detail, actor."""
        with self.database.transaction() as connection:
            return consents.record_consents(connection, table)

    def add_to_list(self, name: str, profile_ids: list[int], at: datetime) -> int:
        """Add profiles to a list, made where there is none; how many were not in it."""
        with self.database.transaction() as connection:
            return lists.add_to_list(connection, name, profile_ids, at)

    def remove_from_list(self, name: str, profile_ids: list[int], at: datetime) -> int:
        """Take profiles off a list; how many were in it."""
        with self.database.transaction() as connection:
            return lists.remove_from_list(connection, name, profile_ids, at)

    def save_places(self, table: "pa.Table") -> int:
        """Store named places: name, latitude, longitude."""
        with self.database.transaction() as connection:
            return places.save_places(connection, table)

    def save_postal_codes(self, table: "pa.Table") -> int:
        """Store postal codes: country, code, latitude, longitude."""
        with self.database.transaction() as connection:
            return places.save_postal_codes(connection, table)


def open(path: str | Path, *, create: bool = False) -> Store:
    """Open a store; with `create`, make one where there is none. ":memory:" is a store that is gone when closed.

    Raises `StoreError` where it cannot be opened."""
    return Store(Database.open(path, create=create or str(path) == ":memory:"))
