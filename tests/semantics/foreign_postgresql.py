"""Somebody else's tables in PostgreSQL, in a session far from UTC: inside a transaction that is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.reference.people import World
from tests.semantics.foreign import PEOPLE, Table, quoted, tables

# What a type of the language may be there, in turn.
TYPES = {
    "text": ("TEXT", "VARCHAR(200)", 'TEXT COLLATE "C"'),
    "number": ("DOUBLE PRECISION", "NUMERIC", "TEXT"),
    "boolean": ("BOOLEAN", "SMALLINT", "TEXT"),
    "date": ("DATE", "TEXT"),
    "datetime": ("TIMESTAMP", "TIMESTAMPTZ"),
    "list": ("TEXT[]", "JSONB"),
    "object": ("JSONB", "JSON"),
}


@contextmanager
def loaded(connection: psycopg.Connection[Any], world: World) -> Iterator[psycopg.Cursor[Any]]:
    """A cursor on a database with everything of a world in it, until the end of the block."""
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Pacific/Auckland'")
        for schema in (PEOPLE[0], "main"):
            cursor.execute(f"CREATE SCHEMA {quoted(schema)}")  # type: ignore[arg-type]
        for index, table in enumerate(tables(world)):
            create(cursor, table, index)
        yield cursor


def create(cursor: psycopg.Cursor[Any], table: Table, index: int) -> None:
    """A table, whose columns are of several types."""
    types = {
        name: TYPES[kind][(index + place) % len(TYPES[kind])]
        for place, (name, kind) in enumerate(table.kinds.items())
    }
    path = ".".join(map(quoted, table.path))
    columns = ", ".join(f"{quoted(name)} {type_}" for name, type_ in types.items())
    cursor.execute(f"CREATE TABLE {path} ({columns})")  # type: ignore[arg-type]
    written = ([_written(value, types[name]) for value in values] for name, values in table.values.items())
    with cursor.copy(f"COPY {path} FROM STDIN") as copy:  # type: ignore[arg-type]
        for row in zip(*written, strict=True):
            copy.write_row(row)


def _written(value: Any, type_: str) -> Any:
    if value is None:
        return None
    match type_:
        case "JSONB" | "JSON":
            return Jsonb(value)
        case "SMALLINT":
            return int(value)
        case "TIMESTAMP":
            return value.replace(tzinfo=None)
        case "TEXT[]":
            return value
        case _ if isinstance(value, bool | float):
            return str(value)
        case _:
            return value
