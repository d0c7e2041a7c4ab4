"""What a failure of the engine means for the person: the disk is full, the file is damaged, or held by another
process."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path

from segql.runtime.errors import Code, StoreError

# What the operating system says where it can write no more: the disk, a quota, a limit of the process.
_NO_ROOM = ("No space left", "quota exceeded", "File too large")


@contextmanager
def explained(path: str | Path) -> Iterator[None]:
    """Raise what the engine says of the store's file, the disk and the memory as a `StoreError`.

    Its other errors are mistakes in a query, or are about files that are imported, and pass as they are.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        found = _failure(path, error)
        if found is None:
            raise
        raise found from error


def has_stopped(error: BaseException | None) -> bool:
    """Whether an error of the engine is one after which it does nothing more."""
    import duckdb

    return isinstance(error, duckdb.FatalException | duckdb.InternalException)


def _failure(path: str | Path, error: Exception) -> StoreError | None:
    import duckdb

    text = str(error)
    of_store = isinstance(error, duckdb.IOException) and Path(path).name in text
    if any(words in text for words in _NO_ROOM):
        return _no_room(path)
    if "Could not set lock" in text:
        return StoreError(
            Code.HELD,
            f"Another process holds the store {path}: one process at a time can open it.",
            "Wait until that process ends (a long import, perhaps), or end it; then try again.",
        )
    if "not a valid DuckDB database file" in text:
        return not_a_store(path)
    if (
        text.startswith("Corrupt database file")
        or "Corrupt WAL file" in text
        or (of_store and "Could not read enough bytes" in text)
    ):
        return StoreError(
            Code.DAMAGED,
            f"The store {path} is damaged: its file was cut short or changed by something else.",
            "Put a copy from before in its place, or import the data into a new store.",
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError(
            Code.OUT_OF_MEMORY,
            f"There is not enough memory to go on with the store {path}; what was not finished was undone.",
            "Close other programs, or give the data in smaller parts; then try again.",
        )
    if has_stopped(error):
        return StoreError(
            Code.ENGINE_STOPPED,
            f"The engine stopped over a fault of its own ({text.splitlines()[0]}). "
            f"All that was finished is in the store {path}.",
            "Open the store again; if it happens again, report the fault.",
        )
    return unwritable(path, error) if of_store else None


def _no_room(path: str | Path) -> StoreError:
    return StoreError(
        Code.DISK_FULL,
        f"There is no room left on the disk for the store {path}; what was not finished was undone.",
        "Make room, or move the store to a larger disk; then open it and try again.",
    )


def not_a_store(path: str | Path) -> StoreError:
    """The file is something else."""
    return StoreError(
        Code.NOT_A_STORE,
        f"{path} is not a segql store.",
        "Name a store's file, or a path where there is no file.",
    )


def unwritable(path: str | Path, error: Exception) -> StoreError:
    """The operating system lets nobody read or write there, or no more than it has."""
    if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT, EFBIG):
        return _no_room(path)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
    return StoreError(
        Code.UNWRITABLE,
        f"The store {path} cannot be opened: {reason}.",
        "Choose a path in a folder that exists and that you may write to.",
    )
