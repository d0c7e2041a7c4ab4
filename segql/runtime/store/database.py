"""The one place that opens the store's file: who may read, who may write, and what happens when neither
can."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self
from weakref import WeakValueDictionary

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.failures import explained, not_a_store, unwritable
from segql.runtime.store.migrate import is_store, migrate

if TYPE_CHECKING:
    import duckdb

# The store reads no file but its own: files are read by a DuckDB of their own (see `imports/reader.py`), so
# that no text that reaches the store's SQL can ever name one.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    # What is appended is not shredded (see `compaction.py`, which changes this for itself).
    "variant_minimum_shredding_size": "-1",
}

# Two databases of one file would each have a writer. Those that are forgotten count as closed.
_open: "WeakValueDictionary[Path, Database]" = WeakValueDictionary()
_opening = threading.Lock()


class Database:
    """A store's DuckDB database. Any number of readers, each with a cursor of its own; one writer at a
    time."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection", path: str) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = connection
        self._writing = threading.Lock()
        self._writer: int | None = None
        self.path = path
        self.version = 0
        """How many transactions were committed since it was opened: what was read before may be out of
        date."""

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False) -> Self:
        """Open the store at `path`, or ":memory:". With `create`, one is made where there is none.

        Raises `StoreError` where there is none, this or another process has it open, it is no store or a
        damaged one, the path cannot be written, or a newer segql made it.
        """
        if str(path) == ":memory:":
            return cls(_migrated(":memory:"), ":memory:")
        path = Path(path)
        with _opening:
            if not _exists(path):
                if not create:
                    raise StoreError(
                        Code.ABSENT,
                        f"There is no store at {path}.",
                        "Check the path, or import data to make one.",
                    )
                _make(path)
            if path.resolve() in _open:
                raise StoreError(
                    Code.HELD,
                    f"This process has the store {path} open already.",
                    "Use the one that is open, or close it first.",
                )
            _open[path.resolve()] = database = cls(_migrated(str(path)), str(path))
        return database

    def close(self) -> None:
        """Give the file free, for this process and others. Closing twice does nothing more."""
        if self._connection is not None:
            for path in [path for path, database in _open.items() if database is self]:
                del _open[path]
            connection, self._connection = self._connection, None
            with explained(self.path):
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def cursor(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """A cursor for reading, closed at the end. What it reads is what was committed before each
        statement. Raises `StoreError` where the disk, the memory or the store's file lets it go no
        further."""
        if self._connection is None:
            raise StoreError(Code.CLOSED, f"The store {self.path} was closed.", "Open it again.")
        with explained(self.path):
            cursor = self._connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()

    @contextmanager
    def transaction(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """The one writer's connection: committed at the end, undone as a whole where anything is raised."""
        if self._writer == threading.get_ident():
            raise RuntimeError("a transaction was begun inside a transaction of the same thread")
        with self._writing, self.cursor() as connection:
            self._writer = threading.get_ident()
            try:
                connection.execute("BEGIN")
                try:
                    yield connection
                    connection.execute("COMMIT")
                    self.version += 1
                except BaseException:
                    _roll_back(connection)
                    raise
            finally:
                self._writer = None


def _roll_back(connection: "duckdb.DuckDBPyConnection") -> None:
    import duckdb

    # A commit that failed has undone the transaction, and so has an engine that stopped: then this fails too,
    # and the first exception says why.
    with suppress(duckdb.Error):
        connection.execute("ROLLBACK")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise unwritable(path, error) from error


def _make(path: Path) -> None:
    """Make a store under another name and move it into place when it is whole: complete or absent."""
    making = path.with_name(f".{path.name}.making")
    try:
        making.unlink(missing_ok=True)
        with explained(path), _connect(str(making)) as connection:
            migrate(connection)
        making.rename(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if making.parent.is_dir():
            making.unlink(missing_ok=True)


def _migrated(path: str) -> "duckdb.DuckDBPyConnection":
    with explained(path):
        connection = _connect(path)
        try:
            if path != ":memory:" and not is_store(connection):
                raise not_a_store(path)
            migrate(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _connect(path: str) -> "duckdb.DuckDBPyConnection":
    import duckdb

    connection = duckdb.connect(path, config=_SETTINGS)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection
