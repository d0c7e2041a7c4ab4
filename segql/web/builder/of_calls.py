"""Rows that call a `define`: a field for each of its parameters."""

from collections.abc import Callable
from typing import Any, NamedTuple

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition, Node
from segql.compiler.ast.walk import walk
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.library import Template
from segql.compiler.conditions.days import Day
from segql.web.builder.operators import amount_of, number_of
from segql.web.builder.parts import IncompleteError, Part
from segql.web.builder.row import Below, Values, named
from segql.web.builder.windows import day_of

# The type of an attribute or a property by its name.
TypeOf = Callable[[str], ValueType | None]
# What is given where: kinds of values by the place of a parameter. A "value" is a number where it reads as one.
_KINDS = {
    "name": "attribute",
    "length": "length",
    "number": "number",
    "day": "day",
    "value": "value",
    "values": "value",
}


class Given(NamedTuple):
    """What a call gives for a parameter. `name`: by which it is given, where it is not by its place; `label`: what the
    parameter is called; `place`: where it stands in the define; `default`: what is meant where nothing is given."""

    name: str
    kind: str
    value: str
    label: str
    place: str = ""
    default: str = ""


def read_call(node: Condition) -> Values | None:
    """`lapsed("Placed Order", window: 90 days)`."""
    if not isinstance(node, c.Call):
        return None
    found: Values = {"name": [node.name], "argument": [], "argument.name": [], "argument.kind": []}
    for argument in node.arguments:
        kind, value = _read_value(argument.value)
        if not kind:
            return None
        found["argument"].append(value)
        found["argument.name"].append(argument.name or "")
        found["argument.kind"].append(kind)
    return found


def write_call(part: Part, _: Below) -> Condition:
    """Of a row, the condition. What is given by its name and is empty is left to its default."""
    name = named(part, "name", "a define")
    given = [one for one in _given(part) if one.value or not one.name]
    if not all(one.value for one in given):
        raise IncompleteError(f"{name} needs more: fill in all fields that have no default")
    arguments = (c.Argument(name=one.name or None, value=_write_value(one)) for one in given)
    return c.Call(name=name, arguments=tuple(arguments))


def given_in(part: Part, template: Template | None, type_of: TypeOf) -> list[Given]:
    """What a call gives, and what it could give: each parameter that is left to its default is empty."""
    if template is None:
        return [
            one._replace(label=one.name or f"value {index + 1}") for index, one in enumerate(_given(part))
        ]
    parameters = list(template.parameters)
    given = [
        one._replace(
            label=one.name or (parameters[index] if index < len(parameters) else f"value {index + 1}")
        )
        for index, one in enumerate(_given(part))
    ]
    there = {one.label for one in given}
    more = (Given(name, _kind(template, name, type_of), "", name) for name in parameters if name not in there)
    return [_described(one, template) for one in (*given, *more)]


def settle_call(part: Part, template: Template, type_of: TypeOf) -> None:
    """Give a call a field for each parameter: what has no default stands first by its place, all else has its name."""
    before = {one.label: one for one in given_in(part, template, type_of)}
    given, by_place = [], True
    for name, default in template.parameters.items():
        by_place = by_place and default is None
        given.append(before[name]._replace(name="" if by_place else name))
    part.values["argument"] = [one.value for one in given]
    part.values["argument.name"] = [one.name for one in given]
    part.values["argument.kind"] = [one.kind for one in given]


def _described(one: Given, template: Template) -> Given:
    default = template.parameters.get(one.label)
    return one._replace(place=_place(template, one.label), default=default.text() if default else "")


def _given(part: Part) -> list[Given]:
    said = (part.all(f"argument{what}") for what in (".name", ".kind", ""))
    return [Given(name, kind, value, "") for name, kind, value in zip(*said, strict=True)]


def _place(template: Template, name: str) -> str:
    places = (
        one.place for one in walk(template.condition) if isinstance(one, c.Parameter) and one.name == name
    )
    return next(places, "value")


def _kind(template: Template, name: str, type_of: TypeOf) -> str:
    default = template.parameters[name]
    kind = _KINDS.get(_place(template, name), "text")
    if kind != "value":
        return kind
    if default is not None:
        return _read_value(default)[0] or kind
    compared = (one for one in walk(template.condition) if isinstance(one, c.Comparison))
    for one in compared:
        if isinstance(one.term, c.Attribute) and any(
            isinstance(inner, c.Parameter) and inner.name == name for inner in walk(one.test)
        ):
            return "number" if type_of(one.term.name) == "number" else "text"
    return kind


def _read_value(value: Node) -> tuple[str, str]:
    """The kind of a value, and how it is written in a field; no kind where it has no field."""
    match value:
        case c.Text(value=text):
            return "text", text
        case c.Number():
            return "number", value.text()
        case c.Length():
            return "length", value.text()
        case Day():
            return "day", value.text()
        case c.Attribute(name=name):
            return "attribute", name
        case _:
            return "", ""


def _write_value(given: Given) -> Any:
    match given.kind:
        case "number":
            return number_of(given.value)
        case "length":
            length = amount_of(given.value)
            if not isinstance(length, c.Length):
                raise IncompleteError("write a length of time, such as 30 days")
            return length
        case "day":
            return day_of(given.value)
        case "attribute":
            return c.Attribute(name=given.value)
        case "value":
            try:
                return amount_of(given.value)
            except IncompleteError:
                return c.Text(value=given.value)
        case _:
            return c.Text(value=given.value)
