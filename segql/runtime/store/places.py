"""Places that a definition can name: postal codes of countries, and the account's own places such as its
shops."""

from typing import TYPE_CHECKING

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.sql import folded, one_row, registered

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def save_postal_codes(connection: "duckdb.DuckDBPyConnection", table: "pa.Table") -> int:
    """Store where postal codes lie, within the caller's transaction; how many rows were stored.

    Columns: country (ISO 3166), code (text), latitude and longitude (degrees, WGS 84). A code that is there
    already is moved. Rows without a place on earth are left out. Raises `StoreError` where a column is
    missing.
    """
    _check_columns(table, ("country", "code", "latitude", "longitude"))
    with registered(connection, "given", table):
        (stored,) = one_row(
            connection,
            f"""INSERT OR REPLACE INTO postal_codes SELECT upper(trim(country)) AS country,
            upper(trim(code)) AS code, any_value(latitude), any_value(longitude) FROM given
            WHERE {_ON_EARTH} AND country IS NOT NULL AND code IS NOT NULL GROUP BY ALL""",  # noqa: S608
        )
    return int(stored)


def save_places(connection: "duckdb.DuckDBPyConnection", table: "pa.Table") -> int:
    """Store the account's places, within the caller's transaction; how many rows were stored.

    Columns: name (the same in any case), latitude and longitude (degrees, WGS 84). As `save_postal_codes`.
    """
    _check_columns(table, ("name", "latitude", "longitude"))
    with registered(connection, "given", table):
        (stored,) = one_row(
            connection,
            f"""INSERT OR REPLACE INTO places SELECT any_value(name), {folded("trim(name)")} AS key,
            any_value(latitude), any_value(longitude) FROM given
            WHERE {_ON_EARTH} AND trim(name) <> '' GROUP BY key""",  # noqa: S608
        )
    return int(stored)


_ON_EARTH = "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180"


def _check_columns(table: "pa.Table", names: tuple[str, ...]) -> None:
    for name in names:
        if name not in table.column_names:
            raise StoreError(
                Code.BAD_COLUMN,
                f'The places have no column "{name}".',
                f"Give the columns {', '.join(names)}.",
            )
