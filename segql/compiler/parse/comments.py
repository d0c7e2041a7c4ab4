"""Comments: found before the text is read, and blanked out, so that one can stand wherever a blank can."""

import re
from dataclasses import dataclass

_QUOTED_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|--[^\n]*', re.DOTALL)


@dataclass(frozen=True)
class Comment:
    """A comment, where it stood, whether code stood before it on its line, and whether a blank line came after it."""

    text: str
    start: int
    trailing: bool
    apart: bool


def comments(text: str) -> list[Comment]:
    """The comments of a text, in order."""
    found = []
    for match in _QUOTED_OR_COMMENT.finditer(text):
        if match[0].startswith("--"):
            before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
            apart = re.match(r"\n[^\S\n]*\n", text[match.end() :]) is not None
            found.append(Comment(match[0].rstrip(), match.start(), bool(before.strip()), apart))
    return found


def without_comments(text: str) -> str:
    """The text with blanks in the place of comments; every other character stands where it stood."""
    return _QUOTED_OR_COMMENT.sub(
        lambda match: " " * len(match[0]) if match[0].startswith("--") else match[0], text
    )
