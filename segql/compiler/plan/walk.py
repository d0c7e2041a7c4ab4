"""Walks over a plan: its parts, one by one, without recursion."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from segql.compiler.plan.nodes import Aggregate, Predicate, Scan, Term

PlanNode = Predicate | Term | Scan | Aggregate


def walk(root: object) -> Iterator[object]:
    """Every node of a plan, a parent before its children, each distinct node once."""
    seen: set[object] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        for field in fields(node):  # type: ignore[arg-type]  # only dataclasses are put on the stack
            value = getattr(node, field.name)
            parts = value if isinstance(value, tuple) else (value,)
            waiting.extend(part for part in parts if is_dataclass(part) and not isinstance(part, type))
