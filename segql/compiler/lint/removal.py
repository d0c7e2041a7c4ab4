"""Taking one condition out of an `and` or `or`, as an edit of the text."""

import re
from typing import Any

from segql.compiler.ast.base import Condition, Node
from segql.compiler.conditions import And, Or
from segql.compiler.diagnostics.diagnostic import DefinitionError, Edit, Fix
from segql.compiler.parse.parser import parse
from segql.compiler.source import Source, Span
from segql.compiler.statements import Statement

# In longer texts the proof that an edit is right would take too long.
_MOST_CHARACTERS = 20_000


def removal(source: Source, statement: Statement, group: Condition, part: Condition) -> Fix | None:
    """The fix that takes a part out of a group; None where the text would not read as the statement without it, or a
    comment would go with it."""
    text = source.text
    if not isinstance(group, And | Or) or len(text) > _MOST_CHARACTERS:
        return None
    index = next(place for place, child in enumerate(group.children) if child is part)
    if index:
        span = Span(group.children[index - 1].span.end, part.span.end)
    else:
        span = Span(part.span.start, group.children[1].span.start)
    if "--" in re.sub(r'"(?:[^"\\]|\\.)*"', "", text[span.start : span.end]):
        return None
    left = tuple(child for child in group.children if child is not part)
    remaining = left[0] if len(left) == 1 else group.changed(children=left)
    expected = _replaced(statement, group, remaining)
    try:
        found = parse(Source(text[: span.start] + text[span.end :]))
    except DefinitionError:
        return None
    if not any(one.text() == expected.text() for one in found.statements):
        return None
    return Fix("take it out", (Edit(span, ""),))


def _replaced(node: Any, old: Node, new: Node) -> Any:
    """A tree with another node in the place of one."""
    if node is old:
        return new
    if isinstance(node, tuple):
        return tuple(_replaced(part, old, new) for part in node)
    if not isinstance(node, Node):
        return node
    changed = {
        name: after
        for name in node.__struct_fields__
        if (after := _replaced(value := getattr(node, name), old, new)) is not value
    }
    return node.changed(**changed) if changed else node
