"""Predicates put together: flattened, without what says nothing, so that equal meanings are equal plans."""

from collections.abc import Iterable
from typing import cast

from msgspec.structs import replace

from segql.compiler.plan.predicates import And, Constant, CountOf, Not, Or, Predicate, TextTest
from segql.compiler.plan.terms import Term


def conjunction(*children: Predicate) -> Predicate:
    """And, flattened, without the children that say nothing."""
    return _combine(And, children, neutral=True)


def disjunction(*children: Predicate) -> Predicate:
    """Or, flattened, without the children that say nothing."""
    return _combine(Or, children, neutral=False)


def count_of(children: tuple[Predicate, ...], low: int, high: int | None) -> Predicate:
    """From `low` to `high` of the children; by `and` and `or` where that says it."""
    if high is not None and high >= len(children):
        high = None
    match low, high:
        case 0, None:
            return Constant(True)
        case 0, 0:
            return complement(disjunction(*children))
        case 1, None:
            return disjunction(*children)
        case _ if low == len(children):
            return conjunction(*children)
        case _:
            return CountOf(children, low, high)


def complement(child: Predicate) -> Predicate:
    """Not, without double negation."""
    match child:
        case Not(inner):
            return inner
        case Constant(value):
            return Constant(not value)
        case _:
            return Not(child)


def _combine(kind: type[And] | type[Or], children: tuple[Predicate, ...], *, neutral: bool) -> Predicate:
    flat: dict[Predicate, None] = {}
    for child in children:
        for part in child.children if isinstance(child, kind) else (child,):
            if part == Constant(not neutral):
                return part
            if part != Constant(neutral):
                flat[part] = None
    parts = _gathered(kind, flat)
    match len(parts):
        case 0:
            return Constant(neutral)
        case 1:
            return parts[0]
        case _:
            return kind(tuple(parts))


def _gathered(kind: type[And] | type[Or], parts: Iterable[Predicate]) -> list[Predicate]:
    """The parts, with one test for all the texts that one term may equal (in an `and`, may not equal)."""
    gathered: list[Predicate] = []
    texts: dict[tuple[Term, bool], int] = {}
    values: dict[int, dict[str, None]] = {}
    for part in parts:
        if isinstance(part, TextTest) and part.operator == "equals" and part.negated == (kind is And):
            place = texts.setdefault((part.term, part.exact), len(gathered))
            if place == len(gathered):
                gathered.append(part)
            values.setdefault(place, {}).update(dict.fromkeys(part.values))
        else:
            gathered.append(part)
    for place, together in values.items():
        gathered[place] = replace(cast(TextTest, gathered[place]), values=tuple(together))
    return gathered
