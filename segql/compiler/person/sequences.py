"""Sequences of events of one person: the chain of events that a sequence asks for, step by step."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from segql.compiler.plan import nodes as plan

Times = Sequence[datetime]


@dataclass(frozen=True)
class _Link:
    """A step that happened: its times, and the negated steps that stand behind it with the times of their events."""

    step: plan.Step
    times: Times
    without: list[tuple[plan.Step, Times]]


def chain(
    steps: Sequence[plan.Step], times_of: Callable[[plan.Scan], Times], now: datetime
) -> tuple[datetime, ...] | None:
    """When the steps that are not negated happened, the earliest way; None where they did not in this order.

    `times_of`: the instants of a scan's events, in order. `now`: the whole second of now."""
    links: list[_Link] = []
    for step in steps:
        times = times_of(step.scan)
        if step.negated:
            links[-1].without.append((step, times))
        else:
            links.append(_Link(step, times, []))
    following: Times | None = None
    within: int | None = None
    found: list[Times] = []
    for link in reversed(links):
        following = [at for at in link.times if _goes_on(link, at, following, within, now)]
        within = link.step.seconds
        found.insert(0, following)
    if not found[0]:
        return None
    way = [found[0][0]]
    for times in found[1:]:
        way.append(times[bisect_right(times, way[-1])])
    return tuple(way)


def _goes_on(link: _Link, at: datetime, following: Times | None, within: int | None, now: datetime) -> bool:
    """Whether the rest can follow a step that happened at an instant. Of what follows only the next one matters:
    whatever a later one allows, the next one allows, too."""
    following_at = None
    if following is not None:
        following_at = _next(following, at)
        if following_at is None or (within is not None and _seconds(at, following_at) > within):
            return False
    return all(_is_absent(step, _next(times, at), at, following_at, now) for step, times in link.without)


def _is_absent(
    step: plan.Step, found: datetime | None, at: datetime, following_at: datetime | None, now: datetime
) -> bool:
    if step.seconds is not None:
        is_over = _seconds(at, now) >= step.seconds
        return is_over and (found is None or _seconds(at, found) > step.seconds)
    return found is None or (following_at is not None and found >= following_at)


def _next(times: Times, at: datetime) -> datetime | None:
    index = bisect_right(times, at)
    return times[index] if index < len(times) else None


def _seconds(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds()
