"""The right half of a comparison: every operator on texts, numbers, truth values, dates and lists.

An operator is one class here (or a row of a table) and one rule in the grammar. All of them are false of a value
that is not set, the negative ones included.
"""

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from segql.compiler.ast.base import Term, Test
from segql.compiler.ast.values import number_text
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.values import Attribute, Number, Text, article, check_number, ends_openly
from segql.compiler.conditions.windows import AnyWindow
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import fold, listing

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyTerm, AnyValue

Comparison = Literal["at least", "at most", "more than", "less than"]
_COMPARATORS: dict[str, plan.Comparator] = {
    "at least": ">=",
    "at most": "<=",
    "more than": ">",
    "less than": "<",
}

# What to write instead, by the type of the left side, where an operator does not work on it.
_INSTEAD: dict[ValueType, str] = {
    "text": "texts take is, is in, contains, starts with, ends with, matches, is set",
    "number": "numbers take is, at least, at most, more than, less than, between, is in, is set",
    "boolean": "it takes is true, is false, is set",
    "date": "dates take windows: is in the last 30 days, is before 2026-01-31, is today, is set",
    "datetime": "dates take windows: is in the last 30 days, is before 2026-01-31, is today, is set",
    "list": "lists take contains, contains any of / all of / none of (...), has at least 1 items, is empty, is set",
    "object": "of an object it can be asked whether it is set",
}


def check_type(
    scope: Scope, test: Test, term: Term, left: ValueType, allowed: tuple[ValueType, ...], operator: str
) -> bool:
    """Whether an operator works on the type of the term; reports where it does not."""
    if left in allowed:
        return True
    works = listing(
        {"text": "text", "number": "numbers", "list": "lists", "boolean": "truth values"}.get(kind, "dates")
        for kind in dict.fromkeys("date" if kind == "datetime" else kind for kind in allowed)
    )
    scope.report(
        Code.SG301,
        f"{term.text()} is {article(left)}; `{operator}` works on {works}",
        term.span.to(test.span),
        _INSTEAD[left],
    )
    return False


def _value_text(value: "AnyValue") -> str:
    """A value on the right; a name in quotes stands in brackets there, where without them it would be a text."""
    text = value.text()
    in_brackets = ends_openly(value) or (isinstance(value, Attribute) and text.startswith('"'))
    return f"({text})" if in_brackets else text


def _texts(values: "tuple[AnyValue, ...]") -> tuple[str, ...]:
    """Written values as folded texts; a number stands for its digits."""
    return tuple(
        fold(value.value) if isinstance(value, Text) else number_text(value.value)
        for value in values
        if isinstance(value, Text | Number)
    )


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
            return plan.TextTest("equals", term, _texts((self.value,)), negated=self.negated)
        return plan.Compare("=", term, lower_value(scope, self.value), negated=self.negated)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}{_value_text(self.value)}"

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
            return plan.TextTest("equals", term, _texts(self.values), negated=self.negated)
        each = (
            plan.Compare("=", term, lower_value(scope, value), negated=self.negated) for value in self.values
        )
        return plan.conjunction(*each) if self.negated else plan.disjunction(*each)

    def text(self) -> str:
        values = ", ".join(_value_text(value) for value in self.values)
        return f"is {'not ' if self.negated else ''}in ({values})"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}{listing(english_value(value, voice) for value in self.values)}"


class TextMatch(Test):
    """`starts with "a"`, `ends with "a"`, `matches "a.*"`, and their negatives."""

    kind: Literal["text match"] = "text match"
    operator: Literal["starts with", "ends with", "matches"]
    value: Text
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        if not check_type(scope, self, term, left, ("text",), self.operator) or self.operator != "matches":
            return
        problem = pattern_problem(self.value.value)
        if problem:
            scope.report(Code.SG304, f"the pattern cannot be read: {problem}", self.value.span, PATTERN_HELP)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        value = self.value.value if self.operator == "matches" else fold(self.value.value)
        return plan.TextTest(self.operator, term, (value,), negated=self.negated)

    def text(self) -> str:
        return f"{self._words()} {self.value.text()}"

    def english(self, voice: Voice) -> str:
        return self.text()

    def _words(self) -> str:
        if not self.negated:
            return self.operator
        negative = {"starts with": "start with", "ends with": "end with", "matches": "match"}
        return f"does not {negative[self.operator]}"


class Contains(Test):
    """`contains "a"`, `contains any of / all of / none of (...)`: a part of a text, an item of a list."""

    kind: Literal["contains"] = "contains"
    quantifier: Literal["one", "any", "all", "none"] = "one"
    values: "tuple[AnyValue, ...]"
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        if check_type(scope, self, term, left, ("text", "list"), "contains"):
            for value in self.values:
                if not isinstance(value, Text | Number):
                    check_value(scope, value, "text", term)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        values = _texts(self.values)
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
            return f"{verb} {_value_text(self.values[0])}"
        return f"{verb} {self.quantifier} of ({', '.join(map(_value_text, self.values))})"

    def english(self, voice: Voice) -> str:
        return self.text()


