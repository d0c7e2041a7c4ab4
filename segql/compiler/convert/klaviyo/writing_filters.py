"""Tests of one value, as Klaviyo's filters."""

from collections.abc import Iterator
from typing import Any

from segql.compiler.ast.walk import walk
from segql.compiler.conditions import (
    AnyCondition,
    AnyTest,
    Attribute,
    Compares,
    Contains,
    HasItems,
    Is,
    IsAnniversary,
    IsBoolean,
    IsDuring,
    IsExactly,
    IsIn,
    IsSet,
    Number,
    Text,
    TextMatch,
)
from segql.compiler.convert.klaviyo.filters import (
    COMPARATORS,
    LENGTHS,
    NEGATED,
    OF_EVENTS,
    PATTERNS,
    SUBSTRINGS,
    Where,
    read_filter,
    require_case,
)
from segql.compiler.convert.klaviyo.windows import write_anniversary, write_window
from segql.compiler.convert.klaviyo.words import Converting, number
from segql.compiler.convert.report import NotCarriedError


def write_filter(converting: Converting, test: AnyTest, where: Where, is_list: bool) -> dict[str, Any]:
    """The filter that asks the same of a value. `is_list`: the value is a list. Raises `NotCarriedError`."""
    match test:
        case IsExactly(value=Text(value=value)):
            return _string("equals", value)
        case Is(value=Text() as text, negated=negated):
            require_case(converting, text)
            return _string("not-equals" if negated else "equals", text.value)
        case Is(value=Number()) | Compares(value=Number()):
            return write_number(test)
        case IsIn(values=values, negated=negated):
            texts = tuple(value for value in values if isinstance(value, Text))
            if len(texts) != len(values):
                raise NotCarriedError("Klaviyo has lists of texts only")
            require_case(converting, *texts)
            return _string("not-in" if negated else "in", [text.value for text in texts])
        case IsBoolean(value=answer):
            return {"type": "boolean", "operator": "equals", "value": answer}
        case IsSet(negated=negated):
            return {"type": "existence", "operator": "not-set" if negated else "is-set"}
        case TextMatch(operator=operator, value=Text() as text, negated=negated):
            require_case(converting, text)
            plain = {"starts with": "starts-with", "ends with": "ends-with", "matches": "regex"}[operator]
            if plain == "regex":
                converting.may_differ(PATTERNS)
            names = {name: shown for shown, name in NEGATED.items()}
            return _string(names[plain] if negated else plain, text.value)
        case Contains():
            return _write_contains(converting, test, where, is_list)
        case HasItems(operator=operator, count=count):
            name = next(name for name, words in LENGTHS.items() if words == operator)
            return {"type": "list", "operator": name, "value": count}
        case IsDuring(window=window, negated=False) if where == "profile":
            return write_window(converting, window)
        case IsAnniversary(when=when, negated=False) if where == "profile":
            return write_anniversary(converting, when)
        case _:
            raise NotCarriedError(
                f"Klaviyo has no `{test.text()}`{'' if where == 'profile' else ' of events'}"
            )


def write_number(test: AnyTest) -> dict[str, Any]:
    """The numeric filter that asks the same. Raises `NotCarriedError`."""
    match test:
        case Is(value=Number(value=value, currency=None), negated=negated):
            return {
                "type": "numeric",
                "operator": "not-equals" if negated else "equals",
                "value": number(value),
            }
        case Compares(operator=words, value=Number(value=value, currency=None)):
            name = next((name for name, known in COMPARATORS.items() if known == words), None)
            if name is not None:
                return {"type": "numeric", "operator": name, "value": number(value)}
    raise NotCarriedError(f"Klaviyo has no `{test.text()}`")


def write_combined(
    converting: Converting, asked: AnyCondition, where: Where
) -> tuple[Attribute, dict[str, Any]]:
    """The value, and the filter on it, where conditions together are how one filter is said here, as
    `none of (city is exactly "Boston", city is not set)`. Raises `NotCarriedError`.

    Whatever it could be is read again, and what comes back as it stands is written."""
    nodes = list(walk(asked))
    attributes = {node.name: node for node in nodes if isinstance(node, Attribute)}
    # The walk gives what stands beside each other from the last on.
    texts = [node.value for node in reversed(nodes) if isinstance(node, Text)]
    if len(attributes) == 1 and texts:
        (what,) = attributes.values()
        for candidate in _candidates(texts):
            try:
                if read_filter(converting, what, candidate, where) == asked:
                    return what, candidate
            except NotCarriedError:
                continue
    raise NotCarriedError(
        "Klaviyo has groups joined by and, of conditions joined by or, and nothing inside these"
    )


def _candidates(texts: list[str]) -> Iterator[dict[str, Any]]:
    for operator in ("not-equals", "in", "not-in"):
        yield _string(operator, texts[0] if operator == "not-equals" else texts)
    for operator in ("contains", "not-contains", *SUBSTRINGS):
        yield {"type": "list", "operator": operator, "value": texts[0]}
    for operator in OF_EVENTS:
        yield {"type": "list", "operator": operator, "value": texts}


def _write_contains(converting: Converting, test: Contains, where: Where, is_list: bool) -> dict[str, Any]:
    negative = "not-" if test.negated else ""
    texts = tuple(value for value in test.values if isinstance(value, Text))
    require_case(converting, *texts)
    match test:
        case Contains(quantifier="one", values=(Text(value=value),)) if not is_list:
            return _string(f"{negative}contains", value)
        case Contains(quantifier="one", values=(Text(value=value),)) if where == "profile":
            return {"type": "list", "operator": f"{negative}contains", "value": value}
        case Contains(quantifier="one", values=(Number(value=value),)) if where == "profile" and is_list:
            return {"type": "list", "operator": f"{negative}contains", "value": number(value)}
        case Contains(quantifier="any" | "all" as several) if (
            where == "event" and is_list and len(texts) == len(test.values)
        ):
            values = [text.value for text in texts]
            return {"type": "list", "operator": f"{negative}contains-{several}", "value": values}
        case _:
            raise NotCarriedError(f"Klaviyo has no `{test.text()}` of {where}s")


def _string(operator: str, value: str | list[str]) -> dict[str, Any]:
    return {"type": "string", "operator": operator, "value": value}
