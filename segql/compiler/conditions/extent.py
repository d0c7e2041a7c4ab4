"""How large a condition is with all the segments and calls in it, before anything follows them into their definitions."""

import re
from typing import NamedTuple

from segql.compiler.ast.base import Condition, Node
from segql.compiler.ast.walk import nodes_in
from segql.compiler.check.library import Library
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.calls import Call
from segql.compiler.conditions.did import Step
from segql.compiler.conditions.logic import And, Not, Or
from segql.compiler.conditions.membership import InSegment
from segql.compiler.conditions.several import Several
from segql.compiler.diagnostics.codes import Code

MOST_CONDITIONS = 10_000
MOST_LEVELS = 64
# What may be a segment or a call: most texts have none, and need not be measured.
_OPENS = re.compile(
    r"\bin\s+segment\b|\b(?!(?:and|or|not|of|in|where|among|by|show|then|is)\b)[^\W\d]\w*\s*\(", re.IGNORECASE
)
# Tuples: a union would be made anew at each test, and every node of every definition is tested.
_COMBINING, _OPENING, _COUNTED = (And, Or, Not, Several), (InSegment, Call), (Condition, Step)


class Extent(NamedTuple):
    """How many conditions there are, each as often as it is looked into, and on how many levels of `and`, `or` and `not`."""

    conditions: int
    levels: int


def check_extent(condition: Condition, scope: Scope) -> bool:
    """Whether a condition is small enough to be looked into; reports one that is not."""
    text = scope.source.text
    if len(text) < MOST_CONDITIONS and not isinstance(condition, _OPENING) and not _OPENS.search(text):
        return True  # how deep a text itself is was seen when it was read
    found = _Measure(scope.library).of(condition, 0)
    if found.levels > MOST_LEVELS:
        scope.report(
            Code.SG103,
            f"with the segments in it, this is nested more than {MOST_LEVELS} levels deep",
            condition.span,
            "put the people of one of the inner segments into a list, or say it in fewer steps",
        )
    elif found.conditions > MOST_CONDITIONS:
        scope.report(
            Code.SG120,
            f"with the segments and calls in it, this has more than {MOST_CONDITIONS:,} conditions",
            condition.span,
            "compare with many values at once by `is in (...)`, or put people into a list",
        )
    return found.levels <= MOST_LEVELS and found.conditions <= MOST_CONDITIONS


class _Measure:
    """Measures each definition once, however often it is used."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[tuple[str, str], Extent] = {}

    def of(self, condition: Condition, above: int) -> Extent:
        """The extent of a condition that has so many levels above it; too many are not followed further down."""
        if above > MOST_LEVELS:
            return Extent(1, 1)
        conditions = levels = 0
        waiting: list[tuple[Node, int]] = [(condition, 0)]
        while waiting:
            node, level = waiting.pop()
            if isinstance(node, _COMBINING):
                level += 1
            elif isinstance(node, _OPENING):
                inner = self._definition(node, above + level)
                conditions += inner.conditions
                levels = max(levels, level + 1 + inner.levels)
            elif isinstance(node, _COUNTED):
                conditions += 1
            levels = max(levels, level)
            if above + levels > MOST_LEVELS:
                return Extent(conditions, levels)
            waiting.extend((inner, level) for inner in nodes_in(node))
        return Extent(conditions, levels)

    def _definition(self, node: InSegment | Call, above: int) -> Extent:
        if not isinstance(node.name, str):
            return Extent(1, 0)
        key = (node.kind, node.name.lower())
        if key not in self._known:
            # One that asks for itself is told of when it is looked up.
            self._known[key] = Extent(1, 0)
            found = (
                self._library.segment(node.name)
                if isinstance(node, InSegment)
                else self._library.template(node.name)
            )
            if found is not None:
                self._known[key] = self.of(found.condition, above + 1)
        return self._known[key]
