"""What every node of the syntax tree is: immutable data that says only what the person said.

Four kinds: conditions (true or false of a profile), terms (a value), tests (the right half of a comparison) and
windows (a stretch of time). Each family's nodes stand in one file of `conditions/`.
"""

from abc import abstractmethod
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from segql.compiler.catalog.model import ValueType
from segql.compiler.source import NOWHERE, Span

if TYPE_CHECKING:
    from segql.compiler.ast.voice import Voice
    from segql.compiler.check.scope import Scope
    from segql.compiler.plan import nodes as plan
    from segql.compiler.plan.instants import Window as PlanWindow


class Node(BaseModel):
    """A node of the tree. Where it stood (`span`) is no part of what it says: neither of its JSON nor of equality."""

    # Built when something is first validated: what the parser makes is not, and a command line should start at once.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    span: SkipJsonSchema[Span] = Field(default=NOWHERE, exclude=True, repr=False)

    @classmethod
    def made(cls, **said: Any) -> Self:
        """The node as the parser puts it together: fields of the right types, so that nothing is validated."""
        node = cls.__new__(cls)
        values = {name: said.get(name, default) for name, default in _defaults(cls)}
        object.__setattr__(node, "__dict__", values)
        object.__setattr__(node, "__pydantic_fields_set__", set(said))
        object.__setattr__(node, "__pydantic_extra__", None)
        object.__setattr__(node, "__pydantic_private__", None)
        return node

    def _said(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "span"}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Node) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash((type(self), *self._said().values()))

    @abstractmethod
    def text(self) -> str:
        """The canonical text of the node, on one line."""


@cache
def _defaults(kind: type[Node]) -> list[tuple[str, Any]]:
    """The fields of a kind of node in their order, with their defaults (None where there is none)."""
    return [
        (name, None if field.is_required() else field.default)
        for name, field in kind.__pydantic_fields__.items()
    ]


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
    def check(self, scope: "Scope", left: ValueType, term: Term) -> None:
        """Report what is wrong with asking this of a term of that type."""

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
