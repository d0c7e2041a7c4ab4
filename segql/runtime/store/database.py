"""The one place that opens the store's file: who may read, who may write, and what happens when neither
can."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from segql.runtime.errors import Code, StoreError
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
}


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

        Raises `StoreError` where there is none, another process holds it, it is no store, the path cannot be
        written, or a newer segql made it.
        """
        if str(path) == ":memory:":
            return cls(_migrated(":memory:"), ":memory:")
        path = Path(path)
        if not _exists(path):
            if not create:
                raise StoreError(
                    Code.ABSENT,
                    f"There is no store at {path}.",
                    "Check the path, or import data to make one.",
                )
            _make(path)
        return cls(_migrated(str(path)), str(path))

    def close(self) -> None:
        """Give the file free for other processes. Closing twice does nothing more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def cursor(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """A cursor for reading, closed at the end. What it reads is what was committed before each
        statement."""
        if self._connection is None:
            raise StoreError(Code.CLOSED, f"The store {self.path} was closed.", "Open it again.")
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

    try:
        connection.execute("ROLLBACK")
    except duckdb.TransactionException:
        # A commit that failed has already undone the transaction; the first exception says why.
        return


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise _unwritable(path, error) from error


def _make(path: Path) -> None:
    """Make a store under another name and move it into place when it is whole: complete or absent."""
    making = path.with_name(f".{path.name}.making")
    try:
        making.unlink(missing_ok=True)
        connection = _connect(str(making), str(path))
        try:
            migrate(connection)
        finally:
            connection.close()
        making.rename(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        if making.parent.is_dir():
            making.unlink(missing_ok=True)


def _migrated(path: str) -> "duckdb.DuckDBPyConnection":
    connection = _connect(path, path)
    try:
        if path != ":memory:" and not is_store(connection):
            raise _not_a_store(path)
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: str, named: str) -> "duckdb.DuckDBPyConnection":
    """Connect to a file; `named`: what messages call it."""
    import duckdb

    try:
        connection = duckdb.connect(path, config=_SETTINGS)
    except duckdb.Error as error:
        raise _refusal(Path(named), error) from error
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def _refusal(path: Path, error: Exception) -> StoreError:
    """What DuckDB's refusal to open a file means for the person."""
    text = str(error)
    if "lock" in text:
        return StoreError(
            Code.HELD,
            f"Another process holds the store {path}: one process at a time can open it.",
            "Wait until that process ends (a long import, perhaps), or end it; then try again.",
        )
    if path.is_file() and ("not a valid" in text or "Serialization" in text or "orrupt" in text):
        return _not_a_store(str(path))
    return _unwritable(path, error)


def _not_a_store(path: str) -> StoreError:
    return StoreError(
        Code.NOT_A_STORE,
        f"{path} is not a segql store.",
        "Name a store's file, or a path where there is no file.",
    )


def _unwritable(path: Path, error: Exception) -> StoreError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
    return StoreError(
        Code.UNWRITABLE,
        f"The store {path} cannot be opened: {reason}.",
        "Choose a path in a folder that exists and that you may write to.",
    )
