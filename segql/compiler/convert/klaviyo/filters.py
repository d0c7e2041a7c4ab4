"""Tests of one value: Klaviyo's filters, into text. Klaviyo regards case; here only `is exactly` does."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal

from segql.compiler.conditions import (
    AnyCondition,
    AnyTest,
    Attribute,
    Compares,
    Comparison,
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
    Several,
    Text,
    TextItems,
    TextMatch,
)
from segql.compiler.conditions.texts import pattern_problem
from segql.compiler.convert.klaviyo.windows import (
    read_anniversary,
    read_window,
)
from segql.compiler.convert.klaviyo.words import Converting, taken
from segql.compiler.convert.report import NotCarriedError

Where = Literal["profile", "event"]

COMPARATORS = {
    "greater-than": "more than",
    "greater-than-or-equal": "at least",
    "less-than": "less than",
    "less-than-or-equal": "at most",
}
LENGTHS = {"length-equals": "exactly"} | {f"length-{name}": words for name, words in COMPARATORS.items()}
_PARTS: "dict[str, Callable[[Text, bool], AnyTest]]" = {
    "contains": lambda text, negated: Contains(values=(text,), negated=negated),
    "starts-with": lambda text, negated: TextMatch(operator="starts with", value=text, negated=negated),
    "ends-with": lambda text, negated: TextMatch(operator="ends with", value=text, negated=negated),
    "regex": lambda text, negated: TextMatch(operator="matches", value=text, negated=negated),
}
NEGATED = {f"not-{name}": name for name in ("contains", "starts-with", "ends-with")} | {"nregex": "regex"}
PATTERNS = "Klaviyo does not say which regular expressions it has; here those of docs/language.md"
# What only events' properties can be asked, and what only facts about profiles can.
OF_EVENTS = ("contains-any", "contains-all", "not-contains-any", "not-contains-all")
SUBSTRINGS = ("contains-substring", "not-contains-substring")


def read_filter(converting: Converting, what: Attribute, asked: object, where: Where) -> AnyCondition:
    """The condition that a filter on a value asks. Raises `NotCarriedError`."""
    if not isinstance(asked, dict):
        raise NotCarriedError("a filter is expected here")
    match asked.get("type"):
        case "string":
            return _read_string(converting, what, asked)
        case "numeric":
            taken(asked, {"type": str, "operator": str, "value": (int, Decimal)})
            return Comparison(term=what, test=read_number(asked))
        case "boolean":
            taken(asked, {"type": str, "operator": str, "value": bool})
            _require(asked, "equals")
            return Comparison(term=what, test=IsBoolean(value=asked["value"]))
        case "existence":
            taken(asked, {"type": str, "operator": str})
            _require(asked, "is-set", "not-set")
            return Comparison(term=what, test=IsSet(negated=asked["operator"] == "not-set"))
        case "list":
            return _read_list(converting, what, asked, where)
        case "date" if where == "profile":
            when = read_anniversary(converting, asked)
            if when is not None:
                return Comparison(term=what, test=IsAnniversary(when=when))
            window = read_window(converting, asked)
            if window is None:
                raise NotCarriedError("all time is no filter of a date")
            return Comparison(term=what, test=IsDuring(window=window))
        case kind:
            raise NotCarriedError(f'a filter of the type "{kind}" cannot stand here')


def read_number(asked: dict[str, Any]) -> AnyTest:
    """The test that a numeric filter asks. Raises `NotCarriedError`."""
    value = Number(value=Decimal(asked["value"]))
    match asked["operator"]:
        case "equals" | "not-equals" as operator:
            return Is(value=value, negated=operator == "not-equals")
        case operator if operator in COMPARATORS:
            return Compares(operator=COMPARATORS[operator], value=value)  # type: ignore[arg-type]  # of the table
        case operator:
            raise NotCarriedError(f'numbers have no filter "{operator}"')


def _read_string(converting: Converting, what: Attribute, asked: dict[str, Any]) -> AnyCondition:
    operator = asked.get("operator")
    if operator in ("phone-country-code-in", "phone-country-code-not-in"):
        if what.name != "phone_number":
            raise NotCarriedError("here only the country of phone_number is known")
        country = Attribute(name="phone_country")
        values = _texts(asked)
        return Comparison(term=country, test=IsIn(values=values, negated=operator.endswith("not-in")))
    if operator in ("in", "not-in"):
        return _equal(converting, what, _texts(asked), negated=operator == "not-in", several=True)
    taken(asked, {"type": str, "operator": str, "value": str})
    value = Text(value=asked["value"])
    if operator in ("equals", "not-equals"):
        return _equal(converting, what, (value,), negated=operator == "not-equals", several=False)
    plain = NEGATED.get(str(operator), operator)
    if plain not in _PARTS:
        raise NotCarriedError(f'texts have no filter "{operator}"')
    require_case(converting, value)
    if plain == "regex":
        converting.may_differ(PATTERNS)
        if problem := pattern_problem(value.value):
            raise NotCarriedError(f"the pattern cannot be read here: {problem}")
    return Comparison(term=what, test=_PARTS[str(plain)](value, operator in NEGATED))


def _equal(
    converting: Converting, what: Attribute, values: tuple[Text, ...], *, negated: bool, several: bool
) -> AnyCondition:
    if converting.any_case:
        test: AnyTest = (
            IsIn(values=values, negated=negated) if several else Is(value=values[0], negated=negated)
        )
        return Comparison(term=what, test=test)
    each = tuple(Comparison(term=what, test=IsExactly(value=value)) for value in values)
    if negated:
        return _none(what, each)
    return Several(operator="any", children=each) if several else each[0]


def _none(what: Attribute, each: Sequence[AnyCondition]) -> Several:
    """None of several conditions about a value that is set: who has none is left out, as in Klaviyo."""
    unset = Comparison(term=what, test=IsSet(negated=True))
    return Several(operator="none", children=(*each, unset))


def _read_list(converting: Converting, what: Attribute, asked: dict[str, Any], where: Where) -> AnyCondition:
    operator = str(asked.get("operator"))
    if operator in LENGTHS:
        taken(asked, {"type": str, "operator": str, "value": int})
        test = HasItems(operator=LENGTHS[operator], count=asked["value"])  # type: ignore[arg-type]  # of the table
        return Comparison(term=what, test=test)
    if operator in ("contains", "not-contains") and where == "profile":
        taken(asked, {"type": str, "operator": str, "value": (str, int)})
        values: tuple[Text | Number, ...] = (_item(asked["value"]),)
    elif operator in OF_EVENTS and where == "event":
        values = _texts(asked)
    elif operator in SUBSTRINGS and where == "event":
        taken(asked, {"type": str, "operator": str, "value": str})
        value = Text(value=asked["value"])
        require_case(converting, value)
        held = TextItems(quantifier="any", list=what, test=Contains(values=(value,)))
        return held if operator == "contains-substring" else _none(what, (held,))
    else:
        raise NotCarriedError(f'lists of {where}s have no filter "{operator}"')
    return _holding(converting, what, values, operator)


def _holding(
    converting: Converting, what: Attribute, values: "tuple[Text | Number, ...]", operator: str
) -> AnyCondition:
    """Whether a list has items: `contains`, `contains-any`, `contains-all`, and their negatives."""
    quantifier: Any = "one" if operator.endswith("contains") else operator.rpartition("-")[2]
    negated = operator.startswith("not-")
    if converting.any_case or all(isinstance(value, Number) for value in values):
        return Comparison(term=what, test=Contains(quantifier=quantifier, values=values, negated=negated))
    each = [
        TextItems(quantifier="any", list=what, test=IsExactly(value=value))
        for value in values
        if isinstance(value, Text)
    ]
    if quantifier == "one":
        return _none(what, each) if negated else each[0]
    several = Several(operator=quantifier, children=tuple(each))
    return _none(what, (several,)) if negated else several


def _item(value: str | int) -> Text | Number:
    return Text(value=value) if isinstance(value, str) else Number(value=Decimal(value))


def _texts(asked: dict[str, Any]) -> tuple[Text, ...]:
    taken(asked, {"type": str, "operator": str, "value": list})
    values = asked["value"]
    if not values or not all(isinstance(value, str) for value in values):
        raise NotCarriedError("a list of texts is expected here")
    return tuple(Text(value=value) for value in values)


def _require(asked: dict[str, Any], *operators: str) -> None:
    if asked["operator"] not in operators:
        raise NotCarriedError(f'there is no filter "{asked["operator"]}" of the type "{asked["type"]}"')


def require_case(converting: Converting, *values: Text) -> None:
    """Raise `NotCarriedError` where it would matter that Klaviyo regards case."""
    cased = any(value.value.lower() != value.value.upper() for value in values)
    if cased and not converting.any_case:
        raise NotCarriedError("Klaviyo regards case here, and segql does not: --any-case asks in any case")
