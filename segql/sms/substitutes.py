"""Characters that make a text costlier, and those that say the same in the common alphabet of phones."""

import unicodedata
from dataclasses import dataclass

from segql.sms.parts import GSM_BASIC, GSM_EXTENSION

# Quotes, dashes, blanks and the like: nothing is lost by them. Letters are never replaced: another letter is another word.
SUBSTITUTES = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "`": "'", "\u00b4": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u2026": "...", "\u2022": "-", "\u00b7": "-", "\u2044": "/", "\t": " ",
    "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ", "\u2007": " ",
    "\u200b": "", "\u2060": "", "\ufeff": "", "\u00ad": "",
}  # fmt: skip


@dataclass(frozen=True)
class Costly:
    """A character that no phone has in its common alphabet: with it all of the text has 70 characters to a part in
    place of 160. `substitute`: what says the same, where there is such a thing."""

    character: str
    name: str
    count: int
    substitute: str | None


def costly_in(text: str) -> tuple[Costly, ...]:
    """The costly characters of a text, in the order in which they first occur."""
    found = dict.fromkeys(
        character for character in text if character not in GSM_BASIC and character not in GSM_EXTENSION
    )
    return tuple(
        Costly(
            character,
            unicodedata.name(character, f"U+{ord(character):04X}").lower(),
            text.count(character),
            SUBSTITUTES.get(character),
        )
        for character in found
    )


def plain(text: str) -> str:
    """The text with its substitutes."""
    return "".join(SUBSTITUTES.get(character, character) for character in text)
