"""Somebody else's tables in DuckDB, in a session far from UTC."""

import duckdb
import pyarrow as pa

from tests.reference.people import World
from tests.semantics.foreign import PEOPLE, Table, quoted, tables
from tests.semantics.loading import ARROW_TYPES

INSTANT_TYPES = ("TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_S", "TIMESTAMP_NS")


def load(world: World) -> duckdb.DuckDBPyConnection:
    """A database with everything of a world in it. The caller closes it."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Pacific/Auckland'")
    connection.execute(f"CREATE SCHEMA {quoted(PEOPLE[0])}")
    for index, table in enumerate(tables(world)):
        create(connection, table, index)
    return connection


def create(connection: duckdb.DuckDBPyConnection, table: Table, index: int) -> None:
    """A table, whose instants are of several types."""
    selected, data = [], {}
    for place, (name, kind) in enumerate(table.kinds.items()):
        column, type_ = quoted(name), INSTANT_TYPES[(index + place) % len(INSTANT_TYPES)]
        if kind == "datetime" and type_ != "TIMESTAMPTZ":
            column = f"CAST(TIMEZONE('UTC', {column}) AS {type_})"
        selected.append(column)
        data[name] = pa.array(table.values[name], _arrow(table, name))
    connection.register("arrived", pa.table([*data.values()], names=[*data]))
    path, names = ".".join(map(quoted, table.path)), ", ".join(map(quoted, data))
    connection.execute(
        f"CREATE TABLE {path} AS SELECT * FROM (SELECT {', '.join(selected)} FROM arrived) t({names})"
    )
    connection.unregister("arrived")


def _arrow(table: Table, name: str) -> pa.DataType:
    kind = table.kinds[name]
    if kind == "datetime":
        return pa.timestamp("us", "UTC")
    if name in table.fields:
        fields = table.fields[name]
        return pa.list_(pa.struct([(key, ARROW_TYPES[of_field]) for key, of_field in fields.items()]))
    return ARROW_TYPES[kind]
