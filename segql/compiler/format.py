"""Canonical text: one way to write every definition, comments kept. Formatting what is formatted changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from segql.compiler.ast.base import Condition, Node
from segql.compiler.catalog.model import Segment
from segql.compiler.conditions.logic import And, Not, Or
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.parse.comments import Comment, comments
from segql.compiler.parse.parser import parse
from segql.compiler.source import Source, Span
from segql.compiler.statements import (
    Ask,
    Compare,
    Count,
    Define,
    Explain,
    Funnel,
    Meaning,
    Overlap,
    SegmentDefinition,
    Show,
    Statement,
    Trend,
    Why,
)
from segql.compiler.statements.definitions import segment_heading

_WIDTH = 88
_INDENT = "  "


@dataclass
class Line:
    """A line of output: its text, the span of the source that it stands for, and the comments that belong to it."""

    indent: int
    text: str
    span: Span
    above: list[Comment] = field(default_factory=list)
    behind: Comment | None = None
    below: list[Comment] = field(default_factory=list)


def format(text: str, name: str | None = None) -> str:
    """The canonical form of a text, with a line end at its end. Raises `DefinitionError` where it cannot be read."""
    source = Source(text, name)
    tree = parse(source)
    found = comments(text)
    statements: list[str] = []
    start = 0
    for index, statement in enumerate(tree.statements):
        last = index + 1 == len(tree.statements)
        end = len(text) if last else _end_of(statement, tree.statements[index + 1], text)
        mine = [comment for comment in found if start <= comment.start < end]
        statements.append(_formatted(statement, mine))
        start = end
    return "\n\n".join(statements) + "\n"


def format_segment(segment: Segment) -> str:
    """The canonical form of a stored segment; as it was stored where that can no longer be read."""
    text = " ".join((segment_heading(segment), segment.definition, *segment.examples))
    try:
        return format(text)
    except DefinitionError:
        return f"{text}\n"


def rewritten(text: str, changes: Mapping[int, str], name: str | None = None) -> str:
    """A text with other segments and `define`s in the places of some, by their index, in canonical form.

    The lines of them that do not change keep their comments, and everything else stays as it is. Raises
    `DefinitionError` where one of the texts cannot be read."""
    statements = parse(Source(text, name)).statements
    for index in sorted(changes, reverse=True):
        start, end = statements[index].span
        line_end = text.find("\n", end)
        end = len(text) if line_end < 0 else line_end
        if index + 1 < len(statements):
            end = min(end, statements[index + 1].span.start)
        kept = text[start:end].rstrip()
        before, after = text[:start].rstrip(" \t"), text[start + len(kept) :].lstrip(" \t")
        # What stands beside it on its lines comes onto lines of its own: a comment may end them now.
        apart = "" if not before or before.endswith("\n") else "\n\n"
        behind = "" if not after or after.startswith("\n") else "\n\n"
        text = f"{before}{apart}{_with_comments(kept, changes[index])}{behind}{after}"
    return text


def _with_comments(before: str, after: str) -> str:
    """A statement in canonical form, with the comments that the lines which stay had before."""
    (old,), (new,) = (parse(Source(text)).statements for text in (before, after))
    old_lines, new_lines = ([*_lines(one, broken=True)] for one in (old, new))
    _place(comments(before), old_lines, old.span.end)
    pairs = SequenceMatcher(
        None, [line.text for line in old_lines], [line.text for line in new_lines], autojunk=False
    )
    # The first line says which statement it is: it stays, whatever is said of it.
    staying = {0: 0} | {
        block.b + step: block.a + step for block in pairs.get_matching_blocks() for step in range(block.size)
    }
    for there, here in staying.items():
        line = old_lines[here]
        new_lines[there].above, new_lines[there].behind, new_lines[there].below = (
            line.above,
            line.behind,
            line.below,
        )
    return "\n".join(_written(new_lines))


def _end_of(statement: Node, following: Node, text: str) -> int:
    """Where a statement's comments end: with the line on which it ends, or where the next statement begins on it."""
    line_end = text.find("\n", statement.span.end)
    return following.span.start if line_end < 0 else min(line_end, following.span.start)


def _formatted(statement: Statement, mine: list[Comment]) -> str:
    if not mine and not isinstance(statement, SegmentDefinition | Define):
        text = statement.text()
        if len(text) <= _WIDTH:
            return text
    lines = list(_lines(statement, broken=bool(mine)))
    _place(mine, lines, statement.span.end)
    return "\n".join(_written(lines))


