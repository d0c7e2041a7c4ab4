"""The segments that a text names, read off its tree: it need not hold."""

from collections.abc import Iterator

from segql.compiler.ast.base import Node
from segql.compiler.ast.walk import walk
from segql.compiler.catalog.model import Catalog
from segql.compiler.conditions import Call, InSegment, MovedSegment
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.parse.parser import parse_text
from segql.compiler.statements import Define
from segql.compiler.text import fold


def segments_named(catalog: Catalog, text: str) -> tuple[str, ...]:
    """The stored segments that a condition (or the name of one) names, and those that they are made of: read off its tree,
    as it need not hold.

    Raises `DefinitionError` where the text cannot be read."""
    found: dict[str, None] = {}
    is_name = catalog.segment(text.strip()) is not None
    waiting = [text.strip()] if is_name else [*_named(catalog, parse_text(text).statements)]
    while waiting:
        name = waiting.pop()
        segment = catalog.segment(name)
        if segment is None or segment.name in found:
            continue
        found[segment.name] = None
        try:
            waiting += _named(catalog, parse_text(segment.definition).statements)
        except DefinitionError:
            continue
    return tuple(sorted(found))


def _named(catalog: Catalog, nodes: tuple[Node, ...]) -> Iterator[str]:
    """The names of segments in trees, and in the `define`s that they call."""
    called: set[str] = set()
    trees = [*nodes]
    while trees:
        for node in walk(trees.pop()):
            match node:
                case InSegment(name=str() as name) | MovedSegment(name=str() as name):
                    yield name
                case Call(name=name) if fold(name) not in called:
                    called.add(fold(name))
                    trees += _defines(catalog, name)
                case _:
                    pass


def _defines(catalog: Catalog, name: str) -> list[Node]:
    statements = (one for text in catalog.templates for one in parse_text(text).statements)
    return [one for one in statements if isinstance(one, Define) and fold(one.name) == fold(name)]
