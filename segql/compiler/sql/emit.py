"""Plan to SQL: the members of a plan, their number, their attributes. The text is made once, at the end."""

from collections.abc import Sequence

from segql.compiler.catalog.tables import Tables
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import build, sequences
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.dialects import DIALECTS, STORES
from segql.compiler.sql.dialects.dialect import Dialect
from segql.compiler.sql.profiles import ProfileFrame
from segql.compiler.sql.query import Query
from segql.compiler.sql.select import Select, derived, subquery, together

_COUNT = build.word("count")


class UnknownDialectError(ValueError):
    """An engine that SQL cannot be written for."""


class Emitter:
    """Writes queries about one plan for one engine, at one moment."""

    def __init__(
        self,
        predicate: plan.Predicate,
        moment: Moment,
        dialect: str | None = None,
        tables: Tables | None = None,
    ) -> None:
        """`tables`: the account's own, where it is they that are asked and not a store. `dialect`: by default that of
        the tables."""
        self._dialect = _dialect(dialect, tables)
        self._bindings = Bindings(self._dialect, tables)
        self._frame = ProfileFrame(self._bindings, moment)
        self._predicate = predicate

    def members(self, terms: Sequence[tuple[str, plan.Term]] = ()) -> Query:
        """One row a member, in no order: profile_id, and values by their names."""
        return self._bindings.query(self._select(self._frame.profile_id, *self._named(terms)))

    def keys(self) -> tuple[Query, bool]:
        """The members' profile ids and True, or those of everybody else and False; in no order, and one may come several
        times. Where the plan is a set of ids by itself that is all that is read."""
        predicate, inside = self._predicate, True
        if isinstance(predicate, plan.Not):
            predicate, inside = predicate.child, False
        found = self._frame.keys(predicate)
        if found is None:
            return self.members(), True
        return self._bindings.query(found[0]), found[1] == inside

    def count(self) -> Query:
        """One number: how many members."""
        return self._bindings.query(self._select(_counted()))

    def count_by(self, terms: list[tuple[str, plan.Term]]) -> Query:
        """The members counted by the values of terms; the largest group first."""
        values = [self._frame.term(term) for _, term in terms]
        query = self._select(*self._named(terms), _counted()).group(*values)
        return self._bindings.query(query.order(self._largest(), *map(self._dialect.ordered, values)))

    def show(
        self,
        terms: list[tuple[str, plan.Term]],
        order_by: plan.Term | None = None,
        *,
        descending: bool = False,
        limit: int | None = None,
    ) -> Query:
        """Values of the members, one row a member; by profile where no order is asked."""
        columns = self._named(terms)
        order = [self._dialect.ordered(self._frame.profile_id)]
        if order_by is not None:
            order.insert(0, self._dialect.ordered(self._frame.term(order_by), descending=descending))
        return self._bindings.query(self._select(*columns).order(*order, limit=limit))

    def combinations(self, groups: list[tuple[str, plan.Predicate]]) -> Query:
        """The members counted by which of some groups they are in: a boolean column a group, and count; the largest
        combination first. Those who are in none of them are left out."""
        names = [build.identifier(name) for name, _ in groups]
        flags = [
            build.case((self._frame.predicate(group), build.TRUE), default=build.FALSE) for _, group in groups
        ]
        columns = [build.aliased(flag, name) for flag, name in zip(flags, names, strict=True)]
        query = Select(*names, _counted(), source=derived(self._select(*columns), "g"))
        query.group(*names, having=build.disjunction(names))
        order = (self._dialect.ordered(name, descending=True) for name in names)
        return self._bindings.query(query.order(self._largest(), *order))

    def times(self, sequence: plan.Sequence) -> Query:
        """How long the members who did a sequence took, one row: timed (their number), the lower quartile, the median and
        the upper quartile of the seconds from the step before the last to the last, and the median of those from the
        first. `sequences.times` says which events count."""
        source = sequences.times(self._bindings, self._frame.moment, sequence)
        first, previous, last = (
            build.column("t", name) for name in (sequences.FIRST, sequences.PREVIOUS, sequences.LAST)
        )
        between, in_all = (self._dialect.seconds_between(start, last) for start in (previous, first))
        columns = {
            "timed": build.count(),
            "lower_quartile_seconds": self._dialect.quartile(between, 1),
            "median_seconds": self._dialect.quartile(between, 2),
            "upper_quartile_seconds": self._dialect.quartile(between, 3),
            "median_seconds_from_first": self._dialect.quartile(in_all, 2),
        }
        named = (build.aliased(value, build.word(name)) for name, value in columns.items())
        query = Select(*named, source=derived(source, "t"))
        if self._predicate != sequence:
            members = subquery(self._select(self._frame.profile_id))
            query.where(build.among(build.column("t", "profile_id"), members))
        return self._bindings.query(query)

    @staticmethod
    def sizes(predicate: plan.Predicate, moments: Sequence[Moment], dialect: str = "duckdb") -> Query:
        """The number of members at each of some moments: point (its place among them, from 0) and count, in no order."""
        bindings = Bindings(STORES[dialect])
        counts = []
        for point, moment in enumerate(moments):
            frame = ProfileFrame(bindings, moment)
            where = frame.required(predicate)
            place = build.aliased(build.integer(point), build.word("point"))
            counts.append(frame.select(place, _counted()).where(where))
        return bindings.query(together(counts))

    def _select(self, *columns: Sql) -> Select:
        where = self._frame.required(self._predicate)
        return self._frame.select(*columns).where(where)

    def _named(self, terms: Sequence[tuple[str, plan.Term]]) -> list[Sql]:
        return [build.aliased(self._frame.term(term), build.identifier(name)) for name, term in terms]

    def _largest(self) -> Sql:
        return self._dialect.ordered(_COUNT, descending=True)


def _dialect(name: str | None, tables: Tables | None) -> Dialect:
    """The engine of a name, or that of the tables."""
    known = STORES if tables is None else DIALECTS
    name = name or ("duckdb" if tables is None else tables.dialect)
    if name not in known:
        what = "a store" if name in DIALECTS else "own tables"
        raise UnknownDialectError(
            f"SQL for {what} cannot be written for {name!r}; it can for {', '.join(sorted(known))}"
        )
    return known[name]


def _counted() -> Sql:
    return build.aliased(build.count(), _COUNT)
