"""From Lark's parse tree to the syntax tree: one method a rule of the grammar, without recursion."""

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
