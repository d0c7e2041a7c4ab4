"""What "the same text" means: one folding rule, which every engine repeats, and the nearest names to a misspelt one."""

import unicodedata
from collections.abc import Iterable


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
