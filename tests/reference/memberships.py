"""Who is in what: lists and segments, and who came and went."""

from collections.abc import Mapping

from segql.compiler import conditions as c
from segql.compiler.ast.base import Window
from segql.compiler.conditions.windows import Ever
from segql.compiler.text import fold
from tests.reference.people import Periods
from tests.reference.reading import Subject, covers, holds


@holds.register
def _(condition: c.InList, subject: Subject) -> bool:
    """On the list at `now`."""
    return any(
        begin <= subject.now and (end is None or subject.now < end)
        for name, periods in subject.person.lists.items()
        if fold(name) == fold(str(condition.name))
        for begin, end in periods
    )


@holds.register
def _(condition: c.InSegment, subject: Subject) -> bool:
    """The segment's own condition, by the days of its own time zone."""
    segments = subject.world.segments.items()
    name, found = next((name, s) for name, s in segments if fold(name) == fold(str(condition.name)))
    return holds(found, subject.elsewhere(subject.world.zones.get(name)))


@holds.register
def _(condition: c.MovedList, subject: Subject) -> bool:
    """`joined`: a period on the list began in the window; `left`: one ended."""
    return moved(
        of(subject.person.lists, condition.name), condition.way == "joined", condition.window, subject
    )


@holds.register
def _(condition: c.MovedSegment, subject: Subject) -> bool:
    """`entered`, `left`: by the history of the segment."""
    return moved(
        of(subject.person.segments, condition.name), condition.way == "entered", condition.window, subject
    )


def of(groups: Mapping[str, Periods], name: object) -> Periods:
    return next((periods for key, periods in groups.items() if fold(key) == fold(str(name))), ())


def moved(periods: Periods, came: bool, window: Window | None, subject: Subject) -> bool:
    """Whether a period began (or ended) in the window, up to now."""
    times = [begin if came else end for begin, end in periods]
    return any(
        at is not None and at <= subject.now and covers(window or Ever(), at, subject.calendar)
        for at in times
    )
