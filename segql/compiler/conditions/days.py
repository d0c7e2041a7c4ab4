"""Days as they are written: a date, a date and time, `today`, `yesterday`, `30 days ago`."""

from datetime import date, datetime

from segql.compiler.ast.base import Node
from segql.compiler.ast.values import WholeNumber, WrittenDay
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.lengths import Unit, back, length_text
from segql.compiler.conditions.parameters import Parameter
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import instants as plan
from segql.compiler.plan.instants import Boundary


class Day(Node, tag="day"):
    """A day in `before`, `after`, `on`, `since`: a date, a date and time, `today`, `yesterday`, or `30 days ago`.

    `on` as it was written, or `ago` and `unit`."""

    on: WrittenDay | None = None
    ago: WholeNumber | None = None
    unit: Unit | None = None

    def __post_init__(self) -> None:
        if (self.on is None) == (self.ago is None) or (self.ago is None) != (self.unit is None):
            raise ValueError("a day is either `on` a date, or `ago` with a `unit`")

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
        return self.on if self.on is not None else f"{length_text(self.ago or 0, self.unit or 'day')} ago"

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
