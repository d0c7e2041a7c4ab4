"""Membership: `in list "VIP"`, `in segment "Winback"`."""

from typing import Literal

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.plan import nodes as plan
from segql.compiler.text import quoted


class InList(Condition):
    """A member of a list now."""

    kind: Literal["in list"] = "in list"
    name: str

    def check(self, scope: Scope) -> None:
        scope.check_list(self.name, self.span)

    def lower(self, scope: Scope) -> plan.Predicate:
        return plan.InList(scope.catalog.list_name(self.name) or self.name)

    def text(self) -> str:
        return f"in list {quoted(self.name)}"

    def english(self, voice: Voice) -> str:
        return f"who are in the list {quoted(self.name)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who are not in the list {quoted(self.name)}"


class InSegment(Condition):
    """A member of another segment: its definition stands here in its place."""

    kind: Literal["in segment"] = "in segment"
    name: str

    def check(self, scope: Scope) -> None:
        definition = scope.check_segment(self.name, self.span)
        if definition is not None:
            with scope.inside(definition) as inner:
                definition.condition.check(inner)

    def lower(self, scope: Scope) -> plan.Predicate:
        definition = scope.definitions(self.name)
        if definition is None:
            raise LookupError(self.name)
        with scope.inside(definition) as inner:
            return definition.condition.lower(inner)

    def text(self) -> str:
        return f"in segment {quoted(self.name)}"

    def english(self, voice: Voice) -> str:
        return f"who are in the segment {quoted(self.name)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who are not in the segment {quoted(self.name)}"
