"""Refreshing again and again. The store is open only while it is refreshed, so that imports come in between."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from segql.runtime.errors import Code, StoreError
from segql.runtime.refresh.changes import Changes
from segql.runtime.refresh.upkeep import Upkeep
from segql.runtime.store.database import Database


def watched(
    path: Path, names: Sequence[str] | None, clock: Callable[[], datetime], wait: Callable[[], bool]
) -> Iterator[Changes]:
    """What each refresh of segments (None: all of them) found, for as long as `wait` says to go on.

    `clock` gives the aware instants; one that goes back is taken to stand still. While another process holds the store,
    refreshes are left out: the next one catches up. Raises what `Upkeep.refresh` raises.
    """
    upkeep = Upkeep()
    now = clock()
    while True:
        try:
            with Database.open(path) as database:
                changes = upkeep.refresh(database, names, now)
        except StoreError as error:
            if error.code != Code.HELD:
                raise
        else:
            yield changes
        if not wait():
            return
        now = max(now, clock())
