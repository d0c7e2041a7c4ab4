"""Where the names of a text stand: definitions, uses, and other names for all of them."""

from typing import NamedTuple

from segql.compiler.diagnostics.diagnostic import Edit
from segql.compiler.diagnostics.fixes import with_edits
from segql.compiler.parse.leaves import Leaf, leaves
from segql.compiler.service.highlighting import TokenKind, kind_of
from segql.compiler.source import Span
from segql.compiler.text import fold, quoted, unquoted

NAMED: tuple[TokenKind, ...] = (
    "event",
    "attribute",
    "property",
    "list",
    "segment",
    "place",
    "define",
    "parameter",
)
# A text says itself what these are.
_OWN: tuple[TokenKind, ...] = ("segment", "define", "parameter")
_STATEMENTS = (
    "bare_condition",
    "segment",
    "define",
    "count",
    "show",
    "trend",
    "overlap",
    "funnel",
    "why",
    "compare",
    "explain",
)


class Occurrence(NamedTuple):
    """A name where it stands. `home`: of a parameter the define that it belongs to, or the place of the statement that a
    program gives it to; else nothing."""

    span: Span
    kind: TokenKind
    name: str
    is_definition: bool = False
    home: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it belongs to one statement of one text: a parameter that a program gives."""
        return self.home.isdecimal()

    def means(self, other: "Occurrence") -> bool:
        """Whether it is the name of the same thing, in the same text or another one."""
        return (self.kind, fold(self.name), self.home) == (other.kind, fold(other.name), other.home)


def occurrences(text: str) -> tuple[Occurrence, ...]:
    """The names in a text, in order; of a text with mistakes those that were read."""
    found = (_occurrence(leaf) for leaf in leaves(text).leaves.values())
    return tuple(one for one in found if one is not None)


def occurrence_at(text: str, offset: int) -> Occurrence | None:
    """The name that stands at a place, or ends there."""
    touching = (one for one in occurrences(text) if one.span.start <= offset <= one.span.end)
    return max(touching, default=None, key=lambda one: one.span.start)


def definition(text: str, offset: int) -> Span | None:
    """Where the segment, the define or the parameter that stands at a place is defined in the text."""
    meant = occurrence_at(text, offset)
    if meant is None or meant.kind not in _OWN:
        return None
    return next((one.span for one in occurrences(text) if one.is_definition and one.means(meant)), None)


def references(text: str, offset: int) -> tuple[Span, ...]:
    """Where what stands at a place is named, its definition included."""
    meant = occurrence_at(text, offset)
    return () if meant is None else tuple(one.span for one in occurrences(text) if one.means(meant))


def renamable(text: str, offset: int) -> Occurrence | None:
    """The segment, the define or the parameter at a place, which is all that a text can rename."""
    meant = occurrence_at(text, offset)
    return meant if meant is not None and meant.kind in _OWN else None


def rename(text: str, offset: int, name: str) -> tuple[Edit, ...]:
    """The edits by which what stands at a place has another name everywhere in the text; none where it is nothing that
    a text can rename. Raises ValueError for a name that it cannot have."""
    meant = renamable(text, offset)
    return () if meant is None else renamed(text, meant, name)


def renamed(text: str, meant: Occurrence, name: str) -> tuple[Edit, ...]:
    """The edits by which a segment, a define or a parameter has another name in a text. Raises ValueError for a name
    that it cannot have."""
    found = occurrences(text)
    other = meant._replace(name=name)
    if not name.strip() or any(one.means(other) and not one.means(meant) for one in found):
        raise ValueError(
            f"there is a {meant.kind} called {quoted(name)}" if name.strip() else "a name is needed"
        )
    edits = tuple(
        Edit(one.span, _written(name, one.kind, text[one.span.start : one.span.end]))
        for one in found
        if one.means(meant)
    )
    _check_read_again(text, edits, other)
    return edits


def _check_read_again(text: str, edits: tuple[Edit, ...], other: Occurrence) -> None:
    """Refuse a name that is read as something else where it now stands."""
    again = sum(one.means(other) for one in occurrences(with_edits(text, edits)))
    if again != len(edits):
        what = "a word" if other.kind != "segment" else "a text"
        raise ValueError(
            f"{other.name} cannot be the name of a {other.kind}: write {what} that is no keyword"
        )


def _written(name: str, kind: TokenKind, before: str) -> str:
    if kind == "segment":
        return quoted(name)
    return f"${name}" if before.startswith("$") else name


def _occurrence(leaf: Leaf) -> Occurrence | None:
    kind = kind_of(leaf)
    if kind not in NAMED:
        return None
    name = unquoted(leaf.text) if leaf.terminal == "STRING" else leaf.text.removeprefix("$")
    is_definition = leaf.rule in ("segment", "define", "formal") and not leaf.is_name
    home = _home(leaf) if kind == "parameter" else ""
    return Occurrence(leaf.span, kind, name, is_definition, home)


def _home(leaf: Leaf) -> str:
    for within in leaf.within.rules():
        tree = within.tree
        if tree.data == "define" or (tree.data == "call" and leaf.terminal == "NAME"):
            return fold(str(tree.children[0]))
        if tree.data in _STATEMENTS:
            return str(tree.meta.start_pos)
    return ""
