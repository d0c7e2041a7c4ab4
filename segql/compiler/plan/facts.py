"""What can be said of a plan without running it: what it reads, and when its answer can change."""

from dataclasses import dataclass
from typing import Literal

from segql.compiler.plan.instants import At, DayOf, Elapsed, Midnight, Now, PeriodStart
from segql.compiler.plan.nodes import (
    Aggregate,
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
    ValueType,
    type_of,
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
    ahead = {_passing_now(node) for node in nodes if isinstance(node, InWindow)}
    ends = any(isinstance(node, Step) and node.negated and node.seconds is not None for node in nodes)
    if Elapsed in found or At in found or "datetime" in ahead or ends:
        return "at an instant"
    if found & {Midnight, PeriodStart, DayOf, OnDayOfYear} or "date" in ahead:
        return "at midnight"
    return "on event"


def _passing_now(node: InWindow) -> ValueType | None:
    """The type of a value that may lie ahead, and then passes `now`: at its own instant, or at its midnight. When
    something was done for the first or the last time never lies ahead."""
    happened = isinstance(node.term, Aggregate) and node.term.function in ("first", "last")
    ends_now = Now() in (node.window.start, node.window.end)
    return type_of(node.term) if ends_now and not happened else None
