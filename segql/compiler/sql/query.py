"""A query: SQL text with named placeholders, and the values bound to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

Value = str | int | float | bool | date | datetime


@dataclass(frozen=True, slots=True)
class Query:
    """SQL `text` and its `values` by placeholder name (`$p1` is the value `p1`). Instants are UTC, without zone."""

    text: str
    values: Mapping[str, Value]
