"""Lengths of time: `30 days`, `2 hours`; and how far back they reach."""

from decimal import Decimal
from typing import Literal

from segql.compiler.ast.base import Term
from segql.compiler.ast.values import WholeNumber
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.parameters import Parameter
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


class Length(Term, tag="length"):
    """`30 days`, `2 hours`. Compared with a number it is one of days."""

    count: WholeNumber
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
        return length_text(self.count, self.unit)

    def after_last(self) -> str:
        """As it stands behind `the last` and `the next`: one unit goes without its number."""
        return self.unit if self.count == 1 else self.text()

    def english(self, voice: Voice) -> str:
        return self.text()


AnyLength = Length | Parameter


def length_text(count: int, unit: Unit) -> str:
    """A number of units as it is written."""
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
