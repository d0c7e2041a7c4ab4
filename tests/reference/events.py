"""What people did: how often, in how many different periods, in each of the last ones, and in which order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from segql.compiler import conditions as c
from tests.reference.days import duration, step
from tests.reference.people import Event
from tests.reference.reading import Subject, holds
from tests.reference.terms import events_of, names_of


@holds.register
def _(condition: c.Did, subject: Subject) -> bool:
    """`any of` counts the events of all names together, `none of` is its complement; `all of` counts each name."""
    if condition.steps:
        return any(goes_on(condition.steps, first.at, subject) for first in asked(condition, subject))
    names = names_of(condition.events)
    groups = [[name] for name in names] if condition.events.quantifier == "all" else [names]
    did = all(
        often(condition, events_of(subject, group, condition.window, condition.where), subject)
        for group in groups
    )
    turned = condition.negated != (condition.events.quantifier == "none")
    return did != turned


def asked(node: c.Did | c.Step, subject: Subject) -> list[Event]:
    """The events of a step."""
    window = node.window if isinstance(node, c.Did) else None
    return events_of(subject, names_of(node.events), window, node.where)


def often(condition: c.Did, events: Sequence[Event], subject: Subject) -> bool:
    """Whether the events are as many as were asked; at least one, where nothing was."""
    if condition.each is not None:
        return in_each(condition.each, events, subject)
    how_often = condition.how_often
    if how_often is None:
        return len(events) >= 1
    assert isinstance(how_often.times, int)
    count = len(events)
    if how_often.periods is not None:
        days = [subject.calendar.local(event.at).date() for event in events]
        count = len({subject.calendar.start_of(how_often.periods, day) for day in days})
    return counts(count, how_often.operator, how_often.times, how_often.upper)


def counts(count: int, operator: str, number: int, upper: int | None) -> bool:
    """Whether a count is one of those asked for; `at most` and `fewer than` include 0."""
    match operator:
        case "exactly":
            return count == number
        case "at least":
            return count >= number
        case "at most":
            return count <= number
        case "more than":
            return count > number
        case "fewer than":
            return count < number
        case "between":
            return number <= count <= (upper or 0)
    raise ValueError(operator)


def in_each(each: c.Periods, events: Sequence[Event], subject: Subject) -> bool:
    """Whether each of the whole calendar units before the present one holds an event."""
    calendar = subject.calendar
    this = calendar.start_of(each.unit)
    for back in range(1, each.count + 1):
        first = step(this, -back, each.unit)
        begin, end = calendar.midnight(first), calendar.midnight(step(first, 1, each.unit))
        if not any(begin <= event.at < end for event in events):
            return False
    return True


# ---- Sequences --------------------------------------------------------------------------------------------------------


def goes_on(steps: Sequence[c.Step], before: datetime, subject: Subject) -> bool:
    """Whether the steps follow an instant: some event of the next step that happened does, as late as it may, with none
    of the negated steps' events before it, and the others follow that event."""
    happened = next((index for index, one in enumerate(steps) if not one.negated), len(steps))
    absent, rest = steps[:happened], steps[happened:]
    if not rest:
        return all(is_absent(one, before, None, subject) for one in absent)
    return any(
        before < event.at
        and (rest[0].within is None or event.at <= before + length(rest[0]))
        and all(is_absent(one, before, event.at, subject) for one in absent)
        and goes_on(rest[1:], event.at, subject)
        for event in asked(rest[0], subject)
    )


def is_absent(one: c.Step, before: datetime, next_at: datetime | None, subject: Subject) -> bool:
    """Whether none of a negated step's events came in its time, which has to be over; without a time of its own, none
    before the next step that happened, or up to now."""
    times = [event.at for event in asked(one, subject)]
    if one.within is not None:
        end = before + length(one)
        return end <= subject.now and not any(before < at <= end for at in times)
    return not any(before < at and (next_at is None or at < next_at) for at in times)


def length(one: c.Step) -> timedelta:
    """How long after the step before it a step may come."""
    assert isinstance(one.within, c.Length)
    return duration(one.within.count, one.within.unit)
