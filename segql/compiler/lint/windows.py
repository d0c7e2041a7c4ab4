"""Stretches of time compared without a clock: what is true of two windows at every instant."""

from datetime import timedelta

from segql.compiler.plan.instants import At, Boundary, DayOf, Elapsed, Midnight, Now, PeriodStart, Window

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONTH = 30.4375
_SECONDS_OF_A_DAY = 86_400


def is_within(inner: Window, outer: Window) -> bool:
    """Whether every instant of one window is in the other, whenever it is asked."""
    if inner == outer:
        return True
    if inner.zone != outer.zone:
        return False
    begins = outer.start is None or (inner.start is not None and _is_not_after(outer.start, inner.start))
    ends = outer.end is None or (inner.end is not None and _is_not_after(inner.end, outer.end))
    return begins and ends


def are_apart(one: Window, other: Window) -> bool:
    """Whether no instant is ever in both windows."""
    if one.zone != other.zone:
        return False
    return _ends_before(one, other) or _ends_before(other, one)


def of_events(window: Window) -> Window:
    """The window as it is for events, of which none after now are seen."""
    return Window(window.start, None, window.zone) if window.end == Now() else window


def _ends_before(first: Window, second: Window) -> bool:
    return first.end is not None and second.start is not None and _is_not_after(first.end, second.start)


def _is_not_after(one: Boundary, other: Boundary) -> bool:
    """Whether a boundary is at or before another at every instant; False where that is not certain."""
    if one == other:
        return True
    match one, other:
        case Midnight(), Midnight() if (days := (_days_back(one), _days_back(other))) != (None, None):
            if None not in days:
                return days[0] >= days[1]  # type: ignore[operator]  # None is excluded
        case Midnight(later=later), Midnight(later=same) if later == same:
            return one.back * _MONTHS[one.period] >= other.back * _MONTHS[other.period]
        case PeriodStart(period=period), PeriodStart(period=same) if period == same:
            return one.back >= other.back
        case DayOf(), DayOf():
            return one.day + timedelta(one.later) <= other.day + timedelta(other.later)
        case At(), At() if (one.instant.tzinfo is None) == (other.instant.tzinfo is None):
            return one.instant + timedelta(seconds=one.later) <= other.instant + timedelta(
                seconds=other.later
            )
        case _:
            pass
    first, second = _seconds_back(one), _seconds_back(other)
    # Strictly: a window that ends now holds this instant, one that begins now does not.
    return first is not None and second is not None and first[0] > second[1]


def _days_back(midnight: Midnight) -> int | None:
    length = _DAYS.get(midnight.period)
    return None if length is None else midnight.back * length - midnight.later


def _seconds_back(boundary: Boundary) -> tuple[float, float] | None:
    """How long before now a boundary is, at least and at most; generous, as months and days differ in length."""
    match boundary:
        case Now():
            return 0, 0
        case Elapsed(seconds):
            return seconds, seconds
        case Midnight(back, period, later):
            length = _DAYS.get(period) or _MONTHS[period] * _MONTH
            play = 0 if period in _DAYS else 5
            days = back * length - later
            return (days - play - 1.1) * _SECONDS_OF_A_DAY, (days + play + 2.1) * _SECONDS_OF_A_DAY
        case PeriodStart(back, period):
            length = _DAYS.get(period) or _MONTHS[period] * _MONTH
            least, most = back * length - 7, (back + 1) * length + 8
            return least * _SECONDS_OF_A_DAY, most * _SECONDS_OF_A_DAY
        case _:
            return None
