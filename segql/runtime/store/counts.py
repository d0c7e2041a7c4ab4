"""How much there is of what has a name: counted when somebody asks for it, and again when there is much more or less."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.catalog.model import Catalog, Counts
from segql.runtime.store.sql import one_row, quoted

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.store.database import Database

# Numbers that are off by a share like this tell the same.
_UNNOTICED = 0.01


class CountedLater(Mapping[str, int]):
    """Numbers by names, counted when somebody asks for one, and once until they are forgotten."""

    def __init__(
        self, database: "Database", count: "Callable[[duckdb.DuckDBPyConnection], dict[str, int]]"
    ) -> None:
        self._database = database
        self._count = count

    @cached_property
    def _counts(self) -> dict[str, int]:
        with self._database.cursor() as cursor:
            return self._count(cursor)

    def forget(self) -> None:
        """Count anew when somebody asks."""
        self.__dict__.pop("_counts", None)

    def __getitem__(self, name: str) -> int:
        return self._counts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)


class _Size(NamedTuple):
    """How many people, events and members of lists there are, and what has a name: what makes counts old."""

    people: int
    events: int
    members: int
    names: tuple[Sequence[str], ...]

    def is_like(self, other: "_Size") -> bool:
        numbers = zip(self[:3], other[:3], strict=True)
        return self.names == other.names and all(
            abs(one - before) <= _UNNOTICED * before for one, before in numbers
        )


class KeptCounts:
    """The counts of a store, for as long as it is about as large as when they were asked for."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._kept: tuple[_Size, Counts] | None = None
        self._sizes = CountedLater(database, _sizes)

    def refreshed(self) -> None:
        """The sizes of segments are others now."""
        self._sizes.forget()

    def counted(self, catalog: Catalog) -> Catalog:
        """A catalog of the store with counts. Those of segments are kept by refreshes, and cost next to nothing."""
        self._sizes.forget()
        attributes = [attribute.name for attribute in catalog.attributes]
        with self._database.cursor() as cursor:
            size = _Size(
                *_numbers(cursor), (attributes, [event.name for event in catalog.events], catalog.lists)
            )
        if self._kept is None or not size.is_like(self._kept[0]):
            counts = Counts(
                attributes=CountedLater(self._database, lambda asked: _people_having(asked, attributes)),
                events=CountedLater(self._database, _events),
                lists=CountedLater(self._database, _members),
                segments=self._sizes,
            )
            self._kept = size, counts
        return catalog.changed(counts=self._kept[1])


def _numbers(cursor: "duckdb.DuckDBPyConnection") -> tuple[int, int, int]:
    people, events, members = (
        one_row(cursor, f"SELECT count(*) FROM {table}")[0]  # noqa: S608  # tables of ours
        for table in ("profiles", "events", "list_periods")
    )
    return people, events, members


def _people_having(cursor: "duckdb.DuckDBPyConnection", attributes: Sequence[str]) -> dict[str, int]:
    columns = ", ".join(f"count({quoted(name)})" for name in ("profile_id", *attributes))
    _, *counts = one_row(cursor, f"SELECT {columns} FROM profiles")  # noqa: S608  # names are quoted identifiers
    return dict(zip(attributes, counts, strict=True))


def _events(cursor: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    return dict(
        cursor.execute(
            """SELECT name, coalesce(happened, 0) FROM metrics LEFT JOIN
            (SELECT metric_id, count(*) AS happened FROM events GROUP BY metric_id) USING (metric_id)"""
        ).fetchall()
    )


def _members(cursor: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    """Who is on a list, and was not taken off."""
    return dict(
        cursor.execute(
            """SELECT name, count(profile_id) FROM lists LEFT JOIN list_periods p
            ON p.list_id = lists.list_id AND p.until_at = TIMESTAMP_S '9999-12-31' GROUP BY name"""
        ).fetchall()
    )


def _sizes(cursor: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    """Of the segments that were refreshed, by the latest day."""
    return dict(
        cursor.execute(
            """SELECT name, arg_max(size, day) FROM segments JOIN segment_sizes USING (segment_id) GROUP BY name"""
        ).fetchall()
    )
