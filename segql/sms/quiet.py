"""Quiet hours: when a person may be texted, by the clocks of every time zone the person may be in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Window = tuple[time, time]
# The window of each day of the week, Monday first. One that ends as it begins is never open.
Week = tuple[Window, ...]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYTIME: Window = (time(8), time(21))
_WHOLE_DAY: Window = (time.min, time.max)
# So many days ahead a closed week is searched for its opening.
_AHEAD = 5


def every_day(window: Window) -> Week:
    """The week in which every day has the same window."""
    return (window,) * len(DAYS)


def whole_week() -> Week:
    """The week that is always open."""
    return every_day(_WHOLE_DAY)


def narrowed(week: Week, other: Week) -> Week:
    """What two weeks have in common."""
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a, b in zip(week, other, strict=True))
    return tuple((start, max(start, end)) for start, end in both)


def may_text(instant: datetime, zones: Iterable[str], window: Window = DAYTIME) -> bool:
    """Whether `instant` lies in `window`, its start included and its end not, by the clocks of all `zones`.

    `zones` are IANA names. Raises ValueError for an instant without a zone, for no zones at all, and
    `zoneinfo.ZoneInfoNotFoundError` for a zone that does not exist.
    """
    return _is_open(instant, _clocks(instant, zones), every_day(window), frozenset())


@dataclass(frozen=True)
class Hours:
    """Whether a week is open, when it opens (None: not within days), and when it closes (None: not within days)."""

    open: bool
    opens_at: datetime | None
    closes_at: datetime | None


def hours(
    instant: datetime, zones: Iterable[str], week: Week, closed: frozenset[date] = frozenset()
) -> Hours:
    """The state of `week` at `instant` in all `zones` together; on the days of `closed` it is not open at all."""
    clocks = _clocks(instant, zones)
    if _is_open(instant, clocks, week, closed):
        # A day that ends as the next begins closes nothing.
        just_after = timedelta(microseconds=1)
        ends = _boundaries(instant, clocks, week, 1)
        closes = (end for end in ends if not _is_open(end + just_after, clocks, week, closed))
        return Hours(True, instant, next(closes, None))
    starts = _boundaries(instant, clocks, week, 0)
    return Hours(
        False, next((start for start in starts if _is_open(start, clocks, week, closed)), None), None
    )


def _clocks(instant: datetime, zones: Iterable[str]) -> list[ZoneInfo]:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    clocks = [ZoneInfo(zone) for zone in zones]
    if not clocks:
        raise ValueError("quiet hours need at least one time zone")
    return clocks


def _is_open(instant: datetime, clocks: list[ZoneInfo], week: Week, closed: frozenset[date]) -> bool:
    for clock in clocks:
        there = instant.astimezone(clock)
        start, end = week[there.weekday()]
        if there.date() in closed or not start <= there.time() < end:
            return False
    return True


def _boundaries(instant: datetime, clocks: list[ZoneInfo], week: Week, side: int) -> list[datetime]:
    """The instants after `instant`, some days ahead, at which a clock shows a start (side 0) or an end (1) of its
    day's window, in order."""
    found = set()
    for clock in clocks:
        today = instant.astimezone(clock).date()
        for days in range(_AHEAD):
            day = today + timedelta(days=days)
            there = datetime.combine(day, week[day.weekday()][side], clock)
            if there > instant:
                found.add(there.astimezone(UTC))
    return sorted(found)
