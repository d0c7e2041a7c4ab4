"""The values for which a test of one term holds, as a set that can be compared with others: is it in another one, is it
empty, is it everything?"""

from dataclasses import dataclass
from decimal import Decimal
from math import inf
from typing import Literal

from segql.compiler.plan import nodes as plan

_COUNTS = frozenset({"count", "count different", "count periods"})
_ALWAYS_SET = _COUNTS | {"sum"}
_MOST_PARTS = 50


@dataclass(frozen=True)
class Domain:
    """Values of a term. Numbers are stretches of the number line, cut at `cuts`: (number, 1) cuts behind a number,
    (number, 0) before it; `cuts` alternate, beginning with a start. Other values are `listed`, or with `others` all
    but those. `unset`: whether it also holds where there is no value."""

    kind: Literal["numbers", "values"]
    unset: bool
    cuts: tuple[tuple[float, int], ...] = ()
    listed: frozenset[object] = frozenset()
    others: bool = False

    def complement(self) -> "Domain":
        """All that is not in it."""
        if self.kind == "values":
            return Domain("values", not self.unset, listed=self.listed, others=not self.others)
        whole = ((-inf, 0), (inf, 1))
        toggled = set(self.cuts) ^ set(whole)
        return Domain("numbers", not self.unset, tuple(sorted(toggled)))

    def intersection(self, other: "Domain") -> "Domain":
        """What is in both."""
        unset = self.unset and other.unset
        if self.kind == "values":
            return self._common_values(other, unset)
        points = sorted({*self.cuts, *other.cuts})
        cuts = [point for point, held, before in _changes(points, self, other) if held != before]
        return Domain("numbers", unset, tuple(cuts))

    def union(self, other: "Domain") -> "Domain":
        """What is in either."""
        return self.complement().intersection(other.complement()).complement()

    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return not self.unset and not self.cuts and not self.listed and not self.others

    def _common_values(self, other: "Domain", unset: bool) -> "Domain":
        match self.others, other.others:
            case True, True:
                return Domain("values", unset, listed=self.listed | other.listed, others=True)
            case True, False:
                return Domain("values", unset, listed=other.listed - self.listed)
            case False, True:
                return Domain("values", unset, listed=self.listed - other.listed)
            case _:
                return Domain("values", unset, listed=self.listed & other.listed)


def _changes(
    points: list[tuple[float, int]], one: Domain, other: Domain
) -> list[tuple[tuple[float, int], bool, bool]]:
    """At each point, whether both domains hold behind it and whether they held before it."""
    found = []
    first, second = set(one.cuts), set(other.cuts)
    in_first = in_second = False
    for point in points:
        before = in_first and in_second
        in_first ^= point in first
        in_second ^= point in second
        found.append((point, in_first and in_second, before))
    return found


@dataclass(frozen=True)
class About:
    """The values of a term for which something holds."""

    term: plan.Term
    values: Domain

    def is_never(self) -> bool:
        """Whether it holds for nobody."""
        return self.values.intersection(_universe(self.term)).is_empty()

    def is_always(self) -> bool:
        """Whether it holds for everybody."""
        return self.values.complement().intersection(_universe(self.term)).is_empty()

    def is_within(self, other: "About") -> bool:
        """Whether the other one holds wherever this one does."""
        if self.term != other.term:
            return False
        outside = self.values.intersection(other.values.complement())
        return outside.intersection(_universe(self.term)).is_empty()


def about(predicate: plan.Predicate) -> About | None:
    """What a predicate says of one term; None where it says more, or something else."""
    match predicate:
        case plan.Not(child):
            found = about(child)
            return None if found is None else About(found.term, found.values.complement())
        case plan.And(children) | plan.Or(children) if len(children) <= _MOST_PARTS:
            parts = [about(child) for child in children]
            return _joined(parts, every=isinstance(predicate, plan.And))
        case plan.IsSet(term):
            everything = _universe(term)
            return About(
                term, Domain(everything.kind, False, everything.cuts, everything.listed, everything.others)
            )
        case plan.Compare(operator, term, plan.Number(value), negated) if plan.type_of(term) == "number":
            return About(term, _compared(operator, value, negated))
        case plan.HasEvents(scan, low, high):
            end = ((inf, 1) if high is None else (float(high), 1),)
            return About(plan.Aggregate("count", scan), Domain("numbers", False, ((float(low), 0), *end)))
        case plan.TextTest("equals", term, values, exact=False, negated=negated):
            return About(term, Domain("values", False, listed=frozenset(values), others=negated))
        case plan.IsBoolean(term, value):
            return About(term, Domain("values", False, listed=frozenset((value,))))
        case _:
            return None


def _joined(parts: list[About | None], *, every: bool) -> About | None:
    first = parts[0]
    if first is None:
        return None
    values = first.values
    for part in parts[1:]:
        if part is None or part.term != first.term:
            return None
        values = values.intersection(part.values) if every else values.union(part.values)
    return About(first.term, values)


def _compared(operator: plan.Comparator, value: Decimal, negated: bool) -> Domain:
    # As engines hold numbers: two that are written differently may be one to them.
    number = float(value)
    cuts: tuple[tuple[float, int], ...]
    match operator:
        case "=":
            cuts = ((number, 0), (number, 1))
        case "<":
            cuts = ((-inf, 0), (number, 0))
        case "<=":
            cuts = ((-inf, 0), (number, 1))
        case ">":
            cuts = ((number, 1), (inf, 1))
        case ">=":
            cuts = ((number, 0), (inf, 1))
    values = Domain("numbers", False, cuts)
    if not negated:
        return values
    outside = values.complement()
    return Domain("numbers", False, outside.cuts)


def _universe(term: plan.Term) -> Domain:
    """All values that a term can have, and whether it can have none."""
    kind = plan.type_of(term)
    if isinstance(term, plan.Aggregate) and term.function in _ALWAYS_SET:
        start = (0.0, 0) if term.function in _COUNTS else (-inf, 0)
        return Domain("numbers", False, (start, (inf, 1)))
    if kind == "number":
        return Domain("numbers", not isinstance(term, plan.Number), ((-inf, 0), (inf, 1)))
    if kind == "boolean":
        return Domain("values", True, listed=frozenset((True, False)))
    return Domain("values", True, others=True)
