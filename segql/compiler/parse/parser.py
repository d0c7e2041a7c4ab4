"""Text to syntax tree. A mistake is no end: the rest is read, so that all problems of a text are told at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.parse.comments import without_comments
from segql.compiler.parse.depth import MAX_DEPTH, unfolded
from segql.compiler.parse.mending import MendedText
from segql.compiler.parse.tables import grammar
from segql.compiler.parse.tree import TreeBuilder
from segql.compiler.source import Source, Span
from segql.compiler.statements import Tree as SyntaxTree

MAX_CHARACTERS = 1_000_000
# Ten thousand conditions have at most so many, and are read in seconds.
MAX_WORDS = 100_000

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|[^\w\s]', re.DOTALL)


@dataclass(frozen=True)
class Reading:
    """What was read of a text. Where there are problems the tree has holes, or is missing: it is good for finding more
    of them and for nothing else. Its places are those of `source`, from which `placed` leads back."""

    tree: SyntaxTree | None
    source: Source
    problems: tuple[Diagnostic, ...] = ()
    _mended: MendedText | None = None
    _lost: bool = field(default=False)

    def written(self, span: Span) -> Span:
        """Where a stretch of the text that was read stands in the text as it was written."""
        return span if self._mended is None else self._mended.written_span(span)

    def placed(self, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Problems of the text and what was found in its tree, together, in the order of the places."""
        if self._mended is not None:
            found = self._mended.restored(found, self.source)
        if self._lost:
            # What is missing may be the very segment that another one names.
            found = (one for one in found if one.code is not Code.SG205)
        # What was put in, or read in another way, may not fit what stands there.
        told = {one.span for one in self.problems}
        together = dict.fromkeys((*self.problems, *(one for one in found if one.span not in told)))
        return tuple(sorted(together, key=lambda one: (one.source.name or "", one.span, one.code.name)))


def parse(source: Source) -> SyntaxTree:
    """The syntax tree of a text. Raises `DefinitionError` with every problem that was found."""
    reading = read(source)
    if reading.tree is None or reading.problems:
        raise DefinitionError(reading.placed(()))
    return reading.tree


def parse_text(text: str, name: str | None = None) -> SyntaxTree:
    """The syntax tree of a text, which messages call by `name`. Raises `DefinitionError`."""
    return parse(Source(text, name))


def read(source: Source, *, recovering: bool = True) -> Reading:
    """The syntax tree of a text and the problems that reading it found; never raises for what a text can hold. Without
    `recovering` there is no tree of a text that cannot be read, and no problem is told."""
    text = without_comments(source.text)
    problem = is_too_long(source, text)
    if problem is not None:
        return Reading(None, source, (problem,))
    try:
        parsed = grammar().parse(text)
    except UnexpectedInput:
        return _recovered(source, text) if recovering else Reading(None, source)
    tree, problems = _built(TreeBuilder(source), parsed)
    return Reading(tree, source, problems)


def is_too_long(source: Source, text: str) -> Diagnostic | None:
    """What is said of a source whose text (without comments) is too long to be read; None of any other."""
    if len(text) > MAX_CHARACTERS:
        found, most, what = len(text), MAX_CHARACTERS, "characters"
    # No text that is shorter has so many.
    elif len(text) > MAX_WORDS and (words := sum(1 for _ in _WORD.finditer(text))) > MAX_WORDS:
        found, most, what = words, MAX_WORDS, "words and signs"
    else:
        return None
    message = f"the text has {found:,} {what}; at most {most:,} are read"
    remedy = "split it into several segments that use each other by `in segment`"
    return Diagnostic(Code.SG104, message, Span(0, 0), source, remedy)


def _recovered(source: Source, text: str) -> Reading:
    # Loaded here: a correct text should not pay for it.
    from segql.compiler.parse.recovery import HoleBuilder, Recovery

    recovery = Recovery(grammar(), source, text)
    parsed = recovery.read()
    mended = Source(recovery.mended.current, source.name)
    problems = tuple(recovery.problems)
    if parsed is None:
        return Reading(None, mended, problems)
    tree, more = _built(HoleBuilder(mended), parsed)
    certain = [one for one in more if not (one.code is Code.SG102 and _holds_any(one.span, recovery.unsure))]
    restored = recovery.mended.restored(certain, mended)
    return Reading(tree, mended, (*problems, *restored), recovery.mended, recovery.lost)


def _holds_any(span: Span, inner: Iterable[Span]) -> bool:
    return any(span.start <= one.start and one.end <= span.end for one in inner)


def _built(builder: TreeBuilder, parsed: Tree[Token]) -> tuple[SyntaxTree | None, tuple[Diagnostic, ...]]:
    source = builder.source
    everything = Span(0, len(source.text))
    trees, levels = unfolded(parsed)
    if levels > MAX_DEPTH:
        message = f"the conditions are nested {levels} levels deep; at most {MAX_DEPTH} are read"
        remedy = "name the inner parts as segments of their own and use them by `in segment`"
        return None, (Diagnostic(Code.SG103, message, everything, source, remedy),)
    tree = builder.build(trees)
    return tree if isinstance(tree, SyntaxTree) else None, tuple(builder.problems)
