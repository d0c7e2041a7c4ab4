"""DuckDB: how each primitive that the emitter needs is written (see `dialect.py`). Nothing here knows conditions."""

from collections.abc import Mapping
from datetime import date, datetime

from segql.compiler.sql.build import (
    NULL,
    Sql,
    among,
    call,
    comparison,
    disjunction,
    identifier,
    integer,
    operation,
    row,
    string,
    word,
)
from segql.compiler.sql.dialects.duckdb_sets import member as member
from segql.compiler.sql.dialects.duckdb_sets import next_after as next_after
from segql.compiler.sql.dialects.duckdb_sets import raw_between as raw_between

NAME = "duckdb"
JOINS_SETS = False
EXACT_ON_RAW_INSTANTS = False
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# So many values are found sooner one by one than by a test of each item.
_FEW = 4
_TYPES = {
    "text": "TEXT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "list": "TEXT[]", "object": "VARIANT",
}  # fmt: skip
# A list of VARIANT is slow to make, one of STRUCT is fast. Texts hold every scalar; each is read as its type later.
_STRUCT_TYPES = {"list": "TEXT[]", "object": "VARIANT"}


def parameter(name: str, value: object) -> Sql:
    """A bound value of a known type."""
    placeholder = Sql(f"${word(name)}")
    if isinstance(value, datetime):
        return _cast(placeholder, "TIMESTAMP_S")
    if isinstance(value, date):
        return _cast(placeholder, "DATE")
    if isinstance(value, float):
        return _cast(placeholder, "DOUBLE")
    return placeholder


def ordered(value: Sql, *, descending: bool = False) -> Sql:
    """A value to order by; DuckDB has rows in which it is not set last, unless told otherwise."""
    return Sql(f"{value} DESC") if descending else value


# ---- Texts and lists ----------------------------------------------------------------------------------------------


def text(value: Sql) -> Sql:
    """A value as text."""
    return _cast(value, "TEXT")


def fold(text: Sql) -> Sql:
    """Text for comparison: the same rule as `segql.compiler.text.fold`."""
    return Sql(f"NFC_NORMALIZE(LOWER(NFC_NORMALIZE({text})))")


def text_equals(text: Sql, values: list[Sql], *, negated: bool = False) -> Sql:
    """One of the values, or none of them."""
    if len(values) == 1:
        return comparison(text, "<>" if negated else "=", values[0])
    return among(text, row(values), negated=negated)


def text_contains(text: Sql, value: Sql) -> Sql:
    """Holds the value as a part."""
    return call("CONTAINS", text, value)


def text_has_word(text: Sql, value: Sql) -> Sql:
    """Holds the value with neither a letter nor a digit at its sides."""
    edge = r"[^\p{L}\p{N}]"
    escaped = call("REGEXP_ESCAPE", value)
    return call(
        "REGEXP_MATCHES", text, operation(string(f"(^|{edge})"), "||", escaped, string(f"({edge}|$)"))
    )


def text_starts_with(text: Sql, value: Sql) -> Sql:
    """Begins with the value."""
    return call("STARTS_WITH", text, value)


def text_ends_with(text: Sql, value: Sql) -> Sql:
    """Ends with the value."""
    return call("ENDS_WITH", text, value)


def pattern(written: str) -> str:
    """A pattern of the language as this engine reads it."""
    return written


def text_matches(text: Sql, pattern: Sql) -> Sql:
    """The pattern is found somewhere, in any case."""
    return call("REGEXP_MATCHES", call("NFC_NORMALIZE", text), pattern, string("i"))


def list_contains(items: Sql, values: list[Sql], *, folded: bool = False) -> Sql:
    """Holds any of the folded values as an item."""
    if folded and len(values) <= _FEW:
        return disjunction([call("LIST_CONTAINS", items, value) for value in values])
    item = word("item")
    return has_items(items, item, text_equals(item if folded else fold(item), values))


def list_size(items: Sql) -> Sql:
    """The number of items."""
    return call("LEN", items)


def has_items(items: Sql, item: Sql, condition: Sql, *, some: bool = True, of_objects: bool = False) -> Sql:
    """Some of the items, or none, fulfil a condition, in which each goes by the name given."""
    found = list_size(call("LIST_FILTER", items, _lambda(item, condition)))
    return comparison(found, ">" if some else "=", integer(0))


# ---- Properties and objects ---------------------------------------------------------------------------------------


def nothing(kind: str) -> Sql:
    """No value of a type, which DuckDB need not be told."""
    return NULL


def field(properties: Sql, name: str, kind: str) -> Sql:
    """A property of an event, or a field of an object, as a value of a type; NULL where it is of another type."""
    value = Sql(f"{properties}.{identifier(name)}")
    return value if kind == "object" else typed(value, kind)


def typed(value: Sql, kind: str) -> Sql:
    """A value of whatever type as one of a type; NULL where it cannot be."""
    match kind:
        case "datetime":
            return _whole_second(_try_cast(value, "TIMESTAMP"))
        case _:
            return _try_cast(value, _TYPES[kind])


