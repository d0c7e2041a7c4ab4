"""What the store keeps as history, as SQL: consent, lists, segments, attributes, and messages that wait."""

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, floor_second
from segql.compiler.sql import build, layout, own
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.select import Select, derived, subquery, table
from segql.compiler.text import fold

History = plan.HasConsent | plan.InList | plan.Moved | plan.HasBeen | plan.Scheduled
_ROW = "h"


def members(bindings: Bindings, moment: Moment, node: History) -> tuple[Select, bool]:
    """The profile ids for whom it holds and True; or those for whom it does not, and False."""
    own_too = isinstance(node, plan.HasConsent | plan.InList) or (
        isinstance(node, plan.Moved) and node.group == "list"
    )
    if bindings.tables is not None and not own_too:  # own tables have no more, and the checks say so
        raise TypeError(node)
    writer = _Writer(bindings, moment)
    match node:
        case plan.HasConsent():
            # No statuses: nothing of that kind was ever recorded.
            return writer.consent(node), bool(node.statuses)
        case plan.InList(name):
            return writer.on_list(name), True
        case plan.Moved():
            return writer.moved(node), True
        case plan.HasBeen():
            return writer.has_been(node), True
        case plan.Scheduled(campaign):
            return writer.scheduled(campaign), True


def values(bindings: Bindings, moment: Moment, attribute: plan.Attribute) -> Select:
    """What an attribute was at a moment, of those for whom it was set: profile_id and value."""
    return _Writer(bindings, moment).values(attribute)


class _Writer:
    """Writes the queries, against periods [from_at, until_at) of one table or another, or what happened at a time."""

    def __init__(self, bindings: Bindings, moment: Moment) -> None:
        self._bindings = bindings
        self._moment = moment
        self._dialect = bindings.dialect
        self._now = bindings.bind(moment.latest_second)

    def consent(self, node: plan.HasConsent) -> Select:
        """Whose consent has one of the statuses; without statuses, of whom there is any entry."""
        query = self._consents(node).where(self._begun())
        if not node.statuses:
            return query
        statuses = [build.string(status) for status in node.statuses]
        query.where(self._dialect.text_equals(_column("status"), statuses), self._lasts())
        for name, value in (("method", node.method), ("detail", node.detail)):
            if value is not None:
                query.where(self._said(name, value))
        return query.where(*self._during("from_at", node.window))

    def on_list(self, name: str) -> Select:
        """Who is on a list."""
        return self._periods_on(name).where(self._begun(), self._lasts())

    def moved(self, node: plan.Moved) -> Select:
        """Who came into a list or a segment, or went out of it."""
        if node.group == "list":
            column = "from_at" if node.way == "in" else "until_at"
            query = self._periods_on(node.name)
        else:
            column = "moved_at"
            query = self._rows(layout.SEGMENT_MOVES).where(self._of(layout.SEGMENTS, "segment_id", node.name))
            query.where(_column("entered") if node.way == "in" else build.negation(_column("entered")))
            if node.way == "in":
                query.where(build.comparison(_column("cause"), "<>", build.string(plan.FIRST_REFRESH)))
        happened = build.comparison(_column(column), "<=", self._now)
        return query.where(happened, *self._during(column, node.window))

    def has_been(self, node: plan.HasBeen) -> Select:
        """Whose attribute has had a value for so long."""
        since = floor_second(self._moment.elsewhere(node.zone).resolve(node.since))
        return self._held(node.attribute, "profile_id").where(
            self._said("value", node.value),
            build.comparison(_column("from_at"), "<=", self._bindings.bind(since)),
        )

    def values(self, attribute: plan.Attribute) -> Select:
        """What an attribute was."""
        return self._held(attribute, "profile_id", "value")

    def _held(self, attribute: plan.Attribute, *columns: str) -> Select:
        name = self._bindings.bind(fold(attribute.name))
        return self._rows(layout.ATTRIBUTE_PERIODS, *columns).where(
            build.comparison(_column("attribute"), "=", name), self._begun(), self._lasts()
        )

    def scheduled(self, campaign: str) -> Select:
        """For whom a message of a campaign waits: queued by then, and not handed over or given up."""
        states = [build.string(state) for state in ("held", "queued")]
        waits = build.conjunction(
            (build.is_null(_column("handed_at")), self._dialect.text_equals(_column("state"), states))
        )
        return self._rows(layout.MESSAGES).where(
            self._of(layout.CAMPAIGNS, "campaign_id", campaign),
            build.comparison(_column("queued_at"), "<=", self._now),
            build.disjunction((build.comparison(_column("handed_at"), ">", self._now), waits)),
        )

    def _consents(self, node: plan.HasConsent) -> Select:
        """The periods of consent of a kind on a channel."""
        tables = self._bindings.tables
        if tables is None:
            return self._rows(layout.CONSENT_PERIODS).where(
                build.comparison(_column("channel"), "=", build.string(node.channel)),
                build.comparison(_column("kind"), "=", build.string(node.kind)),
            )
        if tables.consents is None:
            raise LookupError(node.channel)
        source = derived(own.consent_periods(self._bindings, tables.consents, node), _ROW)
        return Select(_column("profile_id"), source=source)

    def _periods_on(self, name: str) -> Select:
        """The periods of people on a list."""
        tables = self._bindings.tables
        if tables is None:
            return self._rows(layout.LIST_PERIODS).where(self._of(layout.LISTS, "list_id", name))
        if tables.lists is None:
            raise LookupError(name)
        source = derived(own.list_periods(self._bindings, tables.lists), _ROW)
        return Select(_column("profile_id"), source=source).where(self._said("list", fold(name)))

    @staticmethod
    def _rows(name: str, *columns: str) -> Select:
        return Select(*map(_column, columns or ("profile_id",)), source=table(name, _ROW))

    def _of(self, things: str, key: str, name: str) -> Sql:
        """The rows of the thing of that name."""
        named = build.comparison(build.column("n", "key"), "=", self._bindings.bind(fold(name)))
        ids = Select(build.column("n", key), source=table(things, "n")).where(named)
        return build.comparison(_column(key), "=", subquery(ids))

    def _said(self, column: str, folded: str) -> Sql:
        return build.comparison(self._dialect.fold(_column(column)), "=", self._bindings.bind(folded))

    def _begun(self) -> Sql:
        return build.comparison(_column("from_at"), "<=", self._now)

    def _lasts(self) -> Sql:
        return build.comparison(_column("until_at"), ">", self._now)

    def _during(self, column: str, window: plan.Window) -> list[Sql]:
        first, last = self._moment.bounds(window)
        bounds = []
        if first is not None:
            bounds.append(build.comparison(_column(column), ">=", self._bindings.bind(first)))
        if last is not None:
            bounds.append(build.comparison(_column(column), "<=", self._bindings.bind(last)))
        return bounds


def _column(name: str) -> Sql:
    return build.column(_ROW, name)
