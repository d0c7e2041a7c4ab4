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
FIRST, PREVIOUS, LAST = "first_at", "previous_at", "last_at"


@dataclass
class _Link:
    """A step that happened, with the negated steps that stand behind it."""

    step: plan.Step
    without: list[plan.Step]


def members(bindings: Bindings, moment: Moment, node: plan.Sequence) -> Select:
    """The profile ids of those who did the steps in their order."""
    return Select(
        build.column("s", _WHO), source=derived(_Writer(bindings, moment, _links(node)).beginnings(), "s")
    )


def times(bindings: Bindings, moment: Moment, node: plan.Sequence) -> Select:
    """When those who did the steps in their order, at least two that happened, did the first one, the last one, and the
    one that happened before the last: of the events that make the steps the earliest first one, and then the next ones.

    A row a profile. From a later event no earlier one follows, so the earliest of each column belong together."""
    writer = _Writer(bindings, moment, _links(node), with_times=True)
    columns = {FIRST: _AT, PREVIOUS: PREVIOUS, LAST: LAST}
    earliest = (
        build.aliased(build.call("MIN", build.column("s", column)), build.word(name))
        for name, column in columns.items()
    )
    who = build.column("s", _WHO)
    return Select(who, *earliest, source=derived(writer.beginnings(), "s")).group(who)


def _links(node: plan.Sequence) -> list[_Link]:
    links: list[_Link] = []
    for step in node.steps:
        if step.negated:
            links[-1].without.append(step)
        else:
            links.append(_Link(step, []))
    return links


class _Writer:
    """Writes the rows (profile, time) of one step after the other; `with_times`: and when the last step followed, and the
    one before it."""

    def __init__(
        self, bindings: Bindings, moment: Moment, links: list[_Link], *, with_times: bool = False
    ) -> None:
        self._bindings = bindings
        self._moment = moment
        self._dialect = bindings.dialect
        self._links = links
        self._with_times = with_times
        self._aliases = 0

    def beginnings(self) -> Select:
        """The events of the first step after which the others come."""
        following: Select | None = None
        within: int | None = None
        for place in reversed(range(len(self._links))):
            following = self._rows(place, following, within)
            within = self._links[place].step.seconds
        if following is None:
            raise ValueError("a sequence has a step that happened")
        return following

    def _rows(self, place: int, following: Select | None, within: int | None) -> Select:
        """The events of a step after which the `following` ones come, `within` so many seconds."""
        link, mine = self._links[place], self._alias()
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
            if self._with_times:
                is_previous = place == len(self._links) - 2
                previous = at if is_previous else build.column(other, PREVIOUS)
                last = following_at if is_previous else build.column(other, LAST)
                query.columns = (
                    *query.columns,
                    build.aliased(previous, build.word(PREVIOUS)),
                    build.aliased(last, build.word(LAST)),
                )
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
