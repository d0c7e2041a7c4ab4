"""PostgreSQL, from 14 on, for own tables: how each primitive is written (see `dialect.py`).

Instants are TIMESTAMPTZ in whole seconds, numbers DOUBLE PRECISION, lists and objects JSONB. Which type a column has is
not known here, so each is read in a way that PostgreSQL takes for any type.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from segql.compiler.sql.build import (
    NULL,
    Comparison,
    Operation,
    Sql,
    aliased,
    among,
    call,
    case,
    column,
    columns,
    comparison,
    identifier,
    integer,
    is_null,
    operation,
    row,
    string,
    word,
)
from segql.compiler.sql.dialects.dialect import Later
from segql.compiler.sql.patterns import advanced_regular_expression
from segql.compiler.sql.select import Select, derived, subquery, together

NAME = "postgresql"
JOINS_SETS = True
EXACT_ON_RAW_INSTANTS = True

_TYPES = {
    "text": "TEXT", "number": "DOUBLE PRECISION", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMPTZ",
    "list": "JSONB", "object": "JSONB",
}  # fmt: skip
_NUMBERS = "smallint,integer,bigint,numeric,real,double precision"
_DAYS = "date,timestamp,timestamptz"
_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
_WHO, _AT = "profile_id", "occurred_at"


def parameter(name: str, value: object) -> Sql:
    """A bound value of a known type; an instant is UTC, whatever zone the session is in."""
    placeholder = Sql(f"${word(name)}")
    match value:
        case datetime():
            return _zoned("UTC", _cast(placeholder, "TIMESTAMP"))
        case date():
            return _cast(placeholder, "DATE")
        case float():
            return _cast(placeholder, "DOUBLE PRECISION")
        case bool():
            return _cast(placeholder, "BOOLEAN")
        case int():
            return _cast(placeholder, "BIGINT")
        case _:
            return _cast(placeholder, "TEXT")


def ordered(value: Sql, *, descending: bool = False) -> Sql:
    """A value to order by; PostgreSQL has rows in which it is not set first, where the greatest comes first."""
    return Sql(f"{value} DESC NULLS LAST") if descending else value


# ---- Sets of people -----------------------------------------------------------------------------------------------


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


# ---- Texts and lists ----------------------------------------------------------------------------------------------


def text(value: Sql) -> Sql:
    """A value as text, which is ordered by its characters."""
    return _collated(_cast(value, "TEXT"), "C")


def fold(text: Sql) -> Sql:
    """Text for comparison: the same rule as `segql.compiler.text.fold`, where the database's locale knows the letters."""
    # NORMALIZE is slow, and most texts are plain. ICU would make two characters of an İ, and another letter of the Σ at a
    # word's end; a Turkish locale an ı of an I.
    one_to_one = call("TRANSLATE", call("NORMALIZE", text), string("IİΣ"), string("iiσ"))
    return case(
        (_is_ascii(text), _collated(call("LOWER", _collated(text, "C")), "default")),
        default=call("NORMALIZE", call("LOWER", _collated(one_to_one, "default"))),
    )


def text_equals(text: Sql, values: list[Sql], *, negated: bool = False) -> Sql:
    """One of the values, or none of them."""
    if len(values) == 1:
        return comparison(text, "<>" if negated else "=", values[0])
    return among(text, row(values), negated=negated)


def text_contains(text: Sql, value: Sql) -> Sql:
    """Holds the value as a part."""
    return comparison(call("STRPOS", text, value), ">", integer(0))


def text_has_word(text: Sql, value: Sql) -> Sql:
    """Holds the value with neither a letter nor a digit at its sides."""
    edge = "[^[:alnum:]]"
    escaped = call("REGEXP_REPLACE", value, string(r"(\W)"), string(r"\\\1"), string("g"))
    pattern = operation(string(f"(^|{edge})"), "||", escaped, string(f"({edge}|$)"))
    return Comparison(f"{text} ~ ({pattern})")


def text_starts_with(text: Sql, value: Sql) -> Sql:
    """Begins with the value."""
    return call("STARTS_WITH", text, value)


def text_ends_with(text: Sql, value: Sql) -> Sql:
    """Ends with the value."""
    return comparison(call("RIGHT", text, call("CHAR_LENGTH", value)), "=", value)


def pattern(written: str) -> str:
    """A pattern of the language as this engine reads it."""
    return advanced_regular_expression(written)


