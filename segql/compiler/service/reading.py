"""A text with its tree and the scopes of its statements, and what stands at a place of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from segql.compiler.ast.base import Node
from segql.compiler.ast.walk import nodes_in
from segql.compiler.catalog.model import Catalog
from segql.compiler.check.scope import Scope
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.parse.parser import Reading, read
from segql.compiler.pipeline import checked
from segql.compiler.source import NOWHERE, Source, Span
from segql.compiler.statements import AnyStatement, Tree

_LONGEST = 400


@dataclass(frozen=True)
class Read:
    """A text as far as it could be read, with the scopes of its statements. Places are those of the text as it was
    written."""

    reading: Reading
    scopes: tuple[Scope, ...] = ()

    def statements(self) -> Iterator[tuple[AnyStatement, Scope]]:
        """The statements with their scopes."""
        if self.reading.tree is not None:
            yield from zip(self.reading.tree.statements, self.scopes, strict=True)

    def holding(self, span: Span) -> list[tuple[Node, Scope]]:
        """The nodes that hold a stretch of the text, a parent before its children, with the scope of their statement."""
        found: list[tuple[Node, Scope]] = []
        for statement, scope in self.statements():
            waiting: list[Node] = [statement]
            while waiting:
                node = waiting.pop()
                if node.span == NOWHERE:
                    waiting.extend(nodes_in(node))
                elif self._holds(node, span):
                    found.append((node, scope))
                    waiting = list(nodes_in(node))
        return found

    def span(self, node: Node) -> Span:
        """Where a node stands."""
        return self.reading.written(node.span)

    def _holds(self, node: Node, span: Span) -> bool:
        written = self.span(node)
        return written.start <= span.start and span.end <= written.end


def read_text(text: str, catalog: Catalog) -> Read:
    """A text with what is known of it."""
    reading = read(Source(text))
    if reading.tree is None:
        return Read(reading)
    scopes, _ = checked_anyway(reading.tree, catalog, reading.source)
    return Read(reading, tuple(scopes))


def checked_anyway(tree: Tree, catalog: Catalog, source: Source) -> tuple[list[Scope], list[Diagnostic]]:
    """As `checked`; where a stored definition is broken, as if the stored segments were everybody, and no define stored."""
    try:
        scopes, found = checked(tree, catalog, source)
        for scope in scopes[:1]:
            scope.library.template_names()  # reads them, which finds one that is broken
    except DefinitionError:
        segments = tuple(segment.changed(definition="everybody") for segment in catalog.segments)
        return checked(tree, catalog.changed(segments=segments, templates=()), source)
    return scopes, found


def short(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
