"""How often something may be tried: wrong passwords by address and by host, requests by token."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from segql.web.access.errors import WebCode, WebError


@dataclass
class Attempts:
    """At most `most` in any `within`, for each key. Kept in memory: a restart begins anew."""

    most: int
    within: timedelta
    clock: Callable[[], datetime]
    _seen: dict[str, list[datetime]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def note(self, key: str) -> None:
        """Count one. Raises `WebError` where it is one too many; it is not counted then."""
        now = self.clock()
        with self._lock:
            recent = [at for at in self._seen.get(key, ()) if at > now - self.within]
            if len(recent) >= self.most:
                wait = max(1, round((recent[0] + self.within - now).total_seconds()))
                raise WebError(
                    WebCode.TOO_MANY_ATTEMPTS,
                    f"That was tried {self.most} times in {round(self.within.total_seconds())} seconds.",
                    f"Wait {wait} seconds, and try again.",
                    wait=wait,
                )
            self._seen[key] = [*recent, now]
            self._forget(now)

    def forgive(self, key: str) -> None:
        """Begin anew with a key."""
        with self._lock:
            self._seen.pop(key, None)

    def _forget(self, now: datetime) -> None:
        # Keys come from outside: those of which all is long ago would be kept for ever.
        if len(self._seen) > 10_000:
            self._seen = {key: seen for key, seen in self._seen.items() if seen[-1] > now - self.within}
