"""Places that a definition can name: postal codes of countries, and the account's own places such as its
shops."""

from typing import TYPE_CHECKING

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.sql import folded, one_row, registered

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def save_postal_codes(connection: "duckdb.DuckDBPyConnection", table: "pa.Table") -> int:
    """Store where postal codes lie, within the caller's transaction; how many were stored.

    Columns: country (ISO 3166), code (text), latitude and longitude (degrees, WGS 84). A code that is there
    already is moved. Raises `StoreError` where a column is missing, or a row says no code or no place on
    earth.
    """
    _check_columns(table, ("country", "code", "latitude", "longitude"))
    with registered(connection, "given", table):
        _check_rows(connection, "trim(country) <> '' AND trim(code) <> ''")
        (stored,) = one_row(
            connection,
            """INSERT OR REPLACE INTO postal_codes SELECT upper(trim(country)) AS country,
            upper(trim(code)) AS code, any_value(latitude), any_value(longitude) FROM given GROUP BY ALL""",
        )
    return int(stored)


def save_places(connection: "duckdb.DuckDBPyConnection", table: "pa.Table") -> int:
    """Store the account's places, within the caller's transaction; how many were stored.

    Columns: name (the same in any case), latitude and longitude (degrees, WGS 84). As `save_postal_codes`.
    """
    _check_columns(table, ("name", "latitude", "longitude"))
    with registered(connection, "given", table):
        _check_rows(connection, "trim(name) <> ''")
        (stored,) = one_row(
            connection,
            f"""INSERT OR REPLACE INTO places SELECT any_value(name), {folded("trim(name)")} AS key,
            any_value(latitude), any_value(longitude) FROM given GROUP BY key""",  # noqa: S608
        )
    return int(stored)


def _check_columns(table: "pa.Table", names: tuple[str, ...]) -> None:
    for name in names:
        if name not in table.column_names:
            raise StoreError(
                Code.BAD_COLUMN,
                f'The places have no column "{name}".',
                f"Give the columns {', '.join(names)}.",
            )


def _check_rows(connection: "duckdb.DuckDBPyConnection", named: str) -> None:
    """Refuse rows of `given` that cannot be stored. `named`: SQL for, the row has a name."""
    on_earth = "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180"
    (refused,) = one_row(
        connection,
        f"SELECT count(*) FROM given WHERE NOT coalesce({on_earth} AND {named}, false)",  # noqa: S608
    )
    if refused:
        raise StoreError(
            Code.BAD_PLACE,
            f"{refused} of the places have no name or lie nowhere on earth.",
            "Name each, with a latitude from -90 to 90 and a longitude from -180 to 180.",
        )
