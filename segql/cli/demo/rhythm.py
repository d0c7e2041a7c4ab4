"""When things happen in a shop: its seasons, weekdays and hours, as one curve of how busy each hour is.

Time can be read off two clocks: the wall's and the shop's own, the *pulse*, which runs fast when the shop is
busy. What is drawn evenly on the pulse falls on the wall where a shop's life does.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from segql.cli.demo.columns import DAY, HOUR, Real, Whole

DAYS_OF_HISTORY = 730

# How busy the hours from midnight are, the weekdays from Monday, and the months from January.
_HOURS = np.array([3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 11, 12, 13, 12, 11, 11, 11, 12, 13, 15, 16, 14, 10, 6]) / 10
_WEEKDAYS = np.array([1.1, 1.05, 1.0, 1.05, 1.0, 0.85, 1.15])
_MONTHS = np.array([0.8, 0.8, 0.9, 0.95, 1.05, 0.95, 0.85, 0.85, 1.0, 1.05, 1.5, 1.4])


class Rhythm:
    """The two clocks over the whole history [since, until); all instants are epoch seconds."""

    def __init__(self, until: datetime, zone: str) -> None:
        self.until = int(until.timestamp())
        self.since = self.until - DAYS_OF_HISTORY * DAY
        self._zone = ZoneInfo(zone)
        self._wall = np.arange(self.since, self.until + 1, HOUR)
        local = self.local(self._wall)
        months = local.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12
        # The first day of the epoch was a Thursday.
        busy = _HOURS[local // HOUR % 24] * _WEEKDAYS[(local // DAY + 3) % 7] * _MONTHS[months]
        beats = np.concatenate(([0.0], np.cumsum(busy[:-1])))
        self._pulse = beats / beats[-1] * (self.until - self.since)

    @property
    def length(self) -> float:
        """The whole history on the pulse, in seconds: as long as on the wall, so that spans mean the same."""
        return float(self._pulse[-1])

    def local(self, seconds: Whole) -> Whole:
        """What the shop's wall clock shows at those instants, as seconds of a calendar without zones."""
        shown = [datetime.fromtimestamp(second, UTC).astimezone(self._zone) for second in seconds.tolist()]
        return np.array([moment.replace(tzinfo=UTC).timestamp() for moment in shown], dtype=np.int64)

    def pulse(self, seconds: Whole) -> Real:
        """The pulse at those instants."""
        pulse: Real = np.interp(seconds, self._wall, self._pulse)
        return pulse

    def wall(self, pulse: Real) -> Whole:
        """The instants at those points of the pulse."""
        return np.interp(pulse, self._pulse, self._wall).astype(np.int64)

    def local_times(self, hour: int, weekday: int) -> Whole:
        """Every instant at which it strikes that hour on that weekday (0 is Monday) in the shop."""
        on_the_hour = self._wall - self._wall % HOUR
        local = self.local(on_the_hour)
        struck = (local // HOUR % 24 == hour) & ((local // DAY + 3) % 7 == weekday)
        times: Whole = on_the_hour[struck & (on_the_hour >= self.since)]
        return times
