"""What decided whether a plan holds for a person, in words: the values and events that were found, and what is missing.

`wanted` is the answer that would be welcome: under a `not` it is False. What is missing is told where the answer is
another one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain as joined
from math import inf

from segql.compiler.ast.voice import Voice
from segql.compiler.person import periods, words
from segql.compiler.person.evaluate import chain, events_of, holds, number
from segql.compiler.person.findings import of_values
from segql.compiler.person.record import Event, Subject
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import EVER
from segql.compiler.text import quoted

# So many of the newest events are named.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """An event that counted: its name, and when it was (aware, in UTC)."""

    event: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found, the newest events that counted, and what is missing; nothing is missing where the answer is the
    one that was wanted."""

    found: tuple[str, ...] = ()
    events: tuple[Seen, ...] = ()
    missing: str | None = None


def evidence(node: plan.Predicate, subject: Subject, voice: Voice, *, wanted: bool = True) -> Evidence:
    """What decided the answer, and what is missing for the one that is wanted."""
    match node:
        case plan.Not(child):
            return evidence(child, subject, voice, wanted=not wanted)
        case plan.And(children) | plan.Or(children):
            each = [evidence(child, subject, voice, wanted=wanted) for child in children]
            good = [holds(child, subject) == wanted for child in children]
            return _combined(each, good, needs_all=isinstance(node, plan.And) == wanted)
        case plan.CountOf(children, low, high):
            return _count_of(children, low, high, subject, wanted=wanted)
        case plan.HasEvents():
            return _has_events(node, subject, voice, wanted=wanted)
        case plan.Sequence():
            return _sequence(node, subject, voice, wanted=wanted)
        case plan.HasConsent() | plan.InList() | plan.Moved() | plan.HasBeen() | plan.Scheduled():
            finding = periods.of_history(node, subject, voice, wanted=wanted)
        case _:
            finding = of_values(node, subject, voice, wanted=wanted)
    missing = finding.missing if holds(node, subject) != wanted else None
    return Evidence(finding.found, tuple(_seen(_events_in(node, subject))), missing)


def _combined(each: list[Evidence], good: list[bool], *, needs_all: bool) -> Evidence:
    """Where all are needed, those that are not as wanted say what is missing; else any of them would do."""
    fulfilled = all(good) if needs_all else any(good)
    telling = [one for one, fine in zip(each, good, strict=True) if fine == fulfilled]
    missing = [one.missing for one in telling if one.missing is not None]
    return Evidence(
        tuple(dict.fromkeys(joined.from_iterable(one.found for one in telling))),
        tuple(dict.fromkeys(joined.from_iterable(one.events for one in telling))),
        None
        if fulfilled or not missing
        else (" and " if needs_all else ", or ").join(dict.fromkeys(missing)),
    )


def _count_of(
    children: tuple[plan.Predicate, ...], low: int, high: int | None, subject: Subject, *, wanted: bool
) -> Evidence:
    held = sum(holds(child, subject) for child in children)
    fulfilled = (held >= low and (high is None or held <= high)) == wanted
    missing = None
    if not fulfilled:
        missing = f"{low - held} more of them" if wanted and held < low else "another number of them"
    return Evidence((f"{held} of {len(children)} hold",), (), missing)


# ---- Events ---------------------------------------------------------------------------------------------------------


def _has_events(node: plan.HasEvents, subject: Subject, voice: Voice, *, wanted: bool) -> Evidence:
    events = list(events_of(node.scan, subject))
    enough = len(events) >= node.low and (node.high is None or len(events) <= node.high)
    missing = None
    if enough != wanted:
        missing = _missing_events(node, events, subject, voice) if wanted else _surplus(node, events)
    found = f"{words.counted(len(events), node.scan)}{voice.dates(node.scan.window)}{_times(events, voice)}"
    return Evidence((found,), tuple(_seen(events)), missing)


def _surplus(node: plan.HasEvents, events: list[Event]) -> str:
    """What is missing where there should be fewer events, or more than there may be."""
    fewer = len(events) - node.low + 1
    if node.high is None:
        return f"{fewer} fewer {words.events(node.scan)}"
    return f"another number than {len(events)} {words.events(node.scan)}"


def _missing_events(node: plan.HasEvents, events: list[Event], subject: Subject, voice: Voice) -> str:
    names = words.events(node.scan)
    if node.high is not None and len(events) > node.high:
        return f"{len(events) - node.high} fewer {names}"
    lacking = node.low - len(events)
    near = _beside_window(node.scan, lacking, subject, voice) or _beside_where(node.scan, subject, voice)
    return f"{lacking} more {names}{voice.dates(node.scan.window)}" + (f"; {near}" if near else "")


