"""Membership: `in list "VIP"`, `in segment "Winback"`, `joined list "VIP" today`, `left segment "Winback" this week`."""

from typing import Literal

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.parameters import OrParameter, Parameter
from segql.compiler.conditions.windows import Timed, lower_window
from segql.compiler.plan import nodes as plan
from segql.compiler.text import quoted


class InList(Condition, tag="in list"):
    """A member of a list now."""

    name: OrParameter

    def check(self, scope: Scope) -> None:
        if isinstance(self.name, str):
            scope.check_list(self.name, self.span)

    def lower(self, scope: Scope) -> plan.Predicate:
        name = _known(self.name)
        return plan.InList(scope.catalog.list_name(name) or name)

    def text(self) -> str:
        return f"in list {_written(self.name)}"

    def english(self, voice: Voice) -> str:
        return f"who are in the list {_written(self.name)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who are not in the list {_written(self.name)}"


class InSegment(Condition, tag="in segment"):
    """A member of another segment: its definition stands here in its place."""

    name: OrParameter

    def check(self, scope: Scope) -> None:
        if isinstance(self.name, Parameter):
            return
        definition = scope.check_segment(self.name, self.span)
        if definition is not None:
            with scope.inside(definition) as inner:
                definition.condition.check(inner)

    def lower(self, scope: Scope) -> plan.Predicate:
        definition = scope.library.segment(_known(self.name))
        if definition is None:
            raise LookupError(self.name)
        with scope.inside(definition) as inner:
            return definition.condition.lower(inner)

    def text(self) -> str:
        return f"in segment {_written(self.name)}"

    def english(self, voice: Voice) -> str:
        return f"who are in the segment {_written(self.name)}"

    def english_complement(self, voice: Voice) -> str:
        return f"who are not in the segment {_written(self.name)}"


class MovedList(Timed, tag="moved list"):
    """Came onto a list, or went off it."""

    way: Literal["joined", "left"]
    name: OrParameter

    def check(self, scope: Scope) -> None:
        super().check(scope)
        if isinstance(self.name, str):
            scope.check_list(self.name, self.span)

    def lower(self, scope: Scope) -> plan.Predicate:
        name = _known(self.name)
        way: Literal["in", "out"] = "in" if self.way == "joined" else "out"
        known = scope.catalog.list_name(name) or name
        return plan.Moved("list", known, way, lower_window(self.window, scope))

    def text(self) -> str:
        return f"{self.way} list {_written(self.name)}{self.when()}"

    def english(self, voice: Voice) -> str:
        return f"who {self.way} the list {_written(self.name)}{self.english_when(voice)}"

    def english_complement(self, voice: Voice) -> str:
        verb = "join" if self.way == "joined" else "leave"
        return f"who did not {verb} the list {_written(self.name)}{self.english_when(voice)}"


class MovedSegment(Timed, tag="moved segment"):
    """Came into a segment, or went out of it, by the history that refreshing it keeps."""

    way: Literal["entered", "left"]
    name: OrParameter

    def check(self, scope: Scope) -> None:
        super().check(scope)
        if isinstance(self.name, str):
            scope.check_segment(self.name, self.span)

    def lower(self, scope: Scope) -> plan.Predicate:
        definition = scope.library.segment(_known(self.name))
        if definition is None:
            raise LookupError(self.name)
        way: Literal["in", "out"] = "in" if self.way == "entered" else "out"
        return plan.Moved("segment", definition.name, way, lower_window(self.window, scope))

    def text(self) -> str:
        return f"{self.way} segment {_written(self.name)}{self.when()}"

    def english(self, voice: Voice) -> str:
        return f"who {self.way} the segment {_written(self.name)}{self.english_when(voice)}"

    def english_complement(self, voice: Voice) -> str:
        verb = "enter" if self.way == "entered" else "leave"
        return f"who did not {verb} the segment {_written(self.name)}{self.english_when(voice)}"


def _known(name: str | Parameter) -> str:
    if isinstance(name, Parameter):
        raise TypeError(name)
    return name


def _written(name: str | Parameter) -> str:
    return name.text() if isinstance(name, Parameter) else quoted(name)
