"""The names, numbers, texts and days of a text, each with the rules of the grammar that it stands in; of a text with
mistakes those that were read. Colours, hovers and renaming start here."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.parse.comments import without_comments
from segql.compiler.parse.parser import is_too_long
from segql.compiler.parse.tables import grammar
from segql.compiler.source import Source, Span

# What stands for a rule where its end was not found.
PART = "part"
# Rules that only say how a name is written.
_NAMES = ("bare_name", "quoted_name", "attribute")
# Whatever else is kept in the tree is a keyword or a sign.
_TERMINALS = ("NAME", "STRING", "NUMBER", "MONEY", "UNIT", "DISTANCE_UNIT", "DATE", "DAY_WORD", "PARAMETER")


class Within(NamedTuple):
    """A rule around a leaf, and those around that one."""

    tree: Tree[Token]
    outer: "Within | None" = None

    def rules(self) -> Iterator["Within"]:
        """The rules from the inside out."""
        within: Within | None = self
        while within is not None:
            yield within
            within = within.outer


class Leaf(NamedTuple):
    """A terminal where it stands in the text. `within`: the rule that it stands in, without those by which it is read as
    a `name` of an attribute, an event or another thing; `part`: which part of the innermost rule it is."""

    span: Span
    text: str
    terminal: str
    within: Within
    is_name: bool
    part: int

    @property
    def rule(self) -> str:
        """What the rule is called."""
        return str(self.within.tree.data)

    @property
    def is_of_event(self) -> bool:
        """Whether it stands inside `where`, where the properties of events are meant."""
        return any(within.tree.data == "where" for within in self.within.rules())


class Leaves(NamedTuple):
    """The leaves of a text by where they begin, in order, and the problems that reading it found."""

    leaves: dict[int, Leaf]
    problems: tuple[Diagnostic, ...] = ()


def leaves(text: str) -> Leaves:
    """The leaves of any text; none where it is too long to be read."""
    source = Source(text)
    code = without_comments(text)
    if is_too_long(source, code) is not None:
        return Leaves({})
    try:
        return Leaves(_by_place(_found([grammar().parse(code)])))
    except UnexpectedInput:
        return _recovered(source, code)


def _recovered(source: Source, code: str) -> Leaves:
    # Loaded here: a correct text should not pay for it.
    from segql.compiler.parse.recovery import Recovery

    trees: list[Tree[Token]] = []

    class Keeping(Recovery):
        """A recovery that keeps what it gives up for the tree: it was read, and is what it is."""

        def drop(self, depth: int) -> None:
            trees.append(_part(self.cursor.below(depth), self.cursor.folded(depth)))
            super().drop(depth)

    recovery = Keeping(grammar(), source, code)
    whole = recovery.read()
    trees.append(_part([], recovery.cursor.folded(0)) if whole is None else whole)
    written = recovery.mended.written_span
    found = (leaf._replace(span=written(leaf.span)) for leaf in _found(trees))
    return Leaves(_by_place(found), tuple(recovery.problems))


def _part(below: list[Any], values: list[Any]) -> Tree[Token]:
    """What was read and is not whole, as a rule of its own; what stands behind an open `where` as a `where` in it. `below`
    stands before it."""
    shows = False
    found: Tree[Token] = Tree(PART, [])
    around = found
    for index, value in enumerate((*below, *values)):
        if index >= len(below):
            around.children.append(value)
        word = value.type if isinstance(value, Token) else ""
        # The `where` of `show` is followed by what is asked of people.
        if word == "WHERE" and not shows:
            inner: Tree[Token] = Tree("where", [])
            around.children.append(inner)
            around = inner
        shows = word == "_SHOW" or (shows and word != "WHERE")
    return found


def _by_place(found: Iterable[Leaf]) -> dict[int, Leaf]:
    """Leaves by where they begin, in order; without those that took in what others were found to be: a text that never
    ended, up to the next quotation mark."""
    by_place = {leaf.span.start: leaf for leaf in found if leaf.span.start < leaf.span.end}
    places = sorted(by_place)
    following = [*places[1:], sys.maxsize][: len(places)]
    return {
        place: by_place[place]
        for place, behind in zip(places, following, strict=True)
        if by_place[place].span.end <= behind
    }


def _found(trees: Iterable[Tree[Token]]) -> Iterator[Leaf]:
    waiting = [Within(tree) for tree in trees]
    while waiting:
        within = waiting.pop()
        around = within
        while around.tree.data in _NAMES and around.outer is not None:
            around = around.outer
        for index, part in enumerate(within.tree.children):
            if isinstance(part, Tree):
                waiting.append(Within(part, within))
            elif isinstance(part, Token) and part.type in _TERMINALS:
                span = Span(part.start_pos or 0, part.end_pos or 0)
                yield Leaf(span, str(part), part.type, around, around is not within, index)
