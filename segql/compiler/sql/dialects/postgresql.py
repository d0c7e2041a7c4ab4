"""PostgreSQL, from 14 on, for own tables: how each primitive is written (see `dialect.py`).

Instants are TIMESTAMPTZ in whole seconds, numbers DOUBLE PRECISION, lists and objects JSONB. Which type a column has is
not known here, so each is read in a way that PostgreSQL takes for any type.
"""

from datetime import date, datetime

from segql.compiler.sql.build import (
    Comparison,
    Sql,
    among,
    call,
    case,
    comparison,
    integer,
    is_null,
    negation,
    operation,
    row,
    string,
    word,
)
from segql.compiler.sql.dialects.postgresql_sets import member as member
from segql.compiler.sql.dialects.postgresql_sets import next_after as next_after
from segql.compiler.sql.dialects.postgresql_sets import raw_between as raw_between
from segql.compiler.sql.dialects.postgresql_values import cast, collated
from segql.compiler.sql.dialects.postgresql_values import field as field
from segql.compiler.sql.dialects.postgresql_values import nothing as nothing
from segql.compiler.sql.dialects.postgresql_values import objects as objects
from segql.compiler.sql.dialects.postgresql_values import typed as typed
from segql.compiler.sql.patterns import advanced_regular_expression
from segql.compiler.sql.select import Select, subquery

NAME = "postgresql"
JOINS_SETS = True
EXACT_ON_RAW_INSTANTS = True


def parameter(name: str, value: object) -> Sql:
    """A bound value of a known type; an instant is UTC, whatever zone the session is in."""
    placeholder = Sql(f"${word(name)}")
    match value:
        case datetime():
            return _zoned("UTC", cast(placeholder, "TIMESTAMP"))
        case date():
            return cast(placeholder, "DATE")
        case float():
            return cast(placeholder, "DOUBLE PRECISION")
        case bool():
            return cast(placeholder, "BOOLEAN")
        case int():
            return cast(placeholder, "BIGINT")
        case _:
            return cast(placeholder, "TEXT")


def ordered(value: Sql, *, descending: bool = False) -> Sql:
    """A value to order by; PostgreSQL has rows in which it is not set first, where the greatest comes first."""
    return Sql(f"{value} DESC NULLS LAST") if descending else value


# ---- Texts and lists ----------------------------------------------------------------------------------------------


def text(value: Sql) -> Sql:
    """A value as text, which is ordered by its characters."""
    return collated(cast(value, "TEXT"), "C")


def fold(text: Sql) -> Sql:
    """Text for comparison: the same rule as `segql.compiler.text.fold`, where the database's locale knows the letters."""
    # NORMALIZE is slow, and most texts are plain. ICU would make two characters of an İ, and another letter of the Σ at a
    # word's end; a Turkish locale an ı of an I.
    one_to_one = call("TRANSLATE", call("NORMALIZE", text), string("IİΣ"), string("iiσ"))
    return case(
        (_is_ascii(text), collated(call("LOWER", collated(text, "C")), "default")),
        default=call("NORMALIZE", call("LOWER", collated(one_to_one, "default"))),
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


def list_contains(items: Sql, values: list[Sql], *, folded: bool = False) -> Sql:
    """Holds any of the folded values as an item."""
    item = word("item")
    return has_items(items, item, text_equals(item if folded else fold(item), values))


def list_size(items: Sql) -> Sql:
    """The number of items."""
    return call("JSONB_ARRAY_LENGTH", items)


def has_items(items: Sql, item: Sql, condition: Sql, *, some: bool = True, of_objects: bool = False) -> Sql:
    """Some of the items, or none, fulfil a condition, in which each goes by the name given; NULL where there is no list."""
    unnested = Sql(f"JSONB_ARRAY_ELEMENTS{'' if of_objects else '_TEXT'}({items}) AS {item}({item})")
    found = Sql(f"EXISTS {subquery(Select(integer(1), source=unnested).where(condition))}")
    return case((is_null(items, negated=True), found if some else negation(found)))


def _is_ascii(text: Sql) -> Sql:
    return comparison(call("OCTET_LENGTH", text), "=", call("CHAR_LENGTH", text))


# ---- Time ---------------------------------------------------------------------------------------------------------


def instant(value: Sql) -> Sql:
    """An instant, with its zone or in UTC, or a day as UTC in whole seconds."""
    # By way of a number: a cast from a type without a zone would go by the zone of the session.
    return call("TO_TIMESTAMP", call("FLOOR", _epoch(value)))


def local(instant: Sql, zone: str) -> Sql:
    """What the clocks of a zone show at an instant."""
    return _zoned(zone, instant)


def midnight(day: Sql, zone: str) -> Sql:
    """The instant at which a date begins in a zone."""
    return _zoned(zone, cast(day, "TIMESTAMP"))


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
    return cast(call("TO_CHAR", day, string("MMDD")), "INTEGER")


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
    return cast(value, "DOUBLE PRECISION")


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
    return cast(cast(Sql(f"('x' || {digits})"), "BIT(32)"), "BIGINT")
