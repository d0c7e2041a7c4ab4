"""A copy of a store in a file of its own: what a backup and a rewritten store are made of."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from segql.runtime.store.shredding import SHREDDED, shredding
from segql.runtime.store.sql import one_row, quoted

if TYPE_CHECKING:
    import duckdb

_COPY = quoted("copy of the store")


def copy_into(cursor: "duckdb.DuckDBPyConnection", copy: Path) -> None:
    """Write the schema and each table, in the order of its rows, and the events shredded as after `compact`."""
    (store,) = one_row(cursor, "SELECT current_database()")
    tables = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND database_name = ?", [store]
    ).fetchall()
    cursor.execute(f"ATTACH {path_text(copy)} AS {_COPY}")
    try:
        cursor.execute(f"COPY FROM DATABASE {quoted(store)} TO {_COPY} (SCHEMA)")
        for (name,) in tables:
            table = quoted(name)
            with shredding(cursor) if name in SHREDDED else nullcontext():
                cursor.execute(f"INSERT INTO {_COPY}.{table} FROM {quoted(store)}.{table}").fetchall()
        cursor.execute(f"UPDATE {_COPY}.erasures SET cleaned = true").fetchall()  # noqa: S608 - constants
        cursor.execute(f"CHECKPOINT {_COPY}").fetchall()
    finally:
        cursor.execute(f"DETACH {_COPY}")


def copying_folder(path: str) -> Path:
    """Where a copy of the store at a path is made: beside it."""
    whole = Path(path).resolve()
    return whole.with_name(f".{whole.name}.copying")


def path_text(path: Path) -> str:
    """A path as a text in SQL."""
    return "'" + str(path).replace("'", "''") + "'"
