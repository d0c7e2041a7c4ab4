"""Membership: `in list "VIP"`, `in segment "Winback"`, `joined list "VIP" today`, `left segment "Winback" this week`."""

from typing import Literal

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import MAP_IT, Scope
from segql.compiler.conditions.parameters import OrParameter, Parameter, given, name_or_parameter
from segql.compiler.conditions.windows import Timed, lower_window
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import listing, quoted


class InList(Condition, tag="in list"):
    """A member of a list now."""

    name: OrParameter

    def check(self, scope: Scope) -> None:
        if isinstance(self.name, str):
            scope.check_list(self.name, self.span)

    def lower(self, scope: Scope) -> plan.Predicate:
        name = given(self.name)
        return plan.InList(scope.catalog.list_name(name) or name)

    def text(self) -> str:
        return f"in list {name_or_parameter(self.name)}"

    def english(self, voice: Voice) -> str:
        return f"who are in the list {name_or_parameter(self.name)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who are not in the list {name_or_parameter(self.name)}"


class InSegment(Condition, tag="in segment"):
    """A member of another segment: its definition stands here in its place."""

    name: OrParameter

    def check(self, scope: Scope) -> None:
        if isinstance(self.name, Parameter):
            return
        definition = scope.check_segment(self.name, self.span)
        if definition is None:
            return
        if definition.waits_for:
            wanted = listing(definition.waits_for, "and")
            scope.report(
                Code.SG213,
                f"the segment {quoted(definition.name)} waits for {wanted}, and nobody gives it here",
                self.span,
                "write what is meant there, or make a define of it and call that",
            )
            return
        with scope.inside(definition) as inner:
            definition.condition.check(inner)

    def lower(self, scope: Scope) -> plan.Predicate:
        definition = scope.library.segment(given(self.name))
        if definition is None:
            raise LookupError(self.name)
        with scope.inside(definition) as inner:
            return definition.condition.lower(inner)

    def text(self) -> str:
        return f"in segment {name_or_parameter(self.name)}"

    def english(self, voice: Voice) -> str:
        return f"who are in the segment {name_or_parameter(self.name)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who are not in the segment {name_or_parameter(self.name)}"


class MovedList(Timed, tag="moved list"):
    """Came onto a list, or went off it."""

    way: Literal["joined", "left"]
    name: OrParameter

    def check(self, scope: Scope) -> None:
        super().check(scope)
        if isinstance(self.name, str) and scope.check_list(self.name, self.span) is not None:
            self._check_times(scope)

    def _check_times(self, scope: Scope) -> None:
        """That own tables say when."""
        lists = None if scope.catalog.tables is None else scope.catalog.tables.lists
        if lists is not None and (lists.joined if self.way == "joined" else lists.left) is None:
            scope.check_store(f"column that says when somebody {self.way} a list", self.span, MAP_IT)

    def lower(self, scope: Scope) -> plan.Predicate:
        name = given(self.name)
        way: Literal["in", "out"] = "in" if self.way == "joined" else "out"
        known = scope.catalog.list_name(name) or name
        return plan.Moved("list", known, way, lower_window(self.window, scope))

    def text(self) -> str:
        return f"{self.way} list {name_or_parameter(self.name)}{self.when()}"

    def english(self, voice: Voice) -> str:
        return f"who {self.way} the list {name_or_parameter(self.name)}{self.english_when(voice)}"

    def english_complement(self, voice: Voice) -> str:
        verb = "join" if self.way == "joined" else "leave"
        return f"who did not {verb} the list {name_or_parameter(self.name)}{self.english_when(voice)}"


class MovedSegment(Timed, tag="moved segment"):
    """Came into a segment, or went out of it, by the history that refreshing it keeps."""

    way: Literal["entered", "left"]
    name: OrParameter

    def check(self, scope: Scope) -> None:
        super().check(scope)
        scope.check_store("history of who was in a segment", self.span)
        if isinstance(self.name, str):
            scope.check_segment(self.name, self.span)

    def lower(self, scope: Scope) -> plan.Predicate:
        definition = scope.library.segment(given(self.name))
        if definition is None:
            raise LookupError(self.name)
        way: Literal["in", "out"] = "in" if self.way == "entered" else "out"
        return plan.Moved("segment", definition.name, way, lower_window(self.window, scope))

    def text(self) -> str:
        return f"{self.way} segment {name_or_parameter(self.name)}{self.when()}"

    def english(self, voice: Voice) -> str:
        return f"who {self.way} the segment {name_or_parameter(self.name)}{self.english_when(voice)}"

    def english_complement(self, voice: Voice) -> str:
        verb = "enter" if self.way == "entered" else "leave"
        return f"who did not {verb} the segment {name_or_parameter(self.name)}{self.english_when(voice)}"
