"""Small pieces of SQL that the store's modules share, and how they ask and lend tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from segql.compiler.catalog.model import ValueType
from segql.compiler.sql.layout import folded_column

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def quoted(name: str) -> str:
    """A name as an identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def folded(expression: str) -> str:
    """SQL for `fold` of a text expression."""
    return f"nfc_normalize(lower(nfc_normalize({expression})))"


# The column of profiles that has the e-mail address folded: by it somebody is found, and the log knows the address.
EMAIL_KEY = quoted(folded_column("email"))


def folded_items(expression: str) -> str:
    """SQL for a list of texts with each of its items folded."""
    return f"list_transform({expression}, lambda item: {folded('item')})"


def seconds(expression: str) -> str:
    """SQL for an instant in whole seconds, floored (a plain cast would round)."""
    return f"date_trunc('second', ({expression})::TIMESTAMP)::TIMESTAMP_S"


def as_text(expression: str, column_type: ValueType, *, whole: bool = False) -> str:
    """SQL for a scalar written as text; a whole number has no decimal point."""
    if column_type == "number" and not whole:
        number = f"({expression})::DOUBLE"
        return (
            f"CASE WHEN {number} = trunc({number}) AND abs({number}) < 1e15 "
            f"THEN {number}::BIGINT::VARCHAR ELSE {number}::VARCHAR END"
        )
    if column_type == "datetime":
        return f"{seconds(expression)}::VARCHAR"
    return f"({expression})::VARCHAR"


def one_row(
    connection: "duckdb.DuckDBPyConnection", query: str, parameters: object = None
) -> tuple[Any, ...]:
    """The one row of a query's answer, or of a statement's count; the answer is read to its end."""
    (row,) = connection.execute(query, parameters).fetchall()
    return tuple(row)


class _Lent:
    """What a name stands for in the SQL of one connection: one table after the other.

    A name that is given away anew would keep the table before it in memory until the transaction ends."""

    table: "pa.Table | None" = None

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        if self.table is None:
            raise LookupError("the table is not lent any more")
        return self.table.__arrow_c_stream__(requested_schema)


_lent: "WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[str, _Lent]]" = WeakKeyDictionary()


@contextmanager
def registered(connection: "duckdb.DuckDBPyConnection", name: str, table: "pa.Table") -> Iterator[None]:
    """Let SQL of this connection read an Arrow table by a name, for as long as the block lasts.

    An exception ends the transaction, and the connection and its names with it.
    """
    names = _lent.setdefault(connection, {})
    is_new = name not in names
    lent = names.setdefault(name, _Lent())
    lent.table = table
    if is_new:
        connection.register(name, lent)
    yield
    lent.table = None
