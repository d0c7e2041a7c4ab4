"""One question among many that are asked of a store at once: it can be stopped, and no other is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import duckdb

# An engine is told again so often, in seconds: what comes between two statements it would not have heard.
_AGAIN = 0.01


class TaskStoppedError(Exception):
    """What a task that was stopped ends with."""


class Task:
    """What is read inside its block (`with task:`), by the thread whose block it is. Another one may stop it: the block
    ends with `TaskStoppedError`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self.is_stopped = False
        """Whether somebody asked it to stop."""
        self._is_over = threading.Event()
        self._before: Token[Task | None] | None = None

    def __enter__(self) -> Self:
        self._before = _current.set(self)
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if self._before is not None:
            _current.reset(self._before)
        self._is_over.set()
        if self.is_stopped and _is_interruption(error):
            raise TaskStoppedError from error

    def stop(self) -> None:
        """Stop it, and wait until it has ended, at the latest where it would read on."""
        self.is_stopped = True
        while True:
            with self._lock:
                for cursor in self._cursors:
                    cursor.interrupt()
            if self._is_over.wait(_AGAIN):
                return

    @contextmanager
    def reading(self, cursor: "duckdb.DuckDBPyConnection") -> Iterator[None]:
        """A cursor belongs to it inside."""
        if self.is_stopped:
            raise TaskStoppedError
        with self._lock:
            self._cursors.add(cursor)
        try:
            yield
        finally:
            with self._lock:
                self._cursors.discard(cursor)


def _is_interruption(error: BaseException | None) -> bool:
    import duckdb

    return isinstance(error, duckdb.InterruptException)


_current: ContextVar[Task | None] = ContextVar("task", default=None)


def current_task() -> Task | None:
    """The task in whose block this is."""
    return _current.get()
