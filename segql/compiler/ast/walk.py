"""Walks over a syntax tree: its nodes, one by one, without recursion."""

from collections.abc import Iterator

from segql.compiler.ast.base import Node


def walk(root: Node) -> Iterator[Node]:
    """Every node of a tree, a parent before its children."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        for value in node.__dict__.values():
            if isinstance(value, Node):
                waiting.append(value)
            elif isinstance(value, tuple):
                waiting.extend(part for part in value if isinstance(part, Node))
