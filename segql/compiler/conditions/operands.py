"""What operators share: the types that they work on, and the values to their right."""

from typing import TYPE_CHECKING

from segql.compiler.ast.base import Node, Test
from segql.compiler.ast.values import number_text
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.catalog.regions import region_named
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.parameters import Parameter
from segql.compiler.conditions.times import time_part, weekday
from segql.compiler.conditions.values import Attribute, Number, Text, article, check_number, ends_openly
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Edit, Fix
from segql.compiler.plan import nodes as plan
from segql.compiler.text import fold, listing, quoted

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyValue


COMPARATORS: dict[str, plan.Comparator] = {
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
    scope: Scope, test: Test, term: Node, left: ValueType, allowed: tuple[ValueType, ...], operator: str
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


def value_text(value: Node) -> str:
    """A value on the right; a name in quotes stands in brackets there, where without them it would be a text."""
    text = value.text()
    in_brackets = ends_openly(value) or (isinstance(value, Attribute) and text.startswith('"'))
    return f"({text})" if in_brackets else text


def lower_texts(scope: Scope, term: plan.Term, values: "tuple[AnyValue, ...]") -> tuple[str, ...]:
    """Written values as what a text is compared with; days of the week may be written bare and in full."""
    if isinstance(term, plan.TimePart):
        return tuple(weekday(_word(value)) or "" for value in values)
    return folded_texts(values)


def _word(value: "AnyValue") -> str:
    return value.value if isinstance(value, Text) else value.name if isinstance(value, Attribute) else ""


def folded_texts(values: "tuple[AnyValue, ...]") -> tuple[str, ...]:
    """Written values as folded texts; a number stands for its digits."""
    return tuple(map(_folded_text, values))


def _folded_text(value: "AnyValue") -> str:
    match value:
        case Text(value=text):
            return fold(text)
        case Number(value=number):
            return number_text(number)
        case _:
            raise TypeError(value)


def check_value(scope: Scope, value: "AnyValue", left: ValueType, term: Node) -> None:
    """Report a value on the right that is not of the left side's type."""
    if isinstance(value, Parameter):
        return
    if isinstance(term, Attribute) and time_part(scope, term.name) == "weekday":
        _check_weekday(scope, value)
    elif isinstance(value, Text):
        if left == "number":
            scope.report(
                Code.SG302,
                f"{term.text()} is a number, and {value.text()} is a text",
                value.span,
                "write the number without quotes",
            )
    elif left == "text" and isinstance(value, Attribute) and region_named(value.name) is not None:
        scope.report(
            Code.SG302,
            f"{value.text()} is a set of countries, and one text cannot be all of it",
            value.span,
            f"write: is in {value.text()}",
        )
    elif left == "text":
        # A bare word that names nothing is most likely the text itself.
        named = isinstance(value, Attribute) and not scope.has_value(value.name)
        said = quoted(value.name) if isinstance(value, Attribute) else '"..."'
        scope.report(
            Code.SG302,
            f"{term.text()} is a text, and {value.text()} is not",
            value.span,
            f"write the text in quotes: {said}",
            (Fix(f"write {said}", (Edit(value.span, said),)),) if named else (),
        )
    else:
        check_number(value, scope, "a comparison with a number")


def _check_weekday(scope: Scope, value: "AnyValue") -> None:
    if weekday(_word(value)) is None:
        scope.report(
            Code.SG302,
            f"{value.text()} is no day of the week",
            value.span,
            "write mon, tue, wed, thu, fri, sat or sun",
        )


def lower_value(scope: Scope, value: "AnyValue") -> plan.Term:
    """The plan of a value on the right that was checked to be a number."""
    if isinstance(value, Text):
        raise TypeError(value)
    return value.lower(scope)


def english_value(value: "AnyValue", voice: Voice) -> str:
    """A value on the right in English."""
    return value.text() if isinstance(value, Text) else value.english(voice)
