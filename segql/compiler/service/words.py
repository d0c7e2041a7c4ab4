"""The words of the grammar, for editors that colour by patterns, without reading a text."""

from functools import cache

from segql.compiler.parse.spelling import spellings
from segql.compiler.parse.tables import grammar


@cache
def keywords() -> frozenset[str]:
    """Every word that can be a keyword somewhere, in lower case."""
    return frozenset(word for terminal in spellings(grammar()) for word in words_of(terminal))


def words_of(terminal: str) -> frozenset[str]:
    """The words by which a terminal of the grammar is written, in lower case."""
    phrases = spellings(grammar()).get(terminal, ())
    return frozenset(word for phrase in phrases for word in phrase.split() if word.isalpha())
