"""The table "Time" of the language, one function a line of it."""

from datetime import datetime, timedelta

from segql.compiler.conditions import windows as w
from tests.reference.days import EXACT, Calendar, step, written
from tests.reference.reading import covers


@covers.register
def _(window: w.InTheLast, instant: datetime, calendar: Calendar) -> bool:
    """`in the last 3 days`: [midnight of the day 3 days back, now]; hours and minutes exactly."""
    if window.unit in EXACT:
        return calendar.now - window.count * EXACT[window.unit] <= instant <= calendar.now
    return calendar.midnight(calendar.back(window.count, window.unit)) <= instant <= calendar.now


@covers.register
def _(window: w.MoreThanAgo, instant: datetime, calendar: Calendar) -> bool:
    """`more than 3 days ago`: the complement of `in the last 3 days` over the past."""
    last = w.InTheLast(count=window.count, unit=window.unit)
    return instant <= calendar.now and not covers(last, instant, calendar)


@covers.register
def _(window: w.BetweenAgo, instant: datetime, calendar: Calendar) -> bool:
    """`between 3 and 5 days ago`: from the midnight that begins the day 5 days back to the one that ends the day 3 days
    back; hours and minutes exactly, and without the nearer end, where `in the last` begins."""
    if window.unit in EXACT:
        unit = EXACT[window.unit]
        return calendar.now - window.high * unit <= instant < calendar.now - window.low * unit
    first = calendar.back(window.high, window.unit)
    last = calendar.back(window.low, window.unit)
    return calendar.midnight(first) <= instant < calendar.midnight(step(last, 1, "day"))


@covers.register
def _(window: w.InTheNext, instant: datetime, calendar: Calendar) -> bool:
    """`in the next 3 days`: (now, the midnight that ends the day 3 days ahead)."""
    if window.unit in EXACT:
        return calendar.now < instant < calendar.now + window.count * EXACT[window.unit]
    last = calendar.back(-window.count, window.unit)
    return calendar.now < instant < calendar.midnight(step(last, 1, "day"))


@covers.register
def _(window: w.ByDay, instant: datetime, calendar: Calendar) -> bool:
    """`before D` < D 00:00; `after D` >= D+1 00:00; `on D` that day; `since D` >= D 00:00."""
    begin, end = edges(window.day, calendar)
    match window.relation:
        case "before":
            return instant < begin
        case "after":
            return instant >= end
        case "on":
            return begin <= instant < end
        case "since":
            return instant >= begin


@covers.register
def _(window: w.BetweenDays, instant: datetime, calendar: Calendar) -> bool:
    """`between D and E`: [D 00:00, E+1 00:00)."""
    return edges(window.first, calendar)[0] <= instant < edges(window.last, calendar)[1]


@covers.register
def _(window: w.Calendar, instant: datetime, calendar: Calendar) -> bool:
    """`this week`, `last month`: the calendar unit, whole."""
    this = calendar.start_of(window.unit)
    first = this if window.which == "this" else step(this, -1, window.unit)
    return calendar.midnight(first) <= instant < calendar.midnight(step(first, 1, window.unit))


@covers.register
def _(window: w.Ever, instant: datetime, calendar: Calendar) -> bool:
    """`ever`: everything up to now."""
    return instant <= calendar.now


def edges(day: w.Day, calendar: Calendar) -> tuple[datetime, datetime]:
    """Where D begins, and where it is over: a date lasts until the next midnight, a time of day for its second, and
    so many hours or minutes ago is a point in time."""
    if day.unit in EXACT:
        point = calendar.now - (day.ago or 0) * EXACT[day.unit]
        return point, point
    if day.on is None:
        date = calendar.back(day.ago or 0, day.unit or "day")
    elif day.on in ("today", "yesterday"):
        date = calendar.back(("today", "yesterday").index(day.on), "day")
    else:
        found = written(day.on)
        if isinstance(found, datetime):
            return calendar.instant(found), calendar.instant(found) + timedelta(seconds=1)
        date = found
    return calendar.midnight(date), calendar.midnight(step(date, 1, "day"))
