"""What a term is worth: numbers, lengths, attributes, properties and fields, arithmetic, measures, first and last."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition, Window
from segql.compiler.conditions.windows import Ever
from segql.compiler.text import fold
from tests.reference.days import LENGTHS, duration
from tests.reference.people import Event, Value
from tests.reference.reading import Subject, covers, holds, value


@value.register
def _(term: c.Number, subject: Subject) -> Value:
    """A number as it was written."""
    return float(term.value)


@value.register
def _(term: c.Length, subject: Subject) -> Value:
    """A length of time is its number of days."""
    return duration(term.count, term.unit) / LENGTHS["day"]


class Weekday(str):
    """mon, tue, wed, thu, fri, sat or sun: a text that is compared with other words for the same day."""


WEEKDAYS = tuple(map(Weekday, ("mon", "tue", "wed", "thu", "fri", "sat", "sun")))


@value.register
def _(term: c.Attribute, subject: Subject) -> Value:
    """In any case: a field of the object at hand, a property of the event, else its local time; an attribute of the
    person (what it was then, where that is known), else what orders say."""
    if subject.item is not None:
        return named(subject.item, term.name)
    if subject.event is not None:
        kinds = next(
            kind for name, kind in subject.world.events.items() if fold(name) == fold(subject.event.name)
        )
        clock = subject.calendar.local(subject.event.at)
        times: dict[str, Value] = {"hour": float(clock.hour), "weekday": WEEKDAYS[clock.weekday()]}
        if fold(term.name) in times and fold(term.name) not in map(fold, kinds.properties):
            return times[fold(term.name)]
        return named(subject.event.properties, term.name)
    if any(fold(name) == fold(term.name) for name in subject.world.histories):
        return attribute_then(term.name, subject)
    if any(fold(name) == fold(term.name) for name in (*subject.world.attributes, *subject.world.items)):
        return named(subject.person.attributes, term.name)
    return order_value(fold(term.name), subject)


def attribute_then(name: str, subject: Subject) -> Value:
    """What an attribute was at the instant that is asked about."""
    turns = next((turns for key, turns in subject.person.history.items() if fold(key) == fold(name)), ())
    now = subject.now
    return next((found for found, begin, end in turns if begin <= now and (end is None or now < end)), None)


def named(values: Mapping[str, Value], name: str) -> Value:
    """The value under a name in any case."""
    return next((found for key, found in values.items() if fold(key) == fold(name)), None)


def order_value(name: str, subject: Subject) -> Value:
    """`historic_clv` is the sum of the amounts of all orders, `average_order_value` their average; not set for people
    of whose orders no amount is known."""
    order = subject.world.account.order_event
    amount = next(kind.amount for event, kind in subject.world.events.items() if fold(event) == fold(order))
    orders = events_of(subject, (order,))
    found = (named(event.properties, amount or "") for event in orders)
    amounts = [number for number in found if isinstance(number, float)]
    if not amounts:
        return None
    return exact_sum(amounts) if name == "historic_clv" else exact_sum(amounts) / len(amounts)


@value.register
def _(term: c.Arithmetic, subject: Subject) -> Value:
    """Not set where a part is not set, and where something is divided by zero."""
    left, right = value(term.left, subject), value(term.right, subject)
    if not isinstance(left, float) or not isinstance(right, float):
        return None
    match term.operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right != 0 else None


@value.register
def _(term: c.Measure, subject: Subject) -> Value:
    """Count, sum and count of different values over nothing are 0; the others are not set."""
    events = events_of(subject, names_of(term.events), term.window, term.where)
    if term.function == "longest gap":
        return longest_gap([event.at for event in events])
    if term.property is None:
        return float(len(events))
    each = [value(term.property, subject.about(event)) for event in events]
    if term.function == "number of different":
        return float(
            len({fold(item) if isinstance(item, str) else item for item in each if item is not None})
        )
    numbers = [item for item in each if isinstance(item, float)]
    match term.function:
        case "sum":
            return exact_sum(numbers)
        case "average":
            return exact_sum(numbers) / len(numbers) if numbers else None
        case "median":
            return median(numbers)
        case "minimum":
            return min(numbers, default=None)
        case "maximum":
            return max(numbers, default=None)
    raise TypeError(term)


def longest_gap(times: Sequence[datetime]) -> float | None:
    """The most days, of 24 hours, between an event and the next; not set where there are not two of them."""
    gaps = [later - earlier for earlier, later in pairwise(sorted(times))]
    return max(gaps) / LENGTHS["day"] if gaps else None


def median(numbers: Sequence[float]) -> float | None:
    """The middle one, or half way between the two in the middle."""
    if not numbers:
        return None
    ordered = sorted(numbers)
    return exact_sum([ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]]) / 2


@value.register
def _(term: c.Recency, subject: Subject) -> Value:
    """The time of the earliest or the latest event; not set where there is none."""
    found = outermost(term, subject)
    return None if found is None else found.at


@value.register
def _(term: c.ValueOf, subject: Subject) -> Value:
    """The property's value in the earliest or the latest event, which need not have one."""
    found = outermost(term, subject)
    return None if found is None else value(term.property, subject.about(found))


def outermost(term: c.Recency | c.ValueOf, subject: Subject) -> Event | None:
    """The first or the last of the events."""
    assert isinstance(term.event, c.EventName)
    events = events_of(subject, (term.event.name,), term.window, term.where)
    return (min if term.which == "first" else max)(events, key=lambda event: event.at, default=None)


def names_of(events: c.Events) -> list[str]:
    """The names of events as they were written."""
    return [event.name for event in events.names]


def events_of(
    subject: Subject, names: Sequence[str], window: Window | None = None, where: Condition | None = None
) -> list[Event]:
    """The events of any of the names in the window for which `where` holds. Those after now are never seen."""
    wanted = {fold(name) for name in names}
    return [
        event
        for event in subject.person.events
        if fold(event.name) in wanted
        and event.at <= subject.now
        and covers(window or Ever(), event.at, subject.calendar)
        and (where is None or holds(where, subject.about(event)))
    ]


def exact_sum(numbers: Sequence[float]) -> float:
    """Exact to four decimal places: each number is rounded, half away from zero, before it is added."""
    parts = (Decimal(number * 10000).quantize(Decimal(1), ROUND_HALF_UP) for number in numbers)
    return int(sum(parts)) / 10000
