"""Whether a plan holds for one person, and what its terms are worth: the closed algebra, node by node.

Two truth values: a test of what is not set is false, negated tests included.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from heapq import merge
from itertools import chain as chained
from operator import attrgetter

from segql.compiler.person import comparisons, measures, sequences
from segql.compiler.person.record import Event, Row, Subject, Value
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import floor_second
from segql.compiler.text import fold

_at = attrgetter("at")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LATITUDE, LONGITUDE = plan.Attribute("latitude", "number"), plan.Attribute("longitude", "number")


def holds(node: plan.Predicate, subject: Subject) -> bool:
    """Whether a predicate is true of the subject."""
    match node:
        case plan.Constant(constant):
            return constant
        case plan.And(children):
            return all(holds(child, subject) for child in children)
        case plan.Or(children):
            return any(holds(child, subject) for child in children)
        case plan.Not(child):
            return not holds(child, subject)
        case plan.CountOf(children, low, high):
            held = sum(holds(child, subject) for child in children)
            return held >= low and (high is None or held <= high)
        case plan.HasEvents(scan, low, high):
            count = count_of(scan, subject)
            return count >= low and (high is None or count <= high)
        case plan.Sequence():
            return chain(node, subject) is not None
        case plan.HasConsent() | plan.InList() | plan.Moved() | plan.HasBeen() | plan.Scheduled():
            return _by_history(node, subject)
        case plan.Near():
            here = subject.row.values.get(LATITUDE), subject.row.values.get(LONGITUDE)
            return all(isinstance(one, float) for one in here) and comparisons.near(node, *here)  # type: ignore[arg-type]
        case plan.Ranked():
            return subject.person.standings[node].member
        case plan.Sampled():
            return comparisons.sampled(node, subject.person.number)
        case _:
            return _test(node, subject)


def _test(node: plan.Predicate, subject: Subject) -> bool:
    """A test of values."""
    match node:
        case plan.IsSet(term):
            return value(term, subject) is not None
        case plan.Compare(operator, left_term, right_term, negated):
            left, right = number(left_term, subject), number(right_term, subject)
            if left is None or right is None:
                return False
            return left != right if negated else comparisons.COMPARE[operator](left, right)
        case plan.CompareInstants():
            begun, other = (instant(term, node.zone, subject) for term in (node.left, node.right))
            if begun is None or other is None:
                return False
            return comparisons.beside(node, begun, other) != node.negated
        case plan.HasItems(term, quantifier, where):
            items = items_of(term, subject)
            if items is None:
                return False
            fulfil = [holds(where, subject.item(item)) for item in items]
            return {"any": any(fulfil), "all": all(fulfil), "no": not any(fulfil)}[quantifier]
        case (
            plan.TextTest()
            | plan.IsBoolean()
            | plan.ListContains()
            | plan.ListSize()
            | plan.InWindow()
            | plan.OnDayOfYear()
        ):
            found = value(node.term, subject)
            return found is not None and _passes(node, found, subject)
        case _:
            raise TypeError(node)


def _passes(node: plan.Predicate, found: Value, subject: Subject) -> bool:
    """A test of one value that is set."""
    match node, found:
        case plan.TextTest(), str():
            return comparisons.fits(node, found) != node.negated
        case plan.IsBoolean(), bool():
            return found is node.value
        case plan.ListContains(), tuple():
            return comparisons.list_holds(node, found) != node.negated
        case plan.ListSize(), tuple():
            return comparisons.COMPARE[node.operator](len(found), node.size)
        case plan.InWindow(), date():
            inside = comparisons.place_in_window(found, node.window, subject.moment) == 0
            return inside != node.negated
        case plan.OnDayOfYear(), date():
            return comparisons.on_day_of_year(node, found, subject.moment) != node.negated
        case _:
            raise TypeError(node, type(found))


# ---- Terms ----------------------------------------------------------------------------------------------------------


def value(term: plan.Term, subject: Subject) -> Value:
    """The value of a term; None where it is not set."""
    match term:
        case plan.Number(written):
            return float(written)
        case plan.Attribute() | plan.Property() | plan.ItemField() | plan.Item():
            return subject.row.values.get(term)
        case plan.TimePart(part, zone):
            if subject.at is None:
                raise TypeError(term)
            clock = subject.at.astimezone(subject.moment.elsewhere(zone).zone)
            return float(clock.hour) if part == "hour" else _WEEKDAYS[clock.weekday()]
        case plan.Aggregate(function, scan, wanted):
            events = list(events_of(scan, subject))
            if wanted is None:
                return measures.of_times(term, [event.at for event in events], subject.moment)
            return measures.of_values(function, [event.row.values.get(wanted) for event in events])
        case plan.Arithmetic(operator, left_term, right_term):
            left, right = number(left_term, subject), number(right_term, subject)
            if left is None or right is None:
                return None
            match operator:
                case "+":
                    return left + right
                case "-":
                    return left - right
                case "*":
                    return left * right
                case "/":
                    return left / right if right != 0 else None


def number(term: plan.Term, subject: Subject) -> float | None:
    """The value of a term that is a number; None where it is not set."""
    found = value(term, subject)
    return found if isinstance(found, float) else None


def items_of(term: plan.Term, subject: Subject) -> tuple[Row, ...] | None:
    """The items of a list, of objects or of texts; None where it is not set."""
    if plan.type_of(term) == "object":
        return subject.row.objects.get(term)
    found = value(term, subject)
    return tuple(Row({plan.Item(): text}) for text in found) if isinstance(found, tuple) else None


def instant(term: plan.Term, zone: str | None, subject: Subject) -> datetime | None:
    """The value of a term that is a date, as an instant: a date counts as its midnight in a zone. None: not set."""
    found = value(term, subject)
    if isinstance(found, datetime):
        return found
    return subject.moment.elsewhere(zone).midnight(found) if isinstance(found, date) else None


# ---- Events ---------------------------------------------------------------------------------------------------------


def happened(scan: plan.Scan, subject: Subject) -> Iterator[Event]:
    """The person's events of a scan's metrics up to now, in the order of time, whatever its window and `where`."""
    return _between(scan, subject, None, subject.moment.latest_second)


def events_of(scan: plan.Scan, subject: Subject) -> Iterator[Event]:
    """The events of a scan, in the order of time."""
    first, last = subject.moment.event_bounds(scan.window)
    for event in _between(scan, subject, first, last):
        if scan.where is None or holds(scan.where, subject.event(event)):
            yield event


def count_of(scan: plan.Scan, subject: Subject) -> int:
    """How many events of a scan there are."""
    if scan.where is not None:
        return sum(1 for _ in events_of(scan, subject))
    return sum(
        end - begin for _, begin, end in _stretches(scan, subject, *subject.moment.event_bounds(scan.window))
    )


def _between(scan: plan.Scan, subject: Subject, first: datetime | None, last: datetime) -> Iterator[Event]:
    """The person's events of a scan's metrics from an instant (None: ever) to another. They lie in the order of time."""
    streams = [events[begin:end] for events, begin, end in _stretches(scan, subject, first, last)]
    return merge(*streams, key=lambda one: (one.at, one.key)) if len(streams) > 1 else chained(*streams)


def _stretches(
    scan: plan.Scan, subject: Subject, first: datetime | None, last: datetime
) -> Iterator[tuple[Sequence[Event], int, int]]:
    """The same as places among the events of each metric: from which one on, and up to which."""
    for metric in scan.metrics:
        events = subject.person.events.get(metric.name, ())
        begin = 0 if first is None else bisect_left(events, first, key=_at)
        yield events, begin, max(begin, bisect_right(events, last, key=_at))


def chain(node: plan.Sequence, subject: Subject) -> Sequence[datetime] | None:
    """When the steps of a sequence happened; None where they did not."""
    return sequences.chain(
        node.steps,
        lambda scan: [event.at for event in events_of(scan, subject)],
        subject.moment.latest_second,
    )


# ---- What the store keeps as history --------------------------------------------------------------------------------


def _by_history(
    node: plan.HasConsent | plan.InList | plan.Moved | plan.HasBeen | plan.Scheduled, subject: Subject
) -> bool:
    now, person, moment = subject.moment.latest_second, subject.person, subject.moment
    match node:
        case plan.HasConsent(channel, kind, statuses, window, method, detail):
            entries = [
                one
                for one in person.consents
                if (one.channel, one.kind) == (channel, kind) and one.period.from_at <= now
            ]
            if not statuses:
                return not entries
            return any(
                one.status in statuses
                and one.period.holds(now)
                and (method is None or _same(one.method, method))
                and (detail is None or _same(one.detail, detail))
                and comparisons.place_in_window(one.period.from_at, window, moment) == 0
                for one in entries
            )
        case plan.InList(name):
            return any(stay.name == fold(name) and stay.period.holds(now) for stay in person.lists)
        case plan.Moved(group, name, way, window):
            stays = person.lists if group == "list" else person.segments
            moves = (
                stay.period.from_at if way == "in" else stay.period.until_at
                for stay in stays
                if stay.name == fold(name) and not (way == "in" and stay.value == plan.FIRST_REFRESH)
            )
            return any(at <= now and comparisons.place_in_window(at, window, moment) == 0 for at in moves)
        case plan.HasBeen(attribute, wanted, since, zone):
            boundary = floor_second(moment.elsewhere(zone).resolve(since))
            return any(
                (stay.name, fold(stay.value)) == (fold(attribute.name), wanted)
                and stay.period.holds(now)
                and stay.period.from_at <= boundary
                for stay in person.history
            )
        case plan.Scheduled(campaign):
            return any(
                one.campaign == fold(campaign)
                and one.queued_at <= now
                and (one.waits if one.handed_at is None else one.handed_at > now)
                for one in person.messages
            )


def _same(written: str | None, folded: str) -> bool:
    return written is not None and fold(written) == folded
