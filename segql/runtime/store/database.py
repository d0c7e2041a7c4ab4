"""The one place that opens the store's file: who may read, who may write, and what happens when neither
can."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self
from weakref import WeakValueDictionary

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.copying import copy_into, copying_folder, path_text
from segql.runtime.store.failures import explained, has_stopped, not_a_store, unwritable
from segql.runtime.store.migrate import is_store, migrate
from segql.runtime.store.sql import one_row
from segql.runtime.store.task import current_task

if TYPE_CHECKING:
    import duckdb

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    # What is appended is not shredded (see `compaction.py`, which changes this for itself).
    "variant_minimum_shredding_size": "-1",
}

# What an import of any size gets along with: what does not fit is put on the disk, beside the store. In bytes.
_MEMORY = 3 * 2**30

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
        # Guards the connection, and the cursors that are open.
        self._using = threading.Condition()
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self.path = path
        self.version = 0
        """How many transactions that may have changed the catalog were committed since it was opened."""

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
            # A process that was killed may have left a copy half-made.
            shutil.rmtree(copying_folder(str(path)), ignore_errors=True)
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
        with explained(self.path):
            with self._using:
                if self._connection is None:
                    raise StoreError(Code.CLOSED, f"The store {self.path} was closed.", "Open it again.")
                cursor = self._connection.cursor()
                self._cursors.add(cursor)
            task = current_task()
            try:
                with nullcontext() if task is None else task.reading(cursor):
                    yield cursor
            finally:
                with self._using:
                    cursor.close()
                    self._cursors.discard(cursor)
                    self._using.notify_all()

    def interrupt(self) -> None:
        """Stop what all other threads are asking just now (a `Task`: one of them); they get
        `duckdb.InterruptException`."""
        with self._using:
            for cursor in self._cursors:
                cursor.interrupt()

    @contextmanager
    def transaction(self, *, names: bool = True) -> "Iterator[duckdb.DuckDBPyConnection]":
        """The one writer's connection: committed at the end, undone as a whole where anything is raised.

        `names`: whether it may change what the catalog says. Where the engine stops, the store is opened again, as it
        was before, unless somebody is reading."""
        with self._alone():
            try:
                with self.cursor() as connection:
                    connection.execute("BEGIN")
                    try:
                        yield connection
                        connection.execute("COMMIT")
                    except BaseException:
                        _roll_back(connection)
                        raise
            except StoreError as error:
                if has_stopped(error.__cause__):
                    self._open_again()
                raise
            if names:
                self.version += 1

    def _open_again(self) -> None:
        with self._using:
            if self._cursors or self._connection is None or self.path == ":memory:":
                return
            connection, self._connection = self._connection, None
            _close(connection)
            self._connection = _migrated(self.path)

    @contextmanager
    def copied(self) -> Iterator[Path]:
        """A file with a copy of the store, which is there for as long as the block lasts; it may be moved.

        Readers go on meanwhile, writers wait. The copy has no bytes of what was deleted. Raises `StoreError`
        where the store is in memory.
        """
        if self.path == ":memory:":
            raise StoreError(
                Code.NO_FILE, "The store is in memory, and has no file.", "Open one that is a file."
            )
        folder = copying_folder(self.path)
        copy = folder / "store.duckdb"
        with self._alone():
            shutil.rmtree(folder, ignore_errors=True)
            try:
                folder.mkdir()
            except OSError as error:
                raise unwritable(self.path, error) from error
            try:
                with self.cursor() as cursor:
                    copy_into(cursor, copy)
                yield copy
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def rewrite(self) -> None:
        """Write the store's file anew, without the bytes of what was deleted.

        Readers go on while it is written; then it is waited until none is left. The caller has no cursor open.
        """
        with self.copied() as copy, self._using:
            self._using.wait_for(lambda: not self._cursors)
            if self._connection is None:
                raise StoreError(Code.CLOSED, f"The store {self.path} was closed.", "Open it again.")
            with explained(self.path):
                self._connection.execute("FORCE CHECKPOINT").fetchall()
                # While the old file is held, no other process gets in; from here on it would find the new one.
                copy.replace(Path(self.path).resolve())
                connection, self._connection = self._connection, None
                connection.close()
            self._connection = _migrated(self.path)
            self.version += 1

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else writes inside."""
        if self._writer == threading.get_ident():
            raise RuntimeError("a transaction was begun inside a transaction of the same thread")
        with self._writing:
            self._writer = threading.get_ident()
            try:
                yield
            finally:
                self._writer = None


def _roll_back(connection: "duckdb.DuckDBPyConnection") -> None:
    import duckdb

    # A commit that failed has undone the transaction, and so has an engine that stopped: then this fails too,
    # and the first exception says why.
    with suppress(duckdb.Error):
        connection.execute("ROLLBACK")


def _close(connection: "duckdb.DuckDBPyConnection") -> None:
    import duckdb

    # An engine that has stopped may say so once more.
    with suppress(duckdb.Error):
        connection.close()


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
    connection.execute(f"SET GLOBAL memory_limit = '{min(_memory(connection), _MEMORY)}B'")
    if path != ":memory:":
        connection.execute(f"SET GLOBAL allowed_directories = [{path_text(copying_folder(path))}]")
    # The store reads and writes no file but its own and its copy: files are read by a DuckDB of their own (see
    # `imports/reader.py`), so that no text that reaches the store's SQL can ever name one.
    connection.execute("SET GLOBAL enable_external_access = false")
    return connection


def _memory(connection: "duckdb.DuckDBPyConnection") -> int:
    """What DuckDB would use by itself, in bytes: most of what the machine has."""
    (limit,) = one_row(connection, "SELECT parse_formatted_bytes(current_setting('memory_limit'))")
    return int(limit)
