"""The stages in order: text, tree, checked tree, plan, SQL. Start reading here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import Account, Catalog
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.values import Attribute
from segql.compiler.definitions import Definitions
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.explain import explanation, sentence
from segql.compiler.parse.parser import parse
from segql.compiler.plan import facts, nodes
from segql.compiler.plan.instants import Moment, held
from segql.compiler.source import Source
from segql.compiler.sql.query import Query
from segql.compiler.statements import (
    AnyStatement,
    Count,
    SegmentDefinition,
    Show,
    Statement,
    Tree,
)
from segql.compiler.text import fold, listing, quoted


@dataclass(frozen=True)
class Compiled:
    """A statement that was checked against a catalog. It holds no instants: it can be asked at any `now`."""

    statement: AnyStatement
    catalog: Catalog
    plan: nodes.Predicate
    reads: facts.Reads
    warnings: tuple[Diagnostic, ...] = ()
    _terms: dict[str, nodes.Term] = field(default_factory=dict, repr=False)

    @property
    def tree(self) -> Tree:
        """The syntax tree, to and from JSON (`model_dump_json`, `Tree.model_validate_json`)."""
        return Tree(statements=(self.statement,))

    @cached_property
    def refresh(self) -> facts.Refresh:
        """When membership can change."""
        return facts.refresh(self.plan)

    def sql(self, dialect: str = "duckdb", now: datetime | None = None) -> Query:
        """The query as of `now` (aware; the present by default): for a condition or a segment one column, profile_id.

        Raises `UnknownDialectError` for an engine that SQL cannot be written for."""
        # Loaded here: checking a text needs no SQL.
        from segql.compiler.sql.emit import Emitter

        emitter = Emitter(self.plan, moment(self.catalog.account, now), dialect)
        match self.statement:
            case Count(by=by):
                return (
                    emitter.count_by([(name.name, self._terms[name.name]) for name in by])
                    if by
                    else emitter.count()
                )
            case Show(columns=columns, order_by=order, descending=descending, limit=limit):
                return emitter.show(
                    [(name.name, self._terms[name.name]) for name in columns],
                    None if order is None else self._terms[order.name],
                    descending=descending,
                    limit=limit,
                )
            case _:
                return emitter.members()

    def count_sql(self, dialect: str = "duckdb", now: datetime | None = None) -> Query:
        """The query for the number of members as of `now`: one row, one column."""
        from segql.compiler.sql.emit import Emitter

        return Emitter(self.plan, moment(self.catalog.account, now), dialect).count()

    def english(self, now: datetime | None = None) -> str:
        """Who is meant, as one English sentence with the dates filled in."""
        return sentence(self.statement.condition, self._voice(now))

    def explain(self, now: datetime | None = None) -> str:
        """The sentence, what it reads, when it changes, and whom it leaves out for want of a value."""
        return explanation(self.statement.condition, self.plan, self.reads, self.refresh, self._voice(now))

    def _voice(self, now: datetime | None) -> Voice:
        return Voice(self.catalog.account, moment(self.catalog.account, now))


def compile(text: str, catalog: Catalog, name: str | None = None) -> Compiled:
    """Compile a condition or one statement.

    Raises `DefinitionError`, whose `diagnostics` say what is wrong with the text.
    """
    source = Source(text, name)
    compiled = compile_all(text, catalog, name)
    if len(compiled) == 1:
        return compiled[0]
    names = [quoted(one.statement.name) for one in compiled if isinstance(one.statement, SegmentDefinition)]
    message = f"there are {len(compiled)} statements ({listing(names, 'and')}); one is needed here"
    raise DefinitionError((Diagnostic(Code.SG107, message, compiled[1].statement.span, source),))


def compile_all(text: str, catalog: Catalog, name: str | None = None) -> tuple[Compiled, ...]:
    """Compile every statement of a text. Raises `DefinitionError`."""
    source = Source(text, name)
    return bind(parse(source), catalog, source)


def bind(tree: Tree, catalog: Catalog, source: Source | None = None) -> tuple[Compiled, ...]:
    """Check a tree and lower it. Raises `DefinitionError`.

    A tree that was not read from a `source` (from JSON, or made by a program) is read from its own text first, so that
    diagnostics have places in it."""
    if source is None:
        source = Source(tree.text())
        tree = parse(source)
    definitions = Definitions(catalog, tree, source)
    found: list[Diagnostic] = []
    _check_names(tree.statements, source, found)
    scopes = [_scope(statement, catalog, source, definitions, found) for statement in tree.statements]
    for statement, scope in zip(tree.statements, scopes, strict=True):
        statement.condition.check(scope)
        for column in _columns(statement):
            column.check(scope)
    if any(problem.severity == "error" for problem in found):
        raise DefinitionError(tuple(dict.fromkeys(found)))
    return tuple(
        _lower(statement, scope, tuple(found))
        for statement, scope in zip(tree.statements, scopes, strict=True)
    )


def check(text: str, catalog: Catalog, name: str | None = None) -> tuple[Diagnostic, ...]:
    """What is wrong with a text, in the order of the places; never raises for anything that a text can hold."""
    try:
        return tuple(warning for one in compile_all(text, catalog, name) for warning in one.warnings)
    except DefinitionError as error:
        return error.diagnostics


def moment(account: Account, now: datetime | None) -> Moment:
    """An instant in an account's calendar; the present where none is given."""
    return Moment(held(now or datetime.now(UTC)), ZoneInfo(account.timezone), account.week_starts)


def _scope(
    statement: Statement, catalog: Catalog, source: Source, definitions: Definitions, found: list[Diagnostic]
) -> Scope:
    within = (fold(statement.name),) if isinstance(statement, SegmentDefinition) else ()
    return Scope(catalog, source, definitions, within=within, found=found)


def _check_names(statements: Sequence[Statement], source: Source, found: list[Diagnostic]) -> None:
    seen: set[str] = set()
    for statement in statements:
        if not isinstance(statement, SegmentDefinition):
            continue
        if fold(statement.name) in seen:
            message = f"there are two segments called {quoted(statement.name)}"
            found.append(
                Diagnostic(Code.SG208, message, statement.span, source, "give one of them another name")
            )
        seen.add(fold(statement.name))


def _lower(statement: AnyStatement, scope: Scope, warnings: tuple[Diagnostic, ...]) -> Compiled:
    predicate = statement.condition.lower(scope)
    terms = {column.name: column.lower(scope) for column in _columns(statement)}
    reads = facts.reads(predicate, tuple(scope.used))
    return Compiled(statement, scope.catalog, predicate, reads, warnings, terms)


def _columns(statement: Statement) -> tuple[Attribute, ...]:
    match statement:
        case Count(by=by):
            return by
        case Show(columns=columns, order_by=order):
            return columns if order is None else (*columns, order)
        case _:
            return ()
