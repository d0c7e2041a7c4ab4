"""Statements: a segment with its name, a `define`, and what analysts ask. A text is a tuple of them."""

from typing import Literal

from segql.compiler.ast.base import Node
from segql.compiler.statements.base import Meaning, Statement
from segql.compiler.statements.definitions import Ask, Define, Formal, SegmentDefinition
from segql.compiler.statements.questions import Compare, Count, Explain, Funnel, Overlap, Show, Trend, Why

AnyStatement = (
    Ask | SegmentDefinition | Define | Count | Show | Trend | Overlap | Funnel | Why | Compare | Explain
)


class Tree(Node, tag=False):
    """The syntax tree of a whole text; `version` counts the changes of its JSON that old readers cannot read."""

    version: Literal[1] = 1
    statements: tuple[AnyStatement, ...]

    def text(self) -> str:
        return " ".join(statement.text() for statement in self.statements)


__all__ = [
    "AnyStatement",
    "Ask",
    "Compare",
    "Count",
    "Define",
    "Explain",
    "Formal",
    "Funnel",
    "Meaning",
    "Overlap",
    "SegmentDefinition",
    "Show",
    "Statement",
    "Tree",
    "Trend",
    "Why",
]
