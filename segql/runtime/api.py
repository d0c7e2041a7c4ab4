"""`Store`: what programs and faces use of a store. It asks the compiler for queries and the engine for answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from segql.compiler.catalog.model import Account, Catalog
from segql.compiler.compiled import Compiled
from segql.compiler.conditions.values import Attribute
from segql.compiler.pipeline import compile
from segql.compiler.sql.query import Query
from segql.compiler.text import quoted
from segql.runtime import people
from segql.runtime.definitions import SegmentSaved, save_definitions
from segql.runtime.engines import duckdb as engine
from segql.runtime.examples import ExampleResult, run_examples
from segql.runtime.store import consents, events, lists, places, profiles
from segql.runtime.store.attribute_history import keep_history
from segql.runtime.store.catalog import read_catalog, save_account
from segql.runtime.store.compaction import compact
from segql.runtime.store.database import Database

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.runtime.predict.predict import Prediction
    from segql.runtime.refresh.changes import Changes
    from segql.runtime.refresh.upkeep import Upkeep
    from segql.runtime.why import Why

# So many compiled texts are kept until the catalog changes.
_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Cost:
    """How many events are read at most, of how many."""

    events: int
    of: int


@dataclass(frozen=True, slots=True)
class Known:
    """The catalog at a version of the store, and what was compiled against it, by text."""

    version: int
    catalog: Catalog
    compiled: dict[str, Compiled] = field(default_factory=dict)


class Store:
    """A store of profiles and events. Instants that are passed in are aware; the present is the default."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._reading = Lock()
        self._known: Known | None = None
        self._upkeep: Upkeep | None = None

    def close(self) -> None:
        """Give the file free for other processes."""
        self.database.close()

    def interrupt(self) -> None:
        """Stop the questions that other threads are asking just now: they raise `duckdb.InterruptException`."""
        self.database.interrupt()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- Asking ---------------------------------------------------------------------------------------------------

    @property
    def catalog(self) -> Catalog:
        """What names the store knows now."""
        return self._know().catalog

    def compile(self, text: str, name: str | None = None) -> Compiled:
        """Compile a condition, a statement, or the name of a stored segment. Raises `DefinitionError`."""
        known = self._know()
        compiled = known.compiled.get(text)
        if compiled is None:
            segment = known.catalog.segment(text.strip())
            asked = f"in segment {quoted(segment.name)}" if segment is not None else text
            compiled = compile(asked, known.catalog, name)
            if len(known.compiled) >= _REMEMBERED:
                known.compiled.clear()
            known.compiled[text] = compiled
        return compiled

    def _know(self) -> "Known":
        """What was read of the store, read again where something was written since. One thread at a time reads."""
        with self._reading:
            version = self.database.version
            if self._known is None or self._known.version != version:
                self._known = Known(version, read_catalog(self.database))
            return self._known

    def query(self, text: str, as_of: datetime | None = None) -> Query:
        """The SQL of a condition: one column, profile_id, and the values bound in it. Raises `DefinitionError`."""
        return self.compile(text).sql(engine.DIALECT, as_of)

    def count(self, text: str, as_of: datetime | None = None) -> int:
        """How many profiles fulfil a condition. Raises `DefinitionError`."""
        return self.count_compiled(self.compile(text), as_of)

    def count_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> int:
        """As `count`, of a condition that was compiled before."""
        with self.database.cursor() as cursor:
            return engine.run_number(cursor, compiled.count_sql(engine.DIALECT, as_of))

    def members(self, text: str, as_of: datetime | None = None) -> "pa.Table":
        """Who fulfils a condition: columns profile_id (int32) and external_id (text), by profile_id.

        Raises `DefinitionError`."""
        return self.show(text, ("profile_id", "external_id"), as_of=as_of)

    def show(
        self, text: str, columns: Iterable[str], limit: int | None = None, as_of: datetime | None = None
    ) -> "pa.Table":
        """Attributes of those who fulfil a condition, by profile_id; `profile_id` is one too.

        Raises `DefinitionError`."""
        return self.show_compiled(self.compile(text), columns, limit, as_of)

    def show_compiled(
        self,
        compiled: Compiled,
        columns: Iterable[str],
        limit: int | None = None,
        as_of: datetime | None = None,
    ) -> "pa.Table":
        """As `show`, of a condition that was compiled before."""
        shown = tuple(Attribute(name=column) for column in columns)
        return self._run(compiled.showing(shown, limit).sql(engine.DIALECT, as_of))

    def ask(self, statement: str, as_of: datetime | None = None) -> "pa.Table":
        """The answer to any statement of the language; its columns are told in `runtime/answers.py`.

        Raises `DefinitionError`, and `StoreError` where a `why` names nobody."""
        return self.ask_compiled(self.compile(statement), as_of)

    def ask_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> "pa.Table":
        """As `ask`, of a statement that was compiled before."""
        # Loaded here: whoever only checks definitions needs no SQL.
        from segql.runtime.answers import answer

        return answer(self.database, compiled, as_of or datetime.now(UTC))

    def why(self, text: str, who: str, as_of: datetime | None = None) -> "Why":
        """Why somebody (external id, phone number or e-mail address) fulfils a condition or does not, clause by clause.

        Raises `DefinitionError`, and `StoreError` where nobody is meant, or several are."""
        return self.why_compiled(self.compile(text), who, as_of)

    def why_compiled(self, compiled: Compiled, who: str, as_of: datetime | None = None) -> "Why":
        """As `why`, of a condition that was compiled before."""
        from segql.runtime.why import why

        return why(self.database, compiled.bind({}), who, as_of or datetime.now(UTC))

    def cost(self, compiled: Compiled, as_of: datetime | None = None) -> Cost:
        """How many events a definition reads at most, from the number of each kind up to then."""
        known = (self.catalog.event(name) for name in compiled.reads.events)
        metrics = [event.id for event in known if event is not None and event.id is not None]
        with self.database.cursor() as cursor:
            return Cost(*engine.row_counts(cursor, metrics, as_of or datetime.now(UTC)))

    def test(self, text: str, as_of: datetime | None = None, name: str | None = None) -> list[ExampleResult]:
        """Ask each segment of a text about the example people in it (`expect in: ...`). Raises `DefinitionError`."""
        return run_examples(text, self.catalog, as_of or datetime.now(UTC), name)

    # ---- Upkeep ---------------------------------------------------------------------------------------------------

    def refresh(self, names: Sequence[str] | None = None, now: datetime | None = None) -> "Changes":
        """Bring the memberships of stored segments (all by default) up to date; who entered and who left, and why.

        One that no longer compiles keeps its members and is told in `broken`. Raises `StoreError` for a segment that is
        not stored, `DefinitionError` for one that is named and no longer compiles."""
        if self._upkeep is None:
            from segql.runtime.refresh.upkeep import Upkeep

            self._upkeep = Upkeep()
        return self._upkeep.refresh(self.database, names, now or datetime.now(UTC))

    def predict(self, as_of: datetime | None = None) -> "Prediction":
        """Fit the models of orders and write what they predict of everybody, as attributes. Needs the extra `predict`."""
        from segql.runtime.predict.predict import predict

        return predict(self.database, self.catalog, as_of or datetime.now(UTC))

    # ---- People ---------------------------------------------------------------------------------------------------

    def describe(self, who: str, as_of: datetime | None = None) -> "dict[str, Any]":
        """Everything that is held about one person (external id, phone number or e-mail address), as one document.

        Raises `StoreError` where nobody is meant, or several are."""
        return people.describe(self, who, as_of)

    def merge(self, who: str, into: str, actor: str, at: datetime | None = None) -> int:
        """Make one person a part of another, who keeps their own identifiers and values; the survivor's profile_id.

        Raises `StoreError`."""
        return people.merge(self, who, into, actor, at)

    def erase(self, who: str, actor: str, at: datetime | None = None) -> None:
        """Erase a person, for good; a hash of their addresses keeps them from being texted again. Raises `StoreError`."""
        people.erase(self, who, actor, at)

    def population(self) -> int:
        """How many profiles there are."""
        with self.database.cursor() as cursor:
            return engine.run_number(cursor, Query("SELECT count(*) FROM profiles", {}))

    def _run(self, query: Query) -> "pa.Table":
        with self.database.cursor() as cursor:
            return engine.run(cursor, query)

    # ---- Changing -------------------------------------------------------------------------------------------------

    def save_account(self, account: Account) -> None:
        """Set the account's settings. Raises ValueError for values of another type than the settings have."""
        with self.database.transaction() as connection:
            save_account(connection, account)

    def save_segments(
        self, text: str, at: datetime | None = None, name: str | None = None
    ) -> list[SegmentSaved]:
        """Check and store every segment and every `define` of a text; all or none. Raises `DefinitionError`."""
        return save_definitions(self.database, self.catalog, text, at or datetime.now(UTC), name)

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
