"""A definition clause by clause: the parts of its tree with their plans, and what each comes to for one person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from segql.compiler.ast.base import Condition
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import And, Call, InSegment, Not, Or, Ranked, Several
from segql.compiler.person.evaluate import holds
from segql.compiler.person.evidence import Evidence, Seen, evidence
from segql.compiler.person.passing import Passing
from segql.compiler.person.record import Subject
from segql.compiler.plan import nodes as plan

Kind = Literal["and", "or", "not", "several", "in segment", "call", "among", "condition"]


@dataclass(frozen=True)
class Clause:
    """A part of a definition: its words, its plan, and the parts that it is made of. What is no combination of others
    is a `condition`. `sense`: whether it is welcome that its parts hold; None where it depends on their number."""

    kind: Kind
    text: str
    plan: plan.Predicate
    parts: "tuple[Clause, ...]" = ()
    sense: bool | None = True


@dataclass(frozen=True)
class Verdict:
    """What a clause comes to for a person. `found`: the values and events that decided it, in words; `events`: the newest
    events that counted; `missing`: the nearest miss, where the answer is not the one that would be welcome; `changes_at`:
    when the passing of time alone makes the answer another one (aware, UTC), where that can be told."""

    kind: Kind
    text: str
    holds: bool
    found: tuple[str, ...] = ()
    events: tuple[Seen, ...] = ()
    missing: str | None = None
    changes_at: datetime | None = None
    parts: "tuple[Verdict, ...]" = ()


def clauses(condition: Condition, scope: Scope) -> Clause:
    """The parts of a condition that was checked in a scope; segments and calls are opened up."""
    match condition:
        case And(children=children):
            parts = tuple(clauses(child, scope) for child in children)
            return Clause("and", condition.text(), plan.conjunction(*(part.plan for part in parts)), parts)
        case Or(children=children):
            parts = tuple(clauses(child, scope) for child in children)
            return Clause("or", condition.text(), plan.disjunction(*(part.plan for part in parts)), parts)
        case Not(child=child):
            part = clauses(child, scope)
            return Clause("not", condition.text(), plan.complement(part.plan), (part,), sense=False)
        case Several(operator=operator, children=children):
            parts = tuple(clauses(child, scope) for child in children)
            sense = {"any": True, "all": True, "none": False}.get(operator)
            return Clause("several", condition.text(), condition.lower(scope), parts, sense)
        case InSegment(name=str(name)):
            definition = scope.library.segment(name)
            if definition is None:
                raise LookupError(name)
            with scope.inside(definition) as inside:
                part = clauses(definition.condition, inside)
            return Clause("in segment", condition.text(), part.plan, (part,))
        case Call():
            part = clauses(*condition.expanded(scope))
            return Clause("call", condition.text(), part.plan, (part,))
        case Ranked(among=among) if among is not None:
            return Clause("among", condition.text(), condition.lower(scope), (clauses(among, scope),))
        case _:
            return Clause("condition", condition.text(), condition.lower(scope))


def leaves(clause: Clause) -> tuple[Clause, ...]:
    """The conditions that a clause is made of, in the order of the text; a rank is one of them."""
    if clause.kind in ("condition", "among"):
        return (clause,)
    return tuple(leaf for part in clause.parts for leaf in leaves(part))


def verdict(clause: Clause, subject: Subject, voice: Voice) -> Verdict:
    """What a clause and its parts come to, of which it would be welcome that it holds."""
    return _verdict(clause, subject, voice, Passing(subject), wanted=True)


def _verdict(clause: Clause, subject: Subject, voice: Voice, passing: Passing, *, wanted: bool) -> Verdict:
    truth = holds(clause.plan, subject)
    sense = wanted if clause.sense is None else clause.sense == wanted
    parts = tuple(_verdict(part, subject, voice, passing, wanted=sense) for part in clause.parts)
    # What a combination found is what its parts found; a rank and a number of conditions have something of their own.
    own = (
        not parts
        or clause.kind == "among"
        or (clause.kind == "several" and isinstance(clause.plan, plan.CountOf))
    )
    told = evidence(clause.plan, subject, voice, wanted=wanted) if own else Evidence()
    changes_at = passing.next_change(clause.plan)
    return Verdict(clause.kind, clause.text, truth, told.found, told.events, told.missing, changes_at, parts)
