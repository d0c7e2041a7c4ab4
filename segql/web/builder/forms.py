"""A definition as a form, and back. A row is shown only where it says exactly what the condition says; any other
condition is a row of text, and is kept as it is."""

from dataclasses import dataclass, field
from typing import Any

from segql.compiler.ast.base import Condition
from segql.compiler.conditions import And, Not, Or
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.parse.parser import parse
from segql.compiler.source import Source
from segql.compiler.statements import Ask, Tree
from segql.web.builder.parts import ROOT, IncompleteError, Part, Path
from segql.web.builder.rows import ROWS

GROUPS = ("all", "any")


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
    if isinstance(node, And | Or):
        return Part(
            "all" if isinstance(node, And) else "any", children=[_part(child) for child in node.children]
        )
    for kind, row in ROWS.items():
        values = row.read(node)
        if values is None:
            continue
        part = Part(kind, values, [])
        if _add_where(part, _where_of(node)) and part.fits_fields() and write_form(part).condition == node:
            return part
    return None


def _where_of(node: Any) -> Condition | None:
    found: Condition | None = getattr(node, "where", None) or getattr(
        getattr(node, "term", None), "where", None
    )
    return found


def _add_where(part: Part, where: Condition | None) -> bool:
    """Put the rows of a `where` below a row; whether it consists of such."""
    if where is None:
        return True
    several = isinstance(where, And | Or)
    part.values["where"] = ["any" if isinstance(where, Or) else "all"]
    part.children = [_part(child) for child in where.children] if several else [_part(where)]  # type: ignore[attr-defined]  # as it is one
    return all(child.kind == "attribute" for child in part.children)


def _text_row(node: Condition) -> Part:
    """A condition as text, with its tree: what nobody touches stays what it is, to the last sign."""
    tree = Tree(statements=(Ask(condition=node),)).to_json()  # type: ignore[arg-type]  # any condition is one
    return Part("text", {"text": [node.text()], "tree": [tree]})


# ---- To conditions --------------------------------------------------------------------------------------------------


def _written(part: Part, path: Path, problems: dict[Path, str]) -> Condition | None:
    """The condition of a part; None where it says nothing, or something is missing."""
    children = [_written(child, (*path, index), problems) for index, child in enumerate(part.children)]
    said = [child for child in children if child is not None]
    if part.kind in GROUPS:
        made = _joined(part.kind, said)
    else:
        try:
            where = _joined(part.get("where") or "all", said)
            made = _text(part) if part.kind == "text" else ROWS[part.kind].write(part, where)
        except (IncompleteError, ValueError) as error:
            problems[path] = str(error)
            return None
        except KeyError:
            problems[path] = "there are no such rows"
            return None
    return Not(child=made) if made is not None and part.has("not") else made  # type: ignore[arg-type]  # any condition is one


def _joined(how: str, said: list[Condition]) -> Condition | None:
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
