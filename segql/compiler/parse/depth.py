"""How deeply a text nests its conditions and sums, measured without recursion, before anything recursive sees it."""

from lark import Token, Tree

MAX_DEPTH = 64

# Rules that become a level of the syntax tree; brackets alone do not.
_LEVELS = {
    "disjunction",
    "conjunction",
    "negation",
    "where",
    "ranked",
    "arithmetic",
    "negative",
    "aggregate",
    "number_of",
    "number_of_different",
    "quantified",
    "counted",
    "counted_between",
    "items",
}


def depth(root: Tree[Token]) -> int:
    """The number of levels on the longest way down. `and` directly inside `and` is one level, `or` likewise."""
    deepest = 0
    waiting: list[tuple[Tree[Token], int, str]] = [(root, 0, "")]
    while waiting:
        tree, level, kind = waiting.pop()
        if tree.data in _LEVELS and not (tree.data == kind and kind in ("disjunction", "conjunction")):
            level += 1
        if tree.data != "brackets":
            kind = str(tree.data)
        deepest = max(deepest, level)
        waiting.extend((child, level, kind) for child in tree.children if isinstance(child, Tree))
    return deepest
