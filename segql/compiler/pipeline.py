"""The stages in order: text, tree, checked tree; then plan and SQL (`Compiled`). Start reading here."""

from collections.abc import Iterator, Sequence

from segql.compiler.catalog.model import Catalog
from segql.compiler.check.scope import Scope, called
from segql.compiler.compiled import Compiled
from segql.compiler.conditions.extent import check_extent
from segql.compiler.definitions import Definitions
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.parse.parser import parse, read
from segql.compiler.source import Source
from segql.compiler.statements import Define, Meaning, SegmentDefinition, Statement, Tree
from segql.compiler.text import fold, listing, quoted


def compile(text: str, catalog: Catalog, name: str | None = None) -> Compiled:
    """Compile a condition, or one statement that may have `define`s before it.

    Raises `DefinitionError`, whose `diagnostics` say what is wrong with the text.
    """
    source = Source(text, name)
    compiled = [one for one in compile_all(text, catalog, name) if not isinstance(one.statement, Define)]
    if len(compiled) == 1:
        return compiled[0]
    if not compiled:
        message = "there are only definitions to be called; one statement is needed here"
        raise DefinitionError((Diagnostic(Code.SG107, message, source.end, source, "add a condition"),))
    names = [quoted(one.statement.name) for one in compiled if isinstance(one.statement, SegmentDefinition)]
    message = f"there are {len(compiled)} statements ({listing(names, 'and')}); one is needed here"
    raise DefinitionError((Diagnostic(Code.SG107, message, compiled[1].statement.span, source),))


def compile_named(text: str, catalog: Catalog, name: str | None = None) -> Compiled:
    """Compile a condition, a statement, or the name of a stored segment. Raises `DefinitionError`."""
    segment = catalog.segment(text.strip())
    return compile(text if segment is None else f"in segment {quoted(segment.name)}", catalog, name)


def compile_all(text: str, catalog: Catalog, name: str | None = None) -> tuple[Compiled, ...]:
    """Compile every statement of a text. Raises `DefinitionError`."""
    reading = read(Source(text, name))
    if reading.tree is None:
        raise DefinitionError(reading.placed(()))
    scopes, found = checked(reading.tree, catalog, reading.source)
    problems = reading.placed(found)
    if any(problem.severity == "error" for problem in problems):
        raise DefinitionError(problems)
    return tuple(map(Compiled, reading.tree.statements, scopes))


def bind(tree: Tree, catalog: Catalog, source: Source | None = None) -> tuple[Compiled, ...]:
    """Check a tree. Raises `DefinitionError`.

    A tree that was not read from a `source` (from JSON, or made by a program) is read from its own text first, so that
    diagnostics have places in it."""
    if source is None:
        source = Source(tree.validated().text())
        tree = parse(source)
    scopes, found = checked(tree, catalog, source)
    if any(problem.severity == "error" for problem in found):
        raise DefinitionError(tuple(dict.fromkeys(found)))
    return tuple(map(Compiled, tree.statements, scopes))


def check(text: str, catalog: Catalog, name: str | None = None) -> tuple[Diagnostic, ...]:
    """What is wrong with a text, in the order of the places; never raises for anything that a text can hold."""
    try:
        return tuple(warning for one in compile_all(text, catalog, name) for warning in one.warnings)
    except DefinitionError as error:
        return error.diagnostics


def checked(tree: Tree, catalog: Catalog, source: Source) -> tuple[list[Scope], list[Diagnostic]]:
    """The scope of each statement of a tree that was read from a source, and what is wrong with them."""
    definitions = Definitions(catalog, tree, source)
    found: list[Diagnostic] = [*_names_twice(tree.statements, source)]
    scopes = [_scope(statement, catalog, source, definitions, found) for statement in tree.statements]
    for statement, scope in zip(tree.statements, scopes, strict=True):
        # First all of them: what is too large is not looked into.
        small = [check_extent(condition, scope) for condition in statement.conditions()]
        if all(small):
            statement.check(scope)
    return scopes, found


def _scope(
    statement: Statement, catalog: Catalog, source: Source, definitions: Definitions, found: list[Diagnostic]
) -> Scope:
    match statement:
        case SegmentDefinition(name=name):
            within: tuple[str, ...] = (fold(name),)
        case Define(name=name):
            within = (called(name),)
        case _:
            within = ()
    zone = statement.known_zone if isinstance(statement, Meaning) else None
    return Scope(catalog, source, definitions, zone=zone, within=within, found=found)


def _names_twice(statements: Sequence[Statement], source: Source) -> Iterator[Diagnostic]:
    seen: set[tuple[str, str]] = set()
    for statement in statements:
        if not isinstance(statement, SegmentDefinition | Define):
            continue
        if (statement.kind, fold(statement.name)) in seen:
            message = f"there are two {statement.kind}s called {quoted(statement.name)}"
            yield Diagnostic(Code.SG208, message, statement.span, source, "give one of them another name")
        seen.add((statement.kind, fold(statement.name)))
