"""Sameness: `is`, `is not`, `is exactly`, `is in (...)`. False of a value that is not set, the negative ones included."""

from typing import TYPE_CHECKING

from segql.compiler.ast.base import Node, Test
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.catalog.regions import REGIONS, region_named
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.operands import (
    check_type,
    check_value,
    english_value,
    lower_texts,
    lower_value,
    value_text,
)
from segql.compiler.conditions.parameters import given
from segql.compiler.conditions.values import AnyPhrase
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import fold, listing, nearest

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyValue


class Is(Test, tag="is"):
    """`is "female"`, `is not 3`."""

    value: "AnyValue"
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if check_type(scope, self, term, left, ("text", "number"), "is"):
            check_value(scope, self.value, left, term)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        if left == "text":
            return plan.TextTest(
                "equals", term, lower_texts(scope, term, (self.value,)), negated=self.negated
            )
        return plan.Compare("=", term, lower_value(scope, self.value), negated=self.negated)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}{value_text(self.value)}"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}{english_value(self.value, voice)}"


class IsExactly(Test, tag="is exactly"):
    """`is exactly "ABC"`: byte by byte."""

    value: AnyPhrase

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        check_type(scope, self, term, left, ("text",), "is exactly")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.TextTest("equals", term, (given(self.value).value,), exact=True)

    def text(self) -> str:
        return f"is exactly {self.value.text()}"

    def english(self, voice: Voice) -> str:
        return f"is exactly {self.value.text()}, upper and lower case as written"


class IsIn(Test, tag="is in"):
    """`is in ("a", "b")`, `is not in (1, 2)`."""

    values: "tuple[AnyValue, ...]"
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if check_type(scope, self, term, left, ("text", "number"), "is in"):
            for value in self.values:
                check_value(scope, value, left, term)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        if left == "text":
            return plan.TextTest("equals", term, lower_texts(scope, term, self.values), negated=self.negated)
        each = (
            plan.Compare("=", term, lower_value(scope, value), negated=self.negated) for value in self.values
        )
        return plan.conjunction(*each) if self.negated else plan.disjunction(*each)

    def text(self) -> str:
        values = ", ".join(value_text(value) for value in self.values)
        return f"is {'not ' if self.negated else ''}in ({values})"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}{listing(english_value(value, voice) for value in self.values)}"


class IsInRegion(Test, tag="is in region"):
    """`is in EU`: one of a set of countries, by code or by name."""

    region: str
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if not check_type(scope, self, term, left, ("text",), "is in"):
            return
        if region_named(self.region) is None:
            near = nearest(self.region, REGIONS)
            scope.report(
                Code.SG210,
                f"there is no set of countries called {self.region}",
                self.span,
                f"did you mean {listing(near)}?" if near else f"known: {listing(REGIONS, 'and')}",
                choices=tuple(REGIONS),
            )

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        region = region_named(self.region)
        if region is None:
            raise LookupError(self.region)
        return plan.TextTest("equals", term, tuple(map(fold, region)), negated=self.negated)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}in {self.region}"

    def english(self, voice: Voice) -> str:
        return self.text()
