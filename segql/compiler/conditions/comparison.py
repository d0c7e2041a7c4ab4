"""A comparison: a term on the left, a test on the right."""

from typing import TYPE_CHECKING, ClassVar

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.states import IsSet
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyTerm, AnyTest


class Comparison(Condition, tag="comparison"):
    """`gender is "female"`, `sum of Total from "Placed Order" at least $500`, `last "Placed Order" is today`."""

    about_profiles: ClassVar[bool] = False
    term: "AnyTerm"
    test: "AnyTest"

    def check(self, scope: Scope) -> None:
        left = self.term.check(scope)
        if left is not None:
            self.test.check(scope, left, self.term)

    def lower(self, scope: Scope) -> plan.Predicate:
        left = self.term.check(scope)
        if left is None:
            raise TypeError(self.term)
        return self.test.lower(scope, self.term.lower(scope), left)

    def text(self) -> str:
        return f"{self.term.text()} {self.test.text()}"

    def english(self, voice: Voice) -> str:
        return f"whose {self.term.english(voice)} {self.test.english(voice)}"

    def english_complement(self, voice: Voice) -> str:
        if isinstance(self.test, IsSet):
            opposite = IsSet(negated=not self.test.negated)
            return f"whose {self.term.english(voice)} {opposite.english(voice)}"
        return super().english_complement(voice)