class HasItems(Test):
    """`has at least 3 items`."""

    kind: Literal["has items"] = "has items"
    operator: Literal["at least", "at most", "more than", "less than", "exactly"]
    count: int

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        check_type(scope, self, term, left, ("list",), "has ... items")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        comparator = "=" if self.operator == "exactly" else _COMPARATORS[self.operator]
        return plan.ListSize(term, comparator, self.count)

    def text(self) -> str:
        return f"has {self.operator} {self.count} items"

    def english(self, voice: Voice) -> str:
        return self.text()


class IsEmpty(Test):
    """`is empty`: a list that is set and holds nothing."""

    kind: Literal["is empty"] = "is empty"
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        check_type(scope, self, term, left, ("list",), "is empty")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.ListSize(term, ">" if self.negated else "=", 0)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}empty"

    def english(self, voice: Voice) -> str:
        return self.text()


class Compares(Test):
    """`at least $500`, `more than 2 * average_order_value`."""

    kind: Literal["compares"] = "compares"
    operator: Comparison
    value: "AnyValue"

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        if check_type(scope, self, term, left, ("number",), self.operator):
            check_value(scope, self.value, left, term)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.Compare(_COMPARATORS[self.operator], term, lower_value(scope, self.value))

    def text(self) -> str:
        return f"{self.operator} {_value_text(self.value)}"

    def english(self, voice: Voice) -> str:
        return f"is {self.operator} {english_value(self.value, voice)}"


class Between(Test):
    """`between 3 and 5`: both ends included."""

    kind: Literal["between"] = "between"
    low: "AnyTerm"
    high: "AnyTerm"

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
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
        return f"between {_value_text(self.low)} and {_value_text(self.high)}"

    def english(self, voice: Voice) -> str:
        return f"is between {self.low.english(voice)} and {self.high.english(voice)}"


class IsSet(Test):
    """`is set`, `is not set`."""

    kind: Literal["is set"] = "is set"
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        """Every type can be set."""

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.complement(plan.IsSet(term)) if self.negated else plan.IsSet(term)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}set"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}known"


class IsBoolean(Test):
    """`is true`, `is false`."""

    kind: Literal["is boolean"] = "is boolean"
    value: bool

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        check_type(scope, self, term, left, ("boolean",), f"is {str(self.value).lower()}")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.IsBoolean(term, self.value)

    def text(self) -> str:
        return f"is {str(self.value).lower()}"

    def english(self, voice: Voice) -> str:
        return self.text()


class IsDuring(Test):
    """`is in the last 30 days`, `is more than 60 days ago`, `is not before 2026-01-31`."""

    kind: Literal["is during"] = "is during"
    window: AnyWindow
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        if check_type(scope, self, term, left, ("date", "datetime"), self.window.text()):
            self.window.check(scope)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.InWindow(term, self.window.lower(), negated=self.negated)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}{self.window.text()}"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}{self.window.english(voice)}"


AnyTest = Annotated[
    Is
    | IsExactly
    | IsIn
    | TextMatch
    | Contains
    | HasItems
    | IsEmpty
    | Compares
    | Between
    | IsSet
    | IsBoolean
    | IsDuring,
    Field(discriminator="kind"),
]


# ---- Values on the right ------------------------------------------------------------------------------------------


def check_value(scope: Scope, value: "AnyValue", left: ValueType, term: Term) -> None:
    """Report a value on the right that is not of the left side's type."""
    if isinstance(value, Text):
        if left == "number":
            scope.report(
                Code.SG302,
                f"{term.text()} is a number, and {value.text()} is a text",
                value.span,
                "write the number without quotes",
            )
    elif left == "text":
        scope.report(
            Code.SG302,
            f"{term.text()} is a text, and {value.text()} is not",
            value.span,
            'write the text in quotes: "..."',
        )
    else:
        check_number(value, scope, "a comparison with a number")


def lower_value(scope: Scope, value: "AnyValue") -> plan.Term:
    """The plan of a value on the right that was checked to be a number."""
    if isinstance(value, Text):
        raise TypeError(value)
    return value.lower(scope)


def english_value(value: "AnyValue", voice: Voice) -> str:
    """A value on the right in English."""
    return value.text() if isinstance(value, Text) else value.english(voice)


PATTERN_HELP = "patterns have letters, digits, . * + ? | ( ) [ ] ^ $ \\d \\w \\s {2,3}; no look-ahead and no back-references"


def pattern_problem(pattern: str) -> str | None:
    """Why a pattern does not mean the same in every engine, or cannot be read; None where it is fine."""
    if len(pattern) > 1000:
        return "it is longer than 1,000 characters"
    if re.search(r"\(\?(?![:i])|\\[1-9]|\\[kgG]", pattern):
        return "look-around and back-references are not in the language"
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return None
