"""What is told of a place in a text: of a name what is known of it, of a condition its English, of a window its dates, of
a keyword what it says and where the docs speak of it."""

from dataclasses import dataclass
from datetime import datetime
from inspect import getdoc

from segql.compiler.ast.base import Condition, Node, Window
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import Catalog
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import And, Or
from segql.compiler.parse.leaves import Leaf, leaves
from segql.compiler.plan.instants import moment
from segql.compiler.service.highlighting import SemanticToken, kind_of, tokens_of
from segql.compiler.service.names import told
from segql.compiler.service.occurrences import NAMED
from segql.compiler.service.reading import Read, read_text, short
from segql.compiler.service.sections import section_of, section_of_name
from segql.compiler.source import Span
from segql.compiler.statements import Statement
from segql.compiler.text import unquoted


@dataclass(frozen=True, slots=True)
class Hover:
    """What is told of a stretch of the text: a `title` and `lines`, in which code stands in back quotes, and the heading
    of the `section` of docs/language.md that says more."""

    span: Span
    title: str
    lines: tuple[str, ...] = ()
    section: str | None = None


# A place's nodes, from the statement to the innermost, each with the scope of the statement.
Found = list[tuple[Node, Scope]]


def hover(text: str, catalog: Catalog, offset: int, now: datetime | None = None) -> Hover | None:
    """What is told of the word or sign at a place; None for blanks, comments and what could not be read. Dates are those
    of `now` (aware; the present by default)."""
    known = leaves(text)
    token = next((one for one in tokens_of(text, known) if one.span.start <= offset < one.span.end), None)
    if token is None or token.kind in ("comment", "error"):
        return None
    read = read_text(text, catalog)
    leaf = known.leaves.get(token.span.start)
    if leaf is not None and (kind_of(leaf) in NAMED or kind_of(leaf) == "region"):
        return _of_name(leaf, read, catalog)
    return _of_condition(token, read, catalog, now)


def _of_name(leaf: Leaf, read: Read, catalog: Catalog) -> Hover | None:
    kind = kind_of(leaf)
    name = unquoted(leaf.text) if leaf.terminal == "STRING" else leaf.text.removeprefix("$")
    lines = tuple(told(kind, name, leaf, read, catalog))
    return Hover(leaf.span, f"{kind} {leaf.text}", lines, section_of_name(kind)) if lines else None


def _of_condition(token: SemanticToken, read: Read, catalog: Catalog, now: datetime | None) -> Hover | None:
    """What is told of a keyword, a sign or a value: of the condition that it belongs to."""
    found = read.holding(token.span)
    if not found:
        return None
    node, scope = found[-1]
    voice = Voice(catalog.account, moment(catalog.account, now)).in_zone(scope.zone)
    window = _window(found)
    told_of = window or _people(found)
    said = () if told_of is None else (_about(told_of, voice),)
    node = window or node
    about = (getdoc(type(node)) or "").partition("\n\n")[0].replace("\n", " ")
    span = token.span if isinstance(node, Statement | And | Or) else read.span(node)
    return Hover(span, f"`{short(node.text())}`", (*said, about), section_of(type(node)))


def _about(node: Condition | Window, voice: Voice) -> str:
    words = f"people {node.english(voice)}" if isinstance(node, Condition) else node.english(voice)
    return f"{words[:1].upper()}{short(words[1:])}."


def _window(found: Found) -> Window | None:
    return next((node for node, _ in reversed(found) if isinstance(node, Window)), None)


def _people(found: Found) -> Condition | None:
    """The innermost condition about people: one in a `where` is about events."""
    said = None
    for node, _ in found:
        said = node if isinstance(node, Condition) else said
        if getattr(node, "where", None) is not None:
            break
    return said
