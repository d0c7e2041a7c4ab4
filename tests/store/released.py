"""A store as the first released version made it (migrations 001 and 002), with rows in all of its tables."""

from pathlib import Path

import duckdb

from segql.runtime.store.migrate import Migration, known_migrations

# What was released is never edited: stores were made with it.
RELEASED = {
    "001_initial.sql": "e710ed779838ae125919c29417d85415ae534398017289bfc370b642b76c1c5a",
    "002_sms.sql": "0c8d339b8ec2016213e6befad76db8a0f331204fd1fe36f839e75f4924f12d4b",
}

_ROWS = Path(__file__).with_suffix(".sql")

Contents = dict[str, tuple[str, list[tuple[object, ...]]]]
"""For each table the columns, as SQL, and what is in them: how many rows, and the sum of their hashes."""


def released_migrations() -> list[Migration]:
    """The steps of the schema that were released."""
    return [migration for migration in known_migrations() if migration.name in RELEASED]


def make(path: Path, people: int = 50, events: int = 1_000) -> Contents:
    """Make the store; what is in it."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE migrations (name VARCHAR PRIMARY KEY, checksum VARCHAR NOT NULL)")
        for migration in released_migrations():
            connection.execute(migration.text)
            connection.execute("INSERT INTO migrations VALUES (?, ?)", [migration.name, migration.checksum])
        for statement in _ROWS.read_text(encoding="utf-8").removesuffix(";\n").split(";\n"):
            values = {"people": people, "events": events}
            connection.execute(
                statement, {name: value for name, value in values.items() if f"${name}" in statement}
            )
        return {
            table: (columns, contents(connection, table, columns))
            for table, columns in connection.execute(
                """SELECT table_name, string_agg('"' || replace(column_name, '"', '""') || '"', ', ')
                FROM duckdb_columns() WHERE NOT internal GROUP BY table_name"""
            ).fetchall()
        }


def contents(connection: duckdb.DuckDBPyConnection, table: str, columns: str) -> list[tuple[object, ...]]:
    """What is in columns of a table."""
    return connection.execute(
        f"SELECT count(*), sum(hash(t)) FROM (SELECT {columns} FROM {table}) t"
    ).fetchall()
