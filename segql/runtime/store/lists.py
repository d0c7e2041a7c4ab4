"""Lists of people, each membership kept as the period in which it held."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from segql.compiler.text import fold
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.journal import note_changes
from segql.runtime.store.sql import one_row, registered, seconds

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def add_to_list(
    connection: "duckdb.DuckDBPyConnection", name: str, profile_ids: Sequence[int], at: datetime
) -> int:
    """Put profiles on a list, which is made where it is new, within the caller's transaction.

    `at`: the aware instant from which on they are members. Returns how many were not members then; where one
    became a member later, that period now begins at `at`.
    """
    return record_joins(connection, name, _moments(profile_ids, at))


def remove_from_list(
    connection: "duckdb.DuckDBPyConnection", name: str, profile_ids: Sequence[int], at: datetime
) -> int:
    """Take profiles off a list from an aware instant on, within the caller's transaction; how many were on
    it."""
    list_id = note_list(connection, name)
    with registered(connection, "given", _moments(profile_ids, at)):
        (ended,) = one_row(
            connection,
            f"""UPDATE list_periods p SET until_at = {seconds("g.since")}
            FROM (SELECT DISTINCT * FROM given) g
            WHERE list_id = $list AND p.profile_id = g.profile_id
            AND p.from_at <= {seconds("g.since")} AND {seconds("g.since")} < p.until_at""",  # noqa: S608
            {"list": list_id},
        )
        if ended:
            note_changes(connection, "lists", "given")
    connection.execute("DELETE FROM list_periods WHERE from_at = until_at")
    return int(ended)


def record_joins(connection: "duckdb.DuckDBPyConnection", name: str, moments: "pa.Table") -> int:
    """As `add_to_list`, for an Arrow table of `profile_id` and `since` (UTC where it has no zone)."""
    list_id = note_list(connection, name)
    with registered(connection, "given", moments):
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE joins AS SELECT profile_id, min({seconds("since")}) AS since
            FROM given SEMI JOIN profiles USING (profile_id) GROUP BY profile_id"""  # noqa: S608
        )
    parameters = {"list": list_id}
    connection.execute(
        """DELETE FROM joins j WHERE EXISTS (FROM list_periods p WHERE list_id = $list
        AND p.profile_id = j.profile_id AND p.from_at <= j.since AND j.since < p.until_at)""",
        parameters,
    )
    (added,) = one_row(connection, "SELECT count(*) FROM joins")
    if added:
        note_changes(connection, "lists", "joins")
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE later AS
        SELECT profile_id, any_value(since) AS since, min(from_at) AS from_at
        FROM joins JOIN list_periods p USING (profile_id) WHERE list_id = $list AND p.from_at > since
        GROUP BY profile_id""",
        parameters,
    )
    connection.execute(
        """UPDATE list_periods p SET from_at = later.since FROM later
        WHERE list_id = $list AND p.profile_id = later.profile_id AND p.from_at = later.from_at""",
        parameters,
    )
    connection.execute(
        """INSERT INTO list_periods SELECT $list, profile_id, since, TIMESTAMP_S '9999-12-31'
        FROM joins ANTI JOIN later USING (profile_id) ORDER BY profile_id""",
        parameters,
    )
    return int(added)


def list_sizes(connection: "duckdb.DuckDBPyConnection", at: datetime) -> dict[str, int]:
    """How many people are on each list at an aware instant, by its name."""
    rows = connection.execute(
        f"""SELECT name, count(profile_id) FROM lists LEFT JOIN list_periods p
          ON p.list_id = lists.list_id AND p.from_at <= {seconds("$at")} AND {seconds("$at")} < p.until_at
        GROUP BY name, key ORDER BY key""",  # noqa: S608
        {"at": at},
    ).fetchall()
    return dict(rows)


def note_list(connection: "duckdb.DuckDBPyConnection", name: str) -> int:
    """The id of the list of that name in any case, made where it is new. Raises `StoreError` for a blank
    name."""
    if not name.strip() or "\x00" in name:
        raise StoreError(Code.BAD_NAME, f"{name!r} cannot be the name of a list.", "Give the list a name.")
    rows = connection.execute("SELECT list_id FROM lists WHERE key = ?", [fold(name)]).fetchall()
    if rows:
        return int(rows[0][0])
    (list_id,) = one_row(connection, "SELECT coalesce(max(list_id), 0) + 1 FROM lists")
    connection.execute("INSERT INTO lists VALUES (?, ?, ?)", [list_id, name, fold(name)])
    return int(list_id)


def _moments(profile_ids: Sequence[int], at: datetime) -> "pa.Table":
    import pyarrow as pa

    ids = pa.array(profile_ids, pa.int32())
    return pa.table({"profile_id": ids, "since": pa.array([at] * len(ids), pa.timestamp("us", "UTC"))})
