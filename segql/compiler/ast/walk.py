"""Walks over a syntax tree: its nodes, one by one, without recursion."""

from collections.abc import Iterator

from segql.compiler.ast.base import Node


def walk(root: Node) -> Iterator[Node]:
    """Every node of a tree, a parent before its children."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += parts(node)


def parts(node: Node) -> list[Node]:
    """The nodes directly below a node, in the order of its fields."""
    found: list[Node] = []
    for value in node.__dict__.values():
        if isinstance(value, Node):
            found.append(value)
        elif type(value) is tuple:
            found += [part for part in value if isinstance(part, Node)]
    return found
