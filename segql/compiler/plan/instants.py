"""Time without a clock: boundaries that say how to find an instant, and the moment at which they are found.

A plan holds boundaries, so that it can be asked at any `now`; `Moment` turns them into instants. All calendar
boundaries are midnights in the account's time zone; daylight saving is followed.
"""

from calendar import isleap, monthrange
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from segql.compiler.catalog.model import Account
from segql.compiler.plan.base import PlanNode

Period = Literal["day", "week", "month", "quarter", "year"]

_SECONDS = {"minute": 60, "hour": 3600}
# The calendar's ends, with room for every zone's distance from UTC.
_FIRST_DAY, _LAST_DAY = date(1, 1, 3), date(9999, 12, 29)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Now(PlanNode, frozen=True):
    """The evaluation instant."""


class Elapsed(PlanNode, frozen=True):
    """So many seconds before now (after it, where negative), exactly."""

    seconds: int


class Midnight(PlanNode, frozen=True):
    """Midnight of the day that lies so many periods before today (after, where negative), and so many days later."""

    back: int
    period: Period = "day"
    later: int = 0


class PeriodStart(PlanNode, frozen=True):
    """The first midnight of the calendar period that lies so many periods before this one (after, where negative)."""

    back: int
    period: Period


class DayOf(PlanNode, frozen=True):
    """Midnight of a date, and so many days later."""

    day: date
    later: int = 0


class At(PlanNode, frozen=True):
    """A date and time: local to the account where it carries no zone; and so many seconds later."""

    instant: datetime
    later: int = 0


Boundary = Now | Elapsed | Midnight | PeriodStart | DayOf | At


class Window(PlanNode, frozen=True):
    """From `start` up to, but without, `end`; None leaves that side open. `Now` as an end belongs to the window, and
    as a start does not: the past and the future share no instant. Events after now are never seen in any window.
    `zone`: whose midnights are meant, where not the account's."""

    start: Boundary | None = None
    end: Boundary | None = None
    zone: str | None = None


EVER = Window()


