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


def unfolded(root: Tree[Token]) -> tuple[list[Tree[Token]], int]:
    """The trees of a tree, each before those in it, and the number of levels on the longest way down. `and` directly
    inside `and` is one level, `or` likewise."""
    trees: list[Tree[Token]] = []
    deepest = 0
    waiting: list[tuple[Tree[Token], int, str]] = [(root, 0, "")]
    while waiting:
        tree, level, kind = waiting.pop()
        trees.append(tree)
        rule: str = tree.data
        if rule in _LEVELS and not (rule == kind and kind in ("disjunction", "conjunction")):
            level += 1
            deepest = max(deepest, level)
        if rule != "brackets":
            kind = rule
        waiting.extend([(child, level, kind) for child in tree.children if isinstance(child, Tree)])
    return trees, deepest