def objects(value: Sql, fields: Mapping[str, str]) -> Sql:
    """A list of objects with the fields that are asked for, by their types; NULL where it is no such list."""
    columns = [
        f"{identifier(name)} {_STRUCT_TYPES.get(kind, 'TEXT')}" for name, kind in sorted(fields.items())
    ]
    return _try_cast(value, f"STRUCT({', '.join(columns)})[]" if columns else "STRUCT[]")


def transformed(items: Sql, item: Sql, value: Sql) -> Sql:
    """A value of each item, in which it goes by the name given."""
    return call("LIST_TRANSFORM", items, _lambda(item, value))


def struct(fields: Mapping[str, Sql]) -> Sql:
    """Values under names of ours, as one value."""
    return call("STRUCT_PACK", *(Sql(f"{word(name)} := {value}") for name, value in fields.items()))


def _lambda(item: Sql, value: Sql) -> Sql:
    return Sql(f"LAMBDA {item} : {value}")


# ---- Time ---------------------------------------------------------------------------------------------------------


def instant(value: Sql) -> Sql:
    """An instant, with its zone or in UTC, or a day as UTC in whole seconds."""
    # By way of a number: a cast from a type with a zone would go by the zone of the session.
    return _whole_second(call("MAKE_TIMESTAMP", call("EPOCH_US", value)))


def _whole_second(timestamp: Sql) -> Sql:
    return call("DATE_TRUNC", string("second"), timestamp)


def local(instant: Sql, zone: str) -> Sql:
    """What the clocks of a zone show at an instant."""
    return _zoned(zone, _zoned("UTC", _cast(instant, "TIMESTAMP")))


def midnight(day: Sql, zone: str) -> Sql:
    """The instant at which a date begins in a zone."""
    return _zoned("UTC", _zoned(zone, _cast(day, "TIMESTAMP")))


def _zoned(zone: str, instant: Sql) -> Sql:
    return call("TIMEZONE", string(zone), instant)


def seconds_between(earlier: Sql, later: Sql) -> Sql:
    """Seconds from one instant to another."""
    return operation(_epoch(later), "-", _epoch(earlier))


def later(instant: Sql, seconds: int) -> Sql:
    """An instant so many seconds later."""
    return operation(instant, "+", call("TO_SECONDS", integer(seconds)))


def _epoch(instant: Sql) -> Sql:
    return call("EPOCH", _cast(instant, "TIMESTAMP"))


def month_and_day(day: Sql) -> Sql:
    """100 * month + day of the month."""
    return operation(operation(call("MONTH", day), "*", integer(100)), "+", call("DAY", day))


def hour(clock: Sql) -> Sql:
    """The hour that clocks show, 0 to 23."""
    return call("HOUR", clock)


def weekday(clock: Sql) -> Sql:
    """The day of the week: mon to sun."""
    days = Sql(f"[{', '.join(map(string, WEEKDAYS))}]")
    return call("LIST_EXTRACT", days, call("ISODOW", clock))


def period_start(clock: Sql, period: str, week_starts: str) -> Sql:
    """What tells calendar periods apart: where the one begins that a time lies in."""
    if period == "week" and week_starts == "sunday":
        clock = operation(clock, "+", call("TO_DAYS", integer(1)))
    return call("DATE_TRUNC", string(period), clock)


# ---- Numbers ------------------------------------------------------------------------------------------------------


def number(value: Sql) -> Sql:
    """A number as floating point."""
    return _cast(value, "DOUBLE")


def divided(numerator: Sql, denominator: Sql) -> Sql:
    """One number divided by another, with its fraction; NULL where that is 0."""
    return operation(numerator, "/", call("NULLIF", denominator, integer(0)))


def rounded(number: Sql) -> Sql:
    """The nearest whole number, halves away from zero."""
    return call("ROUND", number)


def divided_up(numerator: Sql, denominator: int) -> Sql:
    """Whole numbers divided, rounded up."""
    raised = operation(numerator, "+", integer(denominator - 1))
    return operation(raised, "//", integer(denominator))


def median(value: Sql) -> Sql:
    """The median over a group of rows."""
    return call("MEDIAN", value)


def quartile(value: Sql, number: int) -> Sql:
    """The first, second or third quartile over a group of rows: between two of them in proportion."""
    return call("QUANTILE_CONT", value, operation(integer(number), "/", integer(4)))


def value_at_end(value: Sql, order: list[Sql], *, last: bool) -> Sql:
    """The value in the first or the last row of a group, which may be NULL."""
    # Wrapped, since ARG_MIN and ARG_MAX pass over rows whose value is NULL.
    found = call("ARG_MAX" if last else "ARG_MIN", struct({"v": value}), call("ROW", *order))
    return call("STRUCT_EXTRACT", found, string("v"))


def sample_bucket(salt: Sql, profile_id: Sql) -> Sql:
    """The first 32 bits of the MD5 of a salt and a profile's number."""
    digest = call("MD5", operation(salt, "||", text(profile_id)))
    digits = call("SUBSTR", digest, integer(1), integer(8))
    return _cast(operation(string("0x"), "||", digits), "UBIGINT")


def _cast(value: Sql, kind: str) -> Sql:
    return Sql(f"CAST({value} AS {kind})")


def _try_cast(value: Sql, kind: str) -> Sql:
    return Sql(f"TRY_CAST({value} AS {kind})")
