"""Definitions: a condition by itself, a segment with its name, a `define` with its parameters."""

from segql.compiler.ast.base import Node
from segql.compiler.ast.values import Word
from segql.compiler.ast.walk import walk
from segql.compiler.catalog.model import Segment
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import Parameter
from segql.compiler.conditions.arguments import AnyDefault
from segql.compiler.conditions.operands import value_text
from segql.compiler.diagnostics.codes import Code
from segql.compiler.examples import Expectation
from segql.compiler.statements.base import Meaning, OfOneCondition
from segql.compiler.text import nearest, quoted, word_text


class Ask(Meaning, tag="ask"):
    """A condition by itself: who is meant?"""


class SegmentDefinition(Meaning, tag="segment"):
    """`segment "Name" "description" [tags: a, b; owner: c]: condition`, and examples."""

    name: str
    description: str | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None
    expectations: tuple[Expectation, ...] = ()

    def check(self, scope: Scope) -> None:
        super().check(scope)
        for expectation in self.expectations:
            expectation.check(scope)

    def stored(self, written: str | None = None) -> Segment:
        """The segment as a store keeps it. `written`: its canonical form with its comments, where it has some."""
        return Segment(
            name=self.name,
            definition=self.body(),
            description=self.description,
            tags=self.tags,
            owner=self.owner,
            examples=tuple(expectation.text() for expectation in self.expectations),
            written=written,
        )

    def heading(self) -> str:
        """The first line, up to the colon."""
        return segment_heading(self)

    def text(self) -> str:
        examples = "".join(f" {expectation.text()}" for expectation in self.expectations)
        return f"{self.heading()} {self.body()}{examples}"


def segment_heading(segment: SegmentDefinition | Segment) -> str:
    """The first line of a segment, written or stored, up to the colon."""
    description = f" {quoted(segment.description)}" if segment.description is not None else ""
    notes = [f"tags: {', '.join(map(word_text, segment.tags))}"] if segment.tags else []
    notes += [f"owner: {word_text(segment.owner)}"] if segment.owner is not None else []
    bracket = f" [{'; '.join(notes)}]" if notes else ""
    return f"segment {quoted(segment.name)}{description}{bracket}:"


class Formal(Node, tag=False):
    """A parameter of a `define`, perhaps with a default."""

    name: Word
    default: AnyDefault | None = None

    def text(self) -> str:
        return self.name if self.default is None else f"{self.name} = {value_text(self.default)}"


class Define(OfOneCondition, tag="define"):
    """`define lapsed(event, window = 60 days): condition`."""

    name: Word
    parameters: tuple[Formal, ...] = ()

    def check(self, scope: Scope) -> None:
        super().check(scope)
        known = {parameter.name for parameter in self.parameters}
        for node in walk(self.condition):
            if isinstance(node, Parameter) and node.name not in known:
                near = nearest(node.name, known, limit=1)
                scope.report(
                    Code.SG213,
                    f"{node.text()} is no parameter of {self.name}",
                    node.span,
                    f"did you mean ${near[0]}?" if near else f"add it: define {self.name}({node.name}): ...",
                )

    def heading(self) -> str:
        """The first line, up to the colon."""
        return f"define {self.name}({', '.join(parameter.text() for parameter in self.parameters)}):"

    def text(self) -> str:
        return f"{self.heading()} {self.condition.text()}"
