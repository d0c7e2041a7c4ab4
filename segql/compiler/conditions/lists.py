"""Items of lists and parts of texts: `contains`, `has at least 2 items`, `is empty`."""

from typing import TYPE_CHECKING, Literal

from segql.compiler.ast.base import Node, Test
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.operands import COMPARATORS, check_type, check_value, folded_texts, value_text
from segql.compiler.conditions.values import Attribute, Number, Text
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyValue


class Contains(Test, tag="contains"):
    """`contains "a"`, `contains any of / all of / none of (...)`: a part of a text, an item of a list."""

    quantifier: Literal["one", "any", "all", "none"] = "one"
    values: "tuple[AnyValue, ...]"
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        if isinstance(term, Attribute) and scope.fields_of(term.name):
            scope.report(
                Code.SG301,
                f"{term.text()} is a list of objects; `contains` works on text and lists of texts",
                term.span.to(self.span),
                f"ask for a field of them: any item of {term.text()} where ...",
            )
        elif check_type(scope, self, term, left, ("text", "list"), "contains"):
            for value in self.values:
                if not isinstance(value, Text | Number):
                    check_value(scope, value, "text", term)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        values = folded_texts(self.values)
        negated = self.negated != (self.quantifier == "none")
        every = self.quantifier == "all"
        if left == "list":
            return plan.ListContains(term, "all" if every else "any", values, negated=negated)
        if not every:
            return plan.TextTest("contains", term, values, negated=negated)
        held = plan.conjunction(*(plan.TextTest("contains", term, (value,)) for value in values))
        return plan.conjunction(plan.IsSet(term), plan.complement(held)) if negated else held

    def text(self) -> str:
        verb = "does not contain" if self.negated else "contains"
        if self.quantifier == "one":
            return f"{verb} {value_text(self.values[0])}"
        return f"{verb} {self.quantifier} of ({', '.join(map(value_text, self.values))})"

    def english(self, voice: Voice) -> str:
        return self.text()


class HasItems(Test, tag="has items"):
    """`has at least 3 items`."""

    operator: Literal["at least", "at most", "more than", "less than", "exactly"]
    count: int

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        check_type(scope, self, term, left, ("list",), "has ... items")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        comparator = "=" if self.operator == "exactly" else COMPARATORS[self.operator]
        return plan.ListSize(term, comparator, self.count)

    def text(self) -> str:
        return f"has {self.operator} {self.count} items"

    def english(self, voice: Voice) -> str:
        return self.text()


class IsEmpty(Test, tag="is empty"):
    """`is empty`: a list that is set and holds nothing."""

    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Node) -> None:
        check_type(scope, self, term, left, ("list",), "is empty")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.ListSize(term, ">" if self.negated else "=", 0)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}empty"

    def english(self, voice: Voice) -> str:
        return self.text()
