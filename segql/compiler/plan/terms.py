"""The values of the plan: where they come from, and what is made of them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from segql.compiler.plan.base import PlanNode
from segql.compiler.plan.instants import Period, Window

if TYPE_CHECKING:
    from segql.compiler.plan.predicates import Predicate

ValueType = Literal["text", "number", "boolean", "date", "datetime", "list", "object"]


class Metric(PlanNode, frozen=True):
    """An event as the store knows it. `id` is None where no store was asked; `amount` and `label` name the
    properties that have columns of their own."""

    name: str
    id: int | None = None
    amount: str | None = None
    label: str | None = None


class Scan(PlanNode, frozen=True):
    """Events of some metrics in a window, up to now, for which `where` (over properties) holds."""

    metrics: tuple[Metric, ...]
    window: Window
    where: "Predicate | None" = None


class Number(PlanNode, frozen=True):
    """A number as it was written."""

    value: Decimal


class Attribute(PlanNode, frozen=True):
    """The value of a profile's attribute. `kept_since`: from when on what it was before is kept; asked as of an instant
    after that, it is what it was then, else what it is."""

    name: str
    type: ValueType
    kept_since: datetime | None = None


class Property(PlanNode, frozen=True):
    """The value of a property of the event at hand; only inside `Scan.where`."""

    name: str
    type: ValueType


class ItemField(PlanNode, frozen=True):
    """The value of a field of the object at hand; only inside `HasItems.where`."""

    name: str
    type: ValueType


class Item(PlanNode, frozen=True):
    """The item at hand of a list of texts; only inside `HasItems.where`."""


class TimePart(PlanNode, frozen=True):
    """The hour (0 to 23) or the weekday ("mon" to "sun") of the event at hand, in a time zone (None: the account's)."""

    part: Literal["hour", "weekday"]
    zone: str | None = None


class Aggregate(PlanNode, frozen=True):
    """One value a profile, from the events of a scan.

    Over no events count, count of different values or periods, and sum are 0; the others are not set. `total` is a sum
    that is not set over no events. `first` and `last` are the instants of the earliest and the latest event, `first
    value` and `last value` the property's value at them (of events in the same second, always the same one's).
    `count periods`: the number of different `period`s that hold an event. `longest gap`: the greatest number of days
    (a fraction, of 86,400 seconds) between one event and the next.
    """

    function: Literal[
        "count",
        "count different",
        "count periods",
        "sum",
        "total",
        "average",
        "median",
        "minimum",
        "maximum",
        "first",
        "last",
        "first value",
        "last value",
        "longest gap",
    ]
    scan: Scan
    property: Property | None = None
    period: Period | None = None


class Arithmetic(PlanNode, frozen=True):
    """Two numbers combined; not set where a part is not set, or on division by zero."""

    operator: Literal["+", "-", "*", "/"]
    left: "Term"
    right: "Term"


Term = Number | Attribute | Property | ItemField | Item | TimePart | Aggregate | Arithmetic


def type_of(term: Term) -> ValueType:
    """The type of a term's value."""
    match term:
        case Attribute(type=found) | Property(type=found) | ItemField(type=found):
            return found
        case TimePart(part="weekday") | Item():
            return "text"
        case Aggregate("first" | "last"):
            return "datetime"
        case Aggregate("first value" | "last value", property=Property(type=found)):
            return found
        case _:
            return "number"
