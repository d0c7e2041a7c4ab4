"""Numbers compared: `at least`, `at most`, `more than`, `less than`, `between`."""

from typing import TYPE_CHECKING, Literal

from segql.compiler.ast.base import Node, Test
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.operands import (
    COMPARATORS,
    check_type,
    check_value,
    english_value,
    lower_value,
    value_text,
)
from segql.compiler.conditions.values import Number, check_number
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyTerm, AnyValue


Comparison = Literal["at least", "at most", "more than", "less than"]


class Compares(Test, tag="compares"):
    """`at least $500`, `more than 2 * average_order_value`."""

    operator: Comparison
    value: "AnyValue"

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if check_type(scope, self, term, left, ("number",), self.operator):
            check_value(scope, self.value, left, term)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.Compare(COMPARATORS[self.operator], term, lower_value(scope, self.value))

    def text(self) -> str:
        return f"{self.operator} {value_text(self.value)}"

    def english(self, voice: Voice) -> str:
        return f"is {self.operator} {english_value(self.value, voice)}"


class Between(Test, tag="between"):
    """`between 3 and 5`: both ends included."""

    low: "AnyTerm"
    high: "AnyTerm"

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if not check_type(scope, self, term, left, ("number",), "between"):
            return
        check_number(self.low, scope, "`between`")
        check_number(self.high, scope, "`between`")
        if (
            isinstance(self.low, Number)
            and isinstance(self.high, Number)
            and self.low.value > self.high.value
        ):
            scope.report(
                Code.SG106,
                f"{self.low.text()} is more than {self.high.text()}, so nothing lies between them",
                self.span,
                f"write the smaller one first: between {self.high.text()} and {self.low.text()}",
            )

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.conjunction(
            plan.Compare(">=", term, self.low.lower(scope)), plan.Compare("<=", term, self.high.lower(scope))
        )

    def text(self) -> str:
        return f"between {value_text(self.low)} and {value_text(self.high)}"

    def english(self, voice: Voice) -> str:
        return f"is between {self.low.english(voice)} and {self.high.english(voice)}"
