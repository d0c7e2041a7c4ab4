"""PostgreSQL: columns of whatever type, and fields of JSON, as values of a type. NULL where they cannot be."""

from collections.abc import Mapping

from segql.compiler.sql.build import (
    FALSE,
    NULL,
    TRUE,
    Comparison,
    Operation,
    Sql,
    among,
    call,
    case,
    comparison,
    identifier,
    row,
    string,
)

_TYPES = {
    "text": "TEXT", "number": "DOUBLE PRECISION", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMPTZ",
    "list": "JSONB", "object": "JSONB",
}  # fmt: skip
# Which types can be cast at once; of others, texts above all, it has to be tried.
_AT_ONCE = {
    "number": "smallint,integer,bigint,numeric,real,double precision",
    "boolean": "boolean",
    "date": "date,timestamp,timestamptz",
}
_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")


def nothing(kind: str) -> Sql:
    """No value of a type."""
    return cast(NULL, _TYPES[kind])


def typed(value: Sql, kind: str) -> Sql:
    """A value of whatever type as one of a type; NULL where it cannot be."""
    match kind:
        case "text":
            # Whatever the column is compared by: "exactly" is exactly.
            return collated(cast(value, "TEXT"), "default")
        case "number" | "boolean" | "date":
            # By way of text, as there is a cast from every type to text. A NUMERIC goes that way to a float, anyhow; a
            # DATE would lose time by it.
            plain = value if kind == "date" else cast(value, "TEXT")
            is_plain = Comparison(f"PG_TYPEOF({value}) = ANY (CAST('{{{_AT_ONCE[kind]}}}' AS REGTYPE[]))")
            return case(
                (is_plain, cast(plain, _TYPES[kind])), default=_of_json(call("TO_JSONB", value), kind)
            )
        case _:
            return _of_json(call("TO_JSONB", value), kind)


def _of_json(value: Sql, kind: str) -> Sql:
    """A value of JSON as one of a type; NULL where it cannot be."""
    match kind:
        case "number":
            return cast(_read(value, "strict $.double()"), _TYPES[kind])
        case "date":
            return cast(_read(value, 'strict $.datetime("YYYY-MM-DD")'), _TYPES[kind])
        case "datetime":
            return _read_instant(_scalar(value))
        case "boolean":
            said = call("LOWER", _scalar(value))
            return case(
                (among(said, row(map(string, _TRUE))), TRUE), (among(said, row(map(string, _FALSE))), FALSE)
            )
        case "list":
            return _array(value)
        case "object":
            return call("NULLIF", value, cast(string("null"), "JSONB"))
        case _:
            return _scalar(value)


def field(properties: Sql, name: str, kind: str) -> Sql:
    """A field of an object, as a value of a type; NULL where it is of another type."""
    return _of_json(Sql(f"({properties} -> {string(name)})"), kind)


def objects(value: Sql, fields: Mapping[str, str]) -> Sql:
    """A list of objects, of which the fields that are asked for are read one by one; NULL where it is no list."""
    return _array(value)


def _array(value: Sql) -> Sql:
    return case((comparison(call("JSONB_TYPEOF", value), "=", string("array")), value))


def _read(value: Sql, path: str) -> Sql:
    """What a path of JSON makes of a value, as text; NULL where it makes nothing of it."""
    found = call("JSONB_PATH_QUERY_FIRST", value, string(path), string("{}"), TRUE)
    return Sql(f"({found} #>> '{{}}')")


def _read_instant(text: Sql) -> Sql:
    """An instant as ISO 8601 writes it, with a zone or in UTC; NULL where it is none."""
    day_first = call("SUBSTRING", text, string(r"^\d{4}-.*"))
    whole = call("REGEXP_REPLACE", day_first, string(r"^(.{10})$"), string(r"\1T00:00:00"))
    plain = call("REGEXP_REPLACE", whole, string(r"^(.{10}[T ]..:..:..)(\.\d+)?(Z?)$"), string(r"\1+00:00"))
    plain = call("REGEXP_REPLACE", plain, string(r"(:..)\.\d+"), string(r"\1"))
    return cast(_read(call("TO_JSONB", plain), "strict $.datetime()"), "TIMESTAMPTZ")


def _scalar(value: Sql) -> Sql:
    """A value of JSON as text, without the quotes that it has around one."""
    return Sql(f"({value} #>> '{{}}')")


def cast(value: Sql, kind: str) -> Sql:
    """A value as a type of PostgreSQL's; an error where it cannot be."""
    return Sql(f"CAST({value} AS {kind})")


def collated(text: Sql, collation: str) -> Sql:
    """A text that is compared by a collation."""
    return Operation(f"{text} COLLATE {identifier(collation)}")
