"""Walks over a plan: its parts, one by one, without recursion."""

from collections.abc import Iterator

from segql.compiler.plan.base import PlanNode


def walk(root: PlanNode) -> Iterator[PlanNode]:
    """Every node of a plan, a parent before its children, each distinct node once."""
    seen: set[PlanNode] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        for name in node.__struct_fields__:
            value = getattr(node, name)
            parts = value if isinstance(value, tuple) else (value,)
            waiting.extend(part for part in parts if isinstance(part, PlanNode))
