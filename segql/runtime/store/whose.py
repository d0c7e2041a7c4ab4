"""Whose the rows of a batch are: profiles found by their numbers or identifiers, or made."""

from datetime import datetime
from typing import TYPE_CHECKING

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.catalog import read_account
from segql.runtime.store.columns import IDENTIFIERS, Column, Rejected, read_columns
from segql.runtime.store.profiles import upsert_profiles
from segql.runtime.store.sql import EMAIL_KEY, as_text, folded, registered

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def find_or_make(
    connection: "duckdb.DuckDBPyConnection", table: "pa.Table", at: datetime | None
) -> "tuple[pa.ChunkedArray, list[Rejected]]":
    """The profile of each row (int32, null where there is none) of a table of identifiers, and the rows of nobody.

    Whoever is new gets a profile. `at`: as in `append_events`, within the caller's transaction."""
    columns, happened = read_columns(table)
    with registered(connection, "happened", happened):
        named, nobody = name_profiles(connection, {column.key: column for column in columns}, at)
    return named["profile_id"], [Rejected(*item) for item in sorted(nobody)]


def name_profiles(
    connection: "duckdb.DuckDBPyConnection", columns: dict[str, Column], at: datetime | None
) -> "tuple[pa.Table, list[tuple[int, str]]]":
    """The profile of each row of `happened` (columns row, profile_id, in order), new ones where need be; and the rows
    of nobody, with the reason. `columns`: by folded name."""
    if "profile_id" in columns:
        alias = columns["profile_id"].alias
        named = connection.sql(
            f"""SELECT row, p.profile_id FROM happened
            LEFT JOIN profiles p ON p.profile_id = try_cast({alias} AS INTEGER) ORDER BY row"""  # noqa: S608
        ).to_arrow_table()
        unknown = named["row"].filter(named["profile_id"].is_null())
        return named, [(row, "there is no profile of that profile_id") for row in unknown.to_pylist()]
    given = [columns[name] for name in IDENTIFIERS if name in columns]
    if not given:
        raise StoreError(
            Code.BAD_COLUMN,
            "The events do not say whose they are.",
            f"Give a column profile_id, {', '.join(IDENTIFIERS[:-1])} or {IDENTIFIERS[-1]}.",
        )
    found = _find_profiles(connection, given)
    if not found["profile_id"].null_count:
        return found, []
    with registered(connection, "found", found):
        return _make_profiles(connection, [column.key for column in given], at)


def _find_profiles(connection: "duckdb.DuckDBPyConnection", given: list[Column]) -> "pa.Table":
    """The identifiers of each row, and the profiles of those rows that say no more than the strongest of them and say
    one that is known: those events teach nothing about anybody."""
    first, *others = given
    texts = {c.key: f"nullif(trim({as_text(c.alias, c.type, whole=c.whole)}), '')" for c in given}
    named = ", ".join(f"{text} AS {name}" for name, text in texts.items())
    alone = "".join(f" AND n.{column.key} IS NULL" for column in others)
    # A number that is not written as the store writes it is not found here, but read below.
    key, said = (EMAIL_KEY, folded("n.email")) if first.key == "email" else (first.key, f"n.{first.key}")
    kind, usable = ("phone", "phone_valid") if first.key == "phone_number" else (first.key, "true")
    return connection.sql(
        f"""WITH n AS (SELECT row, {named} FROM happened),
        aliases AS (SELECT value AS known, min(profile_id) AS profile_id FROM profile_aliases
          WHERE kind = '{kind}' GROUP BY value),
        known AS (SELECT {key} AS known, min(profile_id) AS profile_id FROM profiles
          WHERE {usable} AND known IN (SELECT {said} FROM n WHERE n.{first.key} IS NOT NULL) GROUP BY known)
        SELECT n.*, coalesce(a.profile_id, k.profile_id) AS profile_id
        FROM n LEFT JOIN known k ON k.known = {said}{alone}
        LEFT JOIN aliases a ON a.known = {said}{alone} ORDER BY row"""  # noqa: S608
    ).to_arrow_table()


def _make_profiles(
    connection: "duckdb.DuckDBPyConnection", names: list[str], at: datetime | None
) -> "tuple[pa.Table, list[tuple[int, str]]]":
    """Give the other rows of `found` their profiles, new ones where need be; and the rows of nobody, with the
    reason."""
    listed = ", ".join(names)
    people = connection.sql(
        f"""SELECT {listed}, min(row) AS first_row FROM found WHERE profile_id IS NULL
        GROUP BY ALL ORDER BY first_row"""  # noqa: S608
    ).to_arrow_table()
    written = upsert_profiles(connection, people.drop_columns("first_row"), read_account(connection), at)
    same = " AND ".join(f"f.{name} IS NOT DISTINCT FROM p.{name}" for name in names)
    with registered(connection, "people", people.append_column("profile_id", written.profile_ids)):
        # Some of those who were found may have been merged meanwhile.
        named = connection.sql(
            f"""SELECT row, first_row, coalesce(m.profile_id, f.profile_id, p.profile_id) AS profile_id FROM found f
            LEFT JOIN people p ON f.profile_id IS NULL AND {same}
            LEFT JOIN profile_merges m ON m.merged_id = f.profile_id ORDER BY row"""  # noqa: S608
        ).to_arrow_table()
    reasons = {people["first_row"][rejected.row].as_py(): rejected.reason for rejected in written.rejected}
    nobody = named.filter(named["profile_id"].is_null()).select(["row", "first_row"]).to_pylist()
    return named, [(each["row"], reasons[each["first_row"]]) for each in nobody]
