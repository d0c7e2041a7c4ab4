"""Predicates as SQL, for profiles and for events alike: logic and tests of values.

SQL has a third truth value, a plan has two. An unknown counts as false where it reaches the top through AND and OR
only, so nothing is wrapped there; negation is pushed down to the single tests, and each negated test is written so that
it is true where the test is not true.
"""

from abc import ABC, abstractmethod
from datetime import date

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.plan.walk import walk
from segql.compiler.sql import build, dates
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql

_Bound = float | date | None


class Frame(ABC):
    """What predicates and terms are written against: one row of profiles, one row of events, one item of a list."""

    item = ""

    def __init__(self, bindings: Bindings, moment: Moment) -> None:
        self.bindings = bindings
        self.moment = moment
        self.dialect = bindings.dialect

    @abstractmethod
    def term(self, term: plan.Term) -> Sql:
        """A term as an expression of the row; NULL where it is not set."""

    @abstractmethod
    def special(self, node: plan.Predicate, *, positive: bool) -> Sql:
        """A predicate that only this kind of row has."""

    def predicate(self, node: plan.Predicate, *, positive: bool = True) -> Sql:
        """A predicate, or its complement."""
        match node:
            case plan.Constant(value):
                return build.TRUE if value == positive else build.FALSE
            case plan.Not(child):
                return self.predicate(child, positive=not positive)
            case plan.And(children) | plan.Or(children):
                parts = [self.predicate(child, positive=positive) for child in children]
                joined = build.conjunction if isinstance(node, plan.And) == positive else build.disjunction
                return joined(parts)
            case plan.CountOf(children, low, high):
                return self._count_of(children, low, high, positive=positive)
            case plan.IsSet(term):
                return build.is_null(self.term(term), negated=positive)
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

    def test(self, node: plan.Predicate, *, positive: bool) -> Sql:
        """A test of a value, or its complement, which is true where nothing is set."""
        test = self._test(node)
        return test if positive else build.is_not_true(test)

    def _test(self, node: plan.Predicate) -> Sql:
        match node:
            case plan.Compare(operator, left, right, negated):
                return build.comparison(self.term(left), "<>" if negated else operator, self.term(right))
            case plan.TextTest(term=term):
                return self.text_test(node, self.term(term))
            case plan.IsBoolean(term, value):
                return self.term(term) if value else build.negation(self.term(term))
            case plan.ListContains(term, quantifier, values, negated):
                bound = [self.bindings.bind(value) for value in values]
                looked_for = [[value] for value in bound] if quantifier == "all" else [bound]
                held = build.conjunction([self.list_contains(term, each) for each in looked_for])
                return build.negation(held) if negated else held
            case plan.ListSize(term, operator, size):
                length = self.dialect.list_size(self.term(term))
                return build.comparison(length, operator, build.integer(size))
            case plan.InWindow(term, window, negated):
                inside = self._inside(term, window)
                return build.negation(inside) if negated else inside
            case plan.OnDayOfYear():
                return dates.on_day_of_year(self, node)
            case plan.CompareInstants():
                return dates.compare(self, node)
            case plan.HasItems():
                return self._has_items(node)
            case _:
                raise TypeError(node)

    def text_test(self, node: plan.TextTest, text: Sql) -> Sql:
        """A test of a text that is at hand as an expression."""
        is_pattern = node.operator == "matches"
        values = [
            self.bindings.bind(self.dialect.pattern(value) if is_pattern else value) for value in node.values
        ]
        as_is = node.exact or is_pattern or isinstance(node.term, plan.TimePart)
        folded = text if as_is else self.dialect.fold(text)
        if node.operator == "equals":
            return self.dialect.text_equals(folded, values, negated=node.negated)
        one = {
            "contains": self.dialect.text_contains,
            "has word": self.dialect.text_has_word,
            "starts with": self.dialect.text_starts_with,
            "ends with": self.dialect.text_ends_with,
            "matches": self.dialect.text_matches,
        }[node.operator]
        found = build.disjunction([one(folded, value) for value in values])
        return build.negation(found) if node.negated else found

    def list_contains(self, term: plan.Term, values: list[Sql]) -> Sql:
        """Any of the folded values is an item of a list."""
        return self.dialect.list_contains(self.term(term), values)

    def _inside(self, term: plan.Term, window: plan.Window) -> Sql:
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
    ) -> Sql:
        """How many of the children hold: what is unknown counts as not holding."""
        counts = [
            build.case((self.predicate(child), build.integer(1)), default=build.integer(0))
            for child in children
        ]
        held = build.operation(counts[0], "+", *counts[1:])
        limits = [build.comparison(held, ">=", build.integer(low))]
        if high is not None:
            limits.append(build.comparison(held, "<=", build.integer(high)))
        found = build.conjunction(limits)
        return found if positive else build.negation(found)

    def _has_items(self, node: plan.HasItems) -> Sql:
        """Some of the items fulfil the condition, or none does not, or none does."""
        items = self.term(node.term)
        of_objects = plan.type_of(node.term) == "object"
        if of_objects:
            asked = (field for field in walk(node.where) if isinstance(field, plan.ItemField))
            items = self.dialect.objects(items, {field.name: field.type for field in asked})
        inner = ItemFrame(self.bindings, self.moment, f"{self.item}i")
        condition = inner.predicate(node.where, positive=node.quantifier != "all")
        return self.dialect.has_items(
            items,
            build.word(inner.item),
            condition,
            some=node.quantifier == "any",
            of_objects=of_objects,
        )

    def between(self, value: Sql, low: _Bound, high: _Bound) -> Sql:
        """A value between two bounds, both included; None is no bound."""
        parts = []
        if low is not None:
            parts.append(build.comparison(value, ">=", self.bindings.bind(low)))
        if high is not None:
            parts.append(build.comparison(value, "<=", self.bindings.bind(high)))
        return build.conjunction(parts) if parts else build.is_null(value, negated=True)

    def arithmetic(self, node: plan.Arithmetic) -> Sql:
        """Two numbers combined."""
        left, right = self.term(node.left), self.term(node.right)
        if node.operator == "/":
            return self.dialect.divided(left, right)
        return build.operation(left, node.operator, right)

    def number(self, node: plan.Number) -> Sql:
        """A written number as a bound value."""
        return self.bindings.bind(float(node.value))


class ItemFrame(Frame):
    """One item of a list, under a name of its own."""

    def __init__(self, bindings: Bindings, moment: Moment, item: str) -> None:
        super().__init__(bindings, moment)
        self.item = item

    def term(self, term: plan.Term) -> Sql:
        match term:
            case plan.ItemField(name, kind):
                return self.dialect.field(build.word(self.item), name, kind)
            case plan.Item():
                return build.word(self.item)
            case plan.Number():
                return self.number(term)
            case plan.Arithmetic():
                return self.arithmetic(term)
            case _:
                raise TypeError(term)

    def special(self, node: plan.Predicate, *, positive: bool) -> Sql:
        raise TypeError(node)
