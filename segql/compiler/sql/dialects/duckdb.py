"""DuckDB: how each primitive that the emitter needs is written. A closed table; nothing here knows conditions."""

from datetime import date, datetime

from sqlglot import exp

from segql.compiler.sql import build

NAME = "duckdb"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def parameter(name: str, value: object) -> exp.Expr:
    """A bound value of a known type."""
    placeholder = exp.Parameter(this=exp.var(name))
    if isinstance(value, datetime):
        return build.cast(placeholder, "TIMESTAMP_S")
    if isinstance(value, date):
        return build.cast(placeholder, "DATE")
    if isinstance(value, float):
        return build.cast(placeholder, "DOUBLE")
    return placeholder


def fold(text: exp.Expr) -> exp.Expr:
    """Text for comparison: the same rule as `segql.compiler.text.fold`."""
    return _nfc(exp.Lower(this=_nfc(text)))


def text_equals(text: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    """One of the values."""
    if len(values) == 1:
        return exp.EQ(this=text, expression=values[0])
    return exp.In(this=text, expressions=values)


def text_contains(text: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Holds the value as a part."""
    return exp.Anonymous(this="contains", expressions=[text, value])


def text_has_word(text: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Holds the value with neither a letter nor a digit at its sides."""
    escaped = exp.Anonymous(this="regexp_escape", expressions=[value])
    edge = r"[^\p{L}\p{N}]"
    pattern = exp.DPipe(
        this=exp.DPipe(this=exp.Literal.string(f"(^|{edge})"), expression=escaped),
        expression=exp.Literal.string(f"({edge}|$)"),
    )
    return exp.Anonymous(this="regexp_matches", expressions=[text, pattern])


def text_starts_with(text: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Begins with the value."""
    return exp.Anonymous(this="starts_with", expressions=[text, value])


def text_ends_with(text: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Ends with the value."""
    return exp.Anonymous(this="ends_with", expressions=[text, value])


def text_matches(text: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """The pattern is found somewhere, in any case."""
    options = exp.Literal.string("i")
    return exp.Anonymous(this="regexp_matches", expressions=[_nfc(text), pattern, options])


def list_contains(items: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Holds the folded value as an item."""
    item = build.identifier("item")
    folded = exp.Lambda(this=fold(exp.Column(this=item)), expressions=[item])
    each = exp.Anonymous(this="list_transform", expressions=[items, folded])
    return exp.Anonymous(this="list_contains", expressions=[each, value])


def list_size(items: exp.Expr) -> exp.Expr:
    """The number of items."""
    return exp.Anonymous(this="len", expressions=[items])


def field(properties: exp.Expr, name: str, kind: str) -> exp.Expr:
    """A property of an event as a value of a type; NULL where it is missing or of another type."""
    value = exp.Dot(this=properties, expression=build.identifier(name, quoted=True))
    match kind:
        case "object":
            return value
        case "datetime":
            instant = exp.TryCast(this=value, to=build.data_type("TIMESTAMPNTZ"))
            return exp.Anonymous(this="date_trunc", expressions=[exp.Literal.string("second"), instant])
        case _:
            types = {
                "text": "TEXT",
                "number": "DOUBLE",
                "boolean": "BOOLEAN",
                "date": "DATE",
                "list": "TEXT[]",
            }
            return exp.TryCast(this=value, to=build.data_type(types[kind]))


def objects(value: exp.Expr, fields: dict[str, str]) -> exp.Expr:
    """A list of objects with the fields that are asked for; NULL where it is no such list."""
    # A list of VARIANT is slow to make, one of STRUCT is fast. Texts hold every scalar; each is read as its type later.
    types = {"list": "TEXT[]", "object": "VARIANT"}
    columns = [
        exp.ColumnDef(
            this=build.identifier(name, quoted=True),
            kind=build.data_type(types.get(kind, "TEXT")),
        )
        for name, kind in sorted(fields.items())
    ]
    struct = exp.DataType(this=exp.DataType.Type.STRUCT, expressions=columns, nested=True)
    listed = exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[struct], nested=True)
    return exp.TryCast(this=value, to=listed)


def item_field(item: exp.Expr, name: str, kind: str) -> exp.Expr:
    """A field of an object as a value of a type."""
    return field(item, name, kind)


def filtered(items: exp.Expr, item: str, condition: exp.Expr) -> exp.Expr:
    """The items that fulfil a condition, in which each goes by the name given."""
    each = exp.Lambda(this=condition, expressions=[build.identifier(item)])
    return exp.Anonymous(this="list_filter", expressions=[items, each])


def local(instant: exp.Expr, zone: str) -> exp.Expr:
    """What the clocks of a zone show at an instant."""
    utc = _zoned("UTC", build.cast(instant, "TIMESTAMPNTZ"))
    return _zoned(zone, utc)


def midnight(day: exp.Expr, zone: str) -> exp.Expr:
    """The instant at which a date begins in a zone."""
    return _zoned("UTC", _zoned(zone, build.cast(day, "TIMESTAMPNTZ")))


def _zoned(zone: str, instant: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="timezone", expressions=[exp.Literal.string(zone), instant])


def seconds_between(earlier: exp.Expr, later: exp.Expr) -> exp.Expr:
    """Seconds from one instant to another."""
    return exp.Sub(this=_epoch(later), expression=_epoch(earlier))


def later(instant: exp.Expr, seconds: int) -> exp.Expr:
    """An instant so many seconds later."""
    interval = exp.Anonymous(this="to_seconds", expressions=[exp.Literal.number(seconds)])
    return exp.Add(this=instant, expression=interval)


def _epoch(instant: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="epoch", expressions=[build.cast(instant, "TIMESTAMPNTZ")])


def month_and_day(day: exp.Expr) -> exp.Expr:
    """100 * month + day of the month."""
    month = exp.Mul(this=exp.Anonymous(this="month", expressions=[day]), expression=exp.Literal.number(100))
    return build.paren(exp.Add(this=month, expression=exp.Anonymous(this="day", expressions=[day.copy()])))


def hour(clock: exp.Expr) -> exp.Expr:
    """The hour that clocks show, 0 to 23."""
    return exp.Anonymous(this="hour", expressions=[clock])


def weekday(clock: exp.Expr) -> exp.Expr:
    """The day of the week: mon to sun."""
    days = exp.Array(expressions=[exp.Literal.string(day) for day in WEEKDAYS])
    number = exp.Anonymous(this="isodow", expressions=[clock])
    return exp.Anonymous(this="list_extract", expressions=[days, number])


def period_start(clock: exp.Expr, period: str, week_starts: str) -> exp.Expr:
    """What tells calendar periods apart: where the one begins that a time lies in."""
    if period == "week" and week_starts == "sunday":
        day = exp.Anonymous(this="to_days", expressions=[exp.Literal.number(1)])
        clock = exp.Add(this=clock, expression=day)
    return exp.Anonymous(this="date_trunc", expressions=[exp.Literal.string(period), clock])


def value_at_end(value: exp.Expr, order: list[exp.Expr], *, last: bool) -> exp.Expr:
    """The value in the first or the last row of a group, which may be NULL."""
    # Wrapped, since arg_min and arg_max pass over rows whose value is NULL.
    wrapped = exp.Anonymous(
        this="struct_pack", expressions=[exp.PropertyEQ(this=build.identifier("v"), expression=value)]
    )
    place = exp.Anonymous(this="row", expressions=order)
    found = exp.Anonymous(this="arg_max" if last else "arg_min", expressions=[wrapped, place])
    return exp.Anonymous(this="struct_extract", expressions=[found, exp.Literal.string("v")])


def sample_bucket(salt: exp.Expr, profile_id: exp.Expr) -> exp.Expr:
    """The first 32 bits of the MD5 of a salt and a profile's number."""
    text = exp.DPipe(this=salt, expression=build.cast(profile_id, "TEXT"))
    digest = exp.Anonymous(this="md5", expressions=[text])
    digits = exp.Anonymous(this="substr", expressions=[digest, exp.Literal.number(1), exp.Literal.number(8)])
    return build.cast(exp.DPipe(this=exp.Literal.string("0x"), expression=digits), "UBIGINT")


def rounded(number: exp.Expr) -> exp.Expr:
    """The nearest whole number, halves away from zero."""
    return exp.Anonymous(this="round", expressions=[number])


def number(value: exp.Expr) -> exp.Expr:
    """A number as floating point."""
    return build.cast(value, "DOUBLE")


def divided_up(numerator: exp.Expr, denominator: int) -> exp.Expr:
    """Whole numbers divided, rounded up."""
    raised = build.paren(exp.Add(this=numerator, expression=exp.Literal.number(denominator - 1)))
    return exp.IntDiv(this=raised, expression=exp.Literal.number(denominator))


def _nfc(text: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="nfc_normalize", expressions=[text])
