"""The structure of a text that cannot be read: where a condition that went wrong ends, without reading it."""

import re

# A connective before a number belongs to `between 3 and 5`, not to logic.
_LANDMARK = re.compile(
    r"""
    (?P<text>"(?:[^"\\\n]|\\.)*")
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<connective>\b(?:and|or)\b(?!\s*[-+$€£¥]?\s?\d))
    | (?P<comma>,)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_LAST_CONNECTIVE = re.compile(r"\b(?:and|or)\b(?=\s*\Z)", re.IGNORECASE)
_QUOTE = re.compile(r'"(?:(?:[^"\\]|\\.)*")?', re.DOTALL)
_STATEMENT = re.compile(
    r"""^[ \t]*(?:segment\s*" | define\s+\w+\s*\( |
    (?:count|show|explain|trend|overlap|funnel|why|compare)\b(?!\s*(?:[=<>!]|is\b)))""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def statement_after(text: str, place: int) -> int:
    """Where the next statement begins at or after a place; the text's end where there is none."""
    match = _STATEMENT.search(text, place)
    if match is None:
        return len(text)
    return match.end() - len(match[0].lstrip(" \t"))


def end_of_stretch(text: str, place: int, depth: int) -> int:
    """Where the condition that holds a place ends: at a connective, at the bracket that closes what it stands in, or
    at the next statement. `depth` brackets were opened in the condition before the place."""
    limit = statement_after(text, place)
    found = _end(text, place, limit, depth)
    # A bracket that is never closed would take everything with it.
    return _end(text, place, limit, 0) if found == limit and depth else found


def _end(text: str, place: int, limit: int, depth: int) -> int:
    for match in _LANDMARK.finditer(text, place, limit):
        if match["open"]:
            depth += 1
        elif match["close"]:
            if depth == 0:
                return match.start()
            depth -= 1
        elif match["connective"] and depth == 0:
            return match.start()
    return limit


def open_brackets(text: str, start: int, end: int) -> list[int]:
    """Where the round brackets stand that are opened in a stretch of text and not closed in it."""
    waiting: list[int] = []
    for match in _LANDMARK.finditer(text, start, end):
        if match[0] == "(":
            waiting.append(match.start())
        elif match[0] == ")" and waiting:
            waiting.pop()
    return waiting


def statement_before(text: str, place: int) -> int:
    """Where the statement begins in which a place stands; 0 where the text has none."""
    starts = [match.start() for match in _STATEMENT.finditer(text, 0, place + 1)]
    return starts[-1] if starts else 0


def text_without_end(text: str, start: int, end: int) -> int | None:
    """Where a quoted text begins, in a stretch, that never ends, or not on its line and then takes the next one for its
    end; None where all of them are whole."""
    for match in _QUOTE.finditer(text, start):
        if match.start() > end:
            return None
        if len(match[0]) == 1 or "\n" in match[0]:
            return match.start()
    return None


def connective_before(text: str, start: int, end: int) -> int:
    """Where the connective stands that is the last word of a stretch of text and not its first; `end` if none is."""
    match = _LAST_CONNECTIVE.search(text, start, end)
    return end if match is None or match.start() == start else match.start()
