"""The account's own tables in the shape of a store's: what one reading takes of them, as a derived table.

Each reading names only the columns that it asks for, and only the tables of its events. So no name of ours can meet one
of theirs, and nothing stands between a condition and the scan that it can be pushed into.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from segql.compiler.catalog.tables import ListTable, ProfileTable, Tables
from segql.compiler.plan import nodes as plan
from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.dialects.dialect import Dialect
from segql.compiler.sql.select import Select, named_table, together
from segql.compiler.text import fold

_ROW = "t"
# How far the clocks of a session may be from UTC, and more.
_OFF = timedelta(days=1)
# As stores have them, in UTC.
_LONG_AGO, _FOREVER = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001


def column(alias: str, name: str) -> Sql:
    """The column of a derived table that holds an attribute or a property. No name of ours begins with an underscore."""
    return build.column(alias, f"_{name}")


def profiles(tables: ProfileTable, dialect: Dialect, attributes: Iterable[plan.Attribute]) -> Select:
    """Everybody: profile_id, and a column for each of the attributes."""
    values = [_value(tables.columns, one, dialect) for one in attributes]
    return Select(_named(tables.key, "profile_id"), *values, source=named_table(tables.path, _ROW))


def events(
    bindings: Bindings,
    tables: Tables,
    metrics: Sequence[plan.Metric],
    span: tuple[datetime | None, datetime],
    properties: Iterable[plan.Property],
    *,
    with_keys: bool,
) -> Sql:
    """The events of metrics, and few outside of the span: profile_id, occurred_at, perhaps event_key, and
    a column for each of the properties."""
    found = []
    for metric in metrics:
        mine = tables.by_event[fold(metric.name)]
        at = build.column(_ROW, mine.at)
        columns = [
            _named(mine.profile, "profile_id"),
            build.aliased(bindings.dialect.instant(at), build.word("occurred_at")),
        ]
        if with_keys:
            key = build.NULL if mine.id is None else bindings.dialect.text(build.column(_ROW, mine.id))
            columns.append(build.aliased(key, build.word("event_key")))
        columns += [_value(mine.columns, one, bindings.dialect) for one in properties]
        rows = Select(*columns, source=named_table(mine.path, _ROW))
        whose = build.is_null(build.column(_ROW, mine.profile), negated=True)
        found.append(rows.where(whose, *_about(at, span, bindings)))
    return together(found)


def list_periods(bindings: Bindings, tables: ListTable) -> Select:
    """Who is or was on which list: profile_id, list, from_at, until_at."""
    joined = _instant_or(_LONG_AGO, tables.joined, bindings)
    left = _instant_or(_FOREVER, tables.left, bindings)
    name = bindings.dialect.text(build.column(_ROW, tables.list))
    return Select(
        _named(tables.profile, "profile_id"),
        build.aliased(name, build.identifier("list")),
        build.aliased(joined, build.word("from_at")),
        build.aliased(left, build.word("until_at")),
        source=named_table(tables.path, _ROW),
    ).where(build.is_null(build.column(_ROW, tables.profile), negated=True))


def _instant_or(default: datetime, column_name: str | None, bindings: Bindings) -> Sql:
    """An instant; the default where it is not set, or has no column."""
    otherwise = bindings.bind(default)
    if column_name is None:
        return otherwise
    return build.call("COALESCE", bindings.dialect.instant(build.column(_ROW, column_name)), otherwise)


def _about(at: Sql, span: tuple[datetime | None, datetime], bindings: Bindings) -> list[Sql]:
    """That a raw instant lies in a span or a day outside of it. An engine can skip by that, whether or not the column has
    a zone; who reads the rows asks again, of `occurred_at`, and decides."""
    first, last = span
    bounds = [build.comparison(at, "<=", bindings.bind(_moved(last, _OFF)))]
    if first is not None:
        bounds.insert(0, build.comparison(at, ">=", bindings.bind(_moved(first, -_OFF))))
    return bounds


def _moved(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant + by
    except OverflowError:
        return instant


def _named(column_name: str, name: str) -> Sql:
    return build.aliased(build.column(_ROW, column_name), build.word(name))


def _value(columns: dict[str, str], term: plan.Attribute | plan.Property, dialect: Dialect) -> Sql:
    """What is asked for, as its type; NULL where it is a property that the events of this table do not have."""
    found = columns.get(fold(term.name))
    if found is None:
        value = build.NULL
    else:
        there = build.column(_ROW, found)
        value = dialect.instant(there) if term.type == "datetime" else dialect.typed(there, term.type)
    return build.aliased(value, build.identifier(f"_{term.name}"))
