"""So many of several conditions: `at least 2 of (a, b, c)`, `any of (...)`, `all of (...)`, `none of (...)`."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta

from segql.compiler.ast.base import Condition
from segql.compiler.ast.values import WholeNumber
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.how_often import Operator, limits
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition


class Several(Condition, tag="several"):
    """How many of the conditions hold: any, all, none, or a number of them."""

    about_profiles: ClassVar[bool] = False
    operator: Literal["any", "all", "none"] | Operator
    number: WholeNumber | None = None
    upper: WholeNumber | None = None
    children: Annotated["tuple[AnyCondition, ...]", Meta(min_length=1)]

    def __post_init__(self) -> None:
        if (self.number is None) != (self.operator in ("any", "all", "none")):
            raise ValueError("`number` belongs to the operators that count")
        if (self.upper is not None) != (self.operator == "between"):
            raise ValueError("`upper` belongs to `between`, and only to it")

    def check(self, scope: Scope) -> None:
        for child in self.children:
            child.check(scope)
        if self.number is None:
            return
        most = max(self.number, self.upper or 0)
        if most > len(self.children) or (self.upper is not None and self.upper < self.number):
            scope.report(
                Code.SG106,
                f"{self._how_many()} of {len(self.children)} conditions cannot be counted",
                self.span,
                f"write numbers from 0 to {len(self.children)}, the smaller one first",
            )
        elif limits(self.operator, self.number, self.upper)[1] == -1:  # type: ignore[arg-type]  # counts, as it has a number
            scope.report(Code.SG106, "fewer than 0 conditions never hold", self.span, "write at least 1")

    def lower(self, scope: Scope) -> plan.Predicate:
        children = [child.lower(scope) for child in self.children]
        match self.operator:
            case "any":
                return plan.disjunction(*children)
            case "all":
                return plan.conjunction(*children)
            case "none":
                return plan.complement(plan.disjunction(*children))
            case operator:
                low, high = limits(operator, self.number or 0, self.upper)
                return plan.count_of(tuple(children), low, high)

    def text(self) -> str:
        return f"{self._how_many()} of ({', '.join(child.text() for child in self.children)})"

    def english(self, voice: Voice) -> str:
        return f"for whom {self._how_many()} of these hold: ({self._clauses(voice)})"

    def english_complement(self, voice: Voice) -> str:
        return f"for whom it is not so that {self._how_many()} of these hold: ({self._clauses(voice)})"

    def _clauses(self, voice: Voice) -> str:
        return "; ".join(child.english(voice) for child in self.children)

    def _how_many(self) -> str:
        if self.number is None:
            return self.operator
        return f"{self.operator} {self.number}" + (f" and {self.upper}" if self.upper is not None else "")
