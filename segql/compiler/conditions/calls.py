"""Calls of a `define`: `lapsed("Placed Order", window: 90 days)`. What is defined stands here in its place."""

from segql.compiler.ast.base import Condition, Node
from segql.compiler.ast.values import Word
from segql.compiler.ast.voice import Voice
from segql.compiler.ast.walk import walk
from segql.compiler.check.library import Template
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.arguments import AnyArgument, argument_for
from segql.compiler.conditions.operands import value_text
from segql.compiler.conditions.parameters import WANTED, Parameter, Place, substituted
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.source import Span
from segql.compiler.text import listing, nearest


class Argument(Node, tag=False):
    """What is given for a parameter, by its place or by its name."""

    name: Word | None = None
    value: AnyArgument

    def __post_init__(self) -> None:
        if isinstance(self.value, Parameter) and self.value.place != "value":
            raise ValueError("a parameter that is handed on has the place `value`")

    def text(self) -> str:
        value = value_text(self.value)
        return value if self.name is None else f"{self.name}: {value}"


class Call(Condition, tag="call"):
    """A `define` with what is given for its parameters."""

    name: Word
    arguments: tuple[Argument, ...] = ()

    def check(self, scope: Scope) -> None:
        start = self.span.start
        template = scope.check_template(self.name, Span(start, start + len(self.name)))
        if template is None:
            return
        given = self._given(scope, template)
        if given is None:
            return
        # What is wrong whatever is given is the definition's own fault, and is reported where it stands.
        fault = scope.library.fault(template, lambda: _fault(scope, template))
        if fault is not None:
            if template.source is not scope.source:
                scope.report(
                    Code.SG211,
                    f"the define {template.name} cannot be used: {fault}",
                    self.span,
                    "correct it where it is defined",
                )
            return
        inner = scope.calling(template)
        self._expanded(template, given).check(inner)
        for problem in dict.fromkeys(inner.found):
            scope.report(problem.code, f"in {template.name}: {problem.message}", self.span, problem.remedy)

    def expanded(self, scope: Scope) -> tuple[Condition, Scope]:
        """What is called, with what is given in it, and the scope in which it stands; after the checks."""
        template = scope.library.template(self.name)
        given = None if template is None else self._given(scope, template)
        if template is None or given is None:
            raise LookupError(self.name)
        return self._expanded(template, given), scope.calling(template)

    def lower(self, scope: Scope) -> plan.Predicate:
        condition, inner = self.expanded(scope)
        return condition.lower(inner)

    def text(self) -> str:
        return f"{self.name}({', '.join(argument.text() for argument in self.arguments)})"

    def english(self, voice: Voice) -> str:
        return f"for whom {self.text()} holds"

    def english_complement(self, voice: Voice) -> str:
        return f"for whom {self.text()} does not hold"

    @staticmethod
    def _expanded(template: Template, given: dict[str, AnyArgument]) -> Condition:
        """The template's condition with what is given in the places of its parameters."""
        values = {
            (node.name, node.place): argument_for(given[node.name], node.place)
            for node in walk(template.condition)
            if isinstance(node, Parameter) and node.name in given
        }
        expanded: Condition = substituted(template.condition, values)
        return expanded

    def _given(self, scope: Scope, template: Template) -> dict[str, AnyArgument] | None:
        """What is given for each parameter; None after a diagnostic."""
        before = len(scope.found)
        names = list(template.parameters)
        given: dict[str, AnyArgument] = {}
        for index, argument in enumerate(self.arguments):
            name = argument.name or (names[index] if index < len(names) else None)
            if name not in template.parameters or name is None:
                self._report_surplus(scope, template, argument)
            elif name in given:
                scope.report(Code.SG211, f"{name} is given twice", argument.span, "take one of them out")
            else:
                given[name] = argument.value
        for name, default in template.parameters.items():
            if name not in given and default is not None:
                given[name] = default  # type: ignore[assignment]  # defaults are written like arguments
        missing = [name for name in names if name not in given]
        if missing and len(scope.found) == before:
            scope.report(
                Code.SG211,
                f"{self.name} needs {listing(missing, 'and')}",
                self.span,
                f"write {self.name}({', '.join(names)})",
            )
        self._check_places(scope, template, given)
        return given if len(scope.found) == before else None

    def _report_surplus(self, scope: Scope, template: Template, argument: Argument) -> None:
        names = list(template.parameters)
        near = nearest(argument.name or "", names, limit=1)
        takes = f"it takes {listing(names, 'and')}" if names else "it takes nothing"
        scope.report(
            Code.SG211,
            f"{template.name} has no parameter {argument.name}"
            if argument.name
            else f"{template.name} takes {len(names)} values, and this is one more",
            argument.span,
            f"did you mean {near[0]}?" if near else takes,
        )

    @staticmethod
    def _check_places(scope: Scope, template: Template, given: dict[str, AnyArgument]) -> None:
        """Report what is given for a place that it cannot stand in."""
        wrong: dict[str, Place] = {}
        for node in walk(template.condition):
            if not isinstance(node, Parameter) or node.name not in given:
                continue
            if argument_for(given[node.name], node.place) is None:
                wrong.setdefault(node.name, node.place)
        for name, place in wrong.items():
            scope.report(
                Code.SG302,
                f"{template.name} needs another value for {name} than {given[name].text()}",
                given[name].span,
                f"write {WANTED[place]}",
            )


def _fault(scope: Scope, template: Template) -> str | None:
    """The first error of a template's condition, before anything is given for its parameters."""
    inner = scope.calling(template)
    template.condition.check(inner)
    return next((problem.message for problem in inner.found if problem.severity == "error"), None)
