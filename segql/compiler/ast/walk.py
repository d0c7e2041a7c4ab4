"""Walks over a syntax tree: its nodes, one by one, without recursion."""

from collections.abc import Iterator

from msgspec.structs import astuple

from segql.compiler.ast.base import Node


def walk(root: Node) -> Iterator[Node]:
    """Every node of a tree, a parent before its children."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(nodes_in(node))


def nodes_in(node: Node) -> Iterator[Node]:
    """The nodes that stand in the fields of a node."""
    for value in astuple(node):
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))
