"""Reactions: what a phone texts when its owner likes one of our texts. It quotes us, our STOP included."""

import re
from collections.abc import Iterable

from segql.sms.keywords.normal import normalize

# How phones that speak English begin, before the quote: Liked “...”, 👍 to “...”.
_KNOWN = (
    r"(?:Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed|Questioned|Reacted \S+ to|Removed an? .{1,40} from"
    r"|[^\w\s]{1,8}\s?to)"
)
_QUOTE = r"[\"“„«](?P<quote>.*)[\"”“»]"
_REACTION = re.compile(rf"(?P<rest>{_KNOWN})\s+{_QUOTE}", re.DOTALL | re.IGNORECASE)
# Phones with other languages, of which only the form is known: a few words, and the quote at the end.
_OTHER = re.compile(rf"(?P<rest>[^\"“„«?]{{0,40}}?)\s*{_QUOTE}", re.DOTALL)
_WORDS = 4
# So much of a text's beginning is a quote of it, where a phone cut it short.
_ENOUGH = 20
# No reaction is longer than the texts that it quotes.
_LONGEST = 2000


def looks_like_reaction(text: str) -> bool:
    """Whether a text has the form of a reaction, in English or with a symbol, whatever it quotes."""
    return len(text) <= _LONGEST and _REACTION.fullmatch(text.strip()) is not None


def rest_of_reaction(text: str, ours: Iterable[str]) -> str | None:
    """What stands before the quote, where a text is a reaction to one of `ours`; None where it is not."""
    if len(text) > _LONGEST:
        return None
    known = _REACTION.fullmatch(text.strip())
    found = known or _OTHER.fullmatch(text.strip())
    if found is None or not (quoted := normalize(found["quote"])):
        return None
    said = map(normalize, ours)
    if known:
        quotes_us = any(quoted in text_of_ours for text_of_ours in said)
    else:
        # A word of ours in quotes may be meant as it stands: please “stop”.
        quotes_us = len(found["rest"].split()) <= _WORDS and any(
            text_of_ours == quoted or (len(quoted) >= _ENOUGH and text_of_ours.startswith(quoted))
            for text_of_ours in said
        )
    return found["rest"] if quotes_us else None
