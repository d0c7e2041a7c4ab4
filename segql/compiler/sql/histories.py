"""What the store keeps as history, as SQL: consent, lists, segments, attributes, and messages that wait."""

from sqlglot import exp

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, floor_second
from segql.compiler.sql import build, layout
from segql.compiler.sql.bindings import Bindings
from segql.compiler.text import fold

History = plan.HasConsent | plan.InList | plan.Moved | plan.HasBeen | plan.Scheduled
_ROW = "h"


def members(bindings: Bindings, moment: Moment, node: History) -> tuple[exp.Select, bool]:
    """The profile ids for whom it holds and True; or those for whom it does not, and False."""
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


class _Writer:
    """Writes the queries, all against periods of time [from_at, until_at) of one table or another."""

    def __init__(self, bindings: Bindings, moment: Moment) -> None:
        self._bindings = bindings
        self._moment = moment
        self._dialect = bindings.dialect
        self._now = bindings.bind(moment.latest_second)

    def consent(self, node: plan.HasConsent) -> exp.Select:
        """Whose consent has one of the statuses; without statuses, of whom there is any entry."""
        query = build.where(
            self._rows(layout.CONSENT_PERIODS),
            exp.EQ(this=_column("channel"), expression=exp.Literal.string(node.channel)),
            exp.EQ(this=_column("kind"), expression=exp.Literal.string(node.kind)),
            self._begun(),
        )
        if not node.statuses:
            return query
        statuses = [exp.Literal.string(status) for status in node.statuses]
        query = build.where(query, self._dialect.text_equals(_column("status"), statuses), self._lasts())
        for name, value in (("method", node.method), ("detail", node.detail)):
            if value is not None:
                folded = self._dialect.fold(_column(name))
                query = build.where(query, exp.EQ(this=folded, expression=self._bindings.bind(value)))
        return build.where(query, *self._during("from_at", node.window))

    def on_list(self, name: str) -> exp.Select:
        """Who is on a list."""
        return build.where(
            self._rows(layout.LIST_PERIODS),
            self._of(layout.LISTS, "list_id", name),
            self._begun(),
            self._lasts(),
        )

    def moved(self, node: plan.Moved) -> exp.Select:
        """Who came into a list or a segment, or went out of it."""
        periods, names, key = (
            (layout.LIST_PERIODS, layout.LISTS, "list_id")
            if node.group == "list"
            else (layout.SEGMENT_PERIODS, layout.SEGMENTS, "segment_id")
        )
        column = "from_at" if node.way == "in" else "until_at"
        happened = exp.LTE(this=_column(column), expression=self._now)
        return build.where(
            self._rows(periods), self._of(names, key, node.name), happened, *self._during(column, node.window)
        )

    def has_been(self, node: plan.HasBeen) -> exp.Select:
        """Whose attribute has had a value for so long."""
        since = floor_second(self._moment.elsewhere(node.zone).resolve(node.since))
        early = exp.LTE(this=_column("from_at"), expression=self._bindings.bind(since))
        return build.where(
            self._rows(layout.ATTRIBUTE_PERIODS),
            exp.EQ(this=_column("attribute"), expression=self._bindings.bind(fold(node.attribute.name))),
            exp.EQ(this=self._dialect.fold(_column("value")), expression=self._bindings.bind(node.value)),
            self._begun(),
            self._lasts(),
            early,
        )

    def scheduled(self, campaign: str) -> exp.Select:
        """For whom a message of a campaign waits: queued by then, and not handed over or given up."""
        waits = joined_or(
            exp.GT(this=_column("handed_at"), expression=self._now),
            exp.And(
                this=build.is_null(_column("handed_at")),
                expression=self._dialect.text_equals(
                    _column("state"), [exp.Literal.string(state) for state in ("held", "queued")]
                ),
            ),
        )
        return build.where(
            self._rows(layout.MESSAGES),
            self._of(layout.CAMPAIGNS, "campaign_id", campaign),
            exp.LTE(this=_column("queued_at"), expression=self._now),
            waits,
        )

    @staticmethod
    def _rows(table: str) -> exp.Select:
        return build.select(_column("profile_id"), source=build.table(table, _ROW))

    def _of(self, table: str, key: str, name: str) -> exp.Expr:
        """The rows of the thing of that name."""
        named = exp.EQ(this=build.column("n", "key"), expression=self._bindings.bind(fold(name)))
        ids = build.where(build.select(build.column("n", key), source=build.table(table, "n")), named)
        return exp.EQ(this=_column(key), expression=exp.Subquery(this=ids))

    def _begun(self) -> exp.Expr:
        return exp.LTE(this=_column("from_at"), expression=self._now.copy())

    def _lasts(self) -> exp.Expr:
        return exp.GT(this=_column("until_at"), expression=self._now.copy())

    def _during(self, column: str, window: plan.Window) -> list[exp.Expr]:
        first, last = self._moment.bounds(window)
        bounds: list[exp.Expr] = []
        if first is not None:
            bounds.append(exp.GTE(this=_column(column), expression=self._bindings.bind(first)))
        if last is not None:
            bounds.append(exp.LTE(this=_column(column), expression=self._bindings.bind(last)))
        return bounds


def joined_or(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """One or the other, in brackets."""
    return build.paren(exp.Or(this=left, expression=build.paren(right)))


def _column(name: str) -> exp.Expr:
    return build.column(_ROW, name)
