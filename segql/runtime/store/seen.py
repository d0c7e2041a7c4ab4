"""The values that attributes and properties were seen with (lists: their items), where they are few: read when somebody
asks for them."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, overload

from segql.compiler.catalog.model import Attribute, Event, Property
from segql.compiler.text import fold
from segql.runtime.store.columns import IDENTIFIERS
from segql.runtime.store.sql import one_row, quoted

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.store.database import Database

# More values than these are not a known set, but whatever people write.
MOST_VALUES = 50
# So many rows tell the attributes of many values from those of few.
_SAMPLE = 2_000
# Of more events the values of a property are not known: reading them would take too long for a warning.
MOST_EVENTS = 200_000


class SeenValues(Sequence[str]):
    """All values, sorted; none where there are too many. They are read once."""

    def __init__(self, read: Callable[[], Sequence[str]]) -> None:
        self._read = read

    @cached_property
    def _values(self) -> tuple[str, ...]:
        return tuple(sorted(self._read()))

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self._values[index]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)


def with_values_of_profiles(database: "Database", attribute: Attribute) -> Attribute:
    """An attribute with its values, where it is of texts, or lists of them, that do not name one person each."""
    if not _has_texts(attribute) or attribute.name in IDENTIFIERS:
        return attribute
    name = quoted(attribute.name)
    value = f"unnest({name})" if attribute.type == "list" else name

    def read() -> Sequence[str]:
        with database.cursor() as cursor:
            return _few(cursor, value, "profiles", {})

    return attribute.changed(values=SeenValues(read))


def with_values_of_events(database: "Database", event: Event) -> Event:
    """A kind of event, its properties that are texts, or lists of them, with their values."""
    properties = (
        found.changed(values=SeenValues(partial(_of_events, database, event, found)))
        if _has_texts(found)
        else found
        for found in event.properties
    )
    return event.changed(properties=tuple(properties))


def _has_texts(known: Property) -> bool:
    return known.type == "text" or (known.type == "list" and not known.items)


def _of_events(database: "Database", event: Event, wanted: Property) -> Sequence[str]:
    parameters = {"metric": event.id or 0}
    source, value = "events WHERE metric_id = $metric", f"properties.{quoted(wanted.name)}"
    value = (
        f"unnest(try_cast({value} AS VARCHAR[]))"
        if wanted.type == "list"
        else f"try_cast({value} AS VARCHAR)"
    )
    if event.label is not None and fold(event.label) == fold(wanted.name):
        source, value = f"labels WHERE label_id IN (SELECT label_id FROM {source})", "label"  # noqa: S608
    with database.cursor() as cursor:
        (events,) = one_row(cursor, "SELECT count(*) FROM events WHERE metric_id = $metric", parameters)
        return [] if events > MOST_EVENTS else _few(cursor, value, source, parameters)


def _few(
    cursor: "duckdb.DuckDBPyConnection", value: str, source: str, parameters: dict[str, int]
) -> list[str]:
    """The different values of an expression over a source of rows; none where there are too many."""
    for sample in (f" LIMIT {_SAMPLE}", ""):
        rows = cursor.execute(
            f"""SELECT DISTINCT value FROM (SELECT {value} AS value FROM {source}{sample})
            WHERE value IS NOT NULL LIMIT {MOST_VALUES + 1}""",  # noqa: S608  # names are quoted identifiers
            parameters,
        ).fetchall()
        if len(rows) > MOST_VALUES:
            return []
    return [found for (found,) in rows]
