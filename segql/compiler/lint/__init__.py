"""What is probably not meant although it is right: one file a lint, each a function that yields what it found."""

from collections.abc import Callable, Iterator

from segql.compiler.check.scope import Scope
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.lint.contradiction import contradictions
from segql.compiler.lint.permission import audiences_without_consent
from segql.compiler.lint.redundancy import redundancies
from segql.compiler.lint.tautology import tautologies
from segql.compiler.lint.unseen import unseen_values
from segql.compiler.lint.unset import unset_values
from segql.compiler.statements import Statement

Lint = Callable[[Statement, Scope], Iterator[Diagnostic]]

LINTS: tuple[Lint, ...] = (
    contradictions,
    tautologies,
    redundancies,
    unseen_values,
    unset_values,
    audiences_without_consent,
)


def lint(statement: Statement, scope: Scope) -> tuple[Diagnostic, ...]:
    """What the lints say of a statement that was checked, in the order of the places."""
    found = dict.fromkeys(diagnostic for one in LINTS for diagnostic in one(statement, scope))
    return tuple(sorted(found, key=lambda one: (one.span, one.code.name)))
