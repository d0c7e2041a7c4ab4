"""What a notebook proposes while somebody types in a cell that asks a store."""

import re
from collections.abc import Callable

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from segql.compiler.catalog.model import Catalog
from segql.compiler.service import complete

_CELL = re.compile(r"\s*%%segql\b[^\n]*\n")


def proposals(
    catalog: Callable[[], Catalog | None],
) -> Callable[[CompletionContext], SimpleMatcherResult]:
    """What IPython asks for what could be written, of cells that begin with `%%segql`; `catalog` gives that of the store
    which is open. The only ones there: nothing else is right in such a cell."""

    # Before IPython's own, which know Python.
    @context_matcher(priority=1_000)  # type: ignore[untyped-decorator]  # IPython says no type of it
    def segql_matcher(context: CompletionContext) -> SimpleMatcherResult:
        cell, known = _CELL.match(context.full_text), catalog()
        place = _place(context) - (cell.end() if cell is not None else 0)
        if cell is None or known is None or place < 0:
            return {"completions": []}
        text = context.full_text[cell.end() :]
        found = complete(text, place, known)
        start = min((one.span.start for one in found), default=place)
        return {
            # Each goes in the place of the same stretch, the longest that any of them begins at.
            "completions": [
                SimpleCompletion(text[start : one.span.start] + one.text, type=one.about) for one in found
            ],
            "matched_fragment": text[start:place],
            "suppress": True,
            "ordered": True,
        }

    return segql_matcher  # type: ignore[no-any-return]


def _place(context: CompletionContext) -> int:
    """The offset of the cursor in the whole text."""
    lines = context.full_text.split("\n")[: context.cursor_line]
    return sum(len(line) + 1 for line in lines) + context.cursor_position
