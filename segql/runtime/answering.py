"""Questions answered by a database that this process has open."""

from collections.abc import Iterable
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from segql.compiler.compiled import Compiled
from segql.compiler.conditions.values import Attribute
from segql.compiler.plan.instants import moment
from segql.compiler.sql.query import Query
from segql.runtime.asking import Asking, Cost, Known
from segql.runtime.definitions import unknown_segment
from segql.runtime.engines import duckdb as engine
from segql.runtime.examples import ExampleResult, run_examples
from segql.runtime.store.catalog import read_catalog
from segql.runtime.store.counts import KeptCounts
from segql.runtime.store.database import Database
from segql.runtime.store.lists import list_sizes
from segql.runtime.store.segments import Version, read_removed, read_versions
from segql.runtime.store.sizes import DAYS, Size, read_sizes
from segql.runtime.uses import KeptUses, Uses

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.runtime.as_code.moves import Moves
    from segql.runtime.why import Why


class Answering(Asking):
    """The questions of `Asking`, and those that only a store at hand answers."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._reading = Lock()
        self._known: Known | None = None
        self._counts = KeptCounts(database)
        self._uses = KeptUses()

    @property
    def place(self) -> str:
        """The store's file."""
        return self.database.path

    def interrupt(self) -> None:
        """Stop the questions that other threads are asking just now: they raise `duckdb.InterruptException`."""
        self.database.interrupt()

    def known(self) -> Known:
        """What was read of the store, read again where something was written since. One thread at a time reads."""
        with self._reading:
            version = self.database.version
            if self._known is None or self._known.version != version:
                self._known = Known(version, self._counts.counted(read_catalog(self.database)))
            return self._known

    def query(self, text: str, as_of: datetime | None = None) -> Query:
        """The SQL of a condition: one column, profile_id, and the values bound in it. Raises `DefinitionError`."""
        return self.compile(text).sql(engine.DIALECT, as_of)

    def count_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> int:
        """As `count`, of a condition that was compiled before."""
        from segql.runtime.refresh.once import count

        with self.database.cursor() as cursor:
            return count(cursor, compiled.plan, moment(compiled.catalog.account, as_of))

    def members(self, text: str, as_of: datetime | None = None) -> "pa.Table":
        """Who fulfils a condition: columns profile_id (int32) and external_id (text), by profile_id.

        Raises `DefinitionError`."""
        from segql.runtime.refresh.once import members

        compiled = self.compile(text)
        with self.database.cursor() as cursor:
            return members(cursor, compiled.plan, moment(compiled.catalog.account, as_of))

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

    def ask_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> "pa.Table":
        """As `ask`, of a statement that was compiled before."""
        # Loaded here: whoever only checks definitions needs no SQL.
        from segql.runtime.answers import answer

        return answer(self.database, compiled, as_of or datetime.now(UTC))

    def why_compiled(self, compiled: Compiled, who: str | int, as_of: datetime | None = None) -> "Why":
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

    def versions(self, name: str) -> list[Version]:
        """What a segment of that name in any case said, from its first version on, also where it was removed since.

        Each version's `segment.definition` is a text that can be asked. Raises `StoreError` where there never was one."""
        with self.database.cursor() as cursor:
            found = read_versions(cursor, name)
        if not found:
            raise unknown_segment(self.catalog, name)
        return found

    def removed_segments(self) -> list[Version]:
        """What each segment said last that was removed and did not come back, the one that was removed last first."""
        with self.database.cursor() as cursor:
            return read_removed(cursor)

    def sizes(self, now: datetime | None = None, days: int = DAYS) -> dict[str, Size]:
        """How many people were in each stored segment as of its last refresh, and at the end of each of so many days, by
        its name. They are kept, not counted; a segment that was never refreshed is absent."""
        today = moment(self.catalog.account, now).today
        with self.database.cursor() as cursor:
            return read_sizes(cursor, today, days)

    def uses(self) -> Uses:
        """Which stored segments use which, and which of them no longer hold, and why."""
        catalog = self.catalog
        with self._reading:
            return self._uses.of(catalog)

    def moves(
        self, before: str | None, after: str | None, as_of: datetime | None = None, named: int = 0
    ) -> "Moves":
        """Who would enter and leave if what meant one thing (None: nobody) meant another; so many of each are named.

        Raises `DefinitionError`."""
        from segql.runtime.as_code.moves import moves_between

        old, new = (None if text is None else self.compile(text) for text in (before, after))
        return moves_between(self.database, old, new, as_of or datetime.now(UTC), named)

    def list_sizes(self, as_of: datetime | None = None) -> dict[str, int]:
        """How many people are on each list, by its name."""
        with self.database.cursor() as cursor:
            return list_sizes(cursor, as_of or datetime.now(UTC))

    def population(self) -> int:
        """How many profiles there are."""
        with self.database.cursor() as cursor:
            return engine.run_number(cursor, Query("SELECT count(*) FROM profiles", {}))

    def _run(self, query: Query) -> "pa.Table":
        with self.database.cursor() as cursor:
            return engine.run(cursor, query)
