"""What is probably not meant although it is right: one file a lint, each a function that says what it found."""

from collections.abc import Callable, Iterable

from segql.compiler.check.scope import Scope
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.plan import nodes as plan
from segql.compiler.statements import Statement

Lint = Callable[[Statement, plan.Predicate, Scope], Iterable[Diagnostic]]

LINTS: tuple[Lint, ...] = ()


def lint(statement: Statement, predicate: plan.Predicate, scope: Scope) -> tuple[Diagnostic, ...]:
    """What the lints say of a statement that was checked, in the order of the places."""
    found = (diagnostic for one in LINTS for diagnostic in one(statement, predicate, scope))
    return tuple(sorted(found, key=lambda one: (one.span, one.code.name)))
