"""The attributes that exist, each one typed column of `profiles`: what a batch adds to them, widens, and
cannot give."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.catalog.model import ValueType
from segql.compiler.sql.layout import FOLDED, folded_column
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.columns import SCALARS, Column, reason_of
from segql.runtime.store.fields import note_fields
from segql.runtime.store.sql import as_text, quoted, seconds

if TYPE_CHECKING:
    import duckdb

SQL_TYPES: dict[ValueType, str] = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP_S",
    "list": "VARCHAR[]",
    "object": "VARIANT",
}
# The schema's own attributes keep their types, as places and ages are computed from them. (Text never changes.)
_FIXED = frozenset({"latitude", "longitude", "created"})
_REFUSED = {
    "profile_id": "it is the store's own number of a profile",
    "phone_valid": "the store derives it from phone_number",
    "phone_country": "the store derives it from phone_number",
    "phone_country_code": "the store derives it from phone_number",
}


class Target(NamedTuple):
    """Where a column of a batch goes: the attribute's name, its type once the batch is in, its type until
    then."""

    column: Column
    name: str
    type: ValueType
    before: ValueType | None

    @property
    def given(self) -> ValueType:
        """The type of what is given: a list of objects is kept as an object, as lists hold text."""
        return "object" if self.column.nested else self.column.type

    @property
    def value(self) -> str | None:
        """SQL for the value as it is stored, from the column; None where no value of it can be stored."""
        expression = self.column.alias
        if self.given in SCALARS:
            return self._scalar(expression)
        if self.given != self.type:
            return None
        return (
            f"list_filter({expression}::VARCHAR[], lambda x: x IS NOT NULL)"
            if self.type == "list"
            else expression
        )

    def _scalar(self, expression: str) -> str | None:
        text = as_text(expression, self.given, whole=self.column.whole)
        by_type: dict[ValueType, str | None] = {
            "text": text,
            "list": f"CASE WHEN {expression} IS NOT NULL THEN [{text}] END",
            "number": f"nullif(try_cast({expression} AS DOUBLE), 'nan'::DOUBLE)",
            "boolean": f"try_cast({expression} AS BOOLEAN)",
            "date": f"try_cast({expression} AS DATE)",
            "datetime": seconds(f"try_cast({expression} AS TIMESTAMPTZ)"),
            "object": None,
        }
        return by_type[self.type]

    @property
    def cast(self) -> str:
        """SQL put behind a value that is stored as a VARIANT, after it was chosen among many."""
        return "::VARIANT" if self.type == "object" else ""

    @property
    def refused(self) -> str:
        """SQL for: the row gives a value that cannot be stored."""
        given = f"{self.column.alias} IS NOT NULL"
        if self.given == self.type:
            return "false"
        return given if self.value is None else f"{given} AND ({self.value}) IS NULL"

    @property
    def reason(self) -> str:
        """Why a refused row is refused."""
        return reason_of(self.name, self.type, self.given)


def plan_attributes(connection: "duckdb.DuckDBPyConnection", columns: Iterable[Column]) -> list[Target]:
    """Where each column goes. Raises `StoreError` for a name that the store keeps for itself."""
    known: dict[str, tuple[str, ValueType]] = {
        key: (name, kind)
        for name, key, kind in connection.execute("SELECT name, key, type FROM attributes").fetchall()
    }
    return [_target(column, known.get(column.key)) for column in columns]


def _target(column: Column, known: tuple[str, ValueType] | None) -> Target:
    kept_for = "columns of such names have what others say, folded" if column.key.endswith(FOLDED) else None
    refused = _REFUSED.get(column.key, kept_for)
    if refused is not None:
        raise StoreError(
            Code.BAD_NAME,
            f'"{column.name}" cannot be given: {refused}.',
            "Rename the column or leave it out.",
        )
    given: ValueType = "object" if column.nested else column.type
    if known is None:
        return Target(column, column.name, given, None)
    name, kind = known
    conflict = kind != given and kind in SCALARS and given in SCALARS and column.key not in _FIXED
    return Target(column, name, "text" if conflict else kind, kind)


def change_attributes(connection: "duckdb.DuckDBPyConnection", targets: Iterable[Target]) -> None:
    """Add the attributes that are new, and widen to text those that are given values of another type."""
    for target in targets:
        if target.before is None:
            names = (target.name, folded_column(target.name)) if target.type == "list" else (target.name,)
            for name in names:
                connection.execute(f"ALTER TABLE profiles ADD COLUMN {quoted(name)} {SQL_TYPES[target.type]}")
            connection.execute(
                "INSERT INTO attributes (name, key, type) VALUES (?, ?, ?)",
                [target.name, target.column.key, target.type],
            )
        elif target.before != target.type:
            # In two steps: where a process is killed, DuckDB 2.0.0 does the first once more when the store is opened, and
            # has no functions then.
            name = quoted(target.name)
            connection.execute(f"ALTER TABLE profiles ALTER COLUMN {name} TYPE VARCHAR")
            widened = as_text(f"{name}::{SQL_TYPES[target.before]}", target.before)
            connection.execute(f"UPDATE profiles SET {name} = {widened} WHERE {name} IS NOT NULL")  # noqa: S608
            connection.execute("UPDATE attributes SET type = 'text' WHERE key = ?", [target.column.key])
        if target.column.fields:
            note_fields(connection, "attributes", "key = $key", {"key": target.column.key}, target.column)


def refused_rows(
    connection: "duckdb.DuckDBPyConnection", targets: Iterable[Target]
) -> Iterator[tuple[int, str]]:
    """The rows of `incoming` that give a value which its attribute cannot hold, with the reason."""
    for target in targets:
        if target.refused != "false":
            rows = connection.execute(f"SELECT row FROM incoming WHERE {target.refused}").fetchall()  # noqa: S608
            yield from ((row, target.reason) for (row,) in rows)
