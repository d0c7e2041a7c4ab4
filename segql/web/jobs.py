"""What happens by itself while the server runs: texts go out and come in, memberships are kept right."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from segql.runtime.errors import StoreError
from segql.sms.errors import SmsCode, SmsError
from segql.web.desk import Desk

_log = logging.getLogger("segql.web")

# Seconds between two rounds of a job, counted from the end of one to the begin of the next.
_TEXTS_EVERY = 0.5
_MEMBERSHIPS_EVERY = 30.0


class Jobs:
    """Threads beside the server, each with its job. One that fails is logged, and is tried again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._over = Event()
        self._threads = [
            Thread(target=self._repeat, args=(job, every), name=job.__name__, daemon=True)
            for job, every in ((self.move_texts, _TEXTS_EVERY), (self.keep_memberships, _MEMBERSHIPS_EVERY))
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, when what is being done is done."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, job: Callable[[], None], every: float) -> None:
        while not self._over.is_set():
            try:
                job()
            except Exception:  # noqa: BLE001 - the next round may find the disk emptied, or the carrier back
                _log.exception("%s failed", job.__name__)
            self._over.wait(every)

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
        """Bring the memberships of stored segments up to date."""
        try:
            self._desk.store.refresh(now=self._desk.clock())
        except StoreError as error:
            # Somebody refreshed them as of a later instant, on purpose: they stay what they are until then.
            _log.warning("memberships were not refreshed: %s", error)
        # Whoever opens the list next does not wait for hundreds of segments to be compiled.
        self._desk.store.uses()
