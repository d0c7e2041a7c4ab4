"""What editors ask about a text: the same answers for the prompt, the language server and web pages.

Pure functions over a text (and a catalog); places are offsets in code points. None of them raises for what a text can
hold.
"""

from segql.compiler.service.completion import Completion, complete
from segql.compiler.service.highlighting import SemanticToken, TokenKind, tokens
from segql.compiler.service.hovering import Hover, hover
from segql.compiler.service.occurrences import (
    Occurrence,
    definition,
    occurrence_at,
    occurrences,
    references,
    renamable,
    rename,
    renamed,
)
from segql.compiler.service.outline import Symbol, format_edits, symbols
from segql.compiler.service.refactoring import Action, actions, fixes

__all__ = [
    "Action",
    "Completion",
    "Hover",
    "Occurrence",
    "SemanticToken",
    "Symbol",
    "TokenKind",
    "actions",
    "complete",
    "definition",
    "fixes",
    "format_edits",
    "hover",
    "occurrence_at",
    "occurrences",
    "references",
    "renamable",
    "rename",
    "renamed",
    "symbols",
    "tokens",
]
