"""Words for the parts of a plan and for the values that were found, as an account writes them."""

from datetime import date, datetime
from decimal import Decimal

from segql.compiler.ast.values import grouped
from segql.compiler.ast.voice import Voice
from segql.compiler.person.record import Value
from segql.compiler.plan import nodes as plan
from segql.compiler.text import listing, quoted

_MEASURES = {"count": "number of", "first": "first", "last": "last", "longest gap": "longest gap between"}


def named(term: plan.Term) -> str:
    """A term as a noun: `country`, `sum of Total from "Placed Order"`."""
    match term:
        case plan.Number(value):
            return grouped(value)
        case plan.Attribute(name=name) | plan.Property(name=name) | plan.ItemField(name=name):
            return name
        case plan.Item():
            return "item"
        case plan.TimePart(part):
            return part
        case plan.Aggregate("count periods", scan, period=period):
            return f"number of different {period}s with {events(scan)}"
        case plan.Aggregate(function, scan, None):
            return f"{_MEASURES[function]} {events(scan)}"
        case plan.Aggregate("first value" | "last value" as function, scan, plan.Property(name=name)):
            return f"{name} of {function.split()[0]} {events(scan)}"
        case plan.Aggregate(function, scan, plan.Property(name=name)):
            head = {"count different": "number of different", "total": "sum of"}.get(
                function, f"{function} of"
            )
            return f"{head} {name} from {events(scan)}"
        case plan.Arithmetic(operator, left, right):
            return f"{_side(left)} {operator} {_side(right)}"
        case _:
            raise TypeError(term)


def events(scan: plan.Scan) -> str:
    """The events of a scan by their names."""
    return listing(quoted(metric.name) for metric in scan.metrics)


def counted(number: int, scan: plan.Scan) -> str:
    """So many events: `2 "Placed Order"`."""
    return f"{number} {events(scan)}"


def said(value: Value, voice: Voice) -> str:
    """A value for reading; dates in the account's time zone."""
    match value:
        case None:
            return "not set"
        case bool():
            return "true" if value else "false"
        case float():
            return rounded(value)
        case str():
            return quoted(value)
        case datetime():
            return voice.instant(value)
        case date():
            return value.isoformat()
        case tuple():
            return listing((quoted(item) for item in value if item is not None), "and") or "empty"


def rounded(number: float) -> str:
    """A number with at most four decimal places."""
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    return grouped(Decimal(str(round(number, 4))))


def length(seconds: float) -> str:
    """How long something lasts, in the largest unit that fills it: `3 days`, `2 hours`, `1 minute`. Begun units count."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return units(-int(-seconds // size), unit)
    return units(max(1, int(seconds)), "second")


def units(number: int, unit: str) -> str:
    """`1 day`, `3 days`."""
    return f"{number} {unit}" if number == 1 else f"{number:,} {unit}s"


def _side(term: plan.Term) -> str:
    return f"({named(term)})" if isinstance(term, plan.Arithmetic) else named(term)
