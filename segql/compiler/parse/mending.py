"""A text that is mended while it is read, and the way back from its places to those of the text as it was written."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix
from segql.compiler.source import Source, Span


class _Patch(NamedTuple):
    """Where an edit stands in the mended text, and where the written text has what it replaced."""

    mended: Span
    written: Span


class MendedText:
    """A text (`current`) that takes edits from its beginning to its end."""

    def __init__(self, source: Source, current: str) -> None:
        self.current = current
        self._written = source
        self._patches: list[_Patch] = []

    @property
    def settled(self) -> int:
        """The place before which nothing is edited any more."""
        return self._patches[-1].mended.end if self._patches else 0

    def mend(self, edit: Edit) -> None:
        """Apply an edit, whose place is that in the current text, behind those that were applied before."""
        start, end = edit.span
        written = Span(self.written_place(start), self.written_place(end))
        self.current = self.current[:start] + edit.text + self.current[end:]
        self._patches.append(_Patch(Span(start, start + len(edit.text)), written))

    def written_place(self, place: int, *, end: bool = False) -> int:
        """Where a place of the current text stands in the written one; inside an edit, where that begins or ends."""
        index = bisect_right(self._patches, place, key=lambda patch: patch.mended.start) - 1
        if index < 0:
            return place
        mended, written = self._patches[index]
        if place >= mended.end:
            return written.end + place - mended.end
        return written.end if end and place > mended.start else written.start

    def written_span(self, span: Span) -> Span:
        """A span of the current text in the written one."""
        start = self.written_place(span.start)
        return Span(start, max(start, self.written_place(span.end, end=True)))

    def restored(self, diagnostics: Iterable[Diagnostic], mended: Source) -> list[Diagnostic]:
        """Diagnostics of the mended text as diagnostics of the written one; those of other texts as they are."""
        return [self._restored(one) if one.source is mended else one for one in diagnostics]

    def _restored(self, diagnostic: Diagnostic) -> Diagnostic:
        fixes = tuple(
            Fix(fix.title, tuple(Edit(self.written_span(edit.span), edit.text) for edit in fix.edits))
            for fix in diagnostic.fixes
        )
        span = self.written_span(diagnostic.span)
        return replace(diagnostic, span=span, source=self._written, fixes=fixes)
