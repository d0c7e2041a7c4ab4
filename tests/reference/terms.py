"""What a term is worth: numbers, attributes and properties, arithmetic, measures, first and last."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition, Window
from segql.compiler.conditions.windows import Ever
from segql.compiler.text import fold
from tests.reference.people import Event, Value
from tests.reference.reading import Subject, covers, holds, value


@value.register
def _(term: c.Number, subject: Subject) -> Value:
    """A number as it was written."""
    return float(term.value)


@value.register
def _(term: c.Attribute, subject: Subject) -> Value:
    """In any case: a property of the event at hand, else an attribute of the person, else what orders say."""
    if subject.event is not None:
        return named(subject.event.properties, term.name)
    if any(fold(name) == fold(term.name) for name in subject.world.attributes):
        return named(subject.person.attributes, term.name)
    return order_value(fold(term.name), subject)


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
    events = events_of(subject, [event.name for event in term.events.names], term.window, term.where)
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
        case "minimum":
            return min(numbers, default=None)
        case "maximum":
            return max(numbers, default=None)
    raise TypeError(term)


@value.register
def _(term: c.Recency, subject: Subject) -> Value:
    """The time of the earliest or the latest event; not set where there is none."""
    times = [event.at for event in events_of(subject, (term.event.name,), term.window, term.where)]
    return (min if term.which == "first" else max)(times, default=None)


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
