"""What every node of the syntax tree is: immutable data that says only what the person said.

Four kinds: conditions (true or false of a profile), terms (a value), tests (the right half of a comparison) and
windows (a stretch of time). Each family's nodes stand in one file of `conditions/`.
"""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

from segql.compiler.catalog.model import ValueType
from segql.compiler.record import Record
from segql.compiler.source import NOWHERE, Span

if TYPE_CHECKING:
    from segql.compiler.ast.voice import Voice
    from segql.compiler.check.scope import Scope
    from segql.compiler.plan import nodes as plan
    from segql.compiler.plan.instants import Window as PlanWindow


class Node(Record, tag_field="kind"):
    """A node of the tree. Where it stood (`span`) is no part of what it says: neither of its JSON nor of equality."""

    # Beside the fields: a node that was read from a text has a span of its own in its `__dict__`.
    span: ClassVar[Span] = NOWHERE

    @classmethod
    def made(cls, *, span: Span = NOWHERE, **said: Any) -> Self:
        """The node as it was read at a place in a text. The types of its fields are not looked at."""
        node = cls(**said)
        node.__dict__["span"] = span
        return node

    def changed(self, *, span: Span | None = None, **said: Any) -> Self:
        """The node with other values in some fields, at the same place or at another one."""
        node = super().changed(**said)
        node.__dict__["span"] = self.span if span is None else span
        return node

    @property
    def kind(self) -> str:
        """What the node is called in JSON, where several kinds can stand in its place."""
        return str(self.__struct_config__.tag)

    @abstractmethod
    def text(self) -> str:
        """The canonical text of the node, on one line."""


class Condition(Node):
    """True or false of every profile (inside `where`: of every event, unless it is about profiles only)."""

    about_profiles: ClassVar[bool] = True

    @abstractmethod
    def check(self, scope: "Scope") -> None:
        """Report to the scope what is wrong with names, types and numbers."""

    @abstractmethod
    def lower(self, scope: "Scope") -> "plan.Predicate":
        """The plan of a condition that was checked."""

    @abstractmethod
    def english(self, voice: "Voice") -> str:
        """A relative clause: "who can receive SMS", "whose gender is female"."""

    def english_complement(self, voice: "Voice") -> str:
        """The clause for everybody else."""
        return f"who are not people {self.english(voice)}"


class Term(Node):
    """A value for a profile, perhaps not set (inside `where`: for an event, unless it is about profiles only)."""

    about_profiles: ClassVar[bool] = False

    @abstractmethod
    def check(self, scope: "Scope") -> ValueType | None:
        """The type of the value; None after an error was reported."""

    @abstractmethod
    def lower(self, scope: "Scope") -> "plan.Term":
        """The plan of a term that was checked."""

    @abstractmethod
    def english(self, voice: "Voice") -> str:
        """A noun phrase: "gender", "the sum of Total"."""


class Test(Node):
    """The right half of a comparison."""

    @abstractmethod
    def check(self, scope: "Scope", left: ValueType, term: Node) -> None:
        """Report what is wrong with asking this of a term of that type (or of an item of a list)."""

    @abstractmethod
    def lower(self, scope: "Scope", term: "plan.Term", left: ValueType) -> "plan.Predicate":
        """The plan of the whole comparison."""

    @abstractmethod
    def english(self, voice: "Voice") -> str:
        """A verb phrase that follows the term: "is female", "is at least 3"."""


class Window(Node):
    """A stretch of time."""

    @abstractmethod
    def check(self, scope: "Scope") -> None:
        """Report numbers and dates that make no window."""

    @abstractmethod
    def lower(self) -> "PlanWindow":
        """The window's boundaries."""

    def english(self, voice: "Voice") -> str:
        """The words with the resolved dates behind them."""
        return f"{self.text()}{voice.dates(self.lower())}"
