"""PostgreSQL: sets of people, events in a span, and which event comes next."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from segql.compiler.sql.build import (
    Sql,
    aliased,
    among,
    case,
    column,
    columns,
    comparison,
    integer,
    is_null,
    string,
    word,
)
from segql.compiler.sql.dialects.dialect import Later
from segql.compiler.sql.dialects.postgresql_values import nothing
from segql.compiler.sql.select import Select, derived, subquery, together

_WHO, _AT = "profile_id", "occurred_at"


def member(key: Sql, keys: Select, *, negated: bool = False) -> Sql:
    """A key among those of a query, or not. NOT IN would look through all of a large set for every row."""
    if not negated:
        return among(key, subquery(keys))
    found = Select(integer(1), source=derived(keys, "k")).where(comparison(column("k", _WHO), "=", key))
    return Sql(f"NOT EXISTS ({found})")


def next_after(rows: Select, alias: str, others: Sequence[Later]) -> tuple[Select, list[tuple[Sql, ...]]]:
    """Rows (profile_id, occurred_at) under an alias, and of each of some others when the next later one of the same
    profile comes: found in one pass over all of them, sorted by time."""
    query = Select(column(alias, _WHO), column(alias, _AT), source=derived(rows, alias))
    if not others:
        return query, []
    carried = tuple(dict.fromkeys(name for other in others for name in other.carried))
    parts = [_part_of_all(rows, 0, carried, ())]
    parts += [
        _part_of_all(other.rows, place, carried, other.carried) for place, other in enumerate(others, 1)
    ]
    nexts = [
        aliased(_earliest_later(place, name), word(f"{other.alias}_{name}"))
        for place, other in enumerate(others, 1)
        for name in (_AT, *other.carried)
    ]
    query.source = derived(Select(columns("u"), *nexts, source=derived(together(parts), "u")), alias)
    query.where(comparison(column(alias, "place"), "=", integer(0)))
    found = [
        tuple(column(alias, f"{other.alias}_{name}") for name in (_AT, *other.carried)) for other in others
    ]
    has_to_come = [at for (at, *_), other in zip(found, others, strict=True) if other.has_to_come]
    return query.where(*(is_null(at, negated=True) for at in has_to_come)), found


def _part_of_all(rows: Select, place: int, carried: Sequence[str], own: Sequence[str]) -> Select:
    """Rows with the number of where they are from, and the columns that any of them carry."""
    further = (
        aliased(column("v", name) if name in own else nothing("datetime"), word(name)) for name in carried
    )
    from_where = aliased(integer(place), word("place"))
    return Select(column("v", _WHO), column("v", _AT), from_where, *further, source=derived(rows, "v"))


def _earliest_later(place: int, name: str) -> Sql:
    """The least value in the later rows from somewhere: later rows come first, and those of the same second are out."""
    value = case((comparison(column("u", "place"), "=", integer(place)), column("u", name)))
    order = f"PARTITION BY {column('u', _WHO)} ORDER BY {column('u', _AT)} DESC"
    return Sql(f"MIN({value}) OVER ({order} GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)")


def raw_between(
    raw: Sql, first: datetime | None, last: datetime, bind: Callable[[datetime], Sql]
) -> list[Sql]:
    """A raw instant from one whole second to the end of another, exactly, and so that an index serves it."""
    # Texts that take the column's own type, as no bound value could: a TIMESTAMP passes over the zone, and a DATE over the
    # time as well. So the first bound lies a moment before midnight, not at it.
    bounds = [comparison(raw, "<=", _said(last.replace(microsecond=999_999)))]
    if first is not None and first.year > 1:
        bounds.insert(0, comparison(raw, ">", _said(first - timedelta(microseconds=1))))
    return bounds


def _said(instant: datetime) -> Sql:
    return string(f"{instant.replace(tzinfo=None).isoformat(' ', 'microseconds')}+00")
