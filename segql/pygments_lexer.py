"""Colours of definitions wherever Pygments makes them: documents, notebooks, terminals."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import Lexer
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

from segql.compiler.service import TokenKind, tokens

_TYPES: dict[TokenKind, Any] = {
    "keyword": Keyword,
    "event": Name.Label,
    "attribute": Name.Attribute,
    "property": Name.Property,
    "list": Name.Namespace,
    "segment": Name.Class,
    "place": Name.Constant,
    "region": Name.Constant,
    "define": Name.Function,
    "parameter": Name.Variable,
    "string": String.Double,
    "number": Number,
    "unit": Keyword.Type,
    "time": Literal.Date,
    "operator": Operator,
    "bracket": Punctuation,
    "comment": Comment.Single,
    "error": Error,
}

# Documents list conditions one a line; one that is indented, or begins so, goes on with the line above.
_NEXT = re.compile(r"\n(?!\s|(?:and|or|expect)\b)", re.IGNORECASE)


class SegqlLexer(Lexer):  # type: ignore[misc]  # Pygments says nothing of its types
    """What `segql.service.tokens` says, in the words of Pygments."""

    name = "segql"
    aliases: ClassVar[list[str]] = ["segql"]
    filenames: ClassVar[list[str]] = ["*.segql"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Every piece of a text: where it begins, what it is, and how it is written."""
        place = 0
        for start, end, kind in _pieces(text):
            if start > place:
                yield place, Whitespace, text[place:start]
            yield start, _TYPES[kind], text[start:end]
            place = end
        if place < len(text):
            yield place, Whitespace, text[place:]


def _pieces(text: str) -> list[tuple[int, int, TokenKind]]:
    """The tokens of a text; of one that cannot be read as a whole, those of each condition in a list of them."""
    whole = [(start, end, kind) for (start, end), kind in tokens(text)]
    if all(kind != "error" for _, _, kind in whole):
        return whole
    places = [0, *(match.end() for match in _NEXT.finditer(text))]
    parts = zip(places, [*places[1:], len(text)], strict=True)
    return [
        (place + start, place + end, kind)
        for place, behind in parts
        for (start, end), kind in tokens(text[place:behind])
    ]
