"""The kinds of events and their properties: made when first seen, checked ever after."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.catalog.model import ValueType
from segql.compiler.text import fold
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.columns import SCALARS, Column, reason_of
from segql.runtime.store.fields import note_fields
from segql.runtime.store.sql import one_row

if TYPE_CHECKING:
    import duckdb


class Metric(NamedTuple):
    """A kind of event, and which of its properties are kept in `events.amount` and `events.label_id`."""

    id: int
    name: str
    key: str
    amount: str | None
    label: str | None


class PropertyTarget(NamedTuple):
    """Where a column of a batch of events goes: the property's name as the store writes it, and its type."""

    column: Column
    name: str
    type: ValueType
    fits: bool
    """Whether its values can be stored: lists and objects have no place where scalars are, nor the
    reverse."""

    @property
    def reason(self) -> str:
        """Why a row with a value that does not fit is rejected."""
        return reason_of(self.name, self.type, self.column.type)


def note_metric(
    connection: "duckdb.DuckDBPyConnection", event: str, amount: str | None, label: str | None
) -> Metric:
    """The kind of event of that name in any case, made where it is new.

    Raises `StoreError` where the name is blank, or the event's amount or label was fixed otherwise when it
    was new.
    """
    if not event.strip() or "\x00" in event:
        raise StoreError(
            Code.BAD_NAME, f"{event!r} cannot be the name of an event.", "Give the event a name."
        )
    rows = connection.execute(
        "SELECT metric_id, name, key, amount, label FROM metrics WHERE key = ?", [fold(event)]
    ).fetchall()
    if not rows:
        (metric_id,) = one_row(connection, "SELECT coalesce(max(metric_id), 0) + 1 FROM metrics")
        metric = Metric(metric_id, event, fold(event), amount, label)
        connection.execute("INSERT INTO metrics VALUES (?, ?, ?, ?, ?)", list(metric))
        return metric
    metric = Metric(*rows[0])
    for word, wished, fixed in (("amount", amount, metric.amount), ("label", label, metric.label)):
        if wished is not None and (fixed is None or fold(wished) != fold(fixed)):
            has = f'"{fixed}"' if fixed else "none"
            raise StoreError(
                Code.EVENT_CHANGED,
                f'The {word} of "{metric.name}" was fixed when it was first seen: {has}, not "{wished}".',
                f"Leave the {word} as it is, or give the event another name.",
            )
    return metric


def note_properties(
    connection: "duckdb.DuckDBPyConnection", metric: Metric, columns: Iterable[Column]
) -> list[PropertyTarget]:
    """Where each column goes; new properties are recorded, and scalars of several types are recorded as
    text."""
    known: dict[str, tuple[str, ValueType]] = {
        key: (name, kind)
        for name, key, kind in connection.execute(
            "SELECT name, key, type FROM event_properties WHERE metric_id = ?", [metric.id]
        ).fetchall()
    }
    return [_note_property(connection, metric, column, known.get(column.key)) for column in columns]


def _note_property(
    connection: "duckdb.DuckDBPyConnection",
    metric: Metric,
    column: Column,
    known: tuple[str, ValueType] | None,
) -> PropertyTarget:
    fixed: ValueType | None = None
    if metric.amount is not None and column.key == fold(metric.amount):
        fixed = "number"
    elif metric.label is not None and column.key == fold(metric.label):
        fixed = "text"
    if known is None:
        kind = fixed or column.type
        connection.execute(
            "INSERT INTO event_properties (metric_id, name, key, type) VALUES (?, ?, ?, ?)",
            [metric.id, column.name, column.key, kind],
        )
        known = (column.name, kind)
    name, kind = known
    alike = column.type == kind or (column.type in SCALARS and kind in SCALARS)
    if alike and column.type != kind and kind != "text" and not fixed:
        kind = "text"
        connection.execute(
            "UPDATE event_properties SET type = 'text' WHERE metric_id = ? AND key = ?",
            [metric.id, column.key],
        )
    if column.fields:
        place = {"metric": metric.id, "key": column.key}
        note_fields(connection, "event_properties", "metric_id = $metric AND key = $key", place, column)
    return PropertyTarget(column, name, kind, alike)
