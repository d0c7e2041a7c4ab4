"""Predicates as SQL, for profiles and for events alike: logic and tests of values.

SQL has a third truth value, a plan has two. An unknown counts as false where it reaches the top through AND and OR
only, so nothing is wrapped there; negation is pushed down to the single tests, and each negated test is written so that
it is true where the test is not true.
"""

from abc import ABC, abstractmethod
from functools import reduce

from sqlglot import exp

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.plan.walk import walk
from segql.compiler.sql import build, dates
from segql.compiler.sql.bindings import Bindings

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip
_ARITHMETIC: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


class Frame(ABC):
    """What predicates and terms are written against: one row of profiles, one row of events, one object in a list."""

    item = ""

    def __init__(self, bindings: Bindings, moment: Moment) -> None:
        self.bindings = bindings
        self.moment = moment
        self.dialect = bindings.dialect

    @abstractmethod
    def term(self, term: plan.Term) -> exp.Expr:
        """A term as an expression of the row; NULL where it is not set."""

    @abstractmethod
    def special(self, node: plan.Predicate, *, positive: bool) -> exp.Expr:
        """A predicate that only this kind of row has."""

    def predicate(self, node: plan.Predicate, *, positive: bool = True) -> exp.Expr:
        """A predicate, or its complement."""
        match node:
            case plan.Constant(value):
                return exp.true() if value == positive else exp.false()
            case plan.Not(child):
                return self.predicate(child, positive=not positive)
            case plan.And(children) | plan.Or(children):
                parts = [self.predicate(child, positive=positive) for child in children]
                return joined(parts, exp.And if isinstance(node, plan.And) == positive else exp.Or)
            case plan.CountOf(children, low, high):
                return self._count_of(children, low, high, positive=positive)
            case plan.IsSet(term):
                missing = build.is_null(self.term(term))
                return build.negated(missing) if positive else missing
            case (
                plan.Compare()
                | plan.TextTest()
                | plan.IsBoolean()
                | plan.ListContains()
                | plan.ListSize()
                | plan.InWindow()
                | plan.OnDayOfYear()
                | plan.CompareInstants()
                | plan.HasItems()
            ):
                return self.test(node, positive=positive)
            case _:
                return self.special(node, positive=positive)

    def test(self, node: plan.Predicate, *, positive: bool) -> exp.Expr:
        """A test of a value, or its complement, which is true where nothing is set."""
        test = self._test(node)
        return test if positive else build.negated(exp.Is(this=build.paren(test), expression=exp.true()))

    def _test(self, node: plan.Predicate) -> exp.Expr:
        match node:
            case plan.Compare(operator, left, right, negated):
                if negated:
                    return exp.NEQ(this=self.term(left), expression=self.term(right))
                return _COMPARISONS[operator](this=self.term(left), expression=self.term(right))
            case plan.TextTest(term=term):
                return self.text_test(node, self.term(term))
            case plan.IsBoolean(term, value):
                return self.term(term) if value else build.negated(self.term(term))
            case plan.ListContains(term, quantifier, values, negated):
                items = self.term(term)
                held = joined(
                    [self.dialect.list_contains(items.copy(), self.bindings.bind(value)) for value in values],
                    exp.And if quantifier == "all" else exp.Or,
                )
                return build.negated(build.paren(held)) if negated else held
            case plan.ListSize(term, operator, size):
                length = self.dialect.list_size(self.term(term))
                return _COMPARISONS[operator](this=length, expression=exp.Literal.number(size))
            case plan.InWindow(term, window, negated):
                inside = self._inside(term, window)
                return build.negated(build.paren(inside)) if negated else inside
            case plan.OnDayOfYear():
                return dates.on_day_of_year(self, node)
            case plan.CompareInstants():
                return dates.compare(self, node)
            case plan.HasItems():
                return self._has_items(node)
            case _:
                raise TypeError(node)

    def text_test(self, node: plan.TextTest, text: exp.Expr) -> exp.Expr:
        """A test of a text that is at hand as an expression."""
        values = [self.bindings.bind(value) for value in node.values]
        as_is = node.exact or node.operator == "matches" or isinstance(node.term, plan.TimePart)
        folded = text if as_is else self.dialect.fold(text)
        if node.operator == "equals":
            found = self.dialect.text_equals(folded, values)
        else:
            one = {
                "contains": self.dialect.text_contains,
                "has word": self.dialect.text_has_word,
                "starts with": self.dialect.text_starts_with,
                "ends with": self.dialect.text_ends_with,
                "matches": self.dialect.text_matches,
            }[node.operator]
            found = joined([one(folded.copy(), value) for value in values], exp.Or)
        if not node.negated:
            return found  # type: ignore[no-any-return]  # dialects are modules of functions that return expressions
        if isinstance(found, exp.EQ):
            return exp.NEQ(this=found.this, expression=found.expression)
        return build.negated(build.paren(found) if isinstance(found, exp.Or) else found)

    def _inside(self, term: plan.Term, window: plan.Window) -> exp.Expr:
        first, last = self.moment.bounds(window)
        value = self.term(term)
        if plan.type_of(term) == "date":
            # A date counts as its midnight.
            there = self.moment.elsewhere(window.zone)
            low = None if first is None else there.first_day(first)
            high = None if last is None else there.last_day(last)
            return self.between(value, low, high)
        return self.between(value, first, last)

    def _count_of(
        self, children: tuple[plan.Predicate, ...], low: int, high: int | None, *, positive: bool
    ) -> exp.Expr:
        """How many of the children hold: what is unknown counts as not holding."""
        one, zero = exp.Literal.number(1), exp.Literal.number(0)
        counts: list[exp.Expr] = [
            exp.Case(default=zero.copy()).when(self.predicate(child), one.copy()) for child in children
        ]
        held = build.paren(reduce(lambda left, right: exp.Add(this=left, expression=right), counts))
        limits: list[exp.Expr] = [exp.GTE(this=held, expression=exp.Literal.number(low))]
        if high is not None:
            limits.append(exp.LTE(this=held.copy(), expression=exp.Literal.number(high)))
        found = joined(limits, exp.And)
        return found if positive else build.negated(build.paren(found))

    def _has_items(self, node: plan.HasItems) -> exp.Expr:
        """How many of the objects fulfil the condition, or do not; NULL where there is no list."""
        fields = {field.name: field.type for field in walk(node.where) if isinstance(field, plan.ItemField)}
        inner = ItemFrame(self.bindings, self.moment, f"{self.item}i")
        condition = inner.predicate(node.where, positive=node.quantifier != "all")
        objects = self.dialect.objects(self.term(node.term), fields)
        count = self.dialect.list_size(self.dialect.filtered(objects, inner.item, condition))
        zero = exp.Literal.number(0)
        if node.quantifier == "any":
            return exp.GT(this=count, expression=zero)
        return exp.EQ(this=count, expression=zero)

    def between(self, value: exp.Expr, low: object, high: object) -> exp.Expr:
        """A value between two bounds, both included; None is no bound."""
        parts: list[exp.Expr] = []
        if low is not None:
            parts.append(exp.GTE(this=value, expression=self.bindings.bind(low)))  # type: ignore[arg-type]
        if high is not None:
            parts.append(exp.LTE(this=value.copy(), expression=self.bindings.bind(high)))  # type: ignore[arg-type]
        if not parts:
            return build.negated(build.is_null(value))
        return joined(parts, exp.And)

    def arithmetic(self, node: plan.Arithmetic) -> exp.Expr:
        """Two numbers combined."""
        left, right = (build.paren(self.term(side)) for side in (node.left, node.right))
        if node.operator == "/":
            return exp.Div(this=left, expression=exp.Nullif(this=right, expression=exp.Literal.number(0)))
        return _ARITHMETIC[node.operator](this=left, expression=right)

    def number(self, node: plan.Number) -> exp.Expr:
        """A written number as a bound value."""
        return self.bindings.bind(float(node.value))


class ItemFrame(Frame):
    """One object of a list, under a name of its own."""

    def __init__(self, bindings: Bindings, moment: Moment, item: str) -> None:
        super().__init__(bindings, moment)
        self.item = item

    def term(self, term: plan.Term) -> exp.Expr:
        match term:
            case plan.ItemField(name, kind):
                value: exp.Expr = self.dialect.item_field(build.identifier(self.item), name, kind)
                return value
            case plan.Number():
                return self.number(term)
            case plan.Arithmetic():
                return self.arithmetic(term)
            case _:
                raise TypeError(term)

    def special(self, node: plan.Predicate, *, positive: bool) -> exp.Expr:
        raise TypeError(node)


def joined(parts: list[exp.Expr], connector: type[exp.And] | type[exp.Or]) -> exp.Expr:
    """Parts joined by AND or OR."""
    bracketed = [
        build.paren(part) if isinstance(part, exp.And | exp.Or) and len(parts) > 1 else part for part in parts
    ]
    return reduce(lambda left, right: connector(this=left, expression=right), bracketed)
