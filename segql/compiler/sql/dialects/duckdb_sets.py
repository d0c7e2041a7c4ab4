"""DuckDB: sets of people, events in a span, and which event comes next."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from segql.compiler.sql.build import Sql, among, column, comparison, conjunction
from segql.compiler.sql.dialects.dialect import Later
from segql.compiler.sql.select import Select, derived, subquery

# How far the clocks of a session may be from UTC, and more.
_OFF = timedelta(days=1)


def member(key: Sql, keys: Select, *, negated: bool = False) -> Sql:
    """A key among those of a query, or not."""
    return among(key, subquery(keys), negated=negated)


def next_after(rows: Select, alias: str, others: Sequence[Later]) -> tuple[Select, list[tuple[Sql, ...]]]:
    """Rows (profile_id, occurred_at) under an alias, and of each of some others when the next later one of the same
    profile comes."""
    at = column(alias, "occurred_at")
    query = Select(column(alias, "profile_id"), at, source=derived(rows, alias))
    found = []
    for other in others:
        found.append(tuple(column(other.alias, name) for name in ("occurred_at", *other.carried)))
        same = comparison(column(other.alias, "profile_id"), "=", column(alias, "profile_id"))
        later = comparison(found[-1][0], ">", at)
        kind: Literal["ASOF", "ASOF LEFT"] = "ASOF" if other.has_to_come else "ASOF LEFT"
        query.join(kind, derived(other.rows, other.alias), conjunction((same, later)))
    return query, found


def raw_between(
    raw: Sql, first: datetime | None, last: datetime, bind: Callable[[datetime], Sql]
) -> list[Sql]:
    """A raw instant from one whole second to another, or a day outside: a value without a zone is compared by the zone
    of the session."""
    bounds = [comparison(raw, "<=", bind(_moved(last, _OFF)))]
    if first is not None:
        bounds.insert(0, comparison(raw, ">=", bind(_moved(first, -_OFF))))
    return bounds


def _moved(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant + by
    except OverflowError:
        return instant
