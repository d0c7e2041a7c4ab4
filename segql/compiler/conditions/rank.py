"""Ranks: `top 5% by historic_clv`, `bottom 100 by number of "Placed Order" among (can receive sms)`."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from segql.compiler.ast.base import Condition
from segql.compiler.ast.values import WholeNumber, check_finite, grouped, number_text
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.values import check_number
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition, AnyTerm


class Ranked(Condition, tag="ranked"):
    """A share of a population (rounded up) or so many people, by a number; ties are all in, those without it never."""

    end: Literal["top", "bottom"]
    percent: Decimal | None = None
    people: WholeNumber | None = None
    by: "AnyTerm"
    among: "AnyCondition | None" = None

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.people is None):
            raise ValueError("a rank takes either `percent` or `people`")
        check_finite(self.percent)

    def check(self, scope: Scope) -> None:
        check_number(self.by, scope, "a rank")
        if self.among is not None:
            self.among.check(scope)
        if self.percent is not None and not 0 < self.percent <= 100:
            scope.report(
                Code.SG106,
                f"{number_text(self.percent)}% is not a share",
                self.span,
                "write more than 0% and at most 100%",
            )
        if self.people == 0:
            scope.report(Code.SG106, "a rank of 0 people holds nobody", self.span, "write at least 1")

    def lower(self, scope: Scope) -> plan.Predicate:
        share = None if self.percent is None else Fraction(self.percent) / 100
        among = None if self.among is None else self.among.lower(scope)
        return plan.Ranked(self.end, self.by.lower(scope), share, self.people, among)

    def text(self) -> str:
        among = f" among ({self.among.text()})" if self.among is not None else ""
        return f"{self.end} {self._share()} by {self.by.text()}{among}"

    def english(self, voice: Voice) -> str:
        return f"who are {self._among(voice)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who are not {self._among(voice)}"

    def _share(self) -> str:
        if self.percent is not None:
            return f"{number_text(self.percent)}%"
        return str(self.people)

    def _among(self, voice: Voice) -> str:
        count = self._share() if self.percent is not None else grouped(Decimal(self.people or 0))
        population = f" among people {self.among.english(voice)}" if self.among is not None else ""
        return f"in the {self.end} {count} by {self.by.english(voice)}{population}"
