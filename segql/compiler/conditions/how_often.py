"""How often something happened: so many times, on so many different days, in each of the last months."""

from typing import Literal

from segql.compiler.ast.base import Node
from segql.compiler.ast.values import WholeNumber
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.lengths import Unit, length_text, period_of
from segql.compiler.conditions.parameters import Parameter
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import PeriodStart

Operator = Literal["exactly", "at least", "at most", "more than", "fewer than", "between"]


def limits(operator: Operator, number: int, upper: int | None) -> tuple[int, int | None]:
    """The least and the most number that fits (None: no limit)."""
    match operator:
        case "exactly":
            return number, number
        case "at least":
            return number, None
        case "at most":
            return 0, number
        case "more than":
            return number + 1, None
        case "fewer than":
            return 0, number - 1
        case "between":
            return number, upper


class HowOften(Node, tag=False):
    """`once`, `at least 3 times`, `between 2 and 4 times`, `on at least 3 different days`.

    `periods`: what is counted in place of times."""

    operator: Operator
    times: WholeNumber | Parameter
    upper: WholeNumber | None = None
    periods: Unit | None = None

    def __post_init__(self) -> None:
        if (self.operator == "between") != (self.upper is not None):
            raise ValueError("`upper` belongs to `between`, and only to it")

    def check(self, scope: Scope) -> None:
        if self.periods in ("minute", "hour"):
            scope.report(
                Code.SG106,
                f"different {self.periods}s are not counted",
                self.span,
                "count different days, weeks, months, quarters or years",
            )
        if isinstance(self.times, Parameter):
            return
        if self.upper is not None and self.upper < self.times:
            scope.report(
                Code.SG106,
                f"{self.times} is more than {self.upper}, so no number lies between them",
                self.span,
                f"write the smaller one first: between {self.upper} and {self.times} times",
            )
        if self.operator == "fewer than" and self.times == 0:
            scope.report(
                Code.SG106, "nothing happens fewer than 0 times", self.span, "for never write `did not`"
            )

    def limits(self) -> tuple[int, int | None]:
        """The least and the most number of times (None: no limit)."""
        if isinstance(self.times, Parameter):
            raise TypeError(self.times)
        return limits(self.operator, self.times, self.upper)

    def text(self) -> str:
        times = self.times.text() if isinstance(self.times, Parameter) else self.times
        if self.periods is not None:
            plural = "" if times == 1 else "s"
            return f"on {self.operator} {times} different {self.periods}{plural}"
        if self.operator == "exactly" and self.times in (1, 2):
            return "once" if self.times == 1 else "twice"
        if self.operator == "between":
            return f"between {self.times} and {self.upper} times"
        return f"{self.operator} once" if times == 1 else f"{self.operator} {times} times"


class Periods(Node, tag="each of the last"):
    """`in each of the last 6 months`: whole calendar units before the present one."""

    count: int
    unit: Unit

    def check(self, scope: Scope) -> None:
        """Report units that no calendar has, and numbers of them that say nothing or too much."""
        if self.unit in ("minute", "hour"):
            scope.report(
                Code.SG106,
                f"`in each of the last` counts calendar units, and {self.unit}s are none",
                self.span,
                "write days, weeks, months, quarters or years",
            )
        elif not 1 <= self.count <= 1000:
            scope.report(
                Code.SG106, f"{self.count} {self.unit}s cannot be asked", self.span, "write 1 to 1,000"
            )

    def lower(self, zone: str | None = None) -> plan.Window:
        """From the start of the first unit to the start of the present one."""
        unit = period_of(self.unit)
        return plan.Window(PeriodStart(self.count, unit), PeriodStart(0, unit), zone)

    def english(self, voice: Voice) -> str:
        """The words with the dates behind them."""
        return f"{self.text()}{voice.dates(self.lower())}"

    def text(self) -> str:
        return f"in each of the last {length_text(self.count, self.unit)}"
