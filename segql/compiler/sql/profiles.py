"""Predicates of profiles as SQL.

Each condition on events is a set of profile ids that depends on nothing outside it: IN for "did", NOT IN for "did not".
Measures that are compared with each other or with attributes are joined as one row a profile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import build, groups, histories, layout, own, sequences
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.events import ALIAS as EVENT
from segql.compiler.sql.events import EventFrame
from segql.compiler.sql.frame import Frame
from segql.compiler.sql.globe import Circle
from segql.compiler.sql.select import Select, derived, subquery, table


@dataclass
class Joined:
    """The measures over one scan, as a derived table under an alias."""

    alias: str
    columns: dict[plan.Aggregate, str] = field(default_factory=dict)


class ProfileFrame(Frame):
    """One row of profiles under an alias, with the measures and what attributes were joined to it."""

    def __init__(self, bindings: Bindings, moment: Moment, alias: str = "p") -> None:
        super().__init__(bindings, moment)
        self.alias = alias
        self.joins: dict[plan.Scan, Joined] = {}
        self.kept: dict[plan.Attribute, str] = {}
        self.read: dict[plan.Attribute, None] = {}
        self.sets: dict[Sql, str] = {}
        self._is_required = False

    @property
    def profile_id(self) -> Sql:
        """The profile's key."""
        return build.column(self.alias, "profile_id")

    # ---- Terms ----------------------------------------------------------------------------------------------------

    def term(self, term: plan.Term) -> Sql:
        match term:
            case plan.Attribute(kept_since=since) if since is not None and since <= self.moment.now:
                alias = self.kept.setdefault(term, f"{self.alias}k{len(self.kept) + 1}")
                return build.column(alias, "value")
            case plan.Attribute() if self.bindings.tables is not None:
                self.read[term] = None
                return own.column(self.alias, term.name)
            case plan.Attribute():
                return layout.attribute(self.alias, term)
            case plan.Number():
                return self.number(term)
            case plan.Arithmetic():
                return self.arithmetic(term)
            case plan.Aggregate():
                value = self._joined(term)
                return groups.or_zero(value) if term.function in groups.ZERO_OVER_NOTHING else value
            case _:
                raise TypeError(term)

    def list_contains(self, term: plan.Term, values: list[Sql]) -> Sql:
        if isinstance(term, plan.Attribute) and self.bindings.tables is None:
            items = layout.folded_items(self.alias, term)
            return self.dialect.list_contains(items, values, folded=True)
        return super().list_contains(term, values)

    def _joined(self, node: plan.Aggregate) -> Sql:
        measures = self.joins.setdefault(node.scan, Joined(f"{self.alias}{len(self.joins) + 1}"))
        name = measures.columns.setdefault(node, f"v{len(measures.columns) + 1}")
        return build.column(measures.alias, name)

    # ---- Predicates -----------------------------------------------------------------------------------------------

    def required(self, node: plan.Predicate) -> Sql:
        """A predicate as all that the rows of a query have to fulfil."""
        self._is_required = True
        written = self.predicate(node)
        self._is_required = False
        return written

    def predicate(self, node: plan.Predicate, *, positive: bool = True) -> Sql:
        if isinstance(node, plan.CountOf):
            with self._one_of_several():
                return super().predicate(node, positive=positive)
        if not isinstance(node, plan.And | plan.Or):
            return super().predicate(node, positive=positive)
        by_all = isinstance(node, plan.And)
        groups_of_siblings = _siblings(node)
        if by_all == positive or len(groups_of_siblings) == 1:
            return build.conjunction(self._read(groups_of_siblings, by_all=by_all, positive=positive))
        with self._one_of_several():
            return build.disjunction(self._read(groups_of_siblings, by_all=by_all, positive=positive))

    @contextmanager
    def _one_of_several(self) -> Iterator[None]:
        """What is written inside is not required by itself."""
        was_required, self._is_required = self._is_required, False
        yield
        self._is_required = was_required

    def _read(self, siblings: list[list[plan.Predicate]], *, by_all: bool, positive: bool) -> list[Sql]:
        return [self._read_once(part, by_all=by_all, positive=positive) for part in siblings]

    def _read_once(self, siblings: list[plan.Predicate], *, by_all: bool, positive: bool) -> Sql:
        """Conditions, all or any of which hold, as one; or the complement."""
        if len(siblings) == 1:
            return self.predicate(siblings[0], positive=positive)
        tests = [(child.child, False) if isinstance(child, plan.Not) else (child, True) for child in siblings]
        scans = [scan for child, _ in tests if (scan := groups.scan_of(child)) is not None]
        # Any of them holds, unless the complements of all do.
        keys, inside = groups.keys(
            self.bindings, self.moment, scans, [(child, wanted == by_all) for child, wanted in tests]
        )
        return self._member(keys, inside == by_all, positive=positive)

    def test(self, node: plan.Predicate, *, positive: bool) -> Sql:
        found = self.keys(node)
        return (
            super().test(node, positive=positive)
            if found is None
            else self._member(*found, positive=positive)
        )

    def special(self, node: plan.Predicate, *, positive: bool) -> Sql:
        found = self.keys(node)
        if found is not None:
            return self._member(*found, positive=positive)
        match node:
            case plan.Sampled(share, name):
                bucket = self.dialect.sample_bucket(self.bindings.bind(f"{name}:"), self.profile_id)
                chosen = build.comparison(bucket, "<", build.integer(ceil(share * 2**32)))
                return chosen if positive else build.negation(chosen)
            case plan.Near(latitude, longitude, metres):
                near = self._near(Circle(latitude, longitude, metres))
                return near if positive else build.is_not_true(near)
            case _:
                raise TypeError(node)

    def _member(self, keys: Select, inside: bool, *, positive: bool) -> Sql:
        negated = positive != inside
        if self._is_required or not self.dialect.JOINS_SETS:
            return self.dialect.member(self.profile_id, keys, negated=negated)
        key = build.column("k", "profile_id")
        once = Select(key, source=derived(keys, "k")).group(key)
        alias = self.sets.setdefault(subquery(once), f"{self.alias}s{len(self.sets) + 1}")
        return build.is_null(build.column(alias, "profile_id"), negated=not negated)

    def keys(self, node: plan.Predicate) -> tuple[Select, bool] | None:
        """The profile ids for whom a condition holds and True, or those for whom it does not and False; one may come
        several times. None where it is a test of the profile's row."""
        scan = groups.scan_of(node)
        if scan is not None:
            return groups.keys(self.bindings, self.moment, [scan], [(node, True)])
        match node:
            case plan.HasEvents(scan, 1, None):
                frame = EventFrame(self.bindings, self.moment, scan)
                return frame.select(build.column(EVENT, "profile_id")), True
            case plan.Sequence():
                return sequences.members(self.bindings, self.moment, node), True
            case plan.HasConsent() | plan.InList() | plan.Moved() | plan.HasBeen() | plan.Scheduled():
                return histories.members(self.bindings, self.moment, node)
            case plan.Ranked():
                return self._ranked(node), True
            case _:
                return None

    def _near(self, circle: Circle) -> Sql:
        latitude, longitude = (
            self.term(plan.Attribute(name, "number")) for name in ("latitude", "longitude")
        )
        parts = [self.between(latitude, *circle.latitudes)]
        if circle.longitudes is not None:
            parts.append(self.between(longitude, *circle.longitudes))
        parts.append(circle.contains(latitude, longitude, self.bindings.bind))
        return build.conjunction(parts)

    def _ranked(self, node: plan.Ranked) -> Select:
        """Those whose rank (ties share one) is within the limit; the limit may depend on the size of the population."""
        inner = ProfileFrame(self.bindings, self.moment, f"{self.alias}r")
        value = inner.term(node.term)
        among = plan.Constant(True) if node.among is None else node.among
        inside = inner.required(among)
        rank = build.over(build.call("RANK"), self.dialect.ordered(value, descending=node.end == "top"))
        ranked = inner.select(
            build.aliased(inner.profile_id, build.word("profile_id")),
            build.aliased(rank, build.word("place")),
            build.aliased(value, build.word("value")),
        ).where(inside)
        limit = build.integer(node.people or 0)
        if node.share is not None:
            everybody = ProfileFrame(self.bindings, self.moment, f"{self.alias}n")
            counted_in = everybody.required(among)
            population = subquery(everybody.select(build.count()).where(counted_in))
            counted = build.operation(population, "*", build.integer(node.share.numerator))
            limit = self.dialect.divided_up(counted, node.share.denominator)
        source = f"{inner.alias}0"
        return Select(build.column(source, "profile_id"), source=derived(ranked, source)).where(
            build.is_null(build.column(source, "value"), negated=True),
            build.comparison(build.column(source, "place"), "<=", limit),
        )

    # ---- The whole ------------------------------------------------------------------------------------------------

    def select(self, *columns: Sql) -> Select:
        """Profiles with what was asked for so far joined to them; call it after the predicates were written."""
        query = Select(*columns, source=self._source())
        for attribute, alias in self.kept.items():
            values = histories.values(self.bindings, self.moment, attribute)
            query.join("LEFT", derived(values, alias), self._same_person(alias))
        for scan, measures in self.joins.items():
            key = build.column(EVENT, "profile_id")
            frame = EventFrame(self.bindings, self.moment, scan)
            totals = [
                build.aliased(frame.aggregate(node), build.word(name))
                for node, name in measures.columns.items()
            ]
            rows = frame.select(key, *totals).group(key)
            query.join("LEFT", derived(rows, measures.alias), self._same_person(measures.alias))
        for keys, alias in self.sets.items():
            query.join("LEFT", build.aliased(keys, build.word(alias)), self._same_person(alias))
        return query

    def _source(self) -> Sql:
        if self.bindings.tables is None:
            return table(layout.PROFILES, self.alias)
        return derived(own.profiles(self.bindings.tables.profiles, self.dialect, self.read), self.alias)

    def _same_person(self, alias: str) -> Sql:
        return build.comparison(build.column(alias, "profile_id"), "=", self.profile_id)


def _siblings(node: plan.And | plan.Or) -> list[list[plan.Predicate]]:
    """The children, those together that one reading of the same events answers."""
    found: dict[object, list[plan.Predicate]] = {}
    for child in node.children:
        inner = child.child if isinstance(child, plan.Not) else child
        scan = groups.scan_of(inner)
        alike = scan is not None and groups.can_be_read_together(inner)
        found.setdefault((scan.metrics, scan.where) if scan and alike else child, []).append(child)
    return list(found.values())
