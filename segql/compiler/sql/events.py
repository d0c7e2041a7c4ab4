"""Scans of events as SQL: which events are meant, their properties, and what is counted or summed over them."""

from sqlglot import exp

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import build, layout
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.frame import Frame, joined
from segql.compiler.text import fold

ALIAS = "e"
_LABELS = "l"
SECONDS_IN_A_DAY = 86_400


class EventFrame(Frame):
    """One row of events, of the metrics of a scan."""

    def __init__(self, bindings: Bindings, moment: Moment, scan: plan.Scan) -> None:
        super().__init__(bindings, moment)
        self.scan = scan
        self.reads_labels = False
        self.reads_gaps = False

    def term(self, term: plan.Term) -> exp.Expr:
        match term:
            case plan.Property():
                return self._property(term)
            case plan.TimePart(part, zone):
                clock = self._clock(zone)
                value: exp.Expr = self.dialect.hour(clock) if part == "hour" else self.dialect.weekday(clock)
                return value
            case plan.Number():
                return self.number(term)
            case plan.Arithmetic():
                return self.arithmetic(term)
            case _:
                raise TypeError(term)

    def special(self, node: plan.Predicate, *, positive: bool) -> exp.Expr:
        raise TypeError(node)

    def test(self, node: plan.Predicate, *, positive: bool) -> exp.Expr:
        # A test of a label is made once for each label, not once for each event.
        match node:
            case plan.TextTest(term=plan.Property() as term, negated=negated) if self._is_label(term):
                text = build.column(_LABELS, "label")
                unnegated = plan.TextTest(node.operator, term, node.values, node.exact)
                fitting = build.select(
                    build.column(_LABELS, "label_id"), source=build.table(layout.LABELS, _LABELS)
                )
                build.where(fitting, self.text_test(unnegated, text))
                found: exp.Expr = exp.In(
                    this=build.column(ALIAS, "label_id"), query=exp.Subquery(this=fitting)
                )
                if negated:
                    # Where nothing is set it is false; and NOT IN an empty set would be true even of that.
                    is_set = build.negated(build.is_null(build.column(ALIAS, "label_id")))
                    found = exp.And(this=build.negated(found), expression=is_set)
                return (
                    found
                    if positive
                    else build.negated(exp.Is(this=build.paren(found), expression=exp.true()))
                )
            case _:
                return super().test(node, positive=positive)

    def select(self, *columns: exp.Expr) -> exp.Select:
        """The scan's events: what of them is selected is up to the caller."""
        conditions = [self._is_metric(), *self._in_time()]
        if self.scan.where is not None:
            conditions.append(self.predicate(self.scan.where))
        events = build.table(layout.EVENTS, ALIAS)
        if self.reads_gaps:
            events = build.derived(self._with_gaps(conditions), ALIAS)
            conditions = []
        return self._with_labels(build.where(build.select(*columns, source=events), *conditions))

    def _with_labels(self, query: exp.Select) -> exp.Select:
        """The query with the texts of labels, where they are read."""
        if self.reads_labels:
            same = exp.EQ(this=build.column(_LABELS, "label_id"), expression=build.column(ALIAS, "label_id"))
            build.join(query, build.table(layout.LABELS, _LABELS), same, side="LEFT")
        return query

    def aggregate(self, node: plan.Aggregate) -> exp.Expr:
        """The value over a group of events; NULL where it is not set, and for a sum of nothing."""
        if node.property is None:
            match node.function:
                case "first":
                    return exp.Min(this=build.column(ALIAS, "occurred_at"))
                case "last":
                    return exp.Max(this=build.column(ALIAS, "occurred_at"))
                case "count periods":
                    starts = self.moment.week_starts
                    clock = self._clock(self.scan.window.zone)
                    period = self.dialect.period_start(clock, node.period, starts)
                    return exp.Count(this=exp.Distinct(expressions=[period]))
                case "longest gap":
                    self.reads_gaps = True
                    longest = exp.Max(this=build.column(ALIAS, "gap"))
                    return exp.Div(this=longest, expression=exp.Literal.number(SECONDS_IN_A_DAY))
                case _:
                    return exp.Count(this=exp.Star())
        value = self._property(node.property)
        match node.function:
            case "count different":
                if node.property.type == "text":
                    value = self.dialect.fold(value)
                return exp.Count(this=exp.Distinct(expressions=[value]))
            case "sum" | "total":
                return self._scaled_down(self._whole_sum(node.property))
            case "average":
                count = exp.Count(this=value)
                return exp.Div(
                    this=self._scaled_down(self._whole_sum(node.property)),
                    expression=exp.Nullif(this=count, expression=exp.Literal.number(0)),
                )
            case "median":
                return exp.Median(this=value)
            case "first value" | "last value":
                order = [build.column(ALIAS, "occurred_at"), build.column(ALIAS, "event_key")]
                found: exp.Expr = self.dialect.value_at_end(value, order, last=node.function == "last value")
                return found
            case "minimum":
                return exp.Min(this=value)
            case "maximum":
                return exp.Max(this=value)
            case _:
                raise TypeError(node)

    def _clock(self, zone: str | None) -> exp.Expr:
        """What the clocks show at the event, in a zone or the account's."""
        there = self.moment.elsewhere(zone).zone.key
        clock: exp.Expr = self.dialect.local(build.column(ALIAS, "occurred_at"), there)
        return clock

    def _with_gaps(self, conditions: list[exp.Expr]) -> exp.Select:
        """The scan's events, each with the seconds since the one before it."""
        at, who = build.column(ALIAS, "occurred_at"), build.column(ALIAS, "profile_id")
        before = exp.Window(
            this=exp.Anonymous(this="lag", expressions=[at]),
            partition_by=[who],
            order=exp.Order(expressions=[exp.Ordered(this=at.copy())]),
        )
        gap = build.aliased(self.dialect.seconds_between(before, at.copy()), "gap")
        everything = exp.Column(this=exp.Star(), table=build.identifier(ALIAS))
        query = build.select(everything, gap, source=build.table(layout.EVENTS, ALIAS))
        return self._with_labels(build.where(query, *conditions))

    def _whole_sum(self, term: plan.Property) -> exp.Expr:
        """The sum in ten-thousandths: whole numbers, so the order of adding changes nothing."""
        if all(layout.place_of(metric, term.name) == "amount" for metric in self.scan.metrics):
            return exp.Sum(this=self.dialect.number(build.column(ALIAS, "amount")))
        scaled = exp.Mul(this=self._property(term), expression=exp.Literal.number(layout.AMOUNT_SCALE))
        return exp.Sum(this=self.dialect.rounded(scaled))

    @staticmethod
    def _scaled_down(number: exp.Expr) -> exp.Expr:
        return exp.Div(this=number, expression=exp.Literal.number(layout.AMOUNT_SCALE))

    def _property(self, term: plan.Property) -> exp.Expr:
        """A property's value; where the metrics keep it in different columns, by metric."""
        places = {metric: layout.place_of(metric, term.name) for metric in self.scan.metrics}
        distinct = set(places.values())
        if len(distinct) == 1:
            return self._read(distinct.pop(), term)
        cases = exp.Case(default=self._read("properties", term))
        for metric, place in places.items():
            if place != "properties":
                cases = cases.when(self._is_one(metric), self._as_type(place, term))
        return cases

    def _read(self, place: str, term: plan.Property) -> exp.Expr:
        if place == "amount":
            return self._scaled_down(self.dialect.number(build.column(ALIAS, "amount")))
        if place == "label_id":
            self.reads_labels = True
            return build.column(_LABELS, "label")
        value: exp.Expr = self.dialect.field(build.column(ALIAS, "properties"), term.name, term.type)
        return value

    def _as_type(self, place: str, term: plan.Property) -> exp.Expr:
        value = self._read(place, term)
        return build.cast(value, "TEXT") if place == "amount" and term.type == "text" else value

    def _is_label(self, term: plan.Property) -> bool:
        return all(layout.place_of(metric, term.name) == "label_id" for metric in self.scan.metrics)

    def _is_metric(self) -> exp.Expr:
        known = [metric for metric in self.scan.metrics if metric.id is not None]
        column = build.column(ALIAS, "metric_id")
        if len(known) == len(self.scan.metrics) > 1:
            ids = [exp.Literal.number(metric.id or 0) for metric in known]
            return exp.In(this=column, expressions=ids)
        return joined([self._is_one(metric) for metric in self.scan.metrics], exp.Or)

    def _is_one(self, metric: plan.Metric) -> exp.Expr:
        column = build.column(ALIAS, "metric_id")
        if metric.id is not None:
            return exp.EQ(this=column, expression=exp.Literal.number(metric.id))
        key = exp.EQ(this=build.column("m", "key"), expression=self.bindings.bind(fold(metric.name)))
        metrics = build.table(layout.METRICS, "m")
        by_name = build.where(build.select(build.column("m", "metric_id"), source=metrics), key)
        return exp.EQ(this=column, expression=exp.Subquery(this=by_name))

    def _in_time(self) -> list[exp.Expr]:
        first, last = self.moment.event_bounds(self.scan.window)
        column = build.column(ALIAS, "occurred_at")
        bounds: list[exp.Expr] = [exp.LTE(this=column, expression=self.bindings.bind(last))]
        if first is not None:
            bounds.insert(0, exp.GTE(this=column.copy(), expression=self.bindings.bind(first)))
        return bounds
