"""Texts as keywords are compared: without what a hurried thumb or a phone adds to a word."""

import unicodedata


def normalize(text: str) -> str:
    """The text with NFKC, no control or zero-width characters, no case, no accents, nothing but letters and digits at
    either end, single spaces."""
    composed = unicodedata.normalize("NFKC", text).replace("’", "'")
    visible = "".join(
        " " if character.isspace() else character
        for character in composed
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf")
    )
    decomposed = unicodedata.normalize("NFKD", visible.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    start, end = 0, len(plain)
    while start < end and not plain[start].isalnum():
        start += 1
    while end > start and not plain[end - 1].isalnum():
        end -= 1
    return " ".join(plain[start:end].split())


def squeeze(said: str) -> str:
    """A normalized text without anything between its letters: "opt-out" and "s t o p" as one word."""
    return "".join(character for character in said if character.isalnum())
