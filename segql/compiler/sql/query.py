"""A query: SQL text with named placeholders, and the values bound to them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

Value = str | int | float | bool | date | datetime

# A name or a text in quotes, in which nothing is a placeholder; a placeholder; a sign that could be taken for one.
_QUOTED_OR_PLACED = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|\$(\w+)|[:%]""")


@dataclass(frozen=True, slots=True)
class Query:
    """SQL `text` and its `values` by placeholder name (`$p1` is the value `p1`). Instants are UTC, without zone."""

    text: str
    values: Mapping[str, Value]

    def for_sqlalchemy(self) -> str:
        """The text as `sqlalchemy.text` takes it: with `:p1` for `$p1`, and other colons escaped."""
        return _QUOTED_OR_PLACED.sub(_with_colons, self.text)

    def for_psycopg(self) -> tuple[str, tuple[Value, ...]]:
        """The text with `%s` in the place of each value, and the values in that order: what cursors of psycopg and of
        Django take, and Django's `RawSQL`."""
        values = []

        def placed(found: re.Match[str]) -> str:
            if found[2] is None:
                return found[0].replace("%", "%%")
            values.append(self.values[found[2]])
            return "%s"

        return _QUOTED_OR_PLACED.sub(placed, self.text), tuple(values)


def _with_colons(found: re.Match[str]) -> str:
    return f":{found[2]}" if found[2] is not None else found[0].replace(":", r"\:")
