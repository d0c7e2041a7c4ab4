"""A definition as a form, and back. A row is shown only where it says exactly what the condition says; any other
condition is a row of text, and is kept as it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from segql.compiler.ast.base import Condition
from segql.compiler.conditions import And, Not, Or, Several, Step
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.parse.parser import parse
from segql.compiler.source import Source
from segql.compiler.statements import Ask, Tree
from segql.web.builder.of_comparisons import Operand, operands_of, read_operand, write_operand
from segql.web.builder.of_events import read_step, write_step
from segql.web.builder.parts import ROOT, IncompleteError, Part, Path
from segql.web.builder.row import OFTEN, Below
from segql.web.builder.rows import ROWS, WHERE
from segql.web.builder.windows import whole

GROUPS = ("all", "any", "several")
# How many of a group's conditions hold.
SEVERAL = (*OFTEN, "none", "any", "all")


def form_of(condition: Condition) -> Part:
    """The form of a condition: always a group."""
    part = _part(condition)
    return part if part.kind in GROUPS else Part("all", children=[part])


@dataclass
class Written:
    """What a form says: a condition, where it says one; else what is missing, by where it is."""

    condition: Condition | None
    problems: dict[Path, str] = field(default_factory=dict)


def write_form(root: Part) -> Written:
    """The condition of a form. One without rows says nothing."""
    problems: dict[Path, str] = {}
    condition = _written(root, ROOT, problems)
    return Written(None if problems else condition, problems)


# ---- From conditions ------------------------------------------------------------------------------------------------


def _part(node: Condition) -> Part:
    part = _exact(node)
    if isinstance(node, Not) and part is None:
        inner = _exact(node.child)
        if inner is not None and not inner.has("not"):
            inner.values["not"] = ["1"]
            part = inner
    return part or _text_row(node)


def _exact(node: Condition) -> Part | None:
    """A group or a row of a condition; None where there is none that says the same."""
    if isinstance(node, And | Or | Several):
        return _group(node)
    for kind, row in ROWS.items():
        values = row.read(node)
        if values is None:
            continue
        part = Part(kind, values, [])
        if _add_below(part, node) and part.fits_fields() and write_form(part).condition == node:
            return part
    return None


def _group(node: And | Or | Several) -> Part:
    children = [_part(child) for child in node.children]
    if not isinstance(node, Several):
        return Part("all" if isinstance(node, And) else "any", children=children)
    limits = {"number": node.number, "upper": node.upper}
    numbers = {name: [str(number)] for name, number in limits.items() if number is not None}
    return Part("several", {"op": [str(node.operator)]} | numbers, children)


def _add_below(part: Part, node: Any) -> bool:
    """Put what stands below a row there: the `where` of its events, steps, what is compared, whom a rank is among;
    whether all of it has rows."""
    if part.kind == "compared":
        return all(_add_operand(part, operand) for operand in operands_of(node))
    term = getattr(node, "term", None) or getattr(node, "by", None)
    if not _add_where(part, getattr(node, "where", None) or getattr(term, "where", None)):
        return False
    for step in getattr(node, "steps", ()):
        values = read_step(step)
        if values is None:
            return False
        part.children.append(Part("step", values))
        if not _add_where(part.children[-1], step.where):
            return False
    if getattr(node, "among", None) is not None:
        part.children.append(form_of(node.among))
    return True


def _add_operand(part: Part, operand: Operand) -> bool:
    values = read_operand(operand)
    if values is None:
        return False
    part.children.append(Part("operand", values))
    return _add_where(part.children[-1], getattr(operand.term, "where", None))


def _add_where(part: Part, where: Condition | None) -> bool:
    """Put the rows of a `where` below a row; whether it consists of such."""
    if where is None:
        return True
    several = isinstance(where, And | Or)
    part.values["where"] = ["any" if isinstance(where, Or) else "all"]
    part.children = [_part(child) for child in where.children] if several else [_part(where)]  # type: ignore[attr-defined]  # as it is one
    return all(child.kind in WHERE for child in part.children)


def _text_row(node: Condition) -> Part:
    """A condition as text, with its tree: what nobody touches stays what it is, to the last sign."""
    tree = Tree(statements=(Ask(condition=node),)).to_json()  # type: ignore[arg-type]  # any condition is one
    return Part("text", {"text": [node.text()], "tree": [tree]})


# ---- To conditions --------------------------------------------------------------------------------------------------


def _written(part: Part, path: Path, problems: dict[Path, str]) -> Condition | None:
    """The condition of a part; None where it says nothing, or something is missing."""
    below = _written_below(part, path, problems)
    try:
        made = _condition(part, below)
    except (IncompleteError, ValueError) as error:
        problems[path] = str(error)
        return None
    return Not(child=made) if made is not None and part.has("not") else made  # type: ignore[arg-type]  # any condition is one


def _condition(part: Part, below: list[tuple[str, Any]]) -> Condition | None:
    """What a part says with what stands below it, each with its kind. Raises IncompleteError, and ValueError where that
    does not fit."""
    steps = tuple(said for kind, said in below if kind == "step")
    operands = tuple(said for kind, said in below if kind == "operand")
    if part.kind in GROUPS:
        if steps or operands:
            raise IncompleteError("only conditions stand in a group")
        return _joined(part, [said for _, said in below])
    if part.kind == "text":
        return _text(part)
    if part.kind not in ROWS:
        raise IncompleteError("there are no such rows")
    where = [said for kind, said in below if kind in WHERE]
    among = [said for kind, said in below if kind in GROUPS]
    return ROWS[part.kind].write(
        part, Below(_together(part.get("where"), where), steps, operands, _together("all", among))
    )


# Rows below others that are no conditions by themselves.
_LINES: dict[str, Callable[[Part, Below], Step | Operand]] = {"step": write_step, "operand": write_operand}


def _written_below(part: Part, path: Path, problems: dict[Path, str]) -> list[tuple[str, Any]]:
    """What stands below a part, each with its kind."""
    found = []
    for index, child in enumerate(part.children):
        write: Any = _written_line if child.kind in _LINES else _written
        if (said := write(child, (*path, index), problems)) is not None:
            found.append((child.kind, said))
    return found


def _written_line(part: Part, path: Path, problems: dict[Path, str]) -> Step | Operand | None:
    where = [said for _, said in _written_below(part, path, problems)]
    try:
        return _LINES[part.kind](part, Below(_together(part.get("where"), where)))
    except (IncompleteError, ValueError) as error:
        problems[path] = str(error)
        return None


def _joined(group: Part, said: list[Condition]) -> Condition | None:
    if group.kind != "several" or not said:
        return _together(group.kind, said)
    operator = next((one for one in SEVERAL if one == group.get("op")), SEVERAL[0])
    return Several(
        operator=operator,  # type: ignore[arg-type]  # one of them
        number=whole(group, "number") if operator in OFTEN else None,
        upper=whole(group, "upper") if operator == "between" else None,
        children=tuple(said),  # type: ignore[arg-type]  # any condition is one
    )


def _together(how: str, said: list[Condition]) -> Condition | None:
    if len(said) < 2:
        return said[0] if said else None
    return (Or if how == "any" else And)(children=tuple(said))  # type: ignore[arg-type]  # any condition is one


def _text(part: Part) -> Condition:
    """What a row of text says: its tree, where nobody touched the text. Raises IncompleteError."""
    text = part.get("text").replace("\r\n", "\n")
    if part.get("tree"):
        (asked,) = Tree.from_json(part.get("tree")).statements
        if isinstance(asked, Ask) and asked.condition.text() == text:
            return asked.condition
    if not text.strip():
        raise IncompleteError("write a condition")
    try:
        statements = parse(Source(text)).statements
    except DefinitionError as error:
        first = error.diagnostics[0]
        raise IncompleteError(
            f"{first.message}; {first.remedy}" if first.remedy else first.message
        ) from error
    if len(statements) != 1 or not isinstance(statements[0], Ask) or statements[0].timezone is not None:
        raise IncompleteError("write one condition")
    return statements[0].condition
