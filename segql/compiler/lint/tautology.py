"""Conditions that hold for everybody."""

from collections.abc import Iterator

from segql.compiler.check.scope import Scope
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.lint.domains import about
from segql.compiler.lint.groups import groups, shown
from segql.compiler.lint.implication import covers
from segql.compiler.plan import nodes as plan
from segql.compiler.statements import Statement


def tautologies(statement: Statement, scope: Scope) -> Iterator[Diagnostic]:
    """One for each pair in an `or`, and for each condition that always holds by itself."""
    for group in groups(statement, scope):
        if len(group.parts) == 1:
            (part,) = group.parts
            found = about(part.plan)
            if part.plan == plan.Constant(True) or (found is not None and found.is_always()):
                yield Diagnostic(
                    Code.SG402,
                    f"{shown(part.condition)} holds for {group.everybody}, whatever is in the store",
                    part.condition.span,
                    group.scope.source,
                    "take it out, or check the numbers",
                )
        elif not group.every:
            for one, other in group.pairs():
                if covers(one.plan, other.plan):
                    yield Diagnostic(
                        Code.SG402,
                        f"{group.everybody} fulfils {shown(one.condition)} or {shown(other.condition)}",
                        other.condition.span,
                        group.scope.source,
                        "take one of them out; to leave nobody out, leave both out",
                    )
