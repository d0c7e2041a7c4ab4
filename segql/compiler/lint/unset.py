"""Negative operators, which leave out the people of whom nothing is known."""

from collections.abc import Iterator

from segql.compiler.ast.base import Condition
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import And, Attribute, Comparison, IsSet, Items, Or, Ranked, TextItems
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix
from segql.compiler.lint.groups import shown
from segql.compiler.source import Span
from segql.compiler.statements import Statement


def unset_values(statement: Statement, scope: Scope) -> Iterator[Diagnostic]:
    """A hint for each `is not`, `no item of` and their like, where no neighbour says what becomes of those who have no
    value."""
    waiting: list[tuple[Condition, Condition | None]] = [
        (one, None) for one in reversed(statement.conditions())
    ]
    while waiting:
        condition, parent = waiting.pop()
        match condition:
            case And(children=children) | Or(children=children):
                waiting.extend((child, condition) for child in reversed(children))
            case Ranked(among=among) if among is not None:
                waiting.append((among, None))
            case Comparison(term=Attribute() as term, test=test) if getattr(test, "negated", False):
                if not isinstance(test, IsSet) and not _is_told(term, parent):
                    yield _hint(condition, term, parent, scope)
            case (
                Items(list=Attribute() as term, quantifier="no")
                | TextItems(list=Attribute() as term, quantifier="no")
            ) if not _is_told(term, parent):
                yield _hint(condition, term, parent, scope)
            case _:
                pass


def _is_told(term: Attribute, parent: Condition | None) -> bool:
    neighbours = parent.children if isinstance(parent, And | Or) else ()
    return any(
        isinstance(one, Comparison) and isinstance(one.test, IsSet) and one.term == term for one in neighbours
    )


def _hint(condition: Condition, term: Attribute, parent: Condition | None, scope: Scope) -> Diagnostic:
    start, end = condition.span
    addition = f" or {term.text()} is not set"
    edits = [Edit(Span(end, end), addition)]
    if isinstance(parent, And):
        edits = [Edit(Span(start, start), "("), Edit(Span(end, end), f"{addition})")]
    return Diagnostic(
        Code.SG406,
        f"{shown(condition)} leaves out those of whom {term.text()} is not set",
        condition.span,
        scope.source,
        f"to have them in, add:{addition}; to say that they are out, add: and {term.text()} is set",
        (Fix(f"add{addition}", tuple(edits)),),
    )
