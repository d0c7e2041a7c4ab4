"""Rows that compare numbers or dates with each other: terms, one a line, each joined to what stands before it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition, Term, Test
from segql.web.builder.of_events import read_term, write_term
from segql.web.builder.operators import COMPARES, amount_of
from segql.web.builder.parts import IncompleteError, Part
from segql.web.builder.row import Below, Values, named
from segql.web.builder.windows import length_of

# What stands for a measure where a line is a number that is written out.
WRITTEN = "written"
WORKED_OUT = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_DATES = {
    f"{negation}{within}{relation}": f"is {negation}{within and 'within … '}{relation}"
    for negation in ("", "not ")
    for within in ("", "within ")
    for relation in ("before", "after")
}
_COMPARED = {**{one: f"is {one}" for one in COMPARES}, "is": "is", "is not": "is not", **_DATES}
JOINS = WORKED_OUT | _COMPARED


class Operand(NamedTuple):
    """A line. `within`: how long before or after."""

    join: str
    term: Any
    within: c.Length | None = None


def operands_of(node: Condition) -> list[Operand]:
    """The lines of a comparison, as they are read without brackets; none of another condition."""
    join: str
    match node:
        case c.Comparison(term=left, test=c.Compares(operator=join, value=right)):
            return [*_lines("", left), *_lines(join, right)]
        case c.Comparison(term=left, test=c.Is(value=right, negated=negated)):
            return [*_lines("", left), *_lines("is not" if negated else "is", right)]
        case c.Comparison(
            term=left, test=c.IsBeside(relation=relation, other=right, within=within, negated=negated)
        ) if isinstance(within, c.Length | None):
            join = f"{'not ' * negated}{'within ' * (within is not None)}{relation}"
            return [*_lines("", left), Operand(join, right, within)]
        case _:
            return []


def read_compared(node: Condition) -> Values | None:
    """`predicted_clv more than 2 * historic_clv`; its lines are read apart."""
    return {} if operands_of(node) else None


def write_compared(part: Part, below: Below) -> Condition | None:
    """Of a row, the condition; None where a line of it misses something, which is told there."""
    if len(below.operands) < len(part.children):
        return None
    first, *others = below.operands or (None,)
    at = [index for index, operand in enumerate(others, start=1) if operand.join in _COMPARED]
    if first is None or len(at) != 1:
        raise IncompleteError("compare it with one thing: choose “is …” on one line")
    right = below.operands[at[0] :]
    term = _together(below.operands[: at[0]])
    return c.Comparison(term=term, test=_test(right[0], _together(right)))  # type: ignore[arg-type]  # any of them


def needs_length(join: str) -> bool:
    """Whether a line is within some time of the one before."""
    return join in _DATES and "within" in join


def read_operand(operand: Operand) -> Values | None:
    """The fields of a line; None where a form has none for it."""
    head: Values = {"join": [operand.join]}
    if operand.within is not None:
        head |= {"w.count": [str(operand.within.count)], "w.unit": [operand.within.unit]}
    match operand.term:
        case c.Number() | c.Length() as number:
            return head | {"function": [WRITTEN], "value": [number.text()]}
        case c.Attribute(name=name):
            return head | {"function": [""], "name": [name]}
        case term:
            found = read_term(term)
            return None if found is None else head | found


def write_operand(part: Part, below: Below) -> Operand:
    """Of a line, what it says. Raises IncompleteError."""
    join, function = part.get("join"), part.get("function")
    within = length_of(part) if needs_length(join) else None
    if function == WRITTEN:
        return Operand(join, amount_of(part.get("value")), within)
    if not function:
        return Operand(join, c.Attribute(name=named(part, "name", "an attribute")), within)
    return Operand(join, write_term(part, below), within)


def _lines(join: str, term: Any) -> list[Operand]:
    if isinstance(term, c.Arithmetic):
        return [*_lines(join, term.left), *_lines(term.operator, term.right)]
    return [Operand(join, term)]


def _together(operands: Sequence[Operand]) -> Term:
    """The term of some lines: products before sums, as without brackets."""
    sums: list[tuple[str, Any]] = []
    for join, term, _ in operands:
        if join in ("*", "/") and sums:
            sign, before = sums[-1]
            sums[-1] = (sign, _worked_out(join, before, term))
        else:
            sums.append((join, term))
    (_, found), *others = sums
    for sign, term in others:
        found = _worked_out(sign, found, term)
    made: Term = found
    return made


def _worked_out(operator: str, left: Any, right: Any) -> c.Arithmetic:
    if operator not in WORKED_OUT:
        raise IncompleteError("choose how it goes with the line before it")
    return c.Arithmetic(operator=operator, left=left, right=right)  # type: ignore[arg-type]  # one of them


def _test(compared: Operand, right: Any) -> Test:
    join = compared.join
    if join in COMPARES:
        return c.Compares(operator=join, value=right)  # type: ignore[arg-type]  # one of them
    if join not in _DATES:
        return c.Is(value=right, negated=join == "is not")
    if not isinstance(right, c.Attribute | c.Recency):
        raise IncompleteError("compare a date with an attribute, or with the first or the last of an event")
    relation: Any = join.split()[-1]
    return c.IsBeside(relation=relation, other=right, within=compared.within, negated=join.startswith("not"))
