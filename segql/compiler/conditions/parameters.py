"""`$name`: something to be given later, by the call of a `define` or by the embedding program."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from segql.compiler.ast.base import Node, Term
from segql.compiler.ast.values import Word
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.plan import nodes as plan
from segql.compiler.text import quoted

# What a parameter stands for is known from its place: a value (right of an operator) or several, a name (left of one),
# an event, a length of time, a whole number, a text that names something (a list, a segment, a campaign), a phrase to
# compare with, or a day.
Place = Literal["value", "values", "name", "event", "length", "number", "text", "phrase", "day"]

WANTED: dict[Place, str] = {
    "value": 'a text in quotes or a number, such as "gold" or 50',
    "values": "a text or a number, or several of them",
    "name": "the name of an attribute or a property",
    "event": 'the name of an event in quotes, such as "Placed Order"',
    "length": "a length of time, such as 30 days",
    "number": "a whole number",
    "text": "a name in quotes",
    "phrase": "a text in quotes",
    "day": "a day, such as 2026-01-31",
}


class Parameter(Term, tag="parameter"):
    """`$window`."""

    name: Word
    place: Place

    def check(self, scope: Scope) -> ValueType | None:
        # What is not known yet cannot be wrong; it is checked when it is given.
        return None

    def lower(self, scope: Scope) -> plan.Term:
        raise TypeError(self)

    def text(self) -> str:
        return f"${self.name}"

    def english(self, voice: Voice) -> str:
        return self.text()


OrParameter = str | Parameter
_Given = TypeVar("_Given")


def given(value: "_Given | Parameter") -> _Given:
    """The node or the text, where it is no parameter any more: parameters are replaced before anything is lowered."""
    if isinstance(value, Parameter):
        raise TypeError(value)
    return value


def name_or_parameter(name: OrParameter, write: Callable[[str], str] = quoted) -> str:
    """A name that may be a parameter, as it is written."""
    return name.text() if isinstance(name, Parameter) else write(name)


def substituted(node: Any, values: Mapping[tuple[str, Place], object]) -> Any:
    """A tree with the values of its parameters in their places."""
    if isinstance(node, Parameter):
        return values.get((node.name, node.place), node)
    if isinstance(node, tuple):
        changed = tuple(substituted(part, values) for part in node)
        return node if all(new is old for new, old in zip(changed, node, strict=True)) else _flat(changed)
    if not isinstance(node, Node):
        return node
    update = {}
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, Node | tuple):
            changed_value = substituted(value, values)
            if changed_value is not value:
                update[name] = changed_value
    return node.changed(**update) if update else node


def _flat(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """Parts, with a list that was given for a parameter opened up: `is in ($cities)`."""
    return tuple(item for part in parts for item in (part if isinstance(part, tuple) else (part,)))
