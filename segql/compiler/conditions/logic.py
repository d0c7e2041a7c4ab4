"""`and`, `or`, `not`: n-ary, and never mixed on one level without brackets."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition


class _Combined(Condition):
    about_profiles: ClassVar[bool] = False
    children: Annotated["tuple[AnyCondition, ...]", Meta(min_length=2)]

    def check(self, scope: Scope) -> None:
        for child in self.children:
            child.check(scope)


class And(_Combined, tag="and"):
    """All of the conditions."""

    def lower(self, scope: Scope) -> plan.Predicate:
        return plan.conjunction(*(child.lower(scope) for child in self.children))

    def text(self) -> str:
        return " and ".join(bracketed(child) for child in self.children)

    def english(self, voice: Voice) -> str:
        return " and ".join(_clause(child, voice) for child in self.children)


class Or(_Combined, tag="or"):
    """At least one of the conditions."""

    def lower(self, scope: Scope) -> plan.Predicate:
        return plan.disjunction(*(child.lower(scope) for child in self.children))

    def text(self) -> str:
        return " or ".join(bracketed(child) for child in self.children)

    def english(self, voice: Voice) -> str:
        return " or ".join(_clause(child, voice) for child in self.children)


class Not(Condition, tag="not"):
    """Everybody for whom the condition does not hold."""

    about_profiles: ClassVar[bool] = False
    child: "AnyCondition"

    def check(self, scope: Scope) -> None:
        self.child.check(scope)

    def lower(self, scope: Scope) -> plan.Predicate:
        return plan.complement(self.child.lower(scope))

    def text(self) -> str:
        # A sequence goes on behind its first event; in brackets it is seen that all of it is denied.
        goes_on = bool(getattr(self.child, "steps", ()))
        return f"not ({self.child.text()})" if goes_on else f"not {bracketed(self.child)}"

    def english(self, voice: Voice) -> str:
        return self.child.english_complement(voice)

    def english_complement(self, voice: Voice) -> str:
        return self.child.english(voice)


def bracketed(condition: Condition) -> str:
    """The text of a condition as a part of a larger one."""
    return f"({condition.text()})" if isinstance(condition, And | Or) else condition.text()


def _clause(condition: Condition, voice: Voice) -> str:
    clause = condition.english(voice)
    return f"({clause})" if isinstance(condition, And | Or) else clause
