"""Sequences as SQL: from the last step to the first, the events of each step that the rest can follow.

Of the events that can follow, only the next one matters: whatever a later one allows, the next one allows, too. So each
step is one ASOF join, which finds the next event, and nothing multiplies.
"""

from dataclasses import dataclass

from sqlglot import exp

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import layout
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
    return exp.select(layout.column("s", _WHO)).from_(following.subquery("s"))


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
        at = layout.column(mine, _AT)
        query = exp.select(layout.column(mine, _WHO), at).from_(self._events(link.step).subquery(mine))
        following_at: exp.Expr | None = None
        if following is not None:
            other = self._alias()
            following_at = layout.column(other, _AT)
            query = query.join(self._next(following, other, mine, side=None))
            if within is not None:
                limit = self._dialect.later(at.copy(), within)
                query = query.where(exp.LTE(this=following_at.copy(), expression=limit))
        for step in link.without:
            query = self._without(query, step, mine, following_at)
        return query

    def _without(
        self, query: exp.Select, step: plan.Step, mine: str, following_at: exp.Expr | None
    ) -> exp.Select:
        """Leave out the events behind which one of a negated step comes too soon, or could still come."""
        other = self._alias()
        at, found = layout.column(mine, _AT), layout.column(other, _AT)
        query = query.join(self._next(self._events(step), other, mine, side="LEFT"))
        none = exp.Is(this=found, expression=exp.null())
        if step.seconds is not None:
            end = self._dialect.later(at, step.seconds)
            over = exp.LTE(this=end, expression=self._bindings.bind(self._moment.latest_second))
            late = exp.GT(this=found.copy(), expression=end.copy())
            return query.where(over, exp.paren(exp.Or(this=none, expression=late)))
        if following_at is None:
            return query.where(none)
        behind = exp.GTE(this=found.copy(), expression=following_at.copy())
        return query.where(exp.paren(exp.Or(this=none, expression=behind)))

    def _events(self, step: plan.Step) -> exp.Select:
        frame = EventFrame(self._bindings, self._moment, step.scan)
        return frame.select(layout.column(EVENT, _WHO), layout.column(EVENT, _AT))

    @staticmethod
    def _next(rows: exp.Select, alias: str, mine: str, *, side: str | None) -> exp.Join:
        same = exp.EQ(this=layout.column(alias, _WHO), expression=layout.column(mine, _WHO))
        later = exp.GT(this=layout.column(alias, _AT), expression=layout.column(mine, _AT))
        return exp.Join(
            this=rows.subquery(alias), method="ASOF", side=side, on=exp.And(this=same, expression=later)
        )

    def _alias(self) -> str:
        self._aliases += 1
        return f"s{self._aliases}"
