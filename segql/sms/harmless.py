"""What somebody wrote, with nothing in it that a terminal, a page or a mail reader would obey."""

import unicodedata

# A new line, and what joins emoji: the control and format characters that a text needs.
_NEEDED = "\n\u200d"


def harmless(text: str) -> str:
    """The text; controls and marks of direction in it become U+FFFD."""
    return "".join(
        "\ufffd"
        if unicodedata.category(character) in ("Cc", "Cf") and character not in _NEEDED
        else character
        for character in text
    )
