"""Sequences as SQL: from the last step to the first, the events of each step that the rest can follow.

Of the events that can follow, only the next one matters: whatever a later one allows, the next one allows, too. So each
step finds the next event (`next_after` of the dialect), and nothing multiplies.
"""

from dataclasses import dataclass

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.dialects.dialect import Later
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
        carried = (PREVIOUS, LAST) if self._with_times and place < len(self._links) - 2 else ()
        others = [] if following is None else [Later(following, self._alias(), True, carried)]
        others += [Later(self._events(step), self._alias(), False) for step in link.without]
        query, found = self._dialect.next_after(self._events(link.step), mine, others)
        following_at, *times = (None,) if following is None else found.pop(0)
        if following_at is not None and within is not None:
            query.where(build.comparison(following_at, "<=", self._dialect.later(at, within)))
        if following_at is not None and self._with_times:
            values = zip(times or (at, following_at), (PREVIOUS, LAST), strict=True)
            query.columns = (
                *query.columns,
                *(build.aliased(value, build.word(name)) for value, name in values),
            )
        for step, (next_at,) in zip(link.without, found, strict=True):
            self._without(query, step, at, next_at, following_at)
        return query

    def _without(self, query: Select, step: plan.Step, at: Sql, found: Sql, following_at: Sql | None) -> None:
        """Leave out the events behind which one of a negated step comes too soon, or could still come."""
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
