"""Plan to SQL: the members of a plan, their number, their attributes. The text is made once, at the end."""

from collections.abc import Sequence
from functools import reduce

from sqlglot import exp

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.dialects import DIALECTS
from segql.compiler.sql.frame import joined
from segql.compiler.sql.profiles import ProfileFrame
from segql.compiler.sql.query import Query


class UnknownDialectError(ValueError):
    """An engine that SQL cannot be written for."""


class Emitter:
    """Writes queries about one plan for one engine, at one moment."""

    def __init__(self, predicate: plan.Predicate, moment: Moment, dialect: str = "duckdb") -> None:
        if dialect not in DIALECTS:
            raise UnknownDialectError(
                f"SQL cannot be written for {dialect!r}; it can for {', '.join(sorted(DIALECTS))}"
            )
        self._dialect = dialect
        self._bindings = Bindings(DIALECTS[dialect])
        self._frame = ProfileFrame(self._bindings, moment)
        self._where = self._frame.predicate(predicate)

    def members(self) -> Query:
        """One row a member, one column: profile_id."""
        return self._query(self._select(self._frame.profile_id))

    def count(self) -> Query:
        """One number: how many members."""
        return self._query(self._select(build.aliased(exp.Count(this=exp.Star()), "count")))

    def count_by(self, terms: list[tuple[str, plan.Term]]) -> Query:
        """The members counted by the values of terms; the largest group first."""
        values = [self._frame.term(term) for _, term in terms]
        columns = [
            build.aliased(value, name, quoted=True) for (name, _), value in zip(terms, values, strict=True)
        ]
        counted = build.aliased(exp.Count(this=exp.Star()), "count")
        query = build.grouped(self._select(*columns, counted), *(value.copy() for value in values))
        order = [exp.Ordered(this=exp.Column(this=build.identifier("count")), desc=True, nulls_first=False)]
        order += [exp.Ordered(this=value.copy(), nulls_first=False) for value in values]
        return self._query(build.ordered(query, *order))

    def show(
        self,
        terms: list[tuple[str, plan.Term]],
        order_by: plan.Term | None = None,
        *,
        descending: bool = False,
        limit: int | None = None,
    ) -> Query:
        """Values of the members, one row a member; by profile where no order is asked."""
        columns = [build.aliased(self._frame.term(term), name, quoted=True) for name, term in terms]
        order = [exp.Ordered(this=self._frame.profile_id, nulls_first=False)]
        if order_by is not None:
            order.insert(0, exp.Ordered(this=self._frame.term(order_by), desc=descending, nulls_first=False))
        return self._query(build.ordered(self._select(*columns), *order, limit=limit))

    def combinations(self, groups: list[tuple[str, plan.Predicate]]) -> Query:
        """The members counted by which of some groups they are in: a boolean column a group, and count; the largest
        combination first. Those who are in none of them are left out."""
        flags = [
            exp.Case(ifs=[exp.If(this=self._frame.predicate(group), true=exp.true())], default=exp.false())
            for _, group in groups
        ]
        names = [build.identifier(name, quoted=True) for name, _ in groups]
        columns = [exp.Alias(this=flag, alias=name) for flag, name in zip(flags, names, strict=True)]
        each = [exp.Column(this=name.copy()) for name in names]
        counted = build.aliased(exp.Count(this=exp.Star()), "count")
        query = build.select(*each, counted, source=build.derived(self._select(*columns), "g"))
        in_any = joined([one.copy() for one in each], exp.Or)
        build.grouped(query, *(one.copy() for one in each), having=in_any)
        order = [exp.Ordered(this=exp.Column(this=build.identifier("count")), desc=True, nulls_first=False)]
        order += [exp.Ordered(this=one.copy(), desc=True, nulls_first=False) for one in each]
        return self._query(build.ordered(query, *order))

    @staticmethod
    def sizes(predicate: plan.Predicate, moments: Sequence[Moment], dialect: str = "duckdb") -> Query:
        """The number of members at each of some moments: point (its place among them, from 0) and count, in no order."""
        bindings = Bindings(DIALECTS[dialect])
        counts: list[exp.Expr] = []
        for point, moment in enumerate(moments):
            frame = ProfileFrame(bindings, moment)
            where = frame.predicate(predicate)
            counted = build.aliased(exp.Count(this=exp.Star()), "count")
            counts.append(
                build.where(frame.select(build.aliased(build.number(point), "point"), counted), where)
            )
        query = reduce(lambda left, right: exp.Union(this=left, expression=right, distinct=False), counts)
        return Query(query.sql(dialect, copy=False), dict(bindings.values))

    def _select(self, *columns: exp.Expr) -> exp.Select:
        return build.where(self._frame.select(*columns), self._where)

    def _query(self, select: exp.Select) -> Query:
        return Query(select.sql(self._dialect, copy=False), dict(self._bindings.values))
