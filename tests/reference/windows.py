"""The table "Time" of the language, one function a line of it."""

from datetime import date, datetime, timedelta
from functools import cache

from segql.compiler.conditions import windows as w
from segql.compiler.conditions.days import Day
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
    last = w.InTheLast(length=window.length)
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
    assert isinstance(window.day, Day)
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


def edges(day: Day, calendar: Calendar) -> tuple[datetime, datetime]:
    """Where D begins, and where it is over: a date lasts until the next midnight, a time of day for its second, and
    so many hours or minutes ago is a point in time."""
    if day.unit in EXACT:
        point = calendar.now - (day.ago or 0) * EXACT[day.unit]
        return point, point
    if day.on is None:
        named = calendar.back(day.ago or 0, day.unit or "day")
    elif day.on in ("today", "yesterday"):
        named = calendar.back(("today", "yesterday").index(day.on), "day")
    else:
        found = written(day.on)
        if isinstance(found, datetime):
            return calendar.instant(found), calendar.instant(found) + timedelta(seconds=1)
        named = found
    return calendar.midnight(named), calendar.midnight(step(named, 1, "day"))


# ---- Days of any year ------------------------------------------------------------------------------------------------


@cache
def days_of_year(window: w.AnyWindow, calendar: Calendar) -> set[tuple[int, int]] | None:
    """Month and day of each day whose midnight lies in the window; 29 February where it is 28 February of a year
    without one. None for windows that have no end on a side, or are long enough to hold every day."""
    around = _around(window, calendar)
    if around is None or (around[1] - around[0]).days > 4 * 366:
        return None
    first, last = around
    each = (first + timedelta(days=count) for count in range((last - first).days + 1))
    days = [day for day in each if covers(window, calendar.midnight(day), calendar)]
    leap = {(2, 29) for day in days if (day.month, day.day) == (2, 28) and step(day, 1, "day").month == 3}
    return {(day.month, day.day) for day in days} | leap


def _around(window: w.AnyWindow, calendar: Calendar) -> tuple[date, date] | None:
    """Days among which all days of the window are, and few others; None where it has no end on a side."""

    def ago(count: int, unit: str) -> date:
        return (
            (calendar.local(calendar.now - count * EXACT[unit])).date()
            if unit in EXACT
            else calendar.back(count, unit)
        )

    match window:
        case w.InTheLast():
            found = ago(window.count, window.unit), calendar.today
        case w.InTheNext():
            found = calendar.today, ago(-window.count, window.unit)
        case w.BetweenAgo():
            found = ago(window.high, window.unit), ago(window.low, window.unit)
        case w.Calendar():
            found = calendar.today - timedelta(days=740), calendar.today + timedelta(days=370)
        case w.ByDay(relation="on", day=Day() as day):
            found = (
                calendar.local(edges(day, calendar)[0]).date(),
                calendar.local(edges(day, calendar)[1]).date(),
            )
        case w.BetweenDays():
            begin, end = edges(window.first, calendar)[0], edges(window.last, calendar)[1]
            found = calendar.local(begin).date(), calendar.local(end).date()
        case _:
            return None
    return found[0] - timedelta(days=2), found[1] + timedelta(days=2)
