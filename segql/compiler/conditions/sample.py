"""Samples: `random 10%`, `random 10% named "holdout"`: the same people at any time."""

from decimal import Decimal
from fractions import Fraction

from segql.compiler.ast.base import Condition
from segql.compiler.ast.values import check_finite, number_text
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.parameters import OrParameter, given, name_or_parameter
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import fold


class Sampled(Condition, tag="sampled"):
    """A share of all people, chosen by their profile and the sample's name, so that two names choose independently."""

    percent: Decimal
    name: OrParameter | None = None

    def __post_init__(self) -> None:
        check_finite(self.percent)

    def check(self, scope: Scope) -> None:
        if not 0 < self.percent <= 100:
            scope.report(
                Code.SG106,
                f"{number_text(self.percent)}% is not a share",
                self.span,
                "write more than 0% and at most 100%",
            )

    def lower(self, scope: Scope) -> plan.Predicate:
        return plan.Sampled(Fraction(self.percent) / 100, fold(given(self.name) or ""))

    def text(self) -> str:
        named = f" named {name_or_parameter(self.name)}" if self.name is not None else ""
        return f"random {number_text(self.percent)}%{named}"

    def english(self, voice: Voice) -> str:
        return f"who are in the {self._sample()}"

    def english_complement(self, voice: Voice) -> str:
        return f"who are not in the {self._sample()}"

    def _sample(self) -> str:
        named = f" {name_or_parameter(self.name)}" if self.name is not None else ""
        return f"random sample{named} of {number_text(self.percent)}%"