def _beside_window(scan: plan.Scan, lacking: int, subject: Subject, voice: Voice) -> str | None:
    """The nearest events outside of the window: by how much they missed it."""
    first, last = subject.moment.event_bounds(scan.window)
    whenever = plan.Scan(scan.metrics, EVER, scan.where)
    before = [event.at for event in events_of(whenever, subject) if first is not None and event.at < first]
    after = [event.at for event in events_of(whenever, subject) if event.at > last]
    if first is not None and len(before) >= lacking:
        at = before[-lacking]
        which = "the last one before" if lacking == 1 else f"{lacking} before it, from"
        return f"{which} was {voice.instant(at)}, {words.length((first - at).total_seconds())} too early"
    if after:
        return (
            f"one was {voice.instant(after[0])}, {words.length((after[0] - last).total_seconds())} too late"
        )
    return None


def _beside_where(scan: plan.Scan, subject: Subject, voice: Voice) -> str | None:
    """The event in the window that comes nearest to fulfilling `where`, and what it would have needed."""
    where = scan.where
    others = [] if where is None else list(events_of(plan.Scan(scan.metrics, scan.window), subject))
    if where is None or not others:
        return None
    nearest = min(reversed(others), key=lambda event: _gap(where, subject.event(event)))
    needs = evidence(where, subject.event(nearest), voice).missing
    return f"{quoted(nearest.name)} of {voice.instant(nearest.at)} does not count: {needs}"


def _gap(where: plan.Predicate, event: Subject) -> float:
    """How far an event is from fulfilling a comparison of numbers; the same for all where it is not one."""
    if not isinstance(where, plan.Compare):
        return 0
    left, right = number(where.left, event), number(where.right, event)
    return inf if left is None or right is None else abs(left - right)


def _sequence(node: plan.Sequence, subject: Subject, voice: Voice, *, wanted: bool) -> Evidence:
    """How far the sequence went: its longest beginning that happened, and the step that did not follow."""
    reached = [
        (length, way)
        for length in range(1, len(node.steps) + 1)
        if (way := chain(plan.Sequence(node.steps[:length]), subject)) is not None
    ]
    whole = bool(reached) and reached[-1][0] == len(node.steps)
    missing = None
    if whole != wanted:
        missing = "any other order of events" if whole else None
    if not whole and wanted:
        done = max((length for length, _ in reached), default=0)
        missing = _step_missing(node.steps, done)
    if not reached:
        return Evidence(
            (f"no {words.events(node.steps[0].scan)}{voice.dates(node.steps[0].scan.window)}",), (), missing
        )
    length, way = reached[-1]
    happened_steps = [step for step in node.steps[:length] if not step.negated]
    told = [
        f"{words.events(step.scan)} {voice.instant(at)}" for step, at in zip(happened_steps, way, strict=True)
    ]
    seen = tuple(
        Seen(event.name, event.at)
        for step, at in zip(happened_steps, way, strict=True)
        for event in events_of(step.scan, subject)
        if event.at == at
    )
    return Evidence((", then ".join(told),), seen, missing)


def _step_missing(steps: tuple[plan.Step, ...], done: int) -> str:
    step = steps[done]
    within = f" within {words.length(step.seconds)}" if step.seconds is not None else ""
    if done == 0:
        return words.counted(1, step.scan)
    return f"then {'not ' * step.negated}{words.events(step.scan)}{within}"


def _events_in(node: plan.Predicate, subject: Subject) -> Iterator[Event]:
    """The events of the measures that a test compares."""
    match node:
        case plan.Compare(left=left, right=right) | plan.CompareInstants(left=left, right=right):
            terms = [left, right]
        case plan.InWindow(term) | plan.TextTest(term=term) | plan.OnDayOfYear(term=term) | plan.IsSet(term):
            terms = [term]
        case _:
            terms = []
    while terms:
        match terms.pop(0):
            case plan.Arithmetic(left=left, right=right):
                terms += [left, right]
            case plan.Aggregate("last" | "last value", scan=scan):
                yield from list(events_of(scan, subject))[-1:]
            case plan.Aggregate("first" | "first value", scan=scan):
                yield from list(events_of(scan, subject))[:1]
            case plan.Aggregate(scan=scan):
                yield from events_of(scan, subject)


def _seen(events: Iterable[Event]) -> list[Seen]:
    """The newest events, newest first."""
    return [Seen(event.name, event.at) for event in list(events)[: -_NAMED - 1 : -1]]


def _times(events: list[Event], voice: Voice) -> str:
    if not events:
        return ""
    named = [voice.instant(seen.at) for seen in _seen(events)]
    return f": {', '.join(named)}{' ...' * (len(events) > len(named))}"
