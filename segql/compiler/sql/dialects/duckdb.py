"""DuckDB: how each primitive that the emitter needs is written. A closed table; nothing here knows conditions."""

from datetime import date, datetime

from sqlglot import exp

NAME = "duckdb"


def parameter(name: str, value: object) -> exp.Expr:
    """A bound value of a known type."""
    placeholder = exp.Parameter(this=exp.var(name))
    if isinstance(value, datetime):
        return exp.cast(placeholder, "TIMESTAMP_S", dialect=NAME)
    if isinstance(value, date):
        return exp.cast(placeholder, "DATE", dialect=NAME)
    if isinstance(value, float):
        return exp.cast(placeholder, "DOUBLE", dialect=NAME)
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
    item = exp.to_identifier("item")
    folded = exp.Lambda(this=fold(exp.Column(this=item)), expressions=[item])
    each = exp.Anonymous(this="list_transform", expressions=[items, folded])
    return exp.Anonymous(this="list_contains", expressions=[each, value])


def list_size(items: exp.Expr) -> exp.Expr:
    """The number of items."""
    return exp.Anonymous(this="len", expressions=[items])


def field(properties: exp.Expr, name: str, kind: str) -> exp.Expr:
    """A property of an event as a value of a type; NULL where it is missing or of another type."""
    value = exp.Dot(this=properties, expression=exp.to_identifier(name, quoted=True))
    match kind:
        case "object":
            return value
        case "datetime":
            instant = exp.TryCast(this=value, to=exp.DataType.build("TIMESTAMP", dialect=NAME))
            return exp.Anonymous(this="date_trunc", expressions=[exp.Literal.string("second"), instant])
        case _:
            types = {
                "text": "VARCHAR",
                "number": "DOUBLE",
                "boolean": "BOOLEAN",
                "date": "DATE",
                "list": "VARCHAR[]",
            }
            return exp.TryCast(this=value, to=exp.DataType.build(types[kind], dialect=NAME))


def rounded(number: exp.Expr) -> exp.Expr:
    """The nearest whole number, halves away from zero."""
    return exp.Anonymous(this="round", expressions=[number])


def number(value: exp.Expr) -> exp.Expr:
    """A number as floating point."""
    return exp.cast(value, "DOUBLE", dialect=NAME)


def divided_up(numerator: exp.Expr, denominator: int) -> exp.Expr:
    """Whole numbers divided, rounded up."""
    raised = exp.paren(exp.Add(this=numerator, expression=exp.Literal.number(denominator - 1)))
    return exp.IntDiv(this=raised, expression=exp.Literal.number(denominator))


def _nfc(text: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="nfc_normalize", expressions=[text])
