"""Scans of events as SQL: which events are meant, their properties, and what is counted or summed over them."""

from collections.abc import Sequence
from datetime import datetime

from segql.compiler.catalog.tables import Tables
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, Window
from segql.compiler.sql import build, layout, own
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.frame import Frame
from segql.compiler.sql.select import Select, derived, subquery, table
from segql.compiler.text import fold

ALIAS = "e"
_LABELS = "l"
SECONDS_IN_A_DAY = 86_400
# A list of more numbers than these DuckDB joins, which takes longer than reading one person's events.
_FEW = 4


class EventFrame(Frame):
    """One row of events, of the metrics of a scan."""

    def __init__(
        self,
        bindings: Bindings,
        moment: Moment,
        scan: plan.Scan,
        windows: Sequence[Window] = (),
        *,
        roughly: bool = False,
    ) -> None:
        """`windows`: where scans are read together that differ in them, those of all. `roughly`: events of other metrics
        may come along."""
        super().__init__(bindings, moment)
        self.scan = scan
        self._roughly = roughly
        spans = [moment.event_bounds(window) for window in windows or (scan.window,)]
        first = min((first for first, _ in spans if first is not None), default=None)
        self._span = None if any(span[0] is None for span in spans) else first, max(last for _, last in spans)
        self.reads_keys = False
        self.reads_labels = False
        self.read: dict[plan.Property, None] = {}
        self.reads_gaps = False

    def term(self, term: plan.Term) -> Sql:
        match term:
            case plan.Property():
                return self._property(term)
            case plan.TimePart(part, zone):
                clock = self._clock(zone)
                return self.dialect.hour(clock) if part == "hour" else self.dialect.weekday(clock)
            case plan.Number():
                return self.number(term)
            case plan.Arithmetic():
                return self.arithmetic(term)
            case _:
                raise TypeError(term)

    def special(self, node: plan.Predicate, *, positive: bool) -> Sql:
        raise TypeError(node)

    def test(self, node: plan.Predicate, *, positive: bool) -> Sql:
        # A test of a label is made once for each label, not once for each event.
        match node:
            case plan.TextTest(term=plan.Property() as term, negated=negated) if self._is_label(term):
                unnegated = plan.TextTest(node.operator, term, node.values, node.exact)
                fitting = Select(build.column(_LABELS, "label_id"), source=table(layout.LABELS, _LABELS))
                fitting.where(self.text_test(unnegated, build.column(_LABELS, "label")))
                label = build.column(ALIAS, "label_id")
                found = build.among(label, subquery(fitting), negated=negated)
                if negated:
                    # Where nothing is set it is false; and NOT IN an empty set would be true even of that.
                    found = build.conjunction((found, build.is_null(label, negated=True)))
                return found if positive else build.is_not_true(found)
            case _:
                return super().test(node, positive=positive)

    def select(self, *columns: Sql) -> Select:
        """The scan's events: what of them is selected is up to the caller."""
        conditions = [] if self.bindings.tables is not None else [self._is_metric()]
        if self.bindings.tables is None or not self.dialect.EXACT_ON_RAW_INSTANTS:
            conditions += self._in_time(*self._span)
        if self.scan.where is not None:
            conditions.append(self.predicate(self.scan.where))
        query = Select(*columns, source=self._source())
        if self.reads_gaps:
            query.source = derived(self._with_gaps(conditions), ALIAS)
        else:
            query.where(*conditions)
        return self._with_labels(query)

    def _source(self) -> Sql:
        if self.bindings.tables is None:
            return table(layout.EVENTS, ALIAS)
        return derived(self._own_rows(self.bindings.tables), ALIAS)

    def _own_rows(self, tables: Tables) -> Sql:
        return own.events(
            self.bindings, tables, self.scan.metrics, self._span, self.read, with_keys=self.reads_keys
        )

    def _with_labels(self, query: Select) -> Select:
        """The query with the texts of labels, where they are read."""
        if self.reads_labels:
            same = build.comparison(build.column(_LABELS, "label_id"), "=", build.column(ALIAS, "label_id"))
            query.join("LEFT", table(layout.LABELS, _LABELS), same)
        return query

    def aggregate(self, node: plan.Aggregate) -> Sql:
        """The value over a group of events; NULL where it is not set, and for a sum of nothing."""
        if node.property is None:
            return self._of_times(node)
        value = self._of_window(self._property(node.property), node.scan.window)
        match node.function:
            case "count different":
                different = self.dialect.fold(value) if node.property.type == "text" else value
                return build.count(different, different=True)
            case "sum" | "total":
                return self._scaled_down(self._whole_sum(node))
            case "average":
                count = build.call("NULLIF", build.count(value), build.integer(0))
                return build.operation(self._scaled_down(self._whole_sum(node)), "/", count)
            case "median":
                return self.dialect.median(value)
            case "first value" | "last value":
                self.reads_keys = True
                order = [build.column(ALIAS, "occurred_at"), build.column(ALIAS, "event_key")]
                return self.dialect.value_at_end(value, order, last=node.function == "last value")
            case "minimum":
                return build.call("MIN", value)
            case "maximum":
                return build.call("MAX", value)
            case _:
                raise TypeError(node)

    def _of_times(self, node: plan.Aggregate) -> Sql:
        """The value over when the events were, or over how many there were."""
        at = build.column(ALIAS, "occurred_at")
        match node.function:
            case "first":
                return build.call("MIN", self._of_window(at, node.scan.window))
            case "last":
                return build.call("MAX", self._of_window(at, node.scan.window))
            case "count periods" if node.period is not None:
                clock = self._clock(self.scan.window.zone)
                period = self.dialect.period_start(clock, node.period, self.moment.week_starts)
                return build.count(self._of_window(period, node.scan.window), different=True)
            case "longest gap":
                self.reads_gaps = True
                longest = build.call("MAX", build.column(ALIAS, "gap"))
                return build.operation(longest, "/", build.integer(SECONDS_IN_A_DAY))
            case _ if self.moment.event_bounds(node.scan.window) == self._span:
                return build.count()
            case _:
                return build.count(self._of_window(at, node.scan.window))

    def _clock(self, zone: str | None) -> Sql:
        """What the clocks show at the event, in a zone or the account's."""
        there = self.moment.elsewhere(zone).zone.key
        return self.dialect.local(build.column(ALIAS, "occurred_at"), there)

    def _with_gaps(self, conditions: list[Sql]) -> Select:
        """The scan's events, each with the seconds since the one before it."""
        at, who = build.column(ALIAS, "occurred_at"), build.column(ALIAS, "profile_id")
        before = build.over(build.call("LAG", at), order=at, partition=who)
        gap = build.aliased(self.dialect.seconds_between(before, at), build.word("gap"))
        query = Select(build.columns(ALIAS), gap, source=self._source())
        return self._with_labels(query.where(*conditions))

    def _whole_sum(self, node: plan.Aggregate) -> Sql:
        """The sum in ten-thousandths: whole numbers, so the order of adding changes nothing."""
        if node.property is None:
            raise TypeError(node)
        if all(self._place_of(metric, node.property) == "amount" for metric in self.scan.metrics):
            value = self.dialect.number(build.column(ALIAS, "amount"))
        else:
            scaled = build.operation(self._property(node.property), "*", build.integer(layout.AMOUNT_SCALE))
            value = self.dialect.rounded(scaled)
        return build.call("SUM", self._of_window(value, node.scan.window))

    @staticmethod
    def _scaled_down(number: Sql) -> Sql:
        return build.operation(number, "/", build.integer(layout.AMOUNT_SCALE))

    def _property(self, term: plan.Property) -> Sql:
        """A property's value; where the metrics keep it in different columns, by metric."""
        places = {metric: self._place_of(metric, term) for metric in self.scan.metrics}
        distinct = set(places.values())
        if len(distinct) == 1:
            return self._read(distinct.pop(), term)
        branches = [
            (self._is_one(metric), self._as_type(place, term))
            for metric, place in places.items()
            if place != "properties"
        ]
        return build.case(*branches, default=self._read("properties", term))

    def _place_of(self, metric: plan.Metric, term: plan.Property) -> str:
        return "own" if self.bindings.tables is not None else layout.place_of(metric, term.name)

    def _read(self, place: str, term: plan.Property) -> Sql:
        if place == "own":
            self.read[term] = None
            return own.column(ALIAS, term.name)
        if place == "amount":
            return self._scaled_down(self.dialect.number(build.column(ALIAS, "amount")))
        if place == "label_id":
            self.reads_labels = True
            return build.column(_LABELS, "label")
        return self.dialect.field(build.column(ALIAS, "properties"), term.name, term.type)

    def _as_type(self, place: str, term: plan.Property) -> Sql:
        value = self._read(place, term)
        return self.dialect.text(value) if place == "amount" and term.type == "text" else value

    def _is_label(self, term: plan.Property) -> bool:
        return all(self._place_of(metric, term) == "label_id" for metric in self.scan.metrics)

    def _is_metric(self) -> Sql:
        ids = [build.integer(metric.id) for metric in self.scan.metrics if metric.id is not None]
        if len(ids) == len(self.scan.metrics) > 1:
            column = build.column(ALIAS, "metric_id")
            if self._roughly and len(ids) > _FEW:
                numbers = sorted(metric.id for metric in self.scan.metrics if metric.id is not None)
                first, last = build.integer(numbers[0]), build.integer(numbers[-1])
                return build.conjunction(
                    [build.comparison(column, ">=", first), build.comparison(column, "<=", last)]
                )
            return build.among(column, build.row(ids))
        return build.disjunction([self._is_one(metric) for metric in self.scan.metrics])

    def _is_one(self, metric: plan.Metric) -> Sql:
        column = build.column(ALIAS, "metric_id")
        if metric.id is not None:
            return build.comparison(column, "=", build.integer(metric.id))
        named = build.comparison(build.column("m", "key"), "=", self.bindings.bind(fold(metric.name)))
        ids = Select(build.column("m", "metric_id"), source=table(layout.METRICS, "m")).where(named)
        return build.comparison(column, "=", subquery(ids))

    def _in_time(self, first: datetime | None, last: datetime) -> list[Sql]:
        column = build.column(ALIAS, "occurred_at")
        bounds = [build.comparison(column, "<=", self.bindings.bind(last))]
        if first is not None:
            bounds.insert(0, build.comparison(column, ">=", self.bindings.bind(first)))
        return bounds

    def _of_window(self, value: Sql, window: Window) -> Sql:
        """A value of the events in a window; NULL of the others that are read together with them."""
        span = self.moment.event_bounds(window)
        return value if span == self._span else build.case((build.conjunction(self._in_time(*span)), value))
