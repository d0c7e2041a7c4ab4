"""Segments by name, as `in segment` finds them: those of the text at hand, then the stored ones, read when asked for."""

from segql.compiler.catalog.model import Catalog
from segql.compiler.check.scope import Definition
from segql.compiler.parse.parser import parse
from segql.compiler.source import Source
from segql.compiler.statements import Ask, SegmentDefinition, Tree
from segql.compiler.text import fold


class Definitions:
    """Finds definitions; each stored text is parsed once."""

    def __init__(self, catalog: Catalog, tree: Tree, source: Source) -> None:
        self._catalog = catalog
        self._found: dict[str, Definition | None] = {
            fold(statement.name): Definition(statement.name, statement.condition, source)
            for statement in tree.statements
            if isinstance(statement, SegmentDefinition)
        }

    def __call__(self, name: str) -> Definition | None:
        """The segment of that name in any case, or None. Raises `DefinitionError` if its stored text is broken."""
        key = fold(name)
        if key not in self._found:
            self._found[key] = self._stored(name)
        return self._found[key]

    def _stored(self, name: str) -> Definition | None:
        segment = self._catalog.segment(name)
        if segment is None:
            return None
        source = Source(segment.definition, f'segment "{segment.name}"')
        statement = parse(source).statements[0]
        return (
            Definition(segment.name, statement.condition, source)
            if isinstance(statement, Ask | SegmentDefinition)
            else None
        )
