"""A segment as a formula of conditions, so that each condition is worked out once for all segments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from segql.compiler.plan import nodes as plan
from segql.runtime.refresh import bitsets
from segql.runtime.refresh.bitsets import Bits, Where
from segql.runtime.refresh.conditions import Condition
from segql.runtime.refresh.measures import measured, simplified

# More conditions side by side than this are asked in one query: each query has its price, and what is asked apart can be
# kept for several segments.
_MANY = 16


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """Parts of which at least `low` and at most `high` hold; all of them and any of them are the common cases."""

    parts: tuple["Formula", ...]
    low: int
    high: int


@dataclass(frozen=True, slots=True, eq=False)
class Complement:
    """Everybody else."""

    part: "Formula"


Formula = Condition | Combined | Complement


def formula(
    node: plan.Predicate, condition: Callable[[plan.Predicate], Condition], apart: int = _MANY
) -> Formula:
    """The formula of a plan. `condition` gives the one condition of a predicate that has no conditions inside. `apart`: so
    many of those that SQL is asked for may stand side by side before they are asked together."""
    node = simplified(node)
    match node:
        case plan.And(children) | plan.Or(children):
            parts = tuple(_parts(type(node), children, condition, apart))
            return Combined(parts, len(parts) if isinstance(node, plan.And) else 1, len(parts))
        case plan.CountOf(children, low, high):
            parts = tuple(formula(child, condition, apart) for child in children)
            return Combined(parts, low, len(parts) if high is None else high)
        case plan.Not(child):
            return Complement(formula(child, condition, apart))
        case plan.Constant(value):
            return Combined((), 0 if value else 1, 1)
        case _:
            return condition(node)


def conditions_of(root: Formula) -> Iterator[Condition]:
    """The conditions of a formula; one may come several times."""
    waiting = [root]
    while waiting:
        match waiting.pop():
            case Combined(parts=parts):
                waiting.extend(parts)
            case Complement(part=part):
                waiting.append(part)
            case condition:
                yield condition


def evaluated(root: Formula, where: Where, everybody: Bits) -> Bits:
    """The profiles that fulfil a formula whose conditions are filled, of some words: those of everybody are given. Bits of
    nobody may be set."""
    match root:
        case Complement(part):
            return ~evaluated(part, where, everybody)
        case Combined(parts, low, high):
            return _counted([evaluated(part, where, everybody) for part in parts], low, high, everybody)
        case condition if condition.bits is not None:
            return bitsets.part(condition.bits, where)
        case _:
            raise ValueError("a formula was asked before its conditions")


def _counted(sets: list[Bits], low: int, high: int, everybody: Bits) -> Bits:
    if low <= 0 and high >= len(sets):
        return everybody
    if low > min(len(sets), high):
        return np.zeros_like(everybody)
    if high >= len(sets) and low in (1, len(sets)):
        return bitsets.combined(np.bitwise_or if low == 1 else np.bitwise_and, sets)
    count = np.zeros(len(everybody) * 64, np.int32)
    for each in sets:
        count += bitsets.flags_of(each)
    return bitsets.of_flags((count >= low) & (count <= high))


def _parts(
    kind: type[plan.And] | type[plan.Or],
    children: tuple[plan.Predicate, ...],
    condition: Callable[[plan.Predicate], Condition],
    apart: int,
) -> Iterator[Formula]:
    asked = tuple(child for child in children if _is_asked(child))
    together = len(asked) > apart
    for child in children:
        if not (together and _is_asked(child)):
            yield formula(child, condition, apart)
    if together:
        yield condition(kind(asked))


def _is_asked(node: plan.Predicate) -> bool:
    """Whether SQL has to be asked for it."""
    inner = simplified(node)
    combined = plan.And | plan.Or | plan.Not | plan.CountOf | plan.Constant
    return not isinstance(inner, combined) and measured(inner) is None
