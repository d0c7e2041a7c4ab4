"""Stretches of time: what each wording means as boundaries. A time word is one class here and one rule in the grammar."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from segql.compiler.ast.base import Node, Term, Window
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.parameters import Parameter, given
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import instants as plan
from segql.compiler.plan import nodes
from segql.compiler.plan.instants import Boundary, Period

Unit = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]


# The lengths of units that are always as long; in days, as a number that is compared with lengths counts days.
_DAYS: dict[Unit, Decimal] = {
    "minute": Decimal(1) / 1440,
    "hour": Decimal(1) / 24,
    "day": Decimal(1),
    "week": Decimal(7),
}


class Length(Term):
    """`30 days`, `2 hours`. Compared with a number it is one of days."""

    kind: Literal["length"] = "length"
    count: int = Field(ge=0)
    unit: Unit

    def check(self, scope: Scope) -> ValueType | None:
        if self.days is not None:
            return "number"
        scope.report(
            Code.SG302,
            f"{self.text()} are not always as long as each other",
            self.span,
            "write minutes, hours, days or weeks",
        )
        return None

    def lower(self, scope: Scope) -> nodes.Term:
        return nodes.Number(self.days or Decimal(0))

    @property
    def days(self) -> Decimal | None:
        """How many days of 24 hours; None for months, quarters and years."""
        length = _DAYS.get(self.unit)
        return None if length is None else length * self.count

    @property
    def seconds(self) -> int | None:
        """How many seconds, a day having 24 hours; None for months, quarters and years."""
        return None if self.days is None else round(self.days * 86_400)

    def text(self) -> str:
        return _count(self.count, self.unit)

    def english(self, voice: Voice) -> str:
        return self.text()


AnyLength = Length | Parameter


def _count(count: int, unit: Unit) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def check_seconds(length: "Length | Parameter", scope: Scope, asker: str) -> None:
    """Report a length that cannot be counted in seconds."""
    if isinstance(length, Length) and length.seconds is None:
        scope.report(
            Code.SG302,
            f"{asker} counts minutes, hours, days or weeks, and {length.text()} are not always as long",
            length.span,
            "write for example 30 days",
        )


def back(count: int, unit: Unit, later_days: int = 0) -> Boundary:
    """The boundary so many units back: exact for minutes and hours, at midnight for the others."""
    seconds = plan.seconds_in(unit)
    if seconds is not None:
        return plan.Elapsed(count * seconds)
    return plan.Midnight(count, period_of(unit), later_days)


def period_of(unit: Unit) -> Period:
    """A calendar unit as a period."""
    if unit == "minute" or unit == "hour":
        raise ValueError(unit)
    return unit


class _Counted(Window):
    length: AnyLength

    @property
    def count(self) -> int:
        """How many units."""
        return given(self.length).count

    @property
    def unit(self) -> Unit:
        """The unit that is counted."""
        return given(self.length).unit

    def english(self, voice: Voice) -> str:
        return self.text() if isinstance(self.length, Parameter) else super().english(voice)

    def check(self, scope: Scope) -> None:
        if isinstance(self.length, Length) and self.length.count < 1:
            scope.report(
                Code.SG106,
                "a window of 0 units holds nothing",
                self.span,
                "count at least 1; for the day of today write `today`",
            )


class InTheLast(_Counted):
    """`in the last 30 days`: whole days back, today included; hours and minutes exactly."""

    kind: Literal["in the last"] = "in the last"

    def text(self) -> str:
        return f"in the last {self.length.text()}"

    def lower(self) -> plan.Window:
        return plan.Window(back(self.count, self.unit), plan.Now())


class InTheNext(_Counted):
    """`in the next 3 days`: after now, up to the end of the day before the day so many ahead and one."""

    kind: Literal["in the next"] = "in the next"

    def text(self) -> str:
        return f"in the next {self.length.text()}"

    def lower(self) -> plan.Window:
        exact = plan.seconds_in(self.unit) is not None
        return plan.Window(plan.Now(), back(-self.count, self.unit, 0 if exact else 1))


class MoreThanAgo(_Counted):
    """`more than 60 days ago`: before the day that lies so far back; the complement of `in the last` over the past."""

    kind: Literal["more than ago"] = "more than ago"

    def text(self) -> str:
        return f"more than {self.length.text()} ago"

    def lower(self) -> plan.Window:
        return plan.Window(None, back(self.count, self.unit))


class BetweenAgo(Window):
    """`between 3 and 5 days ago`: both end days whole."""

    kind: Literal["between ago"] = "between ago"
    low: int = Field(ge=0)
    high: int = Field(ge=0)
    unit: Unit

    def check(self, scope: Scope) -> None:
        if self.low > self.high:
            scope.report(
                Code.SG106,
                f"{self.low} is more than {self.high}, so no time lies between them",
                self.span,
                f"write the nearer end first: between {self.high} and {self.low} {self.unit}s ago",
            )

    def text(self) -> str:
        return f"between {self.low} and {_count(self.high, self.unit)} ago"

    def lower(self) -> plan.Window:
        exact = plan.seconds_in(self.unit) is not None
        return plan.Window(back(self.high, self.unit), back(self.low, self.unit, 0 if exact else 1))


class Day(Node):
    """A day in `before`, `after`, `on`, `since`: a date, a date and time, `today` or `yesterday` as they were written
    (`on`), or `30 days ago` (`ago`, `unit`)."""

    kind: Literal["day"] = "day"
    on: str | None = None
    ago: int | None = Field(default=None, ge=0)
    unit: Unit | None = None

    @model_validator(mode="after")
    def _is_written_or_counted(self) -> Self:
        if (self.on is None) == (self.ago is None) or (self.ago is None) != (self.unit is None):
            raise ValueError("a day is either `on` a date, or `ago` with a `unit`")
        return self

    def check(self, scope: Scope) -> None:
        """Report a date that the calendar does not have."""
        if self.on is None or self.on in ("today", "yesterday"):
            return
        try:
            written_day(self.on)
        except ValueError as error:
            scope.report(
                Code.SG105,
                f"{self.on} is no date: {error}",
                self.span,
                "write a day as 2026-01-31, a time as 2026-01-31 18:30, with Z or +01:00 behind it for another zone",
            )

    def text(self) -> str:
        return self.on if self.on is not None else f"{_count(self.ago or 0, self.unit or 'day')} ago"

    def bounds(self) -> tuple[Boundary, Boundary]:
        """Where it begins and where it ends: a day lasts until the next midnight, a time of day for its second,
        hours and minutes ago for no time at all."""
        match self.on:
            case None:
                ago, unit = self.ago or 0, self.unit or "day"
                exact = plan.seconds_in(unit) is not None
                return back(ago, unit), back(ago, unit, 0 if exact else 1)
            case "today":
                return plan.Midnight(0), plan.Midnight(-1)
            case "yesterday":
                return plan.Midnight(1), plan.Midnight(0)
            case written:
                day = written_day(written)
                if isinstance(day, datetime):
                    return plan.At(day), plan.At(day, later=1)
                return plan.DayOf(day), plan.DayOf(day, later=1)


def written_day(written: str) -> date | datetime:
    """The date, or date and time, of a text such as 2026-01-31 or 2026-01-31 18:30+01:00. Raises ValueError."""
    return date.fromisoformat(written) if len(written) == 10 else datetime.fromisoformat(written)


AnyDay = Day | Parameter


class ByDay(Window):
    """`before`, `after`, `on` or `since` a day."""

    kind: Literal["by day"] = "by day"
    relation: Literal["before", "after", "on", "since"]
    day: AnyDay

    def check(self, scope: Scope) -> None:
        if isinstance(self.day, Parameter):
            return
        self.day.check(scope)
        if self.relation == "on" and self.day.unit in ("minute", "hour"):
            scope.report(
                Code.SG106,
                f"`on` needs a day, and {self.day.text()} is an instant",
                self.span,
                "write a number of days, or use `since`, `before` or `after`",
            )

    def text(self) -> str:
        return f"{self.relation} {self.day.text()}"

    def english(self, voice: Voice) -> str:
        return self.text() if isinstance(self.day, Parameter) else super().english(voice)

    def lower(self) -> plan.Window:
        begins, ends = given(self.day).bounds()
        match self.relation:
            case "before":
                return plan.Window(None, begins)
            case "after":
                return plan.Window(ends, None)
            case "on":
                return plan.Window(begins, ends)
            case "since":
                return plan.Window(begins, None)


class BetweenDays(Window):
    """`between 2023-01-01 and 2023-01-31`: both days whole; with a time of day, up to and including that second."""

    kind: Literal["between days"] = "between days"
    first: Day
    last: Day

    def check(self, scope: Scope) -> None:
        already = len(scope.found)
        self.first.check(scope)
        self.last.check(scope)
        if len(scope.found) == already and _local(self.first) > _local(self.last):
            scope.report(
                Code.SG106,
                f"{self.first.text()} is after {self.last.text()}, so no time lies between them",
                self.span,
                "write the earlier date first",
            )

    def text(self) -> str:
        return f"between {self.first.text()} and {self.last.text()}"

    def lower(self) -> plan.Window:
        return plan.Window(self.first.bounds()[0], self.last.bounds()[1])


class Calendar(Window):
    """`today`, `yesterday`, `this week`, `last month`: calendar units, whole."""

    kind: Literal["calendar"] = "calendar"
    which: Literal["this", "last"]
    unit: Period

    def check(self, scope: Scope) -> None:
        """Every calendar unit makes a window."""

    def text(self) -> str:
        if self.unit == "day":
            return "today" if self.which == "this" else "yesterday"
        return f"{self.which} {self.unit}"

    def lower(self) -> plan.Window:
        behind = 0 if self.which == "this" else 1
        return plan.Window(plan.PeriodStart(behind, self.unit), plan.PeriodStart(behind - 1, self.unit))


class Ever(Window):
    """`ever`: everything up to now; what holds where no window is written."""

    kind: Literal["ever"] = "ever"

    def check(self, scope: Scope) -> None:
        """Always a window."""

    def text(self) -> str:
        return "ever"

    def lower(self) -> plan.Window:
        return plan.Window(None, plan.Now())

    def english(self, voice: Voice) -> str:
        return self.text()


class InMonth(Node):
    """`in month 5`: of any year."""

    kind: Literal["in month"] = "in month"
    month: int

    def check(self, scope: Scope) -> None:
        """Report a month that no calendar has."""
        if not 1 <= self.month <= 12:
            scope.report(
                Code.SG106, f"there is no month {self.month}", self.span, "write a number from 1 to 12"
            )

    def text(self) -> str:
        return f"in month {self.month}"


AnyWindow = Annotated[
    InTheLast | InTheNext | MoreThanAgo | BetweenAgo | ByDay | BetweenDays | Calendar | Ever,
    Field(discriminator="kind"),
]


def lower_window(window: "AnyWindow | None", scope: Scope) -> plan.Window:
    """The boundaries of a window in the scope's time zone; without one, everything."""
    boundaries = plan.Window() if window is None else window.lower()
    return boundaries if scope.zone is None else replace(boundaries, zone=scope.zone)


def _local(day: Day) -> str:
    """A written day in a form that sorts as time does; for the check of order only, so zones are left out."""
    written = day.on or ""
    return written.replace("T", " ")[:16]
