"""What a value is: set or not, true or false, a date in a stretch of time."""

from typing import TYPE_CHECKING, Literal

from segql.compiler.ast.base import Term, Test
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.operands import check_type
from segql.compiler.conditions.windows import AnyWindow
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    pass


class IsSet(Test):
    """`is set`, `is not set`."""

    kind: Literal["is set"] = "is set"
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        """Every type can be set."""

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.complement(plan.IsSet(term)) if self.negated else plan.IsSet(term)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}set"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}known"


class IsBoolean(Test):
    """`is true`, `is false`."""

    kind: Literal["is boolean"] = "is boolean"
    value: bool

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        check_type(scope, self, term, left, ("boolean",), f"is {str(self.value).lower()}")

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.IsBoolean(term, self.value)

    def text(self) -> str:
        return f"is {str(self.value).lower()}"

    def english(self, voice: Voice) -> str:
        return self.text()


class IsDuring(Test):
    """`is in the last 30 days`, `is more than 60 days ago`, `is not before 2026-01-31`."""

    kind: Literal["is during"] = "is during"
    window: AnyWindow
    negated: bool = False

    def check(self, scope: Scope, left: ValueType, term: Term) -> None:
        if check_type(scope, self, term, left, ("date", "datetime"), self.window.text()):
            self.window.check(scope)

    def lower(self, scope: Scope, term: plan.Term, left: ValueType) -> plan.Predicate:
        return plan.InWindow(term, self.window.lower(), negated=self.negated)

    def text(self) -> str:
        return f"is {'not ' if self.negated else ''}{self.window.text()}"

    def english(self, voice: Voice) -> str:
        return f"is {'not ' if self.negated else ''}{self.window.english(voice)}"