def _lines(statement: Statement, *, broken: bool) -> Iterator[Line]:
    """The lines of a statement; with `broken`, `and` and `or` break even where the line would be short enough."""
    match statement:
        case SegmentDefinition(condition=condition):
            yield _head(statement, statement.heading(), condition)
            yield from _broken(condition, 1, "", broken=True)
            yield from _zone(statement, 1)
            for expectation in statement.expectations:
                yield Line(1, expectation.text(), expectation.span)
        case Define(condition=condition):
            yield _head(statement, statement.heading(), condition)
            yield from _broken(condition, 1, "", broken=True)
        case Ask(condition=condition):
            yield from _broken(condition, 0, "", broken=broken)
            yield from _zone(statement, 0)
        case Show(condition=condition):
            yield _head(statement, statement.heading(), condition)
            yield from _broken(condition, 1, "", broken=broken)
            yield from _zone(statement, 1)
            yield from _tail(statement, condition, statement.tail())
        case Count(condition=condition) | Trend(condition=condition):
            yield Line(0, statement.kind, Span(statement.span.start, statement.span.start))
            yield from _broken(condition, 1, "", broken=broken)
            yield from _zone(statement, 1)
            yield from _tail(statement, condition, statement.tail())
        case Explain(condition=condition):
            yield Line(0, "explain", Span(statement.span.start, statement.span.start))
            yield from _broken(condition, 1, "", broken=broken)
            yield from _zone(statement, 1)
        case Funnel(steps=steps):
            yield Line(0, "funnel", Span(statement.span.start, statement.span.start))
            for index, step in enumerate(steps):
                yield Line(1, f"{'then ' * (index > 0)}{step.text()}", step.span)
        case Overlap() | Why() | Compare():
            yield Line(0, statement.text(), statement.span)


def _head(statement: Statement, text: str, condition: Condition) -> Line:
    return Line(0, text, Span(statement.span.start, max(statement.span.start, condition.span.start - 1)))


def _zone(statement: Meaning, indent: int) -> Iterator[Line]:
    if statement.timezone is not None:
        end = statement.condition.span.end
        yield Line(indent, statement.zone().strip(), Span(end, end))


def _tail(statement: Statement, condition: Condition, text: str) -> Iterator[Line]:
    if text:
        yield Line(1, text.strip(), Span(condition.span.end, statement.span.end))


def _broken(
    condition: Condition, indent: int, before: str, *, broken: bool, after: str = ""
) -> Iterator[Line]:
    """A condition, broken at `and` and `or`, and deeper where a line would be too long."""
    text = f"{before}{condition.text()}{after}"
    wide = len(_INDENT * indent) + len(text) > _WIDTH
    if not isinstance(condition, And | Or) or not (broken or wide):
        inner = condition.child if isinstance(condition, Not) else None
        if wide and isinstance(inner, And | Or):
            yield from _group(inner, indent, f"{before}not ", after)
            return
        yield Line(indent, text, condition.span)
        return
    word = "and " if isinstance(condition, And) else "or "
    for index, child in enumerate(condition.children):
        lead = before if index == 0 else word
        end = after if index + 1 == len(condition.children) else ""
        if isinstance(child, And | Or):
            short = f"{lead}({child.text()}){end}"
            if len(_INDENT * indent) + len(short) <= _WIDTH:
                yield Line(indent, short, child.span)
            else:
                yield from _group(child, indent, lead, end)
        else:
            yield from _broken(child, indent, lead, broken=False, after=end)


def _group(condition: Condition, indent: int, before: str, after: str) -> Iterator[Line]:
    """A condition in brackets over several lines."""
    yield Line(indent, f"{before}(", Span(condition.span.start, condition.span.start))
    yield from _broken(condition, indent + 1, "", broken=True)
    yield Line(indent, f"){after}", Span(condition.span.end, condition.span.end))


def _place(mine: list[Comment], lines: list[Line], end: int) -> None:
    """Give every comment to a line: the first behind code to the line that begins before it, another to the next."""
    for comment in mine:
        earlier = [line for line in lines if line.span.start <= comment.start]
        later = [line for line in lines if line.span.start > comment.start]
        if comment.trailing and earlier and earlier[-1].behind is None:
            earlier[-1].behind = comment
        elif later:
            later[0].above.append(comment)
        elif comment.start > end and not comment.trailing:
            lines[-1].below.append(comment)
        elif lines[-1].behind is None:
            lines[-1].behind = comment
        else:
            lines[-1].above.append(comment)


def _written(lines: list[Line]) -> Iterator[str]:
    for line in lines:
        indent = _INDENT * line.indent
        for comment in line.above:
            yield f"{indent}{comment.text}"
            # A heading above the first statement stays apart from it.
            if comment.apart and line.indent == 0:
                yield ""
        yield f"{indent}{line.text}" + (f" {line.behind.text}" if line.behind else "")
        yield from (f"{indent}{comment.text}" for comment in line.below)
