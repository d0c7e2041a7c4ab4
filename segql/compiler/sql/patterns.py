"""Patterns of the language as PostgreSQL reads them: its advanced regular expressions, in which some signs mean more."""

import re

# What stands in a pattern: a class in square brackets, a sign behind a backslash, the beginning of a group, any other sign.
_PARTS = re.compile(r"(\[\^?\]?(?:\\.|[^\]\\])*\])|\\(x[0-9A-Fa-f]{2}|.)|(\(\?i?[:)])|(.)", re.DOTALL)
_IN_BRACKETS = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)|\[", re.DOTALL)
_REPEATED = re.compile(r"\{\d+(?:,\d*)?\}")
# Letters and digits of ASCII only, as in a store; \b is a backspace there, and a dot finds the end of a line.
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r"\t\n\f\r "}
_WORD = f"[{_CLASSES['w']}]"
_ESCAPES = {
    "b": f"(?:(?<!{_WORD})(?={_WORD})|(?<={_WORD})(?!{_WORD}))",
    "B": f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}


def advanced_regular_expression(pattern: str) -> str:
    """The pattern for `~*`."""
    return "".join(_part(found, pattern) for found in _PARTS.finditer(pattern))


def _part(found: re.Match[str], pattern: str) -> str:
    brackets, escaped, group, sign = found.groups()
    if brackets is not None:
        return f"[{_IN_BRACKETS.sub(_in_brackets, brackets[1:-1])}]"
    if escaped is not None:
        return _escape(escaped)
    if group is not None:
        return "(?:" if group.endswith(":") else ""  # all of it is found in any case
    if sign == "{" and not _REPEATED.match(pattern, found.start()):
        return r"\{"
    return r"[^\n]" if sign == "." else sign


def _escape(letter: str) -> str:
    if letter in _CLASSES:
        return f"[{_CLASSES[letter]}]"
    if letter.lower() in _CLASSES:
        return f"[^{_CLASSES[letter.lower()]}]"
    return _ESCAPES.get(letter, _code(letter))


def _code(letter: str) -> str:
    """A sign behind a backslash; PostgreSQL takes any number of digits for \\x."""
    return rf"\u00{letter[1:]}" if len(letter) == 3 else f"\\{letter}"


def _in_brackets(found: re.Match[str]) -> str:
    escaped = found[1]
    if escaped is None:
        return r"\["
    return r"\u0008" if escaped == "b" else _CLASSES.get(escaped, _code(escaped))
