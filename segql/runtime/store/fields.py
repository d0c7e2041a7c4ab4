"""What is known of the objects in lists: their fields, with the language's types."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from segql.compiler.catalog.model import Property
from segql.compiler.text import fold
from segql.runtime.store.columns import SCALARS, Column
from segql.runtime.store.sql import one_row

if TYPE_CHECKING:
    import duckdb


def note_fields(
    connection: "duckdb.DuckDBPyConnection",
    table: str,
    where: str,
    place: Mapping[str, object],
    column: Column,
) -> None:
    """Add the fields of a column to what is known of it, in the row of `table` for which `where` holds."""
    (document,) = one_row(connection, f"SELECT items FROM {table} WHERE {where}", place)  # noqa: S608 - ours
    known = read_fields(document)
    together = _united(known, column.fields)
    if together != known:
        values = {**place, "items": msgspec.json.encode(together).decode()}
        connection.execute(f"UPDATE {table} SET items = $items WHERE {where}", values)  # noqa: S608


def read_fields(document: str | None) -> tuple[Property, ...]:
    """Fields from their JSON."""
    return () if document is None else msgspec.json.decode(document, type=tuple[Property, ...])


def _united(known: Iterable[Property], more: Iterable[Property]) -> tuple[Property, ...]:
    """All fields; one that comes with several types of single values is a text."""
    fields = {fold(field.name): field for field in known}
    for field in more:
        before = fields.get(fold(field.name))
        if before is None:
            fields[fold(field.name)] = field
        elif before.type != field.type and {before.type, field.type} <= SCALARS:
            fields[fold(field.name)] = before.changed(type="text")
        elif before.items != field.items:
            items = _united(before.items, field.items)
            fields[fold(field.name)] = before.changed(items=items)
    return tuple(fields.values())
