"""Conditions that a neighbour makes pointless."""

from collections.abc import Iterator

from segql.compiler.check.scope import Scope
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.lint.groups import Group, Part, groups, shown
from segql.compiler.lint.implication import covers, excludes, implies
from segql.compiler.lint.removal import removal
from segql.compiler.plan import nodes as plan
from segql.compiler.statements import Statement

# Each is proved by reading the text again.
_MOST_FIXES = 20


def redundancies(statement: Statement, scope: Scope) -> Iterator[Diagnostic]:
    """One for each part of an `and` or `or` that changes nothing there."""
    fixed = 0
    for group in groups(statement, scope):
        pointless: set[int] = set()
        for one, other in group.pairs():
            found = _pointless(group, one, other)
            if found is not None and id(found[0]) not in pointless:
                part, because = found
                pointless.add(id(part))
                fixed += 1
                fix = (
                    removal(group.scope.source, statement, group.node, part.condition)
                    if fixed <= _MOST_FIXES
                    else None
                )
                yield Diagnostic(
                    Code.SG403,
                    f"{shown(part.condition)} changes nothing beside {shown(because.condition)}",
                    part.condition.span,
                    group.scope.source,
                    "take it out",
                    () if fix is None else (fix,),
                )


def _pointless(group: Group, one: Part, other: Part) -> tuple[Part, Part] | None:
    """The pointless one of two parts, and the one that makes it so; of two that say the same, the later one."""
    if excludes(one.plan, other.plan) if group.every else covers(one.plan, other.plan):
        return None  # that is the worse mistake, and has a message of its own
    forwards, backwards = implies(one.plan, other.plan), implies(other.plan, one.plan)
    if not group.every:
        forwards, backwards = backwards, forwards
    if forwards and not _is_meant(other.plan, one.plan):
        return other, one
    if backwards and not _is_meant(one.plan, other.plan):
        return one, other
    return None


def _is_meant(weaker: plan.Predicate, stronger: plan.Predicate) -> bool:
    """`is set` beside a negative operator says that those who have no value are left out knowingly."""
    return isinstance(weaker, plan.IsSet) and getattr(stronger, "negated", False) is True
