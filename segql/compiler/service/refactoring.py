"""What can be done to a text at a place: the fixes of its diagnostics, and changes that keep its meaning or turn it round.

Every change is read again before it is offered: only one that gives exactly the tree that was meant is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from segql.compiler.ast.base import Condition, Node
from segql.compiler.ast.walk import walk
from segql.compiler.catalog.model import Catalog
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import And, Call, Not, Or, Parameter
from segql.compiler.conditions.calls import Argument
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit
from segql.compiler.diagnostics.fixes import with_edits
from segql.compiler.parse.parser import read
from segql.compiler.pipeline import check
from segql.compiler.service.reading import read_text
from segql.compiler.source import Source, Span
from segql.compiler.statements import Ask, Define, Formal, Tree
from segql.compiler.text import fold


@dataclass(frozen=True, slots=True)
class Action:
    """A change that is offered. `code`: of a fix, that of its diagnostic."""

    title: str
    kind: Literal["fix", "negate", "extract", "inline"]
    edits: tuple[Edit, ...]
    code: Code | None = None


def actions(text: str, catalog: Catalog, selection: tuple[int, int]) -> tuple[Action, ...]:
    """What can be done where a selection (or the cursor, an empty one) stands."""
    span = Span(*selection)
    found = check(text, catalog)
    return (*fixes(text, found, span), *_refactorings(text, catalog, span))


def fixes(text: str, found: tuple[Diagnostic, ...], span: Span) -> Iterator[Action]:
    """The fixes of diagnostics of a text that touch a selection."""
    for one in found:
        if one.source.text == text and one.span.start <= span.end and span.start <= one.span.end:
            for fix in one.fixes:
                yield Action(fix.title, "fix", fix.edits, one.code)


def _refactorings(text: str, catalog: Catalog, span: Span) -> Iterator[Action]:
    known = read_text(text, catalog)
    if known.reading.problems or known.reading.tree is None:
        return
    chosen = _trimmed(text, span)
    holding = known.holding(chosen)
    conditions = [node for node, _ in holding if isinstance(node, Condition)]
    if not conditions or _is_part(conditions[-1], chosen):
        return
    statement, scope = holding[0]
    change = _Change(text, catalog, known.reading.tree, statement, scope)
    yield from change.negated(conditions)
    yield from change.extracted(conditions[-1])
    yield from change.inlined(conditions)


@dataclass(frozen=True)
class _Change:
    """Changes of one statement of a text that has no mistakes in it."""

    text: str
    catalog: Catalog
    tree: Tree
    statement: Any
    scope: Scope

    def negated(self, conditions: list[Condition]) -> Iterator[Action]:
        """`not` before the innermost condition, or taken away where it is there."""
        *outer, node = conditions
        if outer and isinstance(outer[-1], Not):
            node = outer[-1]
        if isinstance(node, Not):
            child = node.child
            yield from self._put("Take `not` away", "negate", node, child, self._written(child))
        else:
            written = self._slice(node)
            negated = Not(child=_as_any(node))
            bare = [] if negated.text().startswith("not (") else [f"not {written}"]
            texts = [*bare, f"not ({written})", f"(not ({written}))"]
            yield from self._put(f"Negate: not {_named(node)}", "negate", node, negated, texts)

    def extracted(self, node: Condition) -> Iterator[Action]:
        """A define of a condition before its statement, and a call of it in the condition's place."""
        if isinstance(self.statement, Ask) or isinstance(node, Call):
            return
        parameters = sorted((one.span, one.name) for one in walk(node) if isinstance(one, Parameter))
        used = dict.fromkeys(one for _, one in parameters)
        name = self._free_name()
        formals = tuple(Formal(name=one) for one in used)
        given = tuple(Argument(value=Parameter(name=one, place="value")) for one in used)
        define = Define(name=name, parameters=formals, condition=_as_any(node))
        call = Call(name=name, arguments=given)
        place = self.statement.span.start
        edits = (
            Edit(Span(place, place), f"{define.heading()}\n  {self._slice(node)}\n\n"),
            Edit(node.span, call.text()),
        )
        at = next(index for index, one in enumerate(self.tree.statements) if one is self.statement)
        replaced = _replaced(self.tree, node, call).statements
        expected = Tree(statements=(*replaced[:at], define, *replaced[at:]))
        if self._is_meant(edits, expected):
            yield Action(f"Extract {_named(node)} into a define", "extract", edits)

    def inlined(self, conditions: list[Condition]) -> Iterator[Action]:
        """What a call stands for, in its place."""
        call = conditions[-1]
        if not isinstance(call, Call) or self.scope.library.template(call.name) is None:
            return
        try:
            expanded, _ = call.expanded(self.scope)
        except LookupError:
            return
        yield from self._put(
            f"Write out {call.name}", "inline", call, expanded, [expanded.text(), f"({expanded.text()})"]
        )

    def _put(
        self,
        title: str,
        kind: Literal["negate", "inline"],
        old: Condition,
        new: Condition,
        texts: list[str],
    ) -> Iterator[Action]:
        """The change of a condition into another one, by the first text that is read as that."""
        expected = _replaced(self.tree, old, new)
        for written in texts:
            edits = (Edit(old.span, written),)
            if self._is_meant(edits, expected):
                yield Action(title, kind, edits)
                return

    def _is_meant(self, edits: tuple[Edit, ...], expected: Tree) -> bool:
        """Whether the text after edits is that tree, and has no more errors than before."""
        after = with_edits(self.text, edits)
        # Its own text: as it would be read, which makes one `and` of several.
        meant = read(Source(expected.text()), recovering=False).tree
        if meant is None or read(Source(after), recovering=False).tree != meant:
            return False
        return not _errors(after, self.catalog) - _errors(self.text, self.catalog)

    def _written(self, node: Condition) -> list[str]:
        return [self._slice(node), f"({self._slice(node)})", node.text(), f"({node.text()})"]

    def _slice(self, node: Node) -> str:
        return self.text[node.span.start : node.span.end]

    def _free_name(self) -> str:
        taken = {fold(name) for name in self.scope.library.template_names()}
        return next(name for name in _names() if name not in taken)


