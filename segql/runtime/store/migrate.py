"""Bring a database to the newest schema: numbered SQL files, each applied once, in one transaction."""

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from segql.runtime.errors import Code, StoreError

if TYPE_CHECKING:
    import duckdb


# How the names of steps end that are queries for statements.
_STATEMENTS = ".statements.sql"


class Migration(NamedTuple):
    """One step of the schema. `name` begins with its number, which orders the steps. `text`: SQL that does it, or where
    that depends on what is in the store, a query for the statements that do it."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """What tells an edited migration from the one that was applied."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def known_migrations() -> list[Migration]:
    """The migrations of this version, in their order."""
    folder = files("segql.runtime.store") / "migrations"
    found = [
        Migration(file.name, file.read_text()) for file in folder.iterdir() if file.name.endswith(".sql")
    ]
    return sorted(found)


def is_store(connection: "duckdb.DuckDBPyConnection") -> bool:
    """Whether the database was made by segql."""
    query = "SELECT 1 FROM duckdb_tables() WHERE NOT temporary AND table_name = 'migrations'"
    return bool(connection.execute(query).fetchall())


def migrate(connection: "duckdb.DuckDBPyConnection") -> None:
    """Apply what is missing. Raises `StoreError` where the store is ahead of this version of segql."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name VARCHAR PRIMARY KEY, checksum VARCHAR NOT NULL)"
    )
    applied = dict(connection.execute("SELECT name, checksum FROM migrations").fetchall())
    known = {migration.name: migration for migration in known_migrations()}
    for name, checksum in applied.items():
        if name not in known or known[name].checksum != checksum:
            raise StoreError(
                Code.NEWER,
                f"The store has the schema step {name}, which this segql does not have in that form.",
                "Open it with the version of segql that made it, or a newer one.",
            )
    missing = [migration for name, migration in known.items() if name not in applied]
    # Where there is nothing yet one transaction does, and takes a third of the time; a large store has room for one step
    # at a time.
    for steps in [[each] for each in missing] if applied else [missing]:
        _apply(connection, steps)


def _apply(connection: "duckdb.DuckDBPyConnection", steps: list[Migration]) -> None:
    # An exception ends the connection (see `Database.open`), and the transaction with it.
    connection.execute("BEGIN")
    for migration in steps:
        answered = connection.execute(migration.text)
        if migration.name.endswith(_STATEMENTS):
            for (statement,) in answered.fetchall():
                connection.execute(statement)
        connection.execute("INSERT INTO migrations VALUES (?, ?)", [migration.name, migration.checksum])
    connection.execute("COMMIT")
