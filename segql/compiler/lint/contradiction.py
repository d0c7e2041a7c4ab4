"""Conditions that nobody can fulfil together, and windows that cannot overlap."""

from collections.abc import Iterator

from segql.compiler.check.scope import Scope
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.lint.domains import about
from segql.compiler.lint.groups import Group, groups, shown
from segql.compiler.lint.implication import excludes
from segql.compiler.plan import nodes as plan
from segql.compiler.statements import Statement


def contradictions(statement: Statement, scope: Scope) -> Iterator[Diagnostic]:
    """One for each pair in an `and`, and for each condition that can never hold by itself."""
    for group in groups(statement, scope):
        if len(group.parts) == 1:
            yield from _impossible(group)
        elif group.every:
            for one, other in group.pairs():
                if excludes(one.plan, other.plan):
                    of_dates = isinstance(one.plan, plan.InWindow) and isinstance(other.plan, plan.InWindow)
                    reason = "cannot overlap" if of_dates else "exclude each other"
                    yield Diagnostic(
                        Code.SG404 if of_dates else Code.SG401,
                        f"{shown(one.condition)} and {shown(other.condition)} {reason}, so {group.nobody} fulfils both",
                        other.condition.span,
                        group.scope.source,
                        "join them by `or`, or take one of them out",
                    )


def _impossible(group: Group) -> Iterator[Diagnostic]:
    (part,) = group.parts
    found = about(part.plan)
    if part.plan == plan.Constant(False) or (found is not None and found.is_never()):
        yield Diagnostic(
            Code.SG401,
            f"{shown(part.condition)} holds for {group.nobody}, whatever is in the store",
            part.condition.span,
            group.scope.source,
            "check the numbers; none can be below 0 where things are counted",
        )
