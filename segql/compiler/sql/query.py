"""A query: SQL text with named placeholders, and the values bound to them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

Value = str | int | float | bool | date | datetime

# A name or a text in quotes, in which nothing is a placeholder; a placeholder.
_QUOTED_OR_PLACED = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|\$(\w+)|:""")


@dataclass(frozen=True, slots=True)
class Query:
    """SQL `text` and its `values` by placeholder name (`$p1` is the value `p1`). Instants are UTC, without zone."""

    text: str
    values: Mapping[str, Value]

    def for_sqlalchemy(self) -> str:
        """The text as `sqlalchemy.text` takes it: with `:p1` for `$p1`, and other colons escaped."""
        return _QUOTED_OR_PLACED.sub(_with_colons, self.text)


def _with_colons(found: re.Match[str]) -> str:
    return f":{found[2]}" if found[2] is not None else found[0].replace(":", r"\:")
