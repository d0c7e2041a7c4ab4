"""Stretches of time: what each wording means as boundaries. A time word is one class here and one rule in the grammar."""

from typing import Literal

from msgspec.structs import replace

from segql.compiler.ast.base import Condition, Node, Window
from segql.compiler.ast.values import WholeNumber
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.days import AnyDay, Day
from segql.compiler.conditions.lengths import AnyLength, Length, Unit, back, length_text
from segql.compiler.conditions.parameters import Parameter, given
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import instants as plan
from segql.compiler.plan.instants import Period


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

    def _length(self) -> str:
        return self.length.after_last() if isinstance(self.length, Length) else self.length.text()

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


class InTheLast(_Counted, tag="in the last"):
    """`in the last 30 days`: whole days back, today included; hours and minutes exactly."""

    def text(self) -> str:
        return f"in the last {self._length()}"

    def lower(self) -> plan.Window:
        return plan.Window(back(self.count, self.unit), plan.Now())


class InTheNext(_Counted, tag="in the next"):
    """`in the next 3 days`: after now, up to the end of the day before the day so many ahead and one."""

    def text(self) -> str:
        return f"in the next {self._length()}"

    def lower(self) -> plan.Window:
        exact = plan.seconds_in(self.unit) is not None
        return plan.Window(plan.Now(), back(-self.count, self.unit, 0 if exact else 1))


class MoreThanAgo(_Counted, tag="more than ago"):
    """`more than 60 days ago`: before the day that lies so far back; the complement of `in the last` over the past."""

    def text(self) -> str:
        return f"more than {self.length.text()} ago"

    def lower(self) -> plan.Window:
        return plan.Window(None, back(self.count, self.unit))


class BetweenAgo(Window, tag="between ago"):
    """`between 3 and 5 days ago`: both end days whole."""

    low: WholeNumber
    high: WholeNumber
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
        return f"between {self.low} and {length_text(self.high, self.unit)} ago"

    def lower(self) -> plan.Window:
        exact = plan.seconds_in(self.unit) is not None
        return plan.Window(back(self.high, self.unit), back(self.low, self.unit, 0 if exact else 1))


class ByDay(Window, tag="by day"):
    """`before`, `after`, `on` or `since` a day."""

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


class BetweenDays(Window, tag="between days"):
    """`between 2023-01-01 and 2023-01-31`: both days whole; with a time of day, up to and including that second."""

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


class Calendar(Window, tag="calendar"):
    """`today`, `yesterday`, `this week`, `last month`: calendar units, whole."""

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


class Ever(Window, tag="ever"):
    """`ever`: everything up to now; what holds where no window is written."""

    def check(self, scope: Scope) -> None:
        """Always a window."""

    def text(self) -> str:
        return "ever"

    def lower(self) -> plan.Window:
        return plan.Window(None, plan.Now())

    def english(self, voice: Voice) -> str:
        return self.text()


class InMonth(Node, tag="in month"):
    """`in month 5`: of any year."""

    month: int

    def check(self, scope: Scope) -> None:
        """Report a month that no calendar has."""
        if not 1 <= self.month <= 12:
            scope.report(
                Code.SG106, f"there is no month {self.month}", self.span, "write a number from 1 to 12"
            )

    def text(self) -> str:
        return f"in month {self.month}"


AnyWindow = InTheLast | InTheNext | MoreThanAgo | BetweenAgo | ByDay | BetweenDays | Calendar | Ever


def lower_window(window: "AnyWindow | None", scope: Scope) -> plan.Window:
    """The boundaries of a window in the scope's time zone; without one, everything."""
    boundaries = plan.Window() if window is None else window.lower()
    return boundaries if scope.zone is None else replace(boundaries, zone=scope.zone)


def _local(day: Day) -> str:
    """A written day in a form that sorts as time does; for the check of order only, so zones are left out."""
    written = day.on or ""
    return written.replace("T", " ")[:16]


class Timed(Condition):
    """A condition about something that happened, perhaps in a window."""

    window: AnyWindow | None = None

    def check(self, scope: Scope) -> None:
        if self.window is not None:
            self.window.check(scope)

    def when(self) -> str:
        """The window as it is written behind the rest."""
        return f" {self.window.text()}" if self.window is not None else ""

    def english_when(self, voice: Voice) -> str:
        """The window in English, with its dates."""
        return f" {self.window.english(voice)}" if self.window is not None else ""
