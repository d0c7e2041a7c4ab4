"""What happens by itself while the server runs: texts go out and come in, memberships are kept right."""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from time import monotonic

from segql.compiler.plan.instants import floor_second
from segql.runtime.errors import StoreError
from segql.runtime.store import journal
from segql.sms.errors import SmsCode, SmsError
from segql.web.desk import Desk

_log = logging.getLogger("segql.web")

# Seconds between two rounds of a job, counted from the end of one to the begin of the next.
_EVERY = 0.5
# Seconds after which memberships are refreshed although nothing has arrived: time moves people, too.
_REFRESH_EVERY = 30.0
# So many events are copied by person in one transaction, in which nobody else writes: some tenths of a second.
_COPIED_AT_ONCE = 250_000
# While memberships are refreshed nobody else writes: then they rest for so many times as long.
_REST = 9
# Counting what was costs as much as many questions, and nobody waits for it.
_LONG_REST = 30


class Jobs:
    """Threads beside the server, each with its job. One that fails is logged, and is tried again."""

    def __init__(self, desk: Desk, timer: Callable[[], float] = monotonic) -> None:
        """`timer` gives seconds, from any beginning."""
        self._desk = desk
        self._timer = timer
        self._over = Event()
        self._threads = [
            Thread(target=self._repeat, args=(job,), name=job.__name__, daemon=True)
            for job in (self.move_texts, self.keep_memberships, self.copy_by_person, self.count_past)
        ]
        # What was there when memberships were refreshed last, and when that was: flows read whole seconds. When they are due
        # without news, and when they have rested.
        self._seen: int | None = None
        self._due = self._rested = 0.0
        self._as_of: datetime | None = None

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, when what is being done is done."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, job: Callable[[], None]) -> None:
        while not self._over.is_set():
            try:
                job()
            except Exception:  # noqa: BLE001 - the next round may find the disk emptied, or the carrier back
                _log.exception("%s failed", job.__name__)
            self._over.wait(_EVERY)

    def move_texts(self) -> None:
        """Take what the carrier has, and hand over what is due; nothing where SMS is not set up."""
        try:
            self._desk.sms.settings()
        except SmsError as error:
            if error.code != SmsCode.NOT_SET_UP:
                raise
            return
        self._desk.sms.advance()
        self._desk.sms.inbound.forward()

    def keep_memberships(self) -> None:
        """Bring the memberships of stored segments up to date, where anything has arrived or it has been a while."""
        begun = self._timer()
        with self._desk.store.database.cursor() as cursor:
            arrived = journal.position(cursor)
        now = self._desk.clock()
        if begun < self._rested or floor_second(now) == self._as_of:
            return
        if arrived == self._seen and begun < self._due:
            return
        self._seen, self._due, self._as_of = arrived, begun + _REFRESH_EVERY, floor_second(now)
        try:
            self._desk.store.refresh(now=now)
        except StoreError as error:
            # Somebody refreshed them as of a later instant, on purpose: they stay what they are until then.
            _log.warning("memberships were not refreshed: %s", error)
        # Whoever opens the list next does not wait for hundreds of segments to be compiled.
        self._desk.store.uses()
        ended = self._timer()
        self._rested = ended + _REST * (ended - begun)

    def copy_by_person(self) -> None:
        """Make the copy of the events by person, where it is kept and not made yet. Whoever wants to write comes in between:
        it rests as long as it works."""
        begun = self._timer()
        for _ in self._desk.store.go_on_by_person(_COPIED_AT_ONCE):
            if self._over.wait(self._timer() - begun):
                return
            begun = self._timer()

    def count_past(self) -> None:
        """Count who was in segments before they were refreshed first, seldom enough that nobody feels it."""
        begun = self._timer()
        for _ in self._desk.store.count_past(self._desk.clock()):
            if self._over.wait(_LONG_REST * (self._timer() - begun)):
                return
            begun = self._timer()
