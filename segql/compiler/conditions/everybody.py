"""`everybody`: all people of the store."""

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.plan import nodes as plan


class Everybody(Condition, tag="everybody"):
    """True of all, so that questions can be asked about all: `count everybody by country`."""

    def check(self, scope: Scope) -> None:
        """Always a condition."""

    def lower(self, scope: Scope) -> plan.Predicate:
        return plan.Constant(True)

    def text(self) -> str:
        return "everybody"

    def english(self, voice: Voice) -> str:
        return "who are in the store"

    def english_complement(self, voice: Voice) -> str:
        return "who are not in the store, so nobody"
