"""Days, midnights and steps back in time on the account's calendar."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EXACT = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
# The units that are always as long, which lengths of time are made of.
LENGTHS = {**EXACT, "day": timedelta(days=1), "week": timedelta(weeks=1)}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Calendar:
    """The calendar of an account at an instant. All instants that come out are UTC, so that they compare as time does
    (Python compares two times of one zone by their clock faces)."""

    now: datetime
    timezone: str
    week_starts: str = "monday"

    @property
    def today(self) -> date:
        return self.local(self.now).date()

    def midnight(self, day: date) -> datetime:
        """The first instant of a day: 00:00, or what the clock jumps to where it jumps over 00:00."""
        return self.instant(datetime.combine(day, time()))

    def instant(self, written: datetime) -> datetime:
        """A time as the account's clocks show it, or with a zone of its own."""
        local = written if written.tzinfo else written.replace(tzinfo=ZoneInfo(self.timezone))
        return local.astimezone(UTC)

    def back(self, count: int, unit: str) -> date:
        """The day that lies so many units before today (after, where negative); month ends clamp."""
        return step(self.today, -count, unit)

    def local(self, instant: datetime) -> datetime:
        """What the clocks show at an instant."""
        return instant.astimezone(ZoneInfo(self.timezone))

    def start_of(self, unit: str, day: date | None = None) -> date:
        """The first day of the day, week, month, quarter or year that a day is in; of today's, where none is given."""
        day = day or self.today
        first_weekday = 0 if self.week_starts == "monday" else 6
        while not (
            unit == "day"
            or (unit == "week" and day.weekday() == first_weekday)
            or (unit == "month" and day.day == 1)
            or (unit == "quarter" and day.day == 1 and day.month in (1, 4, 7, 10))
            or (unit == "year" and day.day == 1 and day.month == 1)
        ):
            day -= timedelta(days=1)
        return day


def step(day: date, count: int, unit: str) -> date:
    """The day so many units later; the 31st becomes the last day of a shorter month."""
    if unit in _DAYS:
        return day + timedelta(days=count * _DAYS[unit])
    months = day.year * 12 + (day.month - 1) + count * _MONTHS[unit]
    for day_of_month in (day.day, 30, 29, 28):
        if day_of_month <= day.day:
            try:
                return date(months // 12, months % 12 + 1, day_of_month)
            except ValueError:
                continue
    raise ValueError(day, count, unit)


def duration(count: int, unit: str) -> timedelta:
    """A length of time; a day in it has 24 hours."""
    return count * LENGTHS[unit]


def written(text: str) -> date | datetime:
    """2026-01-31, or 2026-01-31 18:30 with seconds and a zone where they are written."""
    return (
        date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else datetime.fromisoformat(text)
    )