def text_matches(text: Sql, pattern: Sql) -> Sql:
    """The pattern is found somewhere, in any case."""
    composed = case((_is_ascii(text), text), default=call("NORMALIZE", text))
    return Comparison(f"{composed} ~* {pattern}")


def list_contains(items: Sql, values: list[Sql]) -> Sql:
    """Holds any of the folded values as an item."""
    item = word("item")
    return comparison(fitting(items, item, text_equals(fold(item), values)), ">", integer(0))


def list_size(items: Sql) -> Sql:
    """The number of items."""
    return call("JSONB_ARRAY_LENGTH", items)


def fitting(items: Sql, item: Sql, condition: Sql, *, of_objects: bool = False) -> Sql:
    """The number of items that fulfil a condition, in which each goes by the name given; NULL where there is no list."""
    unnested = Sql(f"JSONB_ARRAY_ELEMENTS{'' if of_objects else '_TEXT'}({items}) AS {item}({item})")
    found = Select(Sql("COUNT(*)"), source=unnested).where(condition)
    return case((is_null(items, negated=True), subquery(found)))


def _is_ascii(text: Sql) -> Sql:
    return comparison(call("OCTET_LENGTH", text), "=", call("CHAR_LENGTH", text))


def _collated(text: Sql, collation: str) -> Sql:
    return Operation(f"{text} COLLATE {identifier(collation)}")


# ---- Properties and objects ---------------------------------------------------------------------------------------


def nothing(kind: str) -> Sql:
    """No value of a type."""
    return _cast(NULL, _TYPES[kind])


def typed(value: Sql, kind: str) -> Sql:
    """A value of whatever type as one of a type; NULL where it cannot be."""
    match kind:
        case "text":
            # Whatever the column is compared by: "exactly" is exactly.
            return _collated(_cast(value, "TEXT"), "default")
        case "number":
            return _tried(value, _NUMBERS, kind, "$.double()")
        case "date":
            return _tried(value, _DAYS, kind, '$.datetime("YYYY-MM-DD")')
        case "boolean":
            said = call("LOWER", _scalar(value))
            branches = ((_TRUE, Sql("TRUE")), (_FALSE, Sql("FALSE")))
            return case(*((among(said, row(map(string, words))), meant) for words, meant in branches))
        case "datetime":
            return _read_instant(_scalar(value))
        case "list":
            return _array(call("TO_JSONB", value))
        case "object":
            return call("NULLIF", call("TO_JSONB", value), _cast(string("null"), "JSONB"))
        case _:
            raise TypeError(kind)


def field(properties: Sql, name: str, kind: str) -> Sql:
    """A field of an object, as a value of a type; NULL where it is of another type."""
    if kind == "text":
        return Sql(f"({properties} ->> {string(name)})")
    return typed(Sql(f"({properties} -> {string(name)})"), kind)


def objects(value: Sql, fields: Mapping[str, str]) -> Sql:
    """A list of objects, of which the fields that are asked for are read one by one; NULL where it is no list."""
    return _array(value)


def _array(value: Sql) -> Sql:
    return case((comparison(call("JSONB_TYPEOF", value), "=", string("array")), value))


def _tried(value: Sql, natural: str, kind: str, path: str) -> Sql:
    """A value as a type: of some types at once, of others, texts above all, where it can be read. By way of text, as there
    is a cast from every type to text, and from text to every type."""
    is_natural = Comparison(f"PG_TYPEOF({value}) = ANY (CAST('{{{natural}}}' AS REGTYPE[]))")
    return case(
        (is_natural, _cast(_cast(value, "TEXT"), _TYPES[kind])),
        default=_cast(_read(call("TO_JSONB", value), path), _TYPES[kind]),
    )


def _read(value: Sql, path: str) -> Sql:
    """What a path of JSON makes of a value, as text; NULL where it makes nothing of it."""
    found = call("JSONB_PATH_QUERY_FIRST", value, string(path), string("{}"), Sql("TRUE"))
    return Sql(f"({found} #>> '{{}}')")


def _read_instant(text: Sql) -> Sql:
    """An instant as ISO 8601 writes it, with a zone or in UTC; NULL where it is none."""
    whole = call("REGEXP_REPLACE", text, string(r"^(.{10})$"), string(r"\1T00:00:00"))
    plain = call("REGEXP_REPLACE", whole, string(r"^(.{10}[T ]..:..:..)(\.\d+)?(Z?)$"), string(r"\1+00:00"))
    plain = call("REGEXP_REPLACE", plain, string(r"(:..)\.\d+"), string(r"\1"))
    return _cast(_read(call("TO_JSONB", plain), "$.datetime()"), "TIMESTAMPTZ")


