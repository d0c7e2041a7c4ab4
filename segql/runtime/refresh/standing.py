"""The stored segments as they stand: compiled anew where anything that they are made of has changed."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from segql.compiler.catalog.model import Account, Catalog
from segql.compiler.compiled import Compiled
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.pipeline import compile
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.walk import walk
from segql.compiler.text import fold, quoted
from segql.runtime.definitions import unknown_segment
from segql.runtime.engines import duckdb as engine
from segql.runtime.refresh.conditions import Asked, Condition, segment_of
from segql.runtime.refresh.formulas import Formula, conditions_of, formula
from segql.runtime.store.catalog import read_catalog

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.store.database import Database

# All that a definition's meaning depends on, apart from the people.
_TABLES = (
    *("settings", "attributes", "kept_attributes", "metrics", "event_properties", "lists"),
    *("segments", "templates", "places", "postal_codes"),
)
_FINGERPRINT = " UNION ALL ".join(
    f"SELECT '{table}', bit_xor(hash({table})) FROM {table}"  # noqa: S608
    for table in _TABLES
)


@dataclass(frozen=True, eq=False)
class Standing:
    """A stored segment. `compiled`: the statement that asks for it; `plan`: a digest of its plan; `of_moves`: those of its
    conditions that read who came into segments; `by_everybody`: whether others decide who is in, as in ranks; `after`: the
    (folded) names of the segments whose comings and goings it reads."""

    segment_id: int
    name: str
    compiled: Compiled
    plan: str
    formula: Formula
    conditions: frozenset[Condition]
    of_moves: frozenset[Asked]
    by_everybody: bool
    after: frozenset[str]


class Segments:
    """The stored segments as they stood when they were last read. `condition` gives the one condition of a predicate."""

    def __init__(self, condition: Callable[[plan.Predicate], Condition]) -> None:
        self.account = Account()
        self._condition = condition
        self._fingerprint: object = None
        self._ids: dict[str, int] = {}
        self._catalog = Catalog()
        self._standing: dict[str, Standing] = {}
        self._broken: dict[str, DefinitionError] = {}

    def read(
        self, database: "Database", connection: "duckdb.DuckDBPyConnection", names: Iterable[str] | None
    ) -> list[Standing]:
        """The segments of these names in any case, or all of them, by name.

        A definition that holds no more is left out where all are read, and is one of the `broken`. Raises `StoreError` for
        a name that there is not, and `DefinitionError` where a definition that is named holds no more."""
        fingerprint = connection.execute(engine.parsed(connection, _FINGERPRINT)).fetchall()
        if fingerprint != self._fingerprint:
            self._standing.clear()
            self._broken.clear()
            self._ids = dict(connection.execute("SELECT key, segment_id FROM segments").fetchall())
            self._catalog = read_catalog(database)
            self.account = self._catalog.account
            self._fingerprint = fingerprint
        keys = self._ids if names is None else dict.fromkeys(self._known(name) for name in names)
        found = [self._standing.get(key) or self._compiled(key) for key in sorted(keys)]
        if names is not None and (broken := self._broken.keys() & keys):
            raise self._broken[min(broken)]
        return [one for one in found if one is not None]

    def broken(self) -> dict[str, DefinitionError]:
        """The definitions that hold no more, by the segment's name as it was saved."""
        named = {fold(segment.name): segment.name for segment in self._catalog.segments}
        return {named[key]: error for key, error in sorted(self._broken.items())}

    def named(self, name: str) -> Standing | None:
        """A segment of a name in any case, if it was read since anything changed."""
        return self._standing.get(fold(name))

    def standing(self) -> Collection[Standing]:
        """All segments that were read since anything changed."""
        return self._standing.values()

    def conditions(self) -> set[Condition]:
        """Their conditions."""
        return {condition for one in self._standing.values() for condition in one.conditions}

    def _known(self, name: str) -> str:
        if fold(name) not in self._ids:
            raise unknown_segment(self._catalog, name)
        return fold(name)

    def _compiled(self, key: str) -> Standing | None:
        segment = self._catalog.segment(key)
        if segment is None:
            raise LookupError(key)
        if key in self._broken:
            return None
        try:
            compiled = compile(f"in segment {quoted(segment.name)}", self._catalog)
            predicate = compiled.plan
        except DefinitionError as error:
            self._broken[key] = error
            return None
        root = formula(predicate, self._condition)
        conditions = frozenset(conditions_of(root))
        nodes = list(walk(predicate))
        read = (segment_of(node) for node in nodes)
        standing = Standing(
            self._ids[key],
            segment.name,
            compiled,
            sha256(repr(predicate).encode()).hexdigest(),
            root,
            conditions,
            frozenset(one for one in conditions if isinstance(one, Asked) and one.reads_moves),
            any(isinstance(node, plan.Ranked) for node in nodes),
            frozenset(fold(name) for name in read if name is not None),
        )
        self._standing[key] = standing
        return standing


def in_order(segments: Sequence[Standing]) -> list[list[Standing]]:
    """The segments in stages: those that read who came into others or left them come in a stage after these.

    Segments that read each other's, or their own, come last: they see what the refresh before noted."""
    if not any(one.after for one in segments):
        return [list(segments)]
    waiting = {fold(one.name): one for one in segments}
    stages = []
    while waiting:
        ready = [one for one in waiting.values() if one.after.isdisjoint(waiting)] or list(waiting.values())
        stages.append(ready)
        for one in ready:
            del waiting[fold(one.name)]
    return stages
