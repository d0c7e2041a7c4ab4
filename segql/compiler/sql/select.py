"""A query as text: tables, joins, conditions, groups and order, gathered in any order and written in SQL's."""

from collections.abc import Iterable
from typing import Literal

from segql.compiler.sql.build import Sql, conjunction, identifier, word


class Select:
    """A query that grows until it is written. Its methods change it, and give it back."""

    def __init__(self, *columns: Sql, source: Sql) -> None:
        self.columns = columns
        self.source = source
        self._joins: list[str] = []
        self._conditions: list[Sql] = []
        self._keys: tuple[Sql, ...] = ()
        self._having: Sql | None = None
        self._order: tuple[Sql, ...] = ()
        self._limit: int | None = None

    def where(self, *conditions: Sql) -> "Select":
        """Further conditions."""
        self._conditions += conditions
        return self

    def join(self, kind: Literal["LEFT", "ASOF", "ASOF LEFT"], source: Sql, on: Sql) -> "Select":
        """A further table."""
        self._joins.append(f" {kind} JOIN {source} ON {on}")
        return self

    def group(self, *keys: Sql, having: Sql | None = None) -> "Select":
        """One row for the rows that are alike in the keys."""
        self._keys, self._having = keys, having
        return self

    def order(self, *order: Sql, limit: int | None = None) -> "Select":
        """Rows in an order, perhaps only the first ones."""
        self._order, self._limit = order, limit
        return self

    def __str__(self) -> str:
        parts = [f"SELECT {', '.join(self.columns)} FROM {self.source}", *self._joins]  # noqa: S608  # of fragments only
        if self._conditions:
            parts.append(f" WHERE {conjunction(self._conditions)}")
        if self._keys:
            parts.append(f" GROUP BY {', '.join(self._keys)}")
        if self._having is not None:
            parts.append(f" HAVING {self._having}")
        if self._order:
            parts.append(f" ORDER BY {', '.join(self._order)}")
        if self._limit is not None:
            parts.append(f" LIMIT {int(self._limit)}")
        return "".join(parts)


def table(name: str, alias: str) -> Sql:
    """A table of ours under an alias."""
    return Sql(f"{word(name)} AS {word(alias)}")


def named_table(path: Iterable[str], alias: str) -> Sql:
    """A table of anybody's under an alias: the names that lead to it."""
    return Sql(f"{'.'.join(map(identifier, path))} AS {word(alias)}")


def derived(query: Select | Sql, alias: str) -> Sql:
    """A query as a table under an alias."""
    return Sql(f"({query}) AS {word(alias)}")


def subquery(query: Select) -> Sql:
    """A query as a value, or as a group of values."""
    return Sql(f"({query})")


def together(queries: Iterable[Select]) -> Sql:
    """The rows of all of the queries, which have the same columns."""
    return Sql(" UNION ALL ".join(map(str, queries)))
