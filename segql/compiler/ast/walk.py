"""Walks over a syntax tree: its nodes, one by one, without recursion."""

from collections.abc import Iterator

from segql.compiler.ast.base import Node


def walk(root: Node) -> Iterator[Node]:
    """Every node of a tree, a parent before its children."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        for name in type(node).model_fields:
            value = getattr(node, name)
            parts = value if isinstance(value, tuple) else (value,)
            waiting.extend(part for part in parts if isinstance(part, Node))
