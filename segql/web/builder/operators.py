"""The right half of a comparison in a form: an operator, and the fields that it takes."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, get_args

from segql.compiler.ast.base import Test
from segql.compiler.catalog.model import ValueType
from segql.compiler.conditions import (
    Between,
    Compares,
    Contains,
    HasBeen,
    HasItems,
    Is,
    IsAnniversary,
    IsBoolean,
    IsDuring,
    IsEmpty,
    IsExactly,
    IsIn,
    IsInRegion,
    IsSet,
    Length,
    Number,
    Text,
    TextMatch,
)  # fmt: skip
from segql.compiler.conditions import numbers as of_numbers
from segql.compiler.conditions.windows import InMonth
from segql.web.builder.parts import IncompleteError, Part
from segql.web.builder.windows import UNITS, length_of, read_window, whole, write_month, write_window

COMPARES = get_args(of_numbers.Comparison)
_MATCHES = {
    "starts with": "does not start with",
    "ends with": "does not end with",
    "matches": "does not match",
}
_UNMATCHES = {negative: positive for positive, negative in _MATCHES.items()}
_HAS = ("at least", "at most", "more than", "less than", "exactly")
_SET = ("is set", "is not set")
_SAME = ("is", "is not")
_AMONG = ("is in", "is not in")
_SEVERAL = tuple(
    f"{verb} {quantifier} of"
    for verb in ("contains", "does not contain")
    for quantifier in ("any", "all", "none")
)
_PART = ("contains", "does not contain")
_TIME = ("is during", "is not during", "is any year", "is not any year")

OPERATORS: Mapping[ValueType, Sequence[str]] = {
    "text": (
        *_SAME, *_PART, *_MATCHES, *_AMONG, *_SET, *_SEVERAL[:3], *_UNMATCHES,
        "is exactly", "has been", "is in region", "is not in region",
    ),
    "number": (*COMPARES, "between", *_SAME, *_AMONG, *_SET),
    "boolean": ("is true", "is false", *_SET),
    "date": (*_TIME, *_SET),
    "datetime": (*_TIME, *_SET),
    "list": (*_PART, *_SEVERAL, *(f"has {how} items" for how in _HAS), "is empty", "is not empty", *_SET),
    "object": _SET,
}  # fmt: skip
LABELS = {
    "is during": "is, in time,", "is not during": "is not, in time,", "is any year": "is, in any year,",
    "is not any year": "is not, in any year,", "is in": "is one of", "is not in": "is none of",
    "is in region": "is in the countries", "is not in region": "is not in the countries",
    **{f"has {how} items": f"has {how} … items" for how in _HAS},
}  # fmt: skip
_LENGTH = re.compile(r"([0-9]{1,9}) ([a-z]+?)s?")
_NUMBER = re.compile(r"(-?)([$€£¥]?)([0-9]{1,30}(?:\.[0-9]{1,30})?)")


def shape(operator: str) -> str:
    """Which fields an operator takes: a value, several, two numbers, a region, a number of items, a window, a value and a
    length of time; or none."""
    if operator in (*_AMONG, *_SEVERAL):
        return "values"
    if operator in (*_SET, "is true", "is false", "is empty", "is not empty"):
        return ""
    if operator in _TIME:
        return "window"
    if operator.endswith(" items"):
        return "count"
    if operator.endswith("region"):
        return "region"
    if operator == "has been":
        return "length"
    return "range" if operator == "between" else "value"


def read_test(test: object) -> dict[str, list[str]] | None:
    """The fields of a test; None where a form has none for it."""
    match test:
        case Is(value=value, negated=negated):
            return _with_values("is not" if negated else "is", (value,))
        case IsIn(values=values, negated=negated):
            return _with_values("is not in" if negated else "is in", values)
        case HasBeen(value=Text(value=value), length=Length(count=count, unit=unit)):
            return {"op": ["has been"], "value": [value], "w.count": [str(count)], "w.unit": [unit]}
        case IsExactly(value=Text(value=value)):
            return {"op": ["is exactly"], "value": [value]}
        case TextMatch(operator=operator, value=Text(value=value), negated=negated):
            return {"op": [_MATCHES[operator] if negated else operator], "value": [value]}
        case IsInRegion(region=region, negated=negated):
            return {"op": [f"is {'not ' * negated}in region"], "region": [region]}
        case Contains(quantifier=quantifier, values=values, negated=negated):
            verb = "does not contain" if negated else "contains"
            found = _with_values(verb if quantifier == "one" else f"{verb} {quantifier} of", values)
            return found if found is not None and found["type"] == ["text"] else None
        case Compares(operator=operator, value=Number() | Length() as value):
            return {"op": [operator], "value": [value.text()]}
        case Between(low=Number() | Length() as low, high=Number() | Length() as high):
            return {"op": ["between"], "low": [low.text()], "high": [high.text()]}
        case HasItems(operator=operator, count=count):
            return {"op": [f"has {operator} items"], "count": [str(count)]}
        case IsEmpty(negated=negated):
            return {"op": [f"is {'not ' * negated}empty"]}
        case IsBoolean(value=value):
            return {"op": [f"is {str(value).lower()}"]}
        case IsSet(negated=negated):
            return {"op": [f"is {'not ' * negated}set"]}
        case IsDuring(window=window, negated=negated):
            return _with_window("is not during" if negated else "is during", window)
        case IsAnniversary(when=when, negated=negated):
            return _with_window("is not any year" if negated else "is any year", when)
        case _:
            return None


def write_test(part: Part) -> Test:
    """The test of a row's fields. Raises IncompleteError."""
    operator = part.get("op")
    negated = " not " in f" {operator} "
    match operator:
        case "is" | "is not":
            return Is(value=_value(part, part.get("value")), negated=negated)
        case "is in" | "is not in":
            return IsIn(values=tuple(_value(part, value) for value in _some(part)), negated=negated)
        case "has been":
            return HasBeen(value=Text(value=part.get("value")), length=length_of(part))
        case "is exactly":
            return IsExactly(value=Text(value=part.get("value")))
        case "is in region" | "is not in region":
            return IsInRegion(region=_chosen(part, "region", "countries"), negated=negated)
        case "contains" | "does not contain":
            return Contains(values=(Text(value=part.get("value")),), negated=negated)
        case "between":
            return Between(low=amount_of(part.get("low")), high=amount_of(part.get("high")))
        case "is empty" | "is not empty":
            return IsEmpty(negated=negated)
        case "is true" | "is false":
            return IsBoolean(value=operator == "is true")
        case "is set" | "is not set":
            return IsSet(negated=negated)
        case "is during" | "is not during":
            window = write_window(part)
            if window is None:
                raise IncompleteError("choose a stretch of time")
            return IsDuring(window=window, negated=negated)
        case "is any year" | "is not any year":
            return IsAnniversary(when=_when(part), negated=negated)
        case _:
            return _by_table(part, operator, negated=negated)


