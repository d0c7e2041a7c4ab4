"""From Lark's parse tree to the syntax tree: one method a rule of the grammar, without recursion."""

from collections.abc import Callable
from typing import Any

from lark import Token, Tree

from segql.compiler.ast.base import Node
from segql.compiler.parse.comparisons import ComparisonRules
from segql.compiler.parse.events import EventRules
from segql.compiler.parse.examples import ExampleRules
from segql.compiler.parse.logic import LogicRules
from segql.compiler.parse.people import PeopleRules
from segql.compiler.parse.statements import StatementRules
from segql.compiler.parse.windows import WindowRules


class TreeBuilder(
    StatementRules, ExampleRules, LogicRules, EventRules, ComparisonRules, WindowRules, PeopleRules
):
    """All rules of the grammar."""

    # What stands where nothing could be read, in a text with mistakes (see `recovery`).
    hole: Callable[[Token], Node] | None = None

    def build(self, trees: list[Tree[Token]]) -> Any:
        """What the method of the first tree's rule makes of what the methods of the rules below it made. `trees`: the
        first and all in it, each before those in it."""
        made: dict[int, Any] = {}
        for tree in reversed(trees):
            children = [
                made.pop(id(child)) if isinstance(child, Tree) else self._token(child)
                for child in tree.children
            ]
            made[id(tree)] = getattr(self, tree.data)(tree.meta, children)
        return made[id(trees[0])]

    def _token(self, token: Any) -> Any:
        return self.hole(token) if self.hole is not None and getattr(token, "type", "") == "HOLE" else token