def _names() -> Iterator[str]:
    yield "part"
    number = 2
    while True:
        yield f"part_{number}"
        number += 1


def _named(node: Condition) -> str:
    """A condition as the title of an action has it."""
    text = node.text()
    return f"`{text}`" if len(text) <= 40 else f"`{text[:37]}...`"


def _trimmed(text: str, span: Span) -> Span:
    """A selection without the blanks at its ends, and without the brackets around it."""
    chosen = text[span.start : span.end]
    stripped = chosen.strip()
    if not stripped:
        return span
    start = span.start + chosen.index(stripped)
    if stripped.startswith("(") and stripped.endswith(")"):
        return _trimmed(text, Span(start + 1, start + len(stripped) - 1))
    return Span(start, start + len(stripped))


def _is_part(node: Condition, chosen: Span) -> bool:
    """Whether some conditions of an `and` or an `or` were chosen, and not all of them."""
    return isinstance(node, And | Or) and chosen.start < chosen.end and chosen != node.span


def _errors(text: str, catalog: Catalog) -> set[tuple[Code, str]]:
    return {(one.code, one.message) for one in check(text, catalog) if one.severity == "error"}


def _replaced(node: Any, old: Node, new: Node) -> Any:
    """A tree with another node in the place of one of its nodes."""
    if node is old:
        return new
    if isinstance(node, tuple):
        return tuple(_replaced(part, old, new) for part in node)
    if not isinstance(node, Node):
        return node
    fields = ((name, getattr(node, name)) for name in node.__struct_fields__)
    changed = {name: _replaced(value, old, new) for name, value in fields if isinstance(value, Node | tuple)}
    return node.changed(**changed) if changed else node


def _as_any(node: Condition) -> Any:
    return node
