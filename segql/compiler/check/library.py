"""What can be asked for by name besides the catalog: segments and templates, of the text at hand or stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from segql.compiler.source import Source

if TYPE_CHECKING:
    from segql.compiler.ast.base import Condition, Node


@dataclass(frozen=True)
class Definition:
    """A segment as `in segment` finds it: its condition, its time zone, and the text it was written in. `waits_for`: the
    parameters that a program has to give first."""

    name: str
    condition: "Condition"
    source: Source
    zone: str | None = None
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """A `define` as a call finds it: its parameters with their defaults, its condition, the text it was written in."""

    name: str
    parameters: "Mapping[str, Node | None]"
    condition: "Condition"
    source: Source


class Library(Protocol):
    """Finds segments and templates by name."""

    def segment(self, name: str) -> Definition | None:
        """The segment of that name in any case, or None."""

    def template(self, name: str) -> Template | None:
        """The template of that name in any case, or None."""

    def defines(self) -> str:
        """The templates of the text at hand, as they can be read again before a statement that calls them."""

    def fault(self, template: Template, find: Callable[[], str | None]) -> str | None:
        """What is wrong with a template whatever is given for its parameters; found once."""

    def segment_names(self) -> list[str]:
        """What segments there are."""

    def template_names(self) -> list[str]:
        """What templates there are."""
