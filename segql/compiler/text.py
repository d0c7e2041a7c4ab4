"""Text: what "the same" means (one folding rule, which every engine repeats), quoting, and the nearest names."""

import re
import unicodedata
from collections.abc import Iterable

_BARE_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")
_KEYWORDS = """after ago all among and any at average before between bottom by can compare contains count did
    does empty ends engaged ever everybody everyone exactly explain false first from funnel has in is last less
    limit list matches maximum median minimum more never none not number of on once or order over overlap
    pending place prefers push segment set show since sms starts subscribed sum the then this times today top
    trend true twice unsubscribed where with within yesterday"""
# Words of the language: in canonical text a name is never written as one of them without quotes, wherever it stands.
RESERVED = frozenset(_KEYWORDS.split())
# Words that mean something even where only words can stand.
_NO_WORDS = frozenset(("list", "true", "false", "tags", "owner", "today", "yesterday"))
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def fold(text: str) -> str:
    """Fold text for comparison without regard to case and Unicode form.

    Normal form C, then lower case character by character, then normal form C again. It is the simple
    (one character to one) lower case of Unicode, which SQL engines can repeat exactly; `str.lower` and
    `str.casefold` look at neighbours and change lengths, which SQL engines do not.
    """
    composed = unicodedata.normalize("NFC", text)
    return composed.lower() if composed.isascii() else _fold_wide(composed)


def _fold_wide(composed: str) -> str:
    return unicodedata.normalize("NFC", "".join(character.lower()[0] for character in composed))


def nearest(name: str, candidates: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The candidates that a person may have meant by `name`, best first; none where nothing is close."""
    # Loaded here: only a mistake needs it, and a correct text should not pay for its import.
    from rapidfuzz import fuzz, process

    by_folded = {fold(candidate): candidate for candidate in candidates}
    found = process.extract(fold(name), by_folded.keys(), scorer=fuzz.ratio, limit=limit, score_cutoff=65)
    return tuple(by_folded[folded] for folded, _, _ in found)


def listing(words: Iterable[str], last: str = "or") -> str:
    """Join words as a person would: "a, b or c"."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def quoted(text: str) -> str:
    """A text in double quotes, as it is written in a definition: on one line, as files and browsers change ends of lines."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    for letter, meant in _ESCAPES.items():
        escaped = escaped.replace(meant, f"\\{letter}")
    return f'"{escaped}"'


def unquoted(written: str) -> str:
    """The text that was written in double quotes."""
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), written[1:-1], flags=re.DOTALL)


def name_text(name: str) -> str:
    """A name as it is written in canonical text: bare where it is a word and no keyword, else in quotes."""
    return name if _BARE_NAME.match(name) and fold(name) not in RESERVED else quoted(name)


def word_text(word: str) -> str:
    """A word as it is written where only words can stand (a tag, the status in an example): bare where it is one."""
    return word if _BARE_NAME.match(word) and fold(word) not in _NO_WORDS else quoted(word)