def _by_table(part: Part, operator: str, *, negated: bool) -> Test:
    if operator in _SEVERAL:
        quantifier = operator.split()[-2]
        values = [{"kind": "text", "value": value} for value in _some(part)]
        return _from(
            {"kind": "contains", "quantifier": quantifier, "values": values, "negated": negated}, Contains
        )
    if operator in (*_MATCHES, *_UNMATCHES):
        value = {"kind": "text", "value": part.get("value")}
        said = {
            "kind": "text match",
            "operator": _UNMATCHES.get(operator, operator),
            "value": value,
            "negated": negated,
        }
        return _from(said, TextMatch)
    if operator in COMPARES:
        return Compares(operator=operator, value=amount_of(part.get("value")))  # type: ignore[arg-type]  # one of them
    for how in _HAS:
        if operator == f"has {how} items":
            return _from({"kind": "has items", "operator": how, "count": whole(part, "count")}, HasItems)
    raise IncompleteError("choose what is asked of it")


def _from(said: dict[str, Any], family: type[Any]) -> Test:
    made: Test = family.from_dict(said)
    return made


def _when(part: Part) -> Any:
    if part.get("w.kind") == "in month":
        return write_month(part)
    window = write_window(part)
    if window is None:
        raise IncompleteError("choose a stretch of time")
    return window


def number_of(text: str) -> Number:
    """A number, perhaps an amount. Raises IncompleteError."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise IncompleteError("write a number, such as 50 or 9.95")
    said = {"kind": "number", "value": f"{found[1]}{found[3]}", "currency": found[2] or None}
    return Number(value=Decimal(said["value"] or 0), currency=said["currency"])  # type: ignore[arg-type]  # as the pattern


def amount_of(text: str) -> Number | Length:
    """A number, or a length of time such as 60 days. Raises IncompleteError."""
    found = _LENGTH.fullmatch(text.strip())
    if found is not None and (unit := next((one for one in UNITS if one == found[2]), None)) is not None:
        return Length(count=int(found[1]), unit=unit)
    return number_of(text)


def _value(part: Part, text: str) -> Text | Number:
    return number_of(text) if part.get("type") == "number" else Text(value=text)


def _some(part: Part) -> tuple[str, ...]:
    values = part.all("value")
    if not values:
        raise IncompleteError("write one value at least")
    return values


def _chosen(part: Part, name: str, what: str) -> str:
    if not part.get(name):
        raise IncompleteError(f"choose {what}")
    return part.get(name)


def _with_values(operator: str, values: Sequence[object]) -> dict[str, list[str]] | None:
    if all(isinstance(value, Text) for value in values):
        texts = [value.value for value in values if isinstance(value, Text)]
        return {"op": [operator], "type": ["text"], "value": texts}
    if all(isinstance(value, Number) for value in values):
        return {
            "op": [operator],
            "type": ["number"],
            "value": [one.text() for one in values if isinstance(one, Number)],
        }
    return None


def _with_window(operator: str, window: object) -> dict[str, list[str]] | None:
    if isinstance(window, InMonth) and "year" not in operator:
        return None
    found = read_window(window)
    return None if found is None else {"op": [operator]} | found
