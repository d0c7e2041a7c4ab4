"""Canonical text: one way to write every definition, comments kept. Formatting what is formatted changes nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
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
# Comments on lines directly below, where a blank line comes after them.
_BELOW = re.compile(r"(?:\n[^\S\n]*--[^\n]*)+(?=\n[^\S\n]*\n)")


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
    statements = parse(Source(text, name)).statements
    return "\n\n".join(_formatted(one, near) for one, near in _with_comments(text, statements)) + "\n"


def own_texts(text: str, statements: Sequence[Statement]) -> list[str | None]:
    """The statements of a text in canonical form with the comments that are their own; None for those without any.

    A comment above a statement with a blank line between is nobody's: it heads what follows."""
    if "--" not in text:
        return [None] * len(statements)
    found = ((one, _own(one, near)) for one, near in _with_comments(text, statements))
    return [_formatted(one, own) if own else None for one, own in found]


def segment_parts(text: str) -> tuple[str, str]:
    """The condition of a segment's definition in canonical form, and its examples, each with its comments; those of the
    heading come above the condition. Raises `DefinitionError` where the text cannot be read."""
    (statement,) = parse(Source(text)).statements
    lines = [*_lines(statement, broken=True)]
    _place(comments(text), lines, statement.span.end)
    head, *rest = lines
    rest[0].above[:0] = [*head.above, *([head.behind] if head.behind else ())]
    for line in rest:
        line.indent -= 1
    count = len(rest) - (len(statement.expectations) if isinstance(statement, SegmentDefinition) else 0)
    return "\n".join(_written(rest[:count])), "\n".join(_written(rest[count:]))


def format_segment(segment: Segment) -> str:
    """The canonical form of a stored segment, with its comments; as it was stored where that can no longer be read."""
    if segment.written is not None:
        return f"{segment.written}\n"
    text = " ".join((segment_heading(segment), segment.definition, *segment.examples))
    try:
        return format(text)
    except DefinitionError:
        return f"{text}\n"


def rewritten(text: str, changes: Mapping[int, str], name: str | None = None) -> str:
    """A text with other segments and `define`s in the places of some, by their index, with their own comments.

    Everything else stays as it is. Raises `DefinitionError` where the text cannot be read."""
    statements = parse(Source(text, name)).statements
    places = [*_with_comments(text, statements)]
    for index in sorted(changes, reverse=True):
        statement, near = places[index]
        own = _own(statement, near)
        start = min([statement.span.start, *(comment.start for comment in own)])
        end = max([statement.span.end, *(comment.start + len(comment.text) for comment in own)])
        before, after = text[:start].rstrip(" \t"), text[end:].lstrip(" \t")
        # What stands beside it on its lines comes onto lines of its own: a comment may end them now.
        apart = "" if not before or before.endswith("\n") else "\n\n"
        behind = "" if not after or after.startswith("\n") else "\n\n"
        # A comment at its end stays apart from the statement that follows.
        if changes[index].rpartition("\n")[2].lstrip().startswith("--") and not re.match(
            r"\s*(\n\s*\n|$)", after
        ):
            behind += "\n"
        text = f"{before}{apart}{changes[index]}{behind}{after}"
    return text


def keeping_comments(before: str, after: str) -> str:
    """A statement in canonical form, with the comments that the lines which stay had before. Raises `DefinitionError`
    where one of the two cannot be read."""
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


def _with_comments(text: str, statements: Sequence[Statement]) -> Iterator[tuple[Statement, list[Comment]]]:
    """The statements of a text, each with the comments that stand with it."""
    found = comments(text)
    start = 0
    for statement, following in zip(statements, [*statements[1:], None], strict=True):
        end = _end_of(statement, following, text)
        yield statement, [comment for comment in found if start <= comment.start < end]
        start = end


def _end_of(statement: Node, following: Node | None, text: str) -> int:
    """Where a statement's comments end: with its last line, or those below it that are apart from the next statement, or
    where that begins."""
    if following is None:
        return len(text)
    line_end = text.find("\n", statement.span.end)
    if line_end < 0 or line_end > following.span.start:
        return following.span.start
    below = _BELOW.match(text, line_end)
    return below.end() if below else line_end


def _own(statement: Node, near: list[Comment]) -> list[Comment]:
    """The comments of a statement, but for those above it that are apart from it."""
    apart = [comment.start for comment in near if comment.apart and comment.start < statement.span.start]
    return [comment for comment in near if not apart or comment.start > apart[-1]]


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
