"""Sequences as SQL: from the last step to the first, the events of each step that the rest can follow.

Of the events that can follow, only the next one matters: whatever a later one allows, the next one allows, too. So each
step is one ASOF join, which finds the next event, and nothing multiplies.
"""

from dataclasses import dataclass

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.events import ALIAS as EVENT
from segql.compiler.sql.events import EventFrame
from segql.compiler.sql.select import Select, derived

_WHO, _AT = "profile_id", "occurred_at"


@dataclass
class _Link:
    """A step that happened, with the negated steps that stand behind it."""

    step: plan.Step
    without: list[plan.Step]


def members(bindings: Bindings, moment: Moment, node: plan.Sequence) -> Select:
    """The profile ids of those who did the steps in their order."""
    links: list[_Link] = []
    for step in node.steps:
        if step.negated:
            links[-1].without.append(step)
        else:
            links.append(_Link(step, []))
    writer = _Writer(bindings, moment)
    following: Select | None = None
    within: int | None = None
    for link in reversed(links):
        following = writer.rows(link, following, within)
        within = link.step.seconds
    if following is None:
        raise TypeError(node)
    return Select(build.column("s", _WHO), source=derived(following, "s"))


class _Writer:
    """Writes the rows (profile, time) of one step after the other."""

    def __init__(self, bindings: Bindings, moment: Moment) -> None:
        self._bindings = bindings
        self._moment = moment
        self._dialect = bindings.dialect
        self._aliases = 0

    def rows(self, link: _Link, following: Select | None, within: int | None) -> Select:
        """The events of a step after which the `following` ones come, `within` so many seconds."""
        mine = self._alias()
        at = build.column(mine, _AT)
        query = Select(build.column(mine, _WHO), at, source=derived(self._events(link.step), mine))
        following_at: Sql | None = None
        if following is not None:
            other = self._alias()
            following_at = build.column(other, _AT)
            query.join("ASOF", derived(following, other), _next(other, mine))
            if within is not None:
                limit = self._dialect.later(at, within)
                query.where(build.comparison(following_at, "<=", limit))
        for step in link.without:
            self._without(query, step, mine, following_at)
        return query

    def _without(self, query: Select, step: plan.Step, mine: str, following_at: Sql | None) -> None:
        """Leave out the events behind which one of a negated step comes too soon, or could still come."""
        other = self._alias()
        at, found = build.column(mine, _AT), build.column(other, _AT)
        query.join("ASOF LEFT", derived(self._events(step), other), _next(other, mine))
        none = build.is_null(found)
        if step.seconds is not None:
            end = self._dialect.later(at, step.seconds)
            query.where(
                build.comparison(end, "<=", self._bindings.bind(self._moment.latest_second)),
                build.disjunction((none, build.comparison(found, ">", end))),
            )
        elif following_at is None:
            query.where(none)
        else:
            query.where(build.disjunction((none, build.comparison(found, ">=", following_at))))

    def _events(self, step: plan.Step) -> Select:
        frame = EventFrame(self._bindings, self._moment, step.scan)
        return frame.select(build.column(EVENT, _WHO), build.column(EVENT, _AT))

    def _alias(self) -> str:
        self._aliases += 1
        return f"s{self._aliases}"


def _next(other: str, mine: str) -> Sql:
    """What the next event is found by."""
    same = build.comparison(build.column(other, _WHO), "=", build.column(mine, _WHO))
    later = build.comparison(build.column(other, _AT), ">", build.column(mine, _AT))
    return build.conjunction((same, later))