@dataclass(frozen=True, slots=True)
class Moment:
    """A now (aware), in an account's zone and calendar."""

    now: datetime
    zone: ZoneInfo
    week_starts: Literal["monday", "sunday"] = "monday"
    # The bounds of the windows that were asked for: one person's reasons ask for the same again and again.
    _bounds: dict[Window, tuple[datetime | None, datetime | None]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def today(self) -> date:
        """The date on the account's calendar."""
        return self.now.astimezone(self.zone).date()

    @property
    def latest_second(self) -> datetime:
        """The whole second of now, in UTC: events and consents have whole seconds."""
        return floor_second(self.now.astimezone(UTC))

    def midnight(self, day: date) -> datetime:
        """The instant at which a day begins; where daylight saving skips midnight, the first instant of the day."""
        held = min(max(day, _FIRST_DAY), _LAST_DAY)
        return datetime.combine(held, time(), self.zone).astimezone(UTC)

    def resolve(self, boundary: Boundary) -> datetime:
        """The instant of a boundary, in UTC. Dates before year 1 and after 9999 are held to those years."""
        match boundary:
            case Now():
                return self.now.astimezone(UTC)
            case Elapsed(seconds):
                return self._shifted(self.now.astimezone(UTC), seconds)
            case Midnight(back, period, later):
                return self.midnight(shift_days(shift(self.today, -back, period), later))
            case PeriodStart(back, period):
                return self.midnight(shift(self._start_of(period), -back, period))
            case DayOf(day, later):
                return self.midnight(shift_days(day, later))
            case At(instant, later):
                local = instant if instant.tzinfo else instant.replace(tzinfo=self.zone)
                if not _FIRST_DAY <= local.date() <= _LAST_DAY:
                    return self.midnight(local.date())
                return self._shifted(local.astimezone(UTC), -later)

    def elsewhere(self, zone: str | None) -> "Moment":
        """The same moment in another time zone; None is the account's."""
        return self if zone is None else replace(self, zone=ZoneInfo(zone))

    def later(self, now: datetime) -> "Moment":
        """Another now in the same zone and calendar."""
        return Moment(now, self.zone, self.week_starts)

    def bounds(self, window: Window) -> tuple[datetime | None, datetime | None]:
        """The first and the last whole second (UTC) inside a window; None where that side is open."""
        found = self._bounds.get(window)
        if found is None:
            there = self.elsewhere(window.zone)
            found = self._bounds[window] = there._first(window.start), there._last(window.end)
        return found

    def event_bounds(self, window: Window) -> tuple[datetime | None, datetime]:
        """As `bounds`, for events, of which those after now are never seen."""
        first, last = self.bounds(window)
        return first, self.latest_second if last is None else min(last, self.latest_second)

    def days_of_year(self, window: Window) -> tuple[int, int] | None:
        """The first and the last day of the year (100 * month + day) that the dates in a window have, over the year's
        end where the first is the greater; (1, 0) where there is none, None where there is every day.

        29 February counts as 28 February in years that have none."""
        first, last = self.bounds(window)
        if first is None or last is None:
            return None
        low, high = self.first_day(first), self.last_day(last)
        if high < low:
            return 1, 0
        if high - low >= timedelta(days=365):
            return None
        leaps = (high.month, high.day) == (2, 28) and not isleap(high.year)
        return low.month * 100 + low.day, high.month * 100 + high.day + leaps

    def first_day(self, instant: datetime) -> date:
        """The first date whose midnight is not before an instant."""
        day = instant.astimezone(self.zone).date()
        return day if self.midnight(day) >= instant else shift_days(day, 1)

    def last_day(self, instant: datetime) -> date:
        """The last date whose midnight is not after an instant."""
        return instant.astimezone(self.zone).date()

    def _first(self, boundary: Boundary | None) -> datetime | None:
        match boundary:
            case None:
                return None
            case Now():
                return self.latest_second + timedelta(seconds=1)
            case _:
                return ceil_second(self.resolve(boundary))

    def _last(self, boundary: Boundary | None) -> datetime | None:
        match boundary:
            case None:
                return None
            case Now():
                return self.latest_second
            case _:
                return ceil_second(self.resolve(boundary)) - timedelta(seconds=1)

    def _start_of(self, period: Period) -> date:
        today = self.today
        match period:
            case "day":
                return today
            case "week":
                return shift_days(
                    today, -(today.weekday() if self.week_starts == "monday" else today.isoweekday() % 7)
                )
            case "month":
                return today.replace(day=1)
            case "quarter":
                return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
            case "year":
                return today.replace(month=1, day=1)

    @staticmethod
    def _shifted(instant: datetime, seconds: int) -> datetime:
        try:
            return instant - timedelta(seconds=seconds)
        except OverflowError:
            return datetime.combine(_FIRST_DAY if seconds > 0 else _LAST_DAY, time(), UTC)


def moment(account: Account, now: datetime | None = None) -> Moment:
    """An instant in an account's calendar; the present where none is given."""
    return Moment(held(now or datetime.now(UTC)), ZoneInfo(account.timezone), account.week_starts)


def held(instant: datetime) -> datetime:
    """An instant, held a few days away from the calendar's ends, so that every zone and every window has room."""
    return min(
        max(instant, datetime.combine(_FIRST_DAY, time(), UTC)), datetime.combine(_LAST_DAY, time(), UTC)
    )


def floor_second(instant: datetime) -> datetime:
    """The whole second at or before an instant."""
    return instant - timedelta(microseconds=instant.microsecond)


def ceil_second(instant: datetime) -> datetime:
    """The whole second at or after an instant."""
    floor = floor_second(instant)
    return floor if floor == instant else floor + timedelta(seconds=1)


def shift_days(day: date, days: int) -> date:
    """A date so many days later, held to the calendar's ends."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return _FIRST_DAY if days < 0 else _LAST_DAY


def shift(day: date, count: int, period: Period) -> date:
    """A date so many periods later; the day of the month is held to the month's length."""
    if period not in _MONTHS:
        return shift_days(day, count * (7 if period == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * _MONTHS[period]
    year, month = divmod(months, 12)
    if not 1 < year < 9999:
        return shift_days(day, -(10**9) if count < 0 else 10**9)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def seconds_in(unit: str) -> int | None:
    """The length of a unit that is counted exactly (minutes, hours); None for calendar units."""
    return _SECONDS.get(unit)


def is_time_zone(name: str) -> bool:
    """Whether the time zone database has a zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
