"""Definitions in several files, which may use each other's segments and `define`s: read and checked as one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from segql.compiler.catalog.model import Catalog, Segment
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.format import own_texts
from segql.compiler.parse.parser import parse
from segql.compiler.pipeline import check
from segql.compiler.source import Source
from segql.compiler.statements import Define, SegmentDefinition
from segql.compiler.text import fold, quoted


@dataclass(frozen=True)
class Placed:
    """A segment or a `define`, the file in which it stands, and its index among the statements there. `written`: its
    canonical form with its comments, where it has some."""

    statement: SegmentDefinition | Define
    source: Source
    index: int
    written: str | None

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.source.name or ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others: its kind, and its name in any case."""
        return self.statement.kind, fold(self.statement.name)

    @property
    def stored(self) -> Segment | str:
        """What a store keeps of it: a segment, or the text of a `define`."""
        if isinstance(self.statement, SegmentDefinition):
            return self.statement.stored(self.written)
        return self.written or self.statement.text()


class Folder:
    """The texts of several files, by their names."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.defined: tuple[Placed, ...] = tuple(
            placed for name, text in texts.items() for placed in _defined(Source(text, name))
        )

    def over(self, catalog: Catalog) -> Catalog:
        """A catalog with the segments and `define`s of the files, in place of those of the same names."""
        segments = {fold(segment.name): segment for segment in catalog.segments}
        templates: list[str] = []
        for placed in self.defined:
            if isinstance(stored := placed.stored, Segment):
                segments[fold(stored.name)] = stored
            else:
                templates.append(stored)
        # Of two templates of one name the later one is found: those of the files come behind those of the catalog.
        return catalog.changed(segments=tuple(segments.values()), templates=(*catalog.templates, *templates))

    def check(self, catalog: Catalog) -> list[Diagnostic]:
        """What is wrong with the files, one after the other, upon a catalog."""
        together = self.over(catalog)
        return [
            diagnostic
            for name, text in self.texts.items()
            for diagnostic in (*check(text, together, name), *self.twice.get(name, ()))
        ]

    @cached_property
    def twice(self) -> dict[str, list[Diagnostic]]:
        """Names that two files give, by the later file; those given twice in one file are found there."""
        first: dict[tuple[str, str], Placed] = {}
        found: dict[str, list[Diagnostic]] = {}
        for placed in self.defined:
            other = first.setdefault(placed.key, placed)
            if other.file != placed.file:
                line = other.source.position(other.statement.span.start).line
                message = f"there are two {placed.statement.kind}s called {quoted(placed.statement.name)}"
                remedy = f"give one of them another name: the other is in {other.file}, line {line}"
                found.setdefault(placed.file, []).append(
                    Diagnostic(Code.SG208, message, placed.statement.span, placed.source, remedy)
                )
        return found


def _defined(source: Source) -> list[Placed]:
    """What a file defines; nothing where it cannot be read, as its check says."""
    try:
        statements = parse(source).statements
    except DefinitionError:
        return []
    return [
        Placed(statement, source, index, written)
        for index, (statement, written) in enumerate(
            zip(statements, own_texts(source.text, statements), strict=True)
        )
        if isinstance(statement, SegmentDefinition | Define)
    ]
