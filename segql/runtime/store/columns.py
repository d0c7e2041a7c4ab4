"""The columns of an Arrow table that is about to be stored: checked, named by position, with the
language's types."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from segql.compiler.catalog.model import Property, ValueType
from segql.compiler.text import fold
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.sql import seconds

if TYPE_CHECKING:
    import pyarrow as pa

SCALARS: frozenset[ValueType] = frozenset({"text", "number", "boolean", "date", "datetime"})
IDENTIFIERS = ("external_id", "email", "phone_number")


class Column(NamedTuple):
    """A column: its name as given, its folded name, its alias in SQL (`c0`, `c1`, ...), and what it holds.

    Aliases keep a user's names out of SQL wherever a name is not needed, and from colliding with ours.
    """

    name: str
    key: str
    alias: str
    type: ValueType
    whole: bool = False
    """Whether it is of whole numbers."""
    decimal: bool = False
    """Whether it is of decimal numbers, which are exact."""
    nested: bool = False
    """Whether it is a list of something other than scalars."""
    empty: bool = False
    """Whether it has no value in it, so that its type says nothing."""
    fields: tuple[Property, ...] = ()
    """The fields of the objects, where it is a list of objects."""


class Rejected(NamedTuple):
    """A row (from 0, in the table given) that could not be stored, and why."""

    row: int
    reason: str


def read_columns(table: "pa.Table") -> "tuple[list[Column], pa.Table]":
    """The columns, and the table with their aliases for names and a column `row` that counts from 0.

    Raises `StoreError` for a name that is empty or there twice, and for a type that cannot be stored.
    """
    import numpy as np
    import pyarrow as pa

    columns: list[Column] = []
    arrays: list[Any] = []
    seen: set[str] = set()
    for name in table.column_names:
        key = fold(name)
        if not name.strip() or "\x00" in name:
            raise StoreError(Code.BAD_NAME, f"The column name {name!r} cannot be used.", "Give it a name.")
        if key in seen:
            raise StoreError(
                Code.BAD_COLUMN,
                f'There are two columns of the name "{name}".',
                "Rename or leave out one of them.",
            )
        seen.add(key)
        array = _plain(table.column(table.column_names.index(name)))
        column = _column(name, key, f"c{len(columns)}", array.type)
        columns.append(column._replace(empty=array.null_count == len(array)))
        arrays.append(array)
    rows = pa.array(np.arange(table.num_rows))
    named = pa.table([*arrays, rows], names=[*(column.alias for column in columns), "row"])
    return columns, named


def _plain(array: Any) -> Any:
    """The array without dictionary encoding; times of day, and nothing at all, as text."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.cast(kind.value_type)
    elif pa.types.is_time(kind) or pa.types.is_null(kind):
        array = array.cast(pa.string())
    return array


def _column(name: str, key: str, alias: str, kind: Any) -> Column:
    import pyarrow as pa

    types = pa.types
    found = _type_of(kind)
    if found is None:
        raise StoreError(
            Code.BAD_COLUMN,
            f'The column "{name}" is of the type {kind}, which cannot be stored.',
            "Make it text, a number, true or false, a date, a list or an object.",
        )
    nested = found == "list" and types.is_nested(kind.value_type)
    whole, decimal = types.is_integer(kind), types.is_decimal(kind)
    return Column(name, key, alias, found, whole, decimal, nested, fields=_fields(kind))


def _fields(kind: Any) -> tuple[Property, ...]:
    """The fields of the objects in a list of them; none for every other type."""
    import pyarrow as pa

    if _type_of(kind) != "list" or not pa.types.is_struct(kind.value_type):
        return ()
    return tuple(
        Property(name=field.name, type=found, items=_fields(field.type))
        for field in kind.value_type
        if (found := _type_of(field.type)) is not None
    )


def _type_of(kind: Any) -> ValueType | None:
    """The language's type for an Arrow type; None for one that cannot be stored."""
    import pyarrow as pa

    types = pa.types
    tests: list[tuple[ValueType, bool]] = [
        ("text", types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)),
        ("boolean", types.is_boolean(kind)),
        ("number", types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)),
        ("date", types.is_date(kind)),
        ("datetime", types.is_timestamp(kind)),
        ("list", types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)),
        ("object", types.is_struct(kind) or types.is_map(kind)),
    ]
    return next((value_type for value_type, holds in tests if holds), None)


def rows_with_nul(columns: Iterable[Column], table: "pa.Table") -> Iterator[Rejected]:
    """The rows that hold a NUL character, which no text of people has and which many tools cut a text at."""
    for column in columns:
        array = table.column(column.alias)
        if any(_holds_nul(chunk) for chunk in array.chunks):
            for row, value in enumerate(array.to_pylist()):
                if _value_holds_nul(value):
                    yield Rejected(row, f"{column.name}: the text has a NUL character in it")


def _holds_nul(array: Any) -> bool:
    """Whether any text in an array of any shape may hold a NUL: a look at its bytes, not at its values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        found = pc.any(pc.match_substring(array, "\x00"))
        return bool(found.as_py())
    if pa.types.is_string_view(kind):
        return _holds_nul(array.cast(pa.string()))
    if pa.types.is_struct(kind):
        return any(_holds_nul(child) for child in array.flatten())
    if pa.types.is_map(kind):
        return _holds_nul(array.keys) or _holds_nul(array.items)
    if pa.types.is_nested(kind):
        return _holds_nul(array.flatten())
    if pa.types.is_dictionary(kind):
        return _holds_nul(array.dictionary)
    return False


def _value_holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_value_holds_nul(item) for pair in value.items() for item in pair)
    if isinstance(value, list | tuple):
        return any(_value_holds_nul(item) for item in value)
    return False


def reason_of(column: str, expected: ValueType, given: ValueType) -> str:
    """Why a value cannot be stored where another shape of value is expected."""
    words = {"text": "text", "number": "a number", "boolean": "true or false", "date": "a date"}
    words |= {"datetime": "a date and time", "list": "a list", "object": "an object"}
    return f"{column}: {words[expected]} is expected, {words[given]} was given"


def instant(column: Column) -> str:
    """SQL for the whole seconds, UTC, of a column that must hold instants. Raises `StoreError` where it
    does not."""
    if column.empty:
        return "NULL::TIMESTAMP_S"
    if column.type not in ("datetime", "date"):
        raise StoreError(
            Code.BAD_COLUMN,
            f'The column "{column.name}" is {column.type}; a date and time is expected.',
            "Give it as timestamps, in UTC where they have no time zone.",
        )
    return seconds(column.alias)