def _scalar(value: Sql) -> Sql:
    """A value as text, without the quotes that JSON puts around one."""
    return Sql(f"(TO_JSONB({value}) #>> '{{}}')")


# ---- Time ---------------------------------------------------------------------------------------------------------


def instant(value: Sql) -> Sql:
    """An instant, with its zone or in UTC, or a day as UTC in whole seconds."""
    # By way of a number: a cast from a type without a zone would go by the zone of the session.
    return call("TO_TIMESTAMP", call("FLOOR", _epoch(value)))


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


def local(instant: Sql, zone: str) -> Sql:
    """What the clocks of a zone show at an instant."""
    return _zoned(zone, instant)


def midnight(day: Sql, zone: str) -> Sql:
    """The instant at which a date begins in a zone."""
    return _zoned(zone, _cast(day, "TIMESTAMP"))


def _zoned(zone: str, instant: Sql) -> Sql:
    return call("TIMEZONE", string(zone), instant)


def seconds_between(earlier: Sql, later: Sql) -> Sql:
    """Seconds from one instant to another."""
    return operation(_epoch(later), "-", _epoch(earlier))


def later(instant: Sql, seconds: int) -> Sql:
    """An instant so many seconds later."""
    return operation(instant, "+", Sql(f"MAKE_INTERVAL(secs => {integer(seconds)})"))


def _epoch(instant: Sql) -> Sql:
    return _part("epoch", instant)


def _part(name: str, instant: Sql) -> Sql:
    return call("DATE_PART", string(name), instant)


def month_and_day(day: Sql) -> Sql:
    """100 * month + day of the month."""
    return operation(operation(_part("month", day), "*", integer(100)), "+", _part("day", day))


def hour(clock: Sql) -> Sql:
    """The hour that clocks show, 0 to 23."""
    return _part("hour", clock)


def weekday(clock: Sql) -> Sql:
    """The day of the week: mon to sun."""
    return call("LOWER", call("TO_CHAR", clock, string("Dy")))


def period_start(clock: Sql, period: str, week_starts: str) -> Sql:
    """What tells calendar periods apart: where the one begins that a time lies in."""
    if period == "week" and week_starts == "sunday":
        clock = operation(clock, "+", Sql("MAKE_INTERVAL(days => 1)"))
    return call("DATE_TRUNC", string(period), clock)


# ---- Numbers ------------------------------------------------------------------------------------------------------


def number(value: Sql) -> Sql:
    """A number as floating point."""
    return _cast(value, "DOUBLE PRECISION")


def divided(numerator: Sql, denominator: Sql) -> Sql:
    """One number divided by another, with its fraction; NULL where that is 0."""
    return operation(number(numerator), "/", call("NULLIF", denominator, integer(0)))


def rounded(number: Sql) -> Sql:
    """The nearest whole number, halves away from zero; ROUND has the even one."""
    raised = operation(call("ABS", number), "+", Sql("0.5"))
    return operation(call("SIGN", number), "*", call("FLOOR", raised))


def divided_up(numerator: Sql, denominator: int) -> Sql:
    """Whole numbers divided, rounded up."""
    return operation(operation(numerator, "+", integer(denominator - 1)), "/", integer(denominator))


def median(value: Sql) -> Sql:
    """The median over a group of rows."""
    return quartile(value, 2)


def quartile(value: Sql, number: int) -> Sql:
    """The first, second or third quartile over a group of rows: between two of them in proportion."""
    return Sql(f"PERCENTILE_CONT({integer(number)} / 4.0) WITHIN GROUP (ORDER BY {value})")


def value_at_end(value: Sql, order: list[Sql], *, last: bool) -> Sql:
    """The value in the first or the last row of a group, which may be NULL."""
    ways = ", ".join(f"{one} DESC" if last else one for one in order)
    return Sql(f"(ARRAY_AGG({value} ORDER BY {ways}))[1]")


def sample_bucket(salt: Sql, profile_id: Sql) -> Sql:
    """The first 32 bits of the MD5 of a salt and a profile's key."""
    digits = call("SUBSTR", call("MD5", operation(salt, "||", text(profile_id))), integer(1), integer(8))
    return _cast(_cast(Sql(f"('x' || {digits})"), "BIT(32)"), "BIGINT")


def _cast(value: Sql, kind: str) -> Sql:
    return Sql(f"CAST({value} AS {kind})")
