"""The words of automatic replies, in which two variables can stand: {{ organization_prefix }} and {{ email }}."""

import re

VARIABLES = ("organization_prefix", "email")

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def fill(words: str, **values: str) -> tuple[str, set[str]]:
    """The words with the variables' values (nothing where there is none), and the variables that stand in them."""
    used = set()

    def value(found: re.Match[str]) -> str:
        name = _name(found[1])
        used.add(name)
        return values.get(name, "")

    return _VARIABLE.sub(value, words).lstrip(" :"), used


def require_known(words: str) -> None:
    """Raise ValueError where words use a variable that does not exist, or braces that are none."""
    for found in _VARIABLE.finditer(words):
        if _name(found[1]) not in VARIABLES:
            raise ValueError(f"{found[0]} is no variable: the variables are {' and '.join(VARIABLES)}")
    if re.search(r"\{\{|\}\}|\{%|%\}", _VARIABLE.sub("", words)):
        raise ValueError("braces stand only around a variable, as in {{ email }}")


def _name(written: str) -> str:
    """A variable's name in any case, with blanks or underscores."""
    return re.sub(r"\s+", "_", written.casefold())
