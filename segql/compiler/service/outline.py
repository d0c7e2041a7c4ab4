"""A text as a list of its statements, and the edits that bring it into canonical form."""

from difflib import SequenceMatcher
from typing import NamedTuple

from segql.compiler.diagnostics.diagnostic import DefinitionError, Edit
from segql.compiler.format import format
from segql.compiler.parse.parser import read
from segql.compiler.service.occurrences import occurrences
from segql.compiler.service.reading import short
from segql.compiler.source import Source, Span
from segql.compiler.statements import Define, SegmentDefinition, Statement


class Symbol(NamedTuple):
    """A statement of a text. `kind`: `segment`, `define`, or the question that is asked; `name_span`: where its name
    stands."""

    name: str
    kind: str
    span: Span
    name_span: Span


def symbols(text: str) -> tuple[Symbol, ...]:
    """The statements of a text, in order; of a text with mistakes those that were read."""
    names = {
        one.span.start: one for one in occurrences(text) if one.is_definition and one.kind != "parameter"
    }
    reading = read(Source(text))
    if reading.tree is None:
        return tuple(Symbol(one.name, one.kind, one.span, one.span) for one in names.values())
    return tuple(
        _symbol(one, reading.written(one.span), [known.span for known in names.values()])
        for one in reading.tree.statements
    )


def _symbol(statement: Statement, span: Span, names: list[Span]) -> Symbol:
    if isinstance(statement, SegmentDefinition | Define):
        name = next((one for one in names if span.start <= one.start and one.end <= span.end), span)
        return Symbol(statement.name, statement.kind, span, name)
    return Symbol(short(statement.text()), statement.kind, span, Span(span.start, span.start))


def format_edits(text: str) -> tuple[Edit, ...]:
    """The edits, line by line, after which a text is in canonical form; none where it cannot be read."""
    try:
        formatted = format(text)
    except DefinitionError:
        return ()
    before, after = text.splitlines(keepends=True), formatted.splitlines(keepends=True)
    places = [0]
    for line in before:
        places.append(places[-1] + len(line))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return tuple(
        Edit(Span(places[start], places[end]), "".join(after[first:last]))
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    )
