"""Funnels: who is left after each step, and how long the steps took those who did their events in this order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from tests.reference.events import asked, is_absent, length
from tests.reference.people import World
from tests.reference.reading import Subject, holds

Done = c.Did | c.Step


@dataclass(frozen=True)
class Left:
    """How many people are left after a step. Where it is an event with one before it, the seconds that it took some of
    them since that one, and since the first."""

    count: int
    between: tuple[float, ...] | None = None
    in_all: tuple[float, ...] | None = None


def funnel(world: World, steps: Sequence[Condition], now: datetime) -> list[Left]:
    """What is left after each step at `now` (aware)."""
    found: list[Left] = []
    before: list[Condition] = []
    events: list[Done] = []
    for condition in steps:
        done = in_order(condition)
        beginnings = [condition]
        if isinstance(condition, c.Did):
            shorter = [
                condition.changed(steps=condition.steps[:kept]) for kept in range(len(condition.steps))
            ]
            beginnings = [*shorter, condition]
        for kept, beginning in enumerate(beginnings, start=1):
            found.append(left(world, [*before, beginning], [*events, *done[:kept]] if done else [], now))
        before.append(condition)
        events += done
    return found


def in_order(condition: Condition) -> list[Done]:
    """The events of a `did` that asks for one, or any one of several, and of the steps behind it."""
    if not isinstance(condition, c.Did) or condition.negated or condition.how_often or condition.each:
        return []
    return [] if condition.events.quantifier in ("all", "none") else [condition, *condition.steps]


def left(world: World, all_of: list[Condition], events: list[Done], now: datetime) -> Left:
    """Who fulfils all of the conditions; how long the events took, where the last of them happened after another."""
    subjects = [Subject(world, now, person) for person in world.people]
    people = [subject for subject in subjects if all(holds(condition, subject) for condition in all_of)]
    happened = [one for one in events if not one.negated]
    if len(happened) < 2 or events[-1].negated:
        return Left(len(people))
    firsts = [next(chains(events, None, subject), None) for subject in people]
    known = [times for times in firsts if times is not None]
    return Left(
        len(people),
        tuple((times[-1] - times[-2]).total_seconds() for times in known),
        tuple((times[-1] - times[0]).total_seconds() for times in known),
    )


def chains(events: Sequence[Done], before: datetime | None, subject: Subject) -> Iterator[list[datetime]]:
    """The times of all chains of events behind an instant: those with the earliest first event first, of these those with
    the earliest second one, and so on."""
    happens = next((index for index, one in enumerate(events) if not one.negated), len(events))
    absent, rest = events[:happens], events[happens:]
    if not rest:
        if all(is_absent(one, before, None, subject) for one in absent):
            yield []
        return
    for at in sorted(event.at for event in asked(rest[0], subject)):
        if before is not None:
            step = rest[0]
            late = isinstance(step, c.Step) and step.within is not None and at > before + length(step)
            if at <= before or late or not all(is_absent(one, before, at, subject) for one in absent):
                continue
        for others in chains(rest[1:], at, subject):
            yield [at, *others]


def quartiles(seconds: Sequence[float]) -> list[float]:
    """The three values that part the numbers into quarters, in proportion between two of them."""
    return quantiles(seconds, method="inclusive") if len(seconds) > 1 else [*seconds] * 3
