"""When the passing of time alone, with nothing new about anybody, makes a plan true or false of a person."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from segql.compiler.person.comparisons import place_in_window
from segql.compiler.person.evaluate import happened, holds
from segql.compiler.person.record import FOREVER, Subject, Value
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import At, DayOf, Now, shift_days
from segql.compiler.plan.walk import walk

_HORIZON_SECONDS = 3_660 * 86_400
_CALENDAR_ENDS = datetime(9999, 12, 28, tzinfo=UTC)
_DAYS_IN_A_YEAR = 366
# Each instant at which the answer could change is tried; of people with more of them it is not told.
_MOST = 400
_SECOND = timedelta(seconds=1)


def next_change(node: plan.Predicate, subject: Subject) -> datetime | None:
    """The first whole second, of the next ten years, from which on the answer is another one, if nothing happens
    meanwhile. None where there is none, or where it cannot be told soon: for ranks, and for people with much of a
    past."""
    if any(isinstance(part, plan.Ranked) for part in walk(node)):
        return None
    known = Subject.whole(subject.person.known_at(subject.moment.now), subject.moment)
    tried: set[datetime] = set()
    for at in _crossings(node, known):
        tried.add(at)
        if len(tried) > _MOST:
            return None
    now = holds(node, known)
    return next((at for at in sorted(tried) if holds(node, known.later(at)) != now), None)


def _crossings(node: plan.Predicate, subject: Subject) -> Iterator[datetime]:
    """The instants ahead at which something comes into a window or goes out of it."""
    person = subject.person
    for part in walk(node):
        match part:
            case plan.Scan(window=window):
                # What happened stays before now.
                window = replace(window, end=None if window.end == Now() else window.end)
                yield from _of_all((event.at for event in happened(part, subject)), window, subject)
            case plan.InWindow(term, window):
                yield from _of_all(_values(term, subject), window, subject)
            case plan.HasConsent(window=window):
                yield from _of_all((one.period.from_at for one in person.consents), window, subject)
            case plan.Moved(window=window):
                stays = (*person.lists, *person.segments)
                ends = (at for stay in stays for at in (stay.period.from_at, stay.period.until_at))
                yield from _of_all((at for at in ends if at != FOREVER), window, subject)
            case plan.HasBeen(since=since, zone=zone):
                # The boundary reaches the beginning of a period a second before it has passed it.
                reached = (stay.period.from_at - _SECOND for stay in person.history)
                yield from _of_all(reached, plan.Window(None, since, zone), subject)
            case plan.OnDayOfYear(zone=zone):
                yield from _midnights(subject, zone)
            case plan.Sequence(steps):
                yield from _deadlines(steps, subject)
            case _:
                pass


def _values(term: plan.Term, subject: Subject) -> Iterator[Value]:
    """What a date can be while time passes."""
    match term:
        case plan.Aggregate(scan=scan, property=None):
            yield from (event.at for event in happened(scan, subject))
        case plan.Aggregate(scan=scan, property=plan.Property() as wanted):
            yield from (event.row.values.get(wanted) for event in happened(scan, subject))
        case plan.Property():
            events = (event for events in subject.person.events.values() for event in events)
            yield from (event.row.values.get(term) for event in events)
        case plan.ItemField():
            rows = [event.row for events in subject.person.events.values() for event in events]
            items = (
                item
                for row in (*rows, subject.row)
                for objects in row.objects.values()
                for item in objects or ()
            )
            yield from (item.values.get(term) for item in items)
        case _:
            yield subject.row.values.get(term)


def _of_all(
    found: Iterator[Value] | Iterator[datetime], window: plan.Window, subject: Subject
) -> Iterator[datetime]:
    if all(isinstance(end, DayOf | At | None) for end in (window.start, window.end)):
        return
    for one in {one for one in found if one is not None}:
        yield from _crossing(one, window, subject)


def _crossing(found: Value, window: plan.Window, subject: Subject) -> Iterator[datetime]:
    """When a date that does not move comes into a window that may, and when it goes out of it."""
    now = subject.moment.latest_second

    def place(seconds: int) -> int:
        return place_in_window(found, window, subject.later(now + timedelta(seconds=seconds)).moment)

    horizon = min(_HORIZON_SECONDS, max(0, int((_CALENDAR_ENDS - now).total_seconds())))
    here, end, passed = place_in_window(found, window, subject.moment), place(horizon), 0
    while here < end:
        low, high = passed, horizon
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if place(middle) > here else (middle, high)
        yield now + timedelta(seconds=high)
        here, passed = place(high), high


def _midnights(subject: Subject, zone: str | None) -> Iterator[datetime]:
    there = subject.moment.elsewhere(zone)
    for days in range(1, _DAYS_IN_A_YEAR + 1):
        yield there.midnight(shift_days(there.today, days))


def _deadlines(steps: tuple[plan.Step, ...], subject: Subject) -> Iterator[datetime]:
    """When the time is over in which something must not happen after a step."""
    begun = {event.at for step in steps if not step.negated for event in happened(step.scan, subject)}
    for step in steps:
        if step.negated and step.seconds is not None and step.seconds < _HORIZON_SECONDS:
            ends = (at + timedelta(seconds=step.seconds) for at in begun)
            yield from (end for end in ends if end > subject.moment.now)
