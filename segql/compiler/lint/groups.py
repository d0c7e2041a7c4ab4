"""Where conditions stand beside one another: the `and`s and `or`s of a statement, each with the plans of its parts."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from segql.compiler.ast.base import Condition
from segql.compiler.ast.walk import walk
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import (
    And,
    Comparison,
    Did,
    Measure,
    Not,
    Or,
    Ranked,
    Recency,
    Several,
    TextItems,
)
from segql.compiler.plan import nodes as plan
from segql.compiler.statements import Statement

# A part is compared with so many before it; in a long `or` with fewer, so that all comparisons take no longer.
_COMPARED = 30
_COMPARISONS = 1_000
_SHOWN = 70


@dataclass(frozen=True)
class Part:
    """A condition and its plan."""

    condition: Condition
    plan: plan.Predicate


@dataclass(frozen=True)
class Group:
    """What `and` or `or` joins; a condition by itself is a group of one. `who`: nobody or no event, in words."""

    node: Condition
    parts: tuple[Part, ...]
    scope: Scope

    @property
    def every(self) -> bool:
        """Whether all of them have to hold."""
        return not isinstance(self.node, Or)

    @property
    def nobody(self) -> str:
        """Whom it speaks of, if none of them."""
        return "nobody" if self.scope.events is None else "no event"

    @property
    def everybody(self) -> str:
        """Whom it speaks of, if all of them."""
        return "everybody" if self.scope.events is None else "every event"

    def pairs(self) -> Iterator[tuple[Part, Part]]:
        """The parts that speak of the same thing, each pair once, in the order of the text."""
        waiting: defaultdict[object, list[Part]] = defaultdict(list)
        compared = max(1, min(_COMPARED, _COMPARISONS // len(self.parts)))
        for part in self.parts:
            seen: set[int] = set()
            for key in _topics(part.plan):
                for earlier in waiting[key][-compared:]:
                    if id(earlier) not in seen:
                        seen.add(id(earlier))
                        yield earlier, part
                waiting[key].append(part)


def groups(statement: Statement, scope: Scope) -> Iterator[Group]:
    """The groups of a statement, from the outside in."""
    waiting = [(condition, scope) for condition in reversed(statement.conditions())]
    while waiting:
        condition, inner = waiting.pop()
        match condition:
            case And(children=children) | Or(children=children):
                yield Group(condition, tuple(Part(child, child.lower(inner)) for child in children), inner)
                waiting.extend((child, inner) for child in reversed(children))
            case Several(children=children):
                waiting.extend((child, inner) for child in reversed(children))
            case Not(child=child):
                waiting.append((child, inner))
            case Ranked(among=among) if among is not None:
                waiting.append((among, inner))
            case Comparison() | Did() | TextItems():
                yield Group(condition, (Part(condition, condition.lower(inner)),), inner)
                waiting.extend(_filters(condition, inner))
            case _:
                pass


def _filters(condition: Condition, scope: Scope) -> Iterator[tuple[Condition, Scope]]:
    """The `where`s of the events that a condition names itself."""
    for node in walk(condition):
        match node:
            case Did(events=events, where=where) | Measure(events=events, where=where) if where is not None:
                names = [event for event in events.names if isinstance(event.name, str)]
            case Recency(event=event, where=where) if where is not None and isinstance(event.name, str):
                names = [event]
            case _:
                continue
        known = [found for name in names if (found := scope.catalog.event(name.name)) is not None]
        if known and scope.events is None:
            yield where, scope.of_events(known)


def _topics(predicate: plan.Predicate) -> set[object]:
    """What a predicate is about; only those about the same thing can say something of each other."""
    found: set[object] = {predicate}
    match predicate:
        case plan.Not(child):
            found |= _topics(child)
        case plan.And(children) | plan.Or(children):
            for child in children[:_COMPARED]:
                found |= {child} if isinstance(child, plan.And | plan.Or) else _topics(child)
        case plan.HasEvents(scan):
            found |= {metric.name for metric in scan.metrics} | {plan.Aggregate("count", scan)}
        case plan.HasConsent():
            found.add((predicate.channel, predicate.kind))
        case plan.Compare(left=term):
            found.add(term)
        case _ if hasattr(predicate, "term"):
            found.add(predicate.term)
        case _:
            pass
    return found


def shown(condition: Condition) -> str:
    """A condition as messages name it."""
    text = re.sub(r"\s+", " ", condition.text())
    return f"`{text if len(text) <= _SHOWN else text[: _SHOWN - 3] + '...'}`"
