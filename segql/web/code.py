"""Texts of the language in its colours, as HTML."""

from markupsafe import Markup, escape

from segql.compiler.service import tokens


def coloured(text: str) -> Markup:
    """A text with each of its words in an element whose class says what it is: `tok-keyword`, `tok-event`, ..."""
    made, place = [], 0
    for (start, end), kind in tokens(text):
        made += [
            escape(text[place:start]),
            Markup('<span class="tok-{}">{}</span>').format(kind, text[start:end]),
        ]
        place = end
    return Markup("").join([*made, escape(text[place:])])
