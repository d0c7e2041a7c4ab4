"""Of the questions that one place of a page asks while somebody types, only the newest is answered."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock

from segql.runtime.store.task import Task, TaskStoppedError
from segql.web.access.errors import WebCode, WebError


class Newest:
    """The newest question of each asker, while it is being answered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: dict[Hashable, tuple[int, Task]] = {}

    @contextmanager
    def answering(self, asker: Hashable, turn: int) -> Iterator[None]:
        """An answer is sought inside. An earlier question (of a lesser `turn`) of the asker is stopped.

        Raises `WebError` where a later one came meanwhile."""
        task = Task()
        with self._lock:
            other = self._asked.get(asker)
            if other is not None and other[0] > turn:
                raise _superseded()
            self._asked[asker] = (turn, task)
        try:
            with task:
                if other is not None:
                    other[1].stop()
                yield
        except TaskStoppedError as error:
            raise _superseded() from error
        finally:
            with self._lock:
                if self._asked.get(asker) == (turn, task):
                    del self._asked[asker]


def _superseded() -> WebError:
    return WebError(
        WebCode.SUPERSEDED, "A later question came before the answer.", "Wait for the answer to that one."
    )
