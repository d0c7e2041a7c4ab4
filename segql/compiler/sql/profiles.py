"""Predicates of profiles as SQL.

Each condition on events is a set of profile ids that depends on nothing outside it: IN for "did", NOT IN for "did not".
Measures that are compared with each other or with attributes are joined as one row a profile.
"""

from dataclasses import dataclass, field
from math import ceil

from sqlglot import exp

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import build, histories, layout, sequences
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.events import ALIAS as EVENT
from segql.compiler.sql.events import EventFrame
from segql.compiler.sql.frame import Frame, joined
from segql.compiler.sql.globe import Circle

_ZERO_OVER_NOTHING = ("count", "count different", "count periods", "sum")


@dataclass
class Joined:
    """The measures over one scan, as a derived table under an alias."""

    alias: str
    columns: dict[plan.Aggregate, str] = field(default_factory=dict)


class ProfileFrame(Frame):
    """One row of profiles under an alias, with the measures joined to it."""

    def __init__(self, bindings: Bindings, moment: Moment, alias: str = "p") -> None:
        super().__init__(bindings, moment)
        self.alias = alias
        self.joins: dict[plan.Scan, Joined] = {}

    @property
    def profile_id(self) -> exp.Expr:
        """The profile's key."""
        return build.column(self.alias, "profile_id")

    # ---- Terms ----------------------------------------------------------------------------------------------------

    def term(self, term: plan.Term) -> exp.Expr:
        match term:
            case plan.Attribute():
                return layout.attribute(self.alias, term)
            case plan.Number():
                return self.number(term)
            case plan.Arithmetic():
                return self.arithmetic(term)
            case plan.Aggregate():
                value = self._joined(term)
                if term.function in _ZERO_OVER_NOTHING:
                    return exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
                return value
            case _:
                raise TypeError(term)

    def _joined(self, node: plan.Aggregate) -> exp.Expr:
        measures = self.joins.setdefault(node.scan, Joined(f"{self.alias}{len(self.joins) + 1}"))
        name = measures.columns.setdefault(node, f"v{len(measures.columns) + 1}")
        return build.column(measures.alias, name)

    # ---- Predicates -----------------------------------------------------------------------------------------------

    def test(self, node: plan.Predicate, *, positive: bool) -> exp.Expr:
        """A comparison of one measure with written numbers needs no join: the groups for which it holds are a set."""
        match node:
            case plan.Compare(operator, plan.Aggregate() as measure, plan.Number() as number, negated):
                default = _holds_for_zero(operator, number, negated=negated) and (
                    measure.function in _ZERO_OVER_NOTHING
                )
                frame = EventFrame(self.bindings, self.moment, measure.scan)
                value = frame.aggregate(measure)
                if measure.function == "sum":
                    value = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
                flat = _Value(self, value)
                held = flat.test(node, positive=not default)
                return self._grouped(frame, held, positive=positive != default)
            case plan.InWindow(plan.Aggregate() as measure, _, _):
                frame = EventFrame(self.bindings, self.moment, measure.scan)
                held = _Value(self, frame.aggregate(measure)).test(node, positive=True)
                return self._grouped(frame, held, positive=positive)
            case _:
                return super().test(node, positive=positive)

    def special(self, node: plan.Predicate, *, positive: bool) -> exp.Expr:
        match node:
            case plan.HasEvents(scan, low, high):
                frame = EventFrame(self.bindings, self.moment, scan)
                if (low, high) == (1, None):
                    return self._member(frame.select(build.column(EVENT, "profile_id")), positive=positive)
                count = exp.Count(this=exp.Star())
                limits: list[exp.Expr] = [exp.GTE(this=count, expression=exp.Literal.number(low))]
                if high == low:
                    limits = [exp.EQ(this=count, expression=exp.Literal.number(low))]
                elif high is not None:
                    limits.append(exp.LTE(this=count.copy(), expression=exp.Literal.number(high)))
                return self._grouped(frame, joined(limits, exp.And), positive=positive)
            case plan.Sequence():
                return self._member(sequences.members(self.bindings, self.moment, node), positive=positive)
            case plan.HasConsent() | plan.InList() | plan.Moved() | plan.HasBeen() | plan.Scheduled():
                keys, inside = histories.members(self.bindings, self.moment, node)
                return self._member(keys, positive=positive == inside)
            case plan.Sampled(share, name):
                bucket = self.dialect.sample_bucket(self.bindings.bind(f"{name}:"), self.profile_id)
                limit = exp.Literal.number(ceil(share * 2**32))
                chosen: exp.Expr = exp.LT(this=bucket, expression=limit)
                return chosen if positive else build.negated(build.paren(chosen))
            case plan.Near(latitude, longitude, metres):
                near = self._near(Circle(latitude, longitude, metres))
                return (
                    near if positive else build.negated(exp.Is(this=build.paren(near), expression=exp.true()))
                )
            case plan.Ranked():
                return self._ranked(node, positive=positive)
            case _:
                raise TypeError(node)

    def _member(self, keys: exp.Select, *, positive: bool) -> exp.Expr:
        found = exp.In(this=self.profile_id, query=exp.Subquery(this=keys))
        return found if positive else build.negated(found)

    def _grouped(self, frame: EventFrame, having: exp.Expr, *, positive: bool) -> exp.Expr:
        key = build.column(EVENT, "profile_id")
        return self._member(build.grouped(frame.select(key), key.copy(), having=having), positive=positive)

    def _near(self, circle: Circle) -> exp.Expr:
        latitude, longitude = build.column(self.alias, "latitude"), build.column(self.alias, "longitude")
        parts = [self.between(latitude, *circle.latitudes)]
        if circle.longitudes is not None:
            parts.append(self.between(longitude, *circle.longitudes))
        parts.append(circle.contains(latitude, longitude, self.bindings.bind))
        return joined(parts, exp.And)

    def _ranked(self, node: plan.Ranked, *, positive: bool) -> exp.Expr:
        """Those whose rank (ties share one) is within the limit; the limit may depend on the size of the population."""
        inner = ProfileFrame(self.bindings, self.moment, f"{self.alias}r")
        value = inner.term(node.term)
        among = plan.Constant(True) if node.among is None else node.among
        inside = inner.predicate(among)
        order = exp.Ordered(this=value, desc=node.end == "top", nulls_first=False)
        rank = exp.Window(this=exp.Anonymous(this="rank"), order=exp.Order(expressions=[order]))
        ranked = inner.select(
            build.aliased(inner.profile_id, "profile_id"),
            build.aliased(rank, "place"),
            build.aliased(value.copy(), "value"),
        )
        limit: exp.Expr = exp.Literal.number(node.people or 0)
        if node.share is not None:
            everybody = ProfileFrame(self.bindings, self.moment, f"{self.alias}n")
            counted_in = everybody.predicate(among)
            population = build.where(everybody.select(exp.Count(this=exp.Star())), counted_in)
            counted = exp.Mul(
                this=exp.Subquery(this=population), expression=exp.Literal.number(node.share.numerator)
            )
            limit = self.dialect.divided_up(counted, node.share.denominator)
        build.where(ranked, inside)
        derived = f"{inner.alias}0"
        keys = build.select(build.column(derived, "profile_id"), source=build.derived(ranked, derived))
        build.where(
            keys,
            build.negated(build.is_null(build.column(derived, "value"))),
            exp.LTE(this=build.column(derived, "place"), expression=limit),
        )
        return self._member(keys, positive=positive)

    # ---- The whole ------------------------------------------------------------------------------------------------

    def select(self, *columns: exp.Expr) -> exp.Select:
        """Profiles with the measures that were asked for so far; call it after the predicates were written."""
        query = build.select(*columns, source=build.table(layout.PROFILES, self.alias))
        for scan, measures in self.joins.items():
            key = build.column(EVENT, "profile_id")
            frame = EventFrame(self.bindings, self.moment, scan)
            values = [build.aliased(frame.aggregate(node), name) for node, name in measures.columns.items()]
            rows = build.grouped(frame.select(key, *values), key.copy())
            same = exp.EQ(this=build.column(measures.alias, "profile_id"), expression=self.profile_id)
            build.join(query, build.derived(rows, measures.alias), same, side="LEFT")
        return query


class _Value(Frame):
    """A frame in which every measure is one expression at hand."""

    def __init__(self, outer: Frame, value: exp.Expr) -> None:
        super().__init__(outer.bindings, outer.moment)
        self.value = value

    def term(self, term: plan.Term) -> exp.Expr:
        return self.number(term) if isinstance(term, plan.Number) else self.value

    def special(self, node: plan.Predicate, *, positive: bool) -> exp.Expr:
        raise TypeError(node)


def _holds_for_zero(operator: plan.Comparator, number: plan.Number, *, negated: bool) -> bool:
    """Whether 0, which counts and sums are for people without events, passes the comparison."""
    match operator:
        case "=":
            return (number.value == 0) != negated
        case "<":
            return number.value > 0
        case "<=":
            return number.value >= 0
        case ">":
            return number.value < 0
        case ">=":
            return number.value <= 0
