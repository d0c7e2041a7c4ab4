"""What attributes were before: for those whose history is kept, each value with the period in which it held."""

from datetime import datetime
from typing import TYPE_CHECKING

from segql.compiler.text import fold
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.sql import one_row, quoted, seconds

if TYPE_CHECKING:
    import duckdb

# The store makes these itself, or finds people by them.
_NOT_KEPT = frozenset(("profile_id", "external_id", "email", "phone_number"))


def keep_history(connection: "duckdb.DuckDBPyConnection", name: str, at: datetime) -> bool:
    """Keep the history of a text attribute from an aware instant on, within the caller's transaction; whether it was
    not kept before. Raises `StoreError` where there is no such attribute, or it holds something else than text."""
    rows = connection.execute("SELECT name, key, type FROM attributes WHERE key = ?", [fold(name)]).fetchall()
    if not rows or rows[0][1] in _NOT_KEPT or rows[0][2] != "text":
        raise StoreError(
            Code.BAD_NAME,
            f'No history can be kept of "{name}": '
            + (
                "there is no attribute of that name."
                if not rows
                else "it is no text, or people are found by it."
            ),
            "Name an attribute that holds text, such as a loyalty tier.",
        )
    key = rows[0][1]
    if connection.execute("SELECT 1 FROM kept_attributes WHERE attribute = ?", [key]).fetchall():
        return False
    connection.execute(
        f"INSERT INTO kept_attributes VALUES ($key, {seconds('$at')})",  # noqa: S608
        {"key": key, "at": at},
    )
    note_values(connection, "profiles", at)
    return True


def note_values(connection: "duckdb.DuckDBPyConnection", profiles: str, at: datetime) -> None:
    """Note what the kept attributes of the profiles of a relation of ours (column profile_id) are from an aware instant
    on, where that is something else than before, within the caller's transaction."""
    kept = connection.execute(
        "SELECT a.name, a.key FROM kept_attributes k JOIN attributes a ON a.key = k.attribute"
    ).fetchall()
    for name, key in kept:
        values = {"attribute": key, "at": at}
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE changed AS
            SELECT p.profile_id, p.{quoted(name)} AS value, h.profile_id IS NOT NULL AS held
            FROM profiles p LEFT JOIN attribute_periods h ON h.profile_id = p.profile_id
              AND h.attribute = $attribute AND h.until_at = TIMESTAMP_S '9999-12-31'
            WHERE p.profile_id IN (SELECT profile_id FROM {profiles})
              AND p.{quoted(name)} IS DISTINCT FROM h.value""",  # noqa: S608
            {"attribute": key},
        )
        (changed,) = one_row(connection, "SELECT count(*) FROM changed")
        if not changed:
            continue
        connection.execute(
            f"""UPDATE attribute_periods h SET until_at = greatest(h.from_at, {seconds("$at")}) FROM changed c
            WHERE h.profile_id = c.profile_id AND h.attribute = $attribute
              AND h.until_at = TIMESTAMP_S '9999-12-31'""",  # noqa: S608
            values,
        )
        connection.execute("DELETE FROM attribute_periods WHERE from_at = until_at")
        connection.execute(
            f"""INSERT INTO attribute_periods
            SELECT $attribute, profile_id, value, {seconds("$at")}, TIMESTAMP_S '9999-12-31'
            FROM changed WHERE value IS NOT NULL""",  # noqa: S608
            values,
        )
    if kept:
        connection.execute("DROP TABLE IF EXISTS temp.changed")
