"""Segments and templates by name, as conditions ask for them: those of the text at hand, then the stored ones."""

from collections.abc import Callable
from functools import lru_cache

from segql.compiler.ast.walk import walk
from segql.compiler.catalog.model import Catalog
from segql.compiler.check.library import Definition, Template
from segql.compiler.conditions.parameters import Parameter
from segql.compiler.parse.parser import parse
from segql.compiler.source import Source
from segql.compiler.statements import Ask, Define, SegmentDefinition, Tree
from segql.compiler.text import fold


class Definitions:
    """Finds definitions; a stored text is parsed when it is asked for."""

    def __init__(self, catalog: Catalog, tree: Tree, source: Source) -> None:
        self._catalog = catalog
        self._segments: dict[str, Definition | None] = {
            fold(statement.name): _definition(statement.name, statement, source)
            for statement in tree.statements
            if isinstance(statement, SegmentDefinition)
        }
        self._of_text = [one.name for one in tree.statements if isinstance(one, SegmentDefinition)]
        self._defines = [statement for statement in tree.statements if isinstance(statement, Define)]
        self._templates: dict[str, Template] = {
            fold(statement.name): _template(statement, source) for statement in self._defines
        }
        self._faults: dict[str, str | None] = {}
        self._stored_templates = dict.fromkeys(catalog.templates)

    def segment(self, name: str) -> Definition | None:
        """The segment of that name in any case, or None. Raises `DefinitionError` if its stored text is broken."""
        key = fold(name)
        if key not in self._segments:
            self._segments[key] = self._stored(name)
        return self._segments[key]

    def template(self, name: str) -> Template | None:
        """The template of that name in any case, or None. Raises `DefinitionError` if a stored text is broken."""
        self._read_templates()
        return self._templates.get(fold(name))

    def defines(self) -> str:
        """The templates of the text at hand, as they can be read again before a statement that calls them."""
        return " ".join(statement.text() for statement in self._defines)

    def fault(self, template: Template, find: Callable[[], str | None]) -> str | None:
        """What is wrong with a template whatever is given for its parameters; found once."""
        key = fold(template.name)
        if key not in self._faults:
            self._faults[key] = (
                None  # while it is looked for: a template that calls itself is found elsewhere
            )
            self._faults[key] = find()
        return self._faults[key]

    def segment_names(self) -> list[str]:
        """What segments there are."""
        return list(dict.fromkeys((*self._of_text, *(segment.name for segment in self._catalog.segments))))

    def template_names(self) -> list[str]:
        """What templates there are."""
        self._read_templates()
        return [template.name for template in self._templates.values()]

    def _stored(self, name: str) -> Definition | None:
        segment = self._catalog.segment(name)
        if segment is None:
            return None
        source = Source(segment.definition, f'segment "{segment.name}"')
        statement = _parsed(source).statements[0]
        if not isinstance(statement, Ask | SegmentDefinition):
            return None
        return _definition(segment.name, statement, source)

    def _read_templates(self) -> None:
        while self._stored_templates:
            # From the last one on: of two of one name the later one is meant.
            text, _ = self._stored_templates.popitem()
            source = Source(text, "a stored define")
            for statement in _parsed(source).statements:
                if isinstance(statement, Define):
                    self._templates.setdefault(fold(statement.name), _template(statement, source))


@lru_cache(maxsize=512)
def _parsed(source: Source) -> Tree:
    """The tree of a stored text, which other texts ask for again and again."""
    return parse(source)


def _definition(name: str, statement: Ask | SegmentDefinition, source: Source) -> Definition:
    # Most texts have no parameter, and need not be looked through.
    nodes = walk(statement) if "$" in source.text else ()
    waits_for = sorted({node.text() for node in nodes if isinstance(node, Parameter)})
    return Definition(name, statement.condition, source, statement.known_zone, tuple(waits_for))


def _template(statement: Define, source: Source) -> Template:
    defaults = {parameter.name: parameter.default for parameter in statement.parameters}
    return Template(statement.name, defaults, statement.condition, source)
