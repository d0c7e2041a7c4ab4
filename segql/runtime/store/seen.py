"""The values that attributes and properties were seen with (lists: their items), where they are few, and of how many people
or events each is: read when somebody asks for them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from segql.compiler.catalog.model import Attribute, Event, Property
from segql.compiler.text import fold
from segql.runtime.store.columns import IDENTIFIERS
from segql.runtime.store.sql import one_row, quoted

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.store.database import Database

_Known = TypeVar("_Known", bound=Property)
_Item = TypeVar("_Item")
_Value = TypeVar("_Value", str, int)

# More values than these are not a known set, but whatever people write.
MOST_VALUES = 50
# So many rows tell the attributes of many values from those of few.
_SAMPLE = 2_000
# Of more events only the label's values are known: reading the others would take too long for a warning.
MOST_EVENTS = 200_000


class ReadLater(Sequence[_Item], Generic[_Item]):
    """A sequence that is read when somebody asks for it, and once."""

    def __init__(self, read: Callable[[], Sequence[_Item]]) -> None:
        self._read = read

    @cached_property
    def _items(self) -> tuple[_Item, ...]:
        return tuple(self._read())

    @overload
    def __getitem__(self, index: int) -> _Item: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[_Item, ...]: ...

    def __getitem__(self, index: int | slice) -> _Item | tuple[_Item, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[_Item]:
        return iter(self._items)


def with_values_of_profiles(database: "Database", attribute: Attribute) -> Attribute:
    """An attribute with its values, where it is of texts, or lists of them, that do not name one person each."""
    if not _has_texts(attribute) or attribute.name in IDENTIFIERS:
        return attribute
    name = quoted(attribute.name)
    value = f"unnest({name})" if attribute.type == "list" else name

    def read() -> Mapping[str, int]:
        with database.cursor() as cursor:
            return _few(cursor, value, "profiles", {})

    return _with_values(attribute, read)


def with_values_of_events(database: "Database", event: Event) -> Event:
    """A kind of event, its properties that are texts, or lists of them, with their values."""
    properties = (
        _with_values(found, partial(_of_events, database, event, found)) if _has_texts(found) else found
        for found in event.properties
    )
    return event.changed(properties=tuple(properties))


def _with_values(known: _Known, read: Callable[[], Mapping[str, int]]) -> _Known:
    seen = ReadLater(lambda: sorted(read().items()))
    return known.changed(
        values=ReadLater(lambda: [value for value, _ in seen]),
        counts=ReadLater(lambda: [count for _, count in seen]),
    )


def _has_texts(known: Property) -> bool:
    return known.type == "text" or (known.type == "list" and not known.items)


def _of_events(database: "Database", event: Event, wanted: Property) -> Mapping[str, int]:
    parameters = {"metric": event.id or 0}
    source = "events WHERE metric_id = $metric"
    with database.cursor() as cursor:
        if event.label is not None and fold(event.label) == fold(wanted.name):
            return _labels(cursor, _few(cursor, "label_id", source, parameters))
        (events,) = one_row(cursor, f"SELECT count(*) FROM {source}", parameters)  # noqa: S608
        kind = "VARCHAR[]" if wanted.type == "list" else "VARCHAR"
        value = f"try_cast(properties.{quoted(wanted.name)} AS {kind})"
        value = f"unnest({value})" if wanted.type == "list" else value
        return {} if events > MOST_EVENTS else _few(cursor, value, source, parameters)


def _labels(cursor: "duckdb.DuckDBPyConnection", counts: Mapping[int, int]) -> dict[str, int]:
    """The texts of labels that were counted by their ids."""
    texts = cursor.execute(
        "SELECT label, label_id FROM labels WHERE list_contains($ids::INTEGER[], label_id)",
        {"ids": list(counts)},
    ).fetchall()
    return {label: counts[label_id] for label, label_id in texts}


def _few(
    cursor: "duckdb.DuckDBPyConnection", value: str, source: str, parameters: dict[str, int]
) -> dict[_Value, int]:
    """The different values of an expression over a source of rows, each with its number of rows; none where there are too
    many."""
    for sample in (f" LIMIT {_SAMPLE}", ""):
        rows = cursor.execute(
            f"""SELECT value, count(*) FROM (SELECT {value} AS value FROM {source}{sample})
            WHERE value IS NOT NULL GROUP BY value LIMIT {MOST_VALUES + 1}""",  # noqa: S608  # names are quoted identifiers
            parameters,
        ).fetchall()
        if len(rows) > MOST_VALUES:
            return {}
    return dict(rows)
