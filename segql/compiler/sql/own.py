"""The account's own tables in the shape of a store's: what one reading takes of them, as a derived table.

Each reading names only the columns that it asks for, and only the tables of its events. So no name of ours can meet one
of theirs, and nothing stands between a condition and the scan that it can be pushed into.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from segql.compiler.catalog.tables import ConsentTable, ListTable, ProfileTable, Tables
from segql.compiler.plan import nodes as plan
from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.dialects.dialect import Dialect
from segql.compiler.sql.select import Select, derived, named_table, together
from segql.compiler.text import fold

_ROW = "t"
# Statuses, the strictest last; a word that is none of them is stricter still.
_LENIENT = ("subscribed", "pending", "unsubscribed", "unblocked", "blocked")
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
    """The events of metrics in a span, and of some engines few outside of it: profile_id, occurred_at, perhaps event_key,
    and a column for each of the properties."""
    found = []
    for metric in metrics:
        mine = tables.by_event[fold(metric.name)]
        at = build.column(_ROW, mine.at)
        columns = [
            _named(mine.profile, "profile_id"),
            build.aliased(bindings.dialect.instant(at), build.word("occurred_at")),
        ]
        if with_keys:
            key = bindings.dialect.nothing("text")
            if mine.id is not None:
                key = bindings.dialect.text(build.column(_ROW, mine.id))
            columns.append(build.aliased(key, build.word("event_key")))
        columns += [_value(mine.columns, one, bindings.dialect) for one in properties]
        rows = Select(*columns, source=named_table(mine.path, _ROW))
        whose = build.is_null(build.column(_ROW, mine.profile), negated=True)
        found.append(rows.where(whose, *bindings.dialect.raw_between(at, *span, bindings.bind)))
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


def consent_periods(bindings: Bindings, tables: ConsentTable, node: plan.HasConsent) -> Select:
    """Consents of a kind on a channel, folded from their log as a store does it: profile_id, status, from_at, until_at,
    and method and detail where there are such columns."""
    dialect, log = bindings.dialect, "r"
    who, status, at = (build.column(log, name) for name in ("profile_id", "status", "from_at"))
    place = build.over(
        build.call("ROW_NUMBER"),
        dialect.ordered(_strictness(status), descending=True),
        build.row((who, at)),
    )
    strictest = _with(place, "place", derived(_consent_log(bindings, tables, node), log), log)
    before = build.over(build.call("LAG", status), at, who)
    told = _with(before, "before", derived(strictest, log), log)
    told.where(build.comparison(build.column(log, "place"), "=", build.integer(1)))
    ends = build.call("COALESCE", build.over(build.call("LEAD", at), at, who), bindings.bind(_FOREVER))
    previous = build.column(log, "before")
    changed = build.disjunction((build.is_null(previous), build.comparison(previous, "<>", status)))
    return _with(ends, "until_at", derived(told, log), log).where(changed)


def _with(value: Sql, name: str, source: Sql, alias: str) -> Select:
    """Rows with one more column."""
    return Select(build.columns(alias), build.aliased(value, build.word(name)), source=source)


def _consent_log(bindings: Bindings, tables: ConsentTable, node: plan.HasConsent) -> Select:
    """What was said of a kind of consent on a channel: profile_id, status, from_at, method, detail."""
    dialect = bindings.dialect
    status = _word(tables.status, dialect)
    if node.kind == "block":  # nobody is let through by a word that is not known
        unblocked = build.string("unblocked")
        status = build.case(
            (build.comparison(status, "=", unblocked), unblocked), default=build.string("blocked")
        )
    columns = [
        _named(tables.profile, "profile_id"),
        build.aliased(status, build.word("status")),
        build.aliased(_instant_or(_LONG_AGO, tables.at, bindings), build.word("from_at")),
    ]
    for name, mine in (("method", tables.method), ("detail", tables.detail)):
        if mine is not None:
            columns.append(build.aliased(dialect.text(build.column(_ROW, mine)), build.word(name)))
    return Select(*columns, source=named_table(tables.path, _ROW)).where(
        build.is_null(build.column(_ROW, tables.profile), negated=True),
        build.comparison(_word(tables.channel, dialect), "=", build.string(node.channel)),
        _speaks_of(node, tables, dialect),
    )


def _strictness(status: Sql) -> Sql:
    """A number that is the greater the less a status permits."""
    known = [
        (build.comparison(status, "=", build.string(word)), build.integer(n))
        for n, word in enumerate(_LENIENT)
    ]
    return build.case(*known, default=build.integer(len(_LENIENT)))


def _speaks_of(node: plan.HasConsent, tables: ConsentTable, dialect: Dialect) -> Sql:
    """Whether an entry is about a kind of consent: who takes back marketing or transactional texts takes back both."""
    kind = _word(tables.kind, dialect)
    about = build.comparison(kind, "=", build.string(node.kind))
    if node.channel != "sms" or node.kind == "block":
        return about
    other = "transactional" if node.kind == "marketing" else "marketing"
    both = (
        build.comparison(kind, "=", build.string(other)),
        build.comparison(_word(tables.status, dialect), "=", build.string("unsubscribed")),
    )
    return build.disjunction((about, build.conjunction(both)))


def _word(column_name: str, dialect: Dialect) -> Sql:
    """One of our words, in whatever case; none where it is not set."""
    text = dialect.fold(dialect.text(build.column(_ROW, column_name)))
    return build.call("COALESCE", text, build.string(""))


def _instant_or(default: datetime, column_name: str | None, bindings: Bindings) -> Sql:
    """An instant; the default where it is not set, or has no column."""
    otherwise = bindings.bind(default)
    if column_name is None:
        return otherwise
    return build.call("COALESCE", bindings.dialect.instant(build.column(_ROW, column_name)), otherwise)


def _named(column_name: str, name: str) -> Sql:
    return build.aliased(build.column(_ROW, column_name), build.word(name))


def _value(columns: dict[str, str], term: plan.Attribute | plan.Property, dialect: Dialect) -> Sql:
    """What is asked for, as its type; NULL where it is a property that the events of this table do not have."""
    found = columns.get(fold(term.name))
    if found is None:
        value = dialect.nothing(term.type)
    else:
        there = build.column(_ROW, found)
        value = dialect.instant(there) if term.type == "datetime" else dialect.typed(there, term.type)
    return build.aliased(value, build.identifier(f"_{term.name}"))
