"""Backup and restore: a whole store as one file, compared with what it was made from before it gets its name."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.database import Database
from segql.runtime.store.failures import explained, unwritable
from segql.runtime.store.sql import one_row, quoted

if TYPE_CHECKING:
    import duckdb

Checksums = dict[str, tuple[int, int | None]]
"""For each table: how many rows it has, and the sum of their hashes."""


def back_up(database: Database, target: Path) -> Checksums:
    """Write a store that is open to a file, as it is between two transactions. Readers go on, writers wait.

    Returns what was written. Raises `StoreError` where there is a file already, where it cannot be written, or
    where the store is in memory or damaged; then there is no file.
    """
    with _made(target) as making, database.copied() as copy:
        with database.cursor() as cursor:
            kept = checksums(cursor)
        _copy_file(copy, making)
        _compare(making, kept)
    return kept


def restore(source: Path, target: Path) -> Checksums:
    """Make a store from a backup, at a path where there is none.

    Returns what is in it. Raises `StoreError` where there is a file already, where there is no backup, it is none
    or damaged, or where the store cannot be written; then there is no file.
    """
    if not source.exists():
        raise StoreError(Code.ABSENT, f"There is no backup at {source}.", "Check the path.")
    with _made(target) as making:
        _copy_file(source, making)
        # All of it is read here, so that what is damaged is found before anybody relies on it.
        with explained(source), Database.open(making) as database, database.cursor() as cursor:
            return checksums(cursor)


def checksums(connection: "duckdb.DuckDBPyConnection") -> Checksums:
    """What is in the tables of a store: all of it is read."""
    tables = connection.execute(
        """SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND database_name = current_database()
        ORDER BY table_name"""
    ).fetchall()
    return {
        name: (int(rows), None if total is None else int(total))
        for (name,) in tables
        for rows, total in [
            one_row(connection, f"SELECT count(*), sum(hash(t)) FROM {quoted(name)} t")  # noqa: S608
        ]
    }


def _compare(path: Path, kept: Checksums) -> None:
    with Database.open(path) as database, database.cursor() as cursor:
        written = checksums(cursor)
    # Of erasures a copy says that it has nothing of them left.
    different = sorted(name for name in kept if name != "erasures" and written.get(name) != kept[name])
    if different:
        raise StoreError(
            Code.DAMAGED,
            f"The backup is not what the store is, in {', '.join(different)}; it was thrown away.",
            "Check the disk, and try again.",
        )


@contextmanager
def _made(target: Path) -> Iterator[Path]:
    """A path beside the target, for a file that gets its name when it is whole, or is thrown away."""
    making = target.with_name(f".{target.name}.making")
    try:
        if target.exists():
            raise StoreError(
                Code.FILE_EXISTS,
                f"There is a file at {target} already; it was left as it is.",
                "Choose another path, or move the file away.",
            )
        yield making
        making.rename(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        making.unlink(missing_ok=True)


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file to the disk, not only to the system's memory. Raises `StoreError` where there is no room."""
    try:
        with source.open("rb") as read, target.open("wb") as written:
            shutil.copyfileobj(read, written, 1 << 20)
            written.flush()
            os.fsync(written.fileno())
    except OSError as error:
        raise unwritable(target, error) from error
