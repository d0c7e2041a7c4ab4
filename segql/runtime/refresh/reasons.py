"""Why somebody is in a stored segment, from what a refresh holds in memory: which clauses hold, and the numbers that are
kept of them. No store is read, so that it takes microseconds."""

from collections.abc import Callable
from dataclasses import dataclass

from segql.compiler.ast.voice import Voice
from segql.compiler.person import words
from segql.compiler.person.clauses import Clause, Verdict
from segql.compiler.plan import nodes as plan
from segql.compiler.sql import layout
from segql.runtime.refresh import bitsets
from segql.runtime.refresh.conditions import Asked, Condition, Counted
from segql.runtime.refresh.formulas import Combined, Complement, Formula, conditions_of, formula
from segql.runtime.refresh.measures import simplified


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """A clause with what is held of it: its formula, and what says its number for a profile, where one is kept."""

    clause: Clause
    formula: Formula
    found: Callable[[int], str] | None
    parts: "tuple[Reason, ...]"


def reason(
    clause: Clause, known: Callable[[plan.Predicate], Condition | None], voice: Voice
) -> Reason | None:
    """A clause and its parts, by the conditions that are held (`known`); None where one of them is not, or where a refresh
    fills it only for the segments that it was asked for."""

    def held(predicate: plan.Predicate) -> Condition:
        condition = known(predicate)
        if (
            condition is None
            or condition.bits is None
            or (isinstance(condition, Asked) and condition.reads_moves)
        ):
            raise LookupError(predicate)
        return condition

    def of(one: Clause) -> Reason:
        root = formula(one.plan, held)
        # What a combination found is what its parts found.
        found = None if one.parts else _finding(one.plan, root, voice)
        return Reason(one, root, found, tuple(map(of, one.parts)))

    try:
        return of(clause)
    except LookupError:
        return None


def verdict(one: Reason, profile_id: int) -> Verdict:
    """What a clause and its parts come to for a profile that there is. What is missing, and when time changes it, is not
    told: that takes the person's events."""
    found = () if one.found is None else (one.found(profile_id),)
    parts = tuple(verdict(part, profile_id) for part in one.parts)
    holds = _holds(one.formula, profile_id)
    return Verdict(one.clause.kind, one.clause.text, holds, found, parts=parts)


def _holds(root: Formula, profile_id: int) -> bool:
    match root:
        case Combined(parts, low, high):
            return low <= sum(_holds(part, profile_id) for part in parts) <= high
        case Complement(part):
            return not _holds(part, profile_id)
        case condition if condition.bits is not None:
            return bitsets.has(condition.bits, profile_id)
        case _:
            raise ValueError("a formula was asked before its conditions")


def _finding(node: plan.Predicate, root: Formula, voice: Voice) -> Callable[[int], str] | None:
    """What says the number that a condition follows from, in the words of `why`."""
    while isinstance(node, plan.Not):
        node = node.child
    (condition, *others) = conditions_of(root) if isinstance(root, Complement | Counted) else (None,)
    if others or not isinstance(condition, Counted) or simplified(node) is not node:
        return None
    vectors = condition.vectors
    match node:
        case plan.HasEvents(scan):
            dates = voice.dates(scan.window)
            return lambda person: f"{words.counted(int(vectors[0].values[person]), scan)}{dates}"
        case plan.Compare(_, plan.Aggregate(function) as measure, plan.Number()):
            name = words.named(measure)
            return lambda person: f"{name} is {words.said(_value(function, person, condition), voice)}"
        case _:
            return None


def _value(function: str, person: int, condition: Counted) -> float | None:
    """What a measure comes to; None where it is not set."""
    number, *counts = (float(vector.values[person]) for vector in condition.vectors)
    if function == "count":
        return number
    amount = number / layout.AMOUNT_SCALE
    if not counts:
        return amount
    return None if not counts[0] else amount / counts[0] if function == "average" else amount
