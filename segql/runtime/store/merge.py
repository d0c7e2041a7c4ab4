"""Merging profiles: the survivor's values stand, what it lacks comes from the others, and it takes over their history."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from segql.compiler.sql.layout import folded_column
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.attribute_history import note_values
from segql.runtime.store.by_person import copy_anew
from segql.runtime.store.consents import EVERY_CHANNEL, derive_periods, take_stricter
from segql.runtime.store.journal import note_rewritten
from segql.runtime.store.sql import EMAIL_KEY, one_row, quoted, registered, seconds

if TYPE_CHECKING:
    import duckdb

# What belongs to one profile and goes over to another as it is.
_MOVED = ("events", "sms_messages", "sms_inbound", "profile_aliases", "profile_merges")


def merge_people(
    connection: "duckdb.DuckDBPyConnection", merged: int, survivor: int, at: datetime, actor: str
) -> None:
    """Make one profile a part of another by hand, whatever either is known by, within the caller's transaction.

    The survivor keeps its identifiers; the other's are aliases from then on. The stricter of the two consents
    holds. `at`: the aware instant of it. Raises `StoreError` where the two are one already.
    """
    if merged == survivor:
        raise same_person()
    take_stricter(connection, (merged, survivor), at, actor)
    connection.execute(
        f"""INSERT INTO profile_aliases SELECT kind, value, $survivor FROM (
          SELECT unnest(['external_id', 'email', 'phone']) AS kind,
            unnest([external_id, {EMAIL_KEY}, if(phone_valid, phone_number, NULL)]) AS value
          FROM profiles WHERE profile_id = $merged
        ) WHERE value IS NOT NULL""",  # noqa: S608
        {"merged": merged, "survivor": survivor},
    )
    merge_profiles(connection, {merged: survivor}, at, actor)
    # What the survivor was given is no alias.
    connection.execute(
        f"""DELETE FROM profile_aliases a USING profiles p WHERE a.profile_id = p.profile_id
        AND p.profile_id = $survivor AND value = CASE kind WHEN 'external_id' THEN p.external_id
          WHEN 'email' THEN p.{EMAIL_KEY} ELSE p.phone_number END""",  # noqa: S608
        {"survivor": survivor},
    )


def same_person() -> StoreError:
    """That two are one already."""
    return StoreError(
        Code.SAME_PERSON, "The two are one person already.", "Name two different people to merge them."
    )


def merge_profiles(
    connection: "duckdb.DuckDBPyConnection", merged: Mapping[int, int], at: datetime | None, actor: str
) -> None:
    """Make each profile a part of the one that it is mapped to, in that order, within the caller's transaction.

    No two of them disagree about an identifier, or it is taken care of (see `merge_people`). `at`: the aware
    instant of it, where it is known.
    """
    import pyarrow as pa

    if not merged:
        return
    ranked = _ranked(merged)
    table = pa.table(
        {
            "merged_id": pa.array((each for each, _, _ in ranked), pa.int32()),
            "profile_id": pa.array((survivor for _, survivor, _ in ranked), pa.int32()),
            "rank": pa.array((rank for _, _, rank in ranked), pa.int32()),
        }
    )
    with registered(connection, "given_merges", table):
        connection.execute("CREATE OR REPLACE TEMP TABLE merging AS FROM given_merges")
    connection.execute("CREATE OR REPLACE TEMP TABLE survivors AS SELECT DISTINCT profile_id FROM merging")
    _fill_values(connection)
    for moved in _MOVED:
        connection.execute(
            f"UPDATE {moved} t SET profile_id = m.profile_id FROM merging m WHERE t.profile_id = m.merged_id"  # noqa: S608
        )
    copy_anew(connection, "SELECT merged_id FROM merging", "FROM survivors")
    _unite_lists(connection)
    _unite_segments(connection)
    connection.execute(
        f"INSERT INTO profile_merges SELECT merged_id, profile_id, {seconds('$at')}, $actor FROM merging",  # noqa: S608
        {"at": at, "actor": actor},
    )
    for held in ("profiles", "consent_periods", "attribute_periods"):
        connection.execute(f"DELETE FROM {held} WHERE profile_id IN (SELECT merged_id FROM merging)")  # noqa: S608
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE readdressed AS SELECT profile_id, {EVERY_CHANNEL} FROM survivors"  # noqa: S608
    )
    derive_periods(connection, "readdressed")
    if at is not None:
        note_values(connection, "survivors", at)
    note_rewritten(
        connection, [profile_id for each, survivor, _ in ranked for profile_id in (each, survivor)]
    )


def _ranked(merged: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """Each merged profile, its last survivor, and its rank (from 1) among those merged into that one: of two
    values, the one of the lower rank stands."""
    parts: dict[int, list[int]] = {}
    for each, survivor in merged.items():
        parts.setdefault(survivor, [survivor]).extend(parts.pop(each, [each]))
    return [
        (each, survivor, rank)
        for survivor, (_, *others) in parts.items()
        for rank, each in enumerate(others, 1)
    ]


def _fill_values(connection: "duckdb.DuckDBPyConnection") -> None:
    """Give the survivors the values that they lack; they were there since the first of their parts was."""
    attributes = connection.execute("SELECT name, type FROM attributes WHERE name <> 'profile_id'").fetchall()
    names = [name for name, _ in attributes]
    beside = [folded_column(name) for name, kind in attributes if kind == "list" or name == "email"]
    values = {quoted(name): f"coalesce(p.{quoted(name)}, q.{quoted(name)})" for name in (*names, *beside)}
    # What a number is made of stays together.
    values |= {
        quoted(name): f"if(p.phone_number IS NULL, q.{name}, p.{name})"
        for name in names
        if name.startswith("phone_")
    }
    values[quoted("created")] = "least(p.created, q.created)"
    assignments = ", ".join(f"{name} = {value}" for name, value in values.items())
    (last,) = one_row(connection, "SELECT max(rank) FROM merging")
    for rank in range(1, last + 1):
        connection.execute(
            f"""UPDATE profiles p SET {assignments} FROM merging m JOIN profiles q ON q.profile_id = m.merged_id
            WHERE p.profile_id = m.profile_id AND m.rank = ?""",  # noqa: S608
            [rank],
        )
        _fill_histories(connection, rank)


def _fill_histories(connection: "duckdb.DuckDBPyConnection", rank: int) -> None:
    """Give the survivors the histories of attributes of those of a rank, before and after what they have of their own."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE taken AS WITH theirs AS (
          SELECT q.attribute, m.profile_id, value, from_at, until_at, own.first, own.last
          FROM attribute_periods q JOIN merging m ON q.profile_id = m.merged_id AND m.rank = ?
          LEFT JOIN (SELECT attribute, profile_id, min(from_at) AS first, max(until_at) AS last
            FROM attribute_periods GROUP BY ALL) own
            ON (own.attribute, own.profile_id) = (q.attribute, m.profile_id)
        )
        SELECT * FROM (
          SELECT attribute, profile_id, value, from_at, least(until_at, first) AS until_at FROM theirs
          UNION ALL SELECT attribute, profile_id, value, greatest(from_at, last), until_at FROM theirs
            WHERE last IS NOT NULL
        ) WHERE from_at < until_at""",
        [rank],
    )
    connection.execute(
        """DELETE FROM attribute_periods WHERE profile_id IN (SELECT merged_id FROM merging WHERE rank = ?)""",
        [rank],
    )
    connection.execute("INSERT INTO attribute_periods BY NAME FROM taken")


_PARTS = "(SELECT merged_id FROM merging UNION FROM survivors)"


def _unite_lists(connection: "duckdb.DuckDBPyConnection") -> None:
    _unite(connection, "list_periods", "list_id")
    connection.execute(f"DELETE FROM list_periods WHERE profile_id IN {_PARTS}")  # noqa: S608
    connection.execute("INSERT INTO list_periods BY NAME FROM united ORDER BY ALL")


def _unite_segments(connection: "duckdb.DuckDBPyConnection") -> None:
    _unite(connection, "segment_periods", "segment_id", "entered_by", "left_by")
    connection.execute(f"DELETE FROM segment_moves WHERE profile_id IN {_PARTS}")  # noqa: S608
    connection.execute(
        """INSERT INTO segment_moves SELECT segment_id, profile_id, from_at, true, entered_by FROM united
        UNION ALL SELECT segment_id, profile_id, until_at, false, left_by FROM united
          WHERE until_at < TIMESTAMP_S '9999-12-31' ORDER BY ALL"""
    )


def _unite(
    connection: "duckdb.DuckDBPyConnection",
    periods: str,
    what: str,
    entered: str | None = None,
    left: str | None = None,
) -> None:
    """Make `united`: the periods of all parts of each survivor, which are one where they overlap or touch.

    `what`: the column of what they are periods of. `entered`, `left`: columns about their beginnings and ends.
    """
    ends = "".join(
        f", {chosen} AS {name}"
        for name, chosen in ((entered, f"arg_min({entered}, from_at)"), (left, f"arg_max({left}, until_at)"))
        if name
    )
    about = "".join(f", {name}" for name in (entered, left) if name)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE united AS WITH moved AS (
          SELECT {what}, coalesce(m.profile_id, t.profile_id) AS profile_id, from_at, until_at{about}
          FROM {periods} t LEFT JOIN merging m ON t.profile_id = m.merged_id WHERE t.profile_id IN {_PARTS}
        ), begun AS (
          SELECT *, from_at > max(until_at) OVER (PARTITION BY {what}, profile_id ORDER BY from_at, until_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) IS NOT FALSE AS begins FROM moved
        ), numbered AS (
          SELECT *, count_if(begins) OVER (PARTITION BY {what}, profile_id ORDER BY from_at, until_at) AS number
          FROM begun
        ) SELECT {what}, profile_id, min(from_at) AS from_at, max(until_at) AS until_at{ends}
        FROM numbered GROUP BY {what}, profile_id, number"""  # noqa: S608
    )
