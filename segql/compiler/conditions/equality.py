"""Sameness: `is`, `is not`, `is exactly`, `is in (...)`. False of a value that is not set, the negative ones included."""

from typing import TYPE_CHECKING, Literal

from segql.compiler.ast.base import Term, Test
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.operands import (
    check_type,
    check_value,
    english_value,
    folded_texts,
    lower_value,
    value_text,
)
from segql.compiler.conditions.values import Text
from segql.compiler.plan import nodes as plan
from segql.compiler.text import listing

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyValue


class Is(Test):
    """`is "female"`, `is not 3`."""

    kind: Literal["is"] = "is"
    value: "AnyValue"
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        if check_type(scope, self, term, left, ("text", "number"), "is"):
            check_value(scope, self.value, left, term)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        if left == "text":
            return plan.TextTest("equals", term, folded_texts((self.value,)), negated=self.negated)
        return plan.Compare("=", term, lower_value(scope, self.value), negated=self.negated)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}{value_text(self.value)}"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}{english_value(self.value, voice)}"


class IsExactly(Test):
    """`is exactly "ABC"`: byte by byte."""

    kind: Literal["is exactly"] = "is exactly"
    value: Text

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        check_type(scope, self, term, left, ("text",), "is exactly")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.TextTest("equals", term, (self.value.value,), exact=True)

    def text(self) -> str:
        return f"is exactly {self.value.text()}"

    def english(self, voice: Voice) -> str:
        return f"is exactly {self.value.text()}, upper and lower case as written"


class IsIn(Test):
    """`is in ("a", "b")`, `is not in (1, 2)`."""

    kind: Literal["is in"] = "is in"
    values: "tuple[AnyValue, ...]"
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        if check_type(scope, self, term, left, ("text", "number"), "is in"):
            for value in self.values:
                check_value(scope, value, left, term)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        if left == "text":
            return plan.TextTest("equals", term, folded_texts(self.values), negated=self.negated)
        each = (
            plan.Compare("=", term, lower_value(scope, value), negated=self.negated) for value in self.values
        )
        return plan.conjunction(*each) if self.negated else plan.disjunction(*each)

    def text(self) -> str:
        values = ", ".join(value_text(value) for value in self.values)
        return f"is {'not ' if self.negated else ''}in ({values})"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}{listing(english_value(value, voice) for value in self.values)}"
