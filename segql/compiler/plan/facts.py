"""What can be said of a plan without running it: what it reads, and when its answer can change."""

from dataclasses import dataclass
from typing import Literal

from segql.compiler.plan.instants import At, DayOf, Elapsed, Midnight, Now, PeriodStart
from segql.compiler.plan.nodes import (
    Attribute,
    HasConsent,
    InList,
    InWindow,
    Moved,
    Near,
    OnDayOfYear,
    Predicate,
    Ranked,
    Scan,
    Step,
    Term,
)
from segql.compiler.plan.walk import walk

Refresh = Literal["on event", "at midnight", "at an instant", "needs everybody"]


@dataclass(frozen=True, slots=True)
class Reads:
    """The names that a definition depends on, sorted."""

    events: tuple[str, ...]
    attributes: tuple[str, ...]
    lists: tuple[str, ...]
    consents: tuple[str, ...]
    segments: tuple[str, ...]


def reads(*plans: Predicate | Term, segments: tuple[str, ...] = ()) -> Reads:
    """What plans read. `segments`: the segments whose definitions were put into them."""
    events: set[str] = set()
    attributes: set[str] = set()
    lists: set[str] = set()
    consents: set[str] = set()
    asked = set(segments)
    for node in (node for plan in plans for node in walk(plan)):
        match node:
            case Scan(metrics=metrics):
                events.update(metric.name for metric in metrics)
            case Attribute(name=name):
                attributes.add(name)
            case InList(name) | Moved("list", name):
                lists.add(name)
            case Moved("segment", name):
                asked.add(name)
            case HasConsent(channel=channel):
                consents.add(channel)
            case Near():
                attributes.update(("latitude", "longitude"))
            case _:
                pass
    return Reads(
        tuple(sorted(events)),
        tuple(sorted(attributes)),
        tuple(sorted(lists)),
        tuple(sorted(consents)),
        tuple(sorted(asked)),
    )


def refresh(*plans: Predicate) -> Refresh:
    """When membership can change: with data only, also at midnight, also at any instant; or only all at once."""
    nodes = [node for plan in plans for node in walk(plan)]
    found: set[type] = {type(node) for node in nodes}
    if Ranked in found:
        return "needs everybody"
    # A date and time of a person may lie ahead, and then it passes `now` at its own instant.
    passes_now = any(isinstance(node, InWindow) and _ends_now(node) for node in nodes)
    ends = any(isinstance(node, Step) and node.negated and node.seconds is not None for node in nodes)
    if Elapsed in found or At in found or passes_now or ends:
        return "at an instant"
    if found & {Midnight, PeriodStart, DayOf, OnDayOfYear}:
        return "at midnight"
    return "on event"


def _ends_now(node: InWindow) -> bool:
    of_a_person = isinstance(node.term, Attribute) and node.term.type == "datetime"
    return of_a_person and Now() in (node.window.start, node.window.end)
