"""Sequences as SQL: from the last step to the first, the events of each step that the rest can follow.

Of the events that can follow, only the next one matters: whatever a later one allows, the next one allows, too. So each
step is one ASOF join, which finds the next event, and nothing multiplies.
"""

from dataclasses import dataclass

from sqlglot import exp

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.events import ALIAS as EVENT
from segql.compiler.sql.events import EventFrame

_WHO, _AT = "profile_id", "occurred_at"


@dataclass
class _Link:
    """A step that happened, with the negated steps that stand behind it."""

    step: plan.Step
    without: list[plan.Step]


def members(bindings: Bindings, moment: Moment, node: plan.Sequence) -> exp.Select:
    """The profile ids of those who did the steps in their order."""
    links: list[_Link] = []
    for step in node.steps:
        if step.negated:
            links[-1].without.append(step)
        else:
            links.append(_Link(step, []))
    writer = _Writer(bindings, moment)
    following: exp.Select | None = None
    within: int | None = None
    for link in reversed(links):
        following = writer.rows(link, following, within)
        within = link.step.seconds
    if following is None:
        raise TypeError(node)
    return build.select(build.column("s", _WHO), source=build.derived(following, "s"))


class _Writer:
    """Writes the rows (profile, time) of one step after the other."""

    def __init__(self, bindings: Bindings, moment: Moment) -> None:
        self._bindings = bindings
        self._moment = moment
        self._dialect = bindings.dialect
        self._aliases = 0

    def rows(self, link: _Link, following: exp.Select | None, within: int | None) -> exp.Select:
        """The events of a step after which the `following` ones come, `within` so many seconds."""
        mine = self._alias()
        at = build.column(mine, _AT)
        mine_rows = build.derived(self._events(link.step), mine)
        query = build.select(build.column(mine, _WHO), at, source=mine_rows)
        following_at: exp.Expr | None = None
        if following is not None:
            other = self._alias()
            following_at = build.column(other, _AT)
            self._join_next(query, following, other, mine, side=None)
            if within is not None:
                limit = self._dialect.later(at.copy(), within)
                build.where(query, exp.LTE(this=following_at.copy(), expression=limit))
        for step in link.without:
            self._without(query, step, mine, following_at)
        return query

    def _without(
        self, query: exp.Select, step: plan.Step, mine: str, following_at: exp.Expr | None
    ) -> exp.Select:
        """Leave out the events behind which one of a negated step comes too soon, or could still come."""
        other = self._alias()
        at, found = build.column(mine, _AT), build.column(other, _AT)
        self._join_next(query, self._events(step), other, mine, side="LEFT")
        none = build.is_null(found)
        if step.seconds is not None:
            end = self._dialect.later(at, step.seconds)
            over = exp.LTE(this=end, expression=self._bindings.bind(self._moment.latest_second))
            late = exp.GT(this=found.copy(), expression=end.copy())
            return build.where(query, over, build.paren(exp.Or(this=none, expression=late)))
        if following_at is None:
            return build.where(query, none)
        behind = exp.GTE(this=found.copy(), expression=following_at.copy())
        return build.where(query, build.paren(exp.Or(this=none, expression=behind)))

    def _events(self, step: plan.Step) -> exp.Select:
        frame = EventFrame(self._bindings, self._moment, step.scan)
        return frame.select(build.column(EVENT, _WHO), build.column(EVENT, _AT))

    @staticmethod
    def _join_next(query: exp.Select, rows: exp.Select, alias: str, mine: str, *, side: str | None) -> None:
        same = exp.EQ(this=build.column(alias, _WHO), expression=build.column(mine, _WHO))
        later = exp.GT(this=build.column(alias, _AT), expression=build.column(mine, _AT))
        both = exp.And(this=same, expression=later)
        build.join(query, build.derived(rows, alias), both, side=side, method="ASOF")

    def _alias(self) -> str:
        self._aliases += 1
        return f"s{self._aliases}"
