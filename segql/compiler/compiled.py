"""What compiling gives: a checked statement, which says what it reads and writes its queries for any instant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.ast.walk import walk
from segql.compiler.catalog.model import Catalog
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.arguments import Given, argument_for, written
from segql.compiler.conditions.parameters import WANTED, Parameter, Place, substituted
from segql.compiler.conditions.values import Attribute
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.explain import explanation, sentence
from segql.compiler.explain import facts as facts_told
from segql.compiler.plan import facts, nodes
from segql.compiler.plan.instants import Moment, moment
from segql.compiler.statements import AnyStatement, Count, Define, Meaning, Show, Tree
from segql.compiler.text import listing, nearest

if TYPE_CHECKING:
    from segql.compiler.person.clauses import Clause
    from segql.compiler.sql.query import Query


_One = TypeVar("_One")
_MAY_HAVE_PARAMETERS = re.compile(r"\$[^\W\d]")


@dataclass(frozen=True)
class Compiled:
    """A statement that was checked against a catalog. It holds no instants: it can be asked at any `now`.

    Where it has parameters, it is a template: `bind` gives them their values."""

    statement: AnyStatement
    scope: Scope

    @property
    def catalog(self) -> Catalog:
        """The catalog that it was checked against."""
        return self.scope.catalog

    @property
    def tree(self) -> Tree:
        """The syntax tree, to and from JSON (`to_json`, `Tree.from_json`)."""
        return Tree(statements=(self.statement,))

    @property
    def text(self) -> str:
        """The statement, behind the templates of its text, as it can be compiled anew."""
        return f"{self.scope.library.defines()} {self.statement.text()}".strip()

    @cached_property
    def warnings(self) -> "tuple[Diagnostic, ...]":
        """What is probably not meant although it is right, in the order of the places; found when it is asked for.
        Nothing is said of a template before its parameters are given."""
        from segql.compiler.lint import lint

        if self.parameters or isinstance(self.statement, Define):
            return ()
        return lint(self.statement, self.scope)

    # ---- Parameters -----------------------------------------------------------------------------------------------

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of what has to be given before it can be asked, in the order of the text."""
        if isinstance(self.statement, Define) or not _MAY_HAVE_PARAMETERS.search(self.scope.source.text):
            return ()
        found = sorted((node.span, node.name) for node in walk(self.statement) if isinstance(node, Parameter))
        return tuple(dict.fromkeys(name for _, name in found))

    def bind(self, parameters: Mapping[str, Given]) -> "Compiled":
        """The same with values in the places of its parameters: texts, numbers, dates, lengths of time (timedelta), and
        sequences of texts or numbers for `is in $name`.

        Raises `DefinitionError` where a value is missing, is for no parameter, or cannot stand in its place."""
        if not parameters and not self.parameters:
            return self
        scope = replace(self.scope, found=[], used=set())
        self._check_names(parameters, scope)
        values: dict[tuple[str, Place], object] = {}
        for node in walk(self.statement):
            if isinstance(node, Parameter) and node.name in parameters:
                values[node.name, node.place] = _value(node, parameters[node.name], scope)
        statement: AnyStatement = substituted(self.statement, values)
        if isinstance(statement, Meaning):
            scope = replace(scope, zone=statement.known_zone)
        if not scope.found:
            statement.check(scope)
        if any(problem.severity == "error" for problem in scope.found):
            raise DefinitionError(tuple(dict.fromkeys(scope.found)))
        return Compiled(statement, scope)

    def _check_names(self, parameters: Mapping[str, Given], scope: Scope) -> None:
        missing = [f"${name}" for name in self.parameters if name not in parameters]
        if missing:
            scope.report(
                Code.SG213,
                f"{listing(missing, 'and')} {'is' if len(missing) == 1 else 'are'} not given",
                self.statement.span,
                "give a value: parameters={...}",
            )
        for name in parameters:
            if name not in self.parameters:
                near = nearest(name, self.parameters, limit=1)
                scope.report(
                    Code.SG213,
                    f"there is no parameter ${name}",
                    self.statement.span,
                    f"did you mean ${near[0]}?" if near else "leave it out",
                )

    def showing(self, columns: Sequence[Attribute], limit: int | None = None) -> "Compiled":
        """A statement that shows attributes of the same people. Raises `DefinitionError` where there is no such one, and
        as `condition` does."""
        show = Show.made(**self._meaning(), columns=tuple(columns), limit=limit)
        scope = replace(self.scope, found=[])
        for column in columns:
            column.check(scope)
        if scope.found:
            raise DefinitionError(tuple(scope.found))
        return Compiled(show, scope)

    def counting(self) -> "Compiled":
        """A statement that counts the same people. Raises as `condition` does."""
        return Compiled(Count.made(**self._meaning()), self.scope)

    def _meaning(self) -> dict[str, Any]:
        """Whom it means, for another statement."""
        timezone = self.statement.timezone if isinstance(self.statement, Meaning) else None
        return {"condition": self.condition, "timezone": timezone}

    # ---- What can be told in advance ------------------------------------------------------------------------------

    @cached_property
    def plans(self) -> tuple[nodes.Predicate, ...]:
        """The plans of its conditions, in the order of the text. Raises `DefinitionError` where a parameter is not
        given."""
        if self.parameters:
            self.bind({})
        if isinstance(self.statement, Define):
            return ()
        return tuple(condition.lower(self.scope) for condition in self.statement.conditions())

    @property
    def condition(self) -> Condition:
        """Its one condition. Raises `DefinitionError` where it is about several groups of people."""
        return self._only(self.statement.conditions())

    @property
    def plan(self) -> nodes.Predicate:
        """The plan of its one condition. Raises as `condition` and `plans` do."""
        return self._only(self.plans)

    @cached_property
    def clauses(self) -> "Clause":
        """Its one condition clause by clause, with their plans. Raises as `condition` does."""
        from segql.compiler.person.clauses import clauses

        return clauses(self.condition, self.scope)

    @cached_property
    def reads(self) -> facts.Reads:
        """The names that it depends on."""
        return facts.reads(*self.plans, *self._terms.values(), segments=tuple(self.scope.used))

    @cached_property
    def refresh(self) -> facts.Refresh:
        """When membership can change."""
        return facts.refresh(*self.plans)

    @cached_property
    def _terms(self) -> dict[str, nodes.Term]:
        """The values that it shows, counts or orders by, under the names of their columns."""
        return {
            term.name if isinstance(term, Attribute) else term.text(): term.lower(self.scope)
            for term in self.statement.terms()
        }

    def english(self, now: datetime | None = None) -> str:
        """Who is meant, as one English sentence with the dates filled in."""
        return sentence(self.statement, self._voice(now))

    def explain(self, now: datetime | None = None) -> str:
        """The sentence, what it reads, when it changes, and whom it leaves out for want of a value."""
        return explanation(self.statement, self.plans, self.reads, self.refresh, self._voice(now))

    def facts_told(self, now: datetime | None = None) -> list[tuple[str, str]]:
        """What can be told beside the sentence, each under its name."""
        return list(facts_told(self.plans, self.reads, self.refresh, self._voice(now)))

    # ---- Queries --------------------------------------------------------------------------------------------------

    def sql(
        self,
        dialect: str | None = None,
        now: datetime | None = None,
        parameters: Mapping[str, Given] | None = None,
    ) -> "Query":
        """The query as of `now` (aware; the present by default): for a condition or a segment one column, profile_id.
        `dialect`: "duckdb", or "postgresql" for own tables; by default that of the catalog's tables.

        Raises `UnknownDialectError` for an engine that SQL cannot be written for, `DefinitionError` as `bind` does."""
        # Loaded here: checking a text needs no SQL.
        from segql.compiler.sql.emit import Emitter

        if parameters is not None or self.parameters:
            return self.bind(parameters or {}).sql(dialect, now)
        emitter = Emitter(self.plan, self._moment(now), dialect, self.catalog.tables)
        terms = list(self._terms.items())
        match self.statement:
            case Count(by=by):
                return emitter.count_by(terms) if by else emitter.count()
            case Show(columns=columns, order_by=order, descending=descending, limit=limit):
                last = None if order is None else order.lower(self.scope)
                shown = [
                    (name, term)
                    for name, term in terms
                    if any(term == column.lower(self.scope) for column in columns)
                ]
                return emitter.show(shown, last, descending=descending, limit=limit)
            case _:
                return emitter.members()

    def count_sql(self, dialect: str | None = None, now: datetime | None = None) -> "Query":
        """The query for the number of members as of `now`: one row, one column."""
        from segql.compiler.sql.emit import Emitter

        return Emitter(self.plan, self._moment(now), dialect, self.catalog.tables).count()

    def _only(self, of_conditions: Sequence[_One]) -> _One:
        """What belongs to its one condition."""
        if len(of_conditions) == 1:
            return of_conditions[0]
        message = f"{self.statement.kind} is about several groups of people; one condition is needed here"
        span, source = self.statement.span, self.scope.source
        raise DefinitionError((Diagnostic(Code.SG107, message, span, source, "write one condition"),))

    def _moment(self, now: datetime | None) -> Moment:
        return moment(self.catalog.account, now)

    def _voice(self, now: datetime | None) -> Voice:
        zone = self.statement.known_zone if isinstance(self.statement, Meaning) else None
        return Voice(self.catalog.account, self._moment(now)).in_zone(zone)


def _value(parameter: Parameter, value: Given, scope: Scope) -> object:
    """What stands in the place of a parameter; itself after a diagnostic."""
    try:
        given = written(value)
    except (TypeError, ValueError) as error:
        scope.report(
            Code.SG302, f"{parameter.text()}: {error}", parameter.span, f"give {WANTED[parameter.place]}"
        )
        return parameter
    items = given if isinstance(given, tuple) else (given,)
    if not items:
        scope.report(
            Code.SG302, f"{parameter.text()} holds no value", parameter.span, "give one value at least"
        )
        return parameter
    placed = tuple(argument_for(item.changed(span=parameter.span), parameter.place) for item in items)
    if None in placed or (isinstance(given, tuple) and parameter.place != "values"):
        scope.report(
            Code.SG302,
            f"{parameter.text()} cannot be {items[0].text() if len(items) == 1 else 'several values'} here",
            parameter.span,
            f"give {WANTED[parameter.place]}",
        )
        return parameter
    return placed if isinstance(given, tuple) else placed[0]
