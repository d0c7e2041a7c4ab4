"""The consent log, which is only ever appended to, and the periods of consent that are folded from it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.catalog import read_account
from segql.runtime.store.columns import Column, Rejected, instant, read_columns, rows_with_nul
from segql.runtime.store.journal import note_changes
from segql.runtime.store.phones import known_numbers, read_numbers
from segql.runtime.store.sql import EMAIL_KEY, as_text, folded, one_row, registered

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# Statuses by kind, the strictest first: of two entries of one instant the stricter one holds.
STATUSES = {
    "marketing": ("unsubscribed", "pending", "subscribed"),
    "transactional": ("unsubscribed", "pending", "subscribed"),
    "block": ("blocked", "unblocked"),
}
CHANNELS = ("sms", "email", "push")
# SQL for all of them, a row each.
EVERY_CHANNEL = f"unnest({list(CHANNELS)}) AS channel"
COLUMNS = ("channel", "kind", "address", "status", "occurred_at", "recorded_at", "method", "detail", "actor")
_STRICTEST_FIRST = "['blocked', 'unblocked', 'unsubscribed', 'pending', 'subscribed']"
# How blocks are told that somebody made by hand, one after the other: within a second, too, the last one holds.
BLOCKED_BY_HAND = "inbox"
# The section of the settings that holds the salt of erased addresses, once there are any (see `erasure`).
SALT_SECTION = "erasure"
# The address under which the log keeps one that was erased; null as long as there is no salt.
HASHED = f"""'sha256:' || sha256((SELECT document ->> '$' FROM settings WHERE section = '{SALT_SECTION}')
  || chr(31) || channel || chr(31) || address)"""  # noqa: S608

# Where a profile keeps its address on each channel: a column, and whether it has one.
_HELD = {
    "sms": ("phone_number", "phone_valid"),
    "email": (EMAIL_KEY, "email IS NOT NULL"),
    "push": ("external_id", "external_id IS NOT NULL"),
}
ADDRESSES = " UNION ALL ".join(
    f"SELECT profile_id, '{channel}' AS channel, {column} AS address FROM profiles WHERE {has_one}"  # noqa: S608
    for channel, (column, has_one) in _HELD.items()
)


def holders(addresses: str) -> str:
    """SQL for who has any of the addresses of a relation of ours (its name; columns channel and address), and on which
    channel: columns profile_id and channel."""
    return " UNION ".join(
        f"""SELECT profile_id, '{channel}' AS channel FROM profiles WHERE {has_one}
        AND {column} IN (SELECT address FROM {addresses} WHERE channel = '{channel}')"""  # noqa: S608
        for channel, (column, has_one) in _HELD.items()
    )


class ConsentsWritten(NamedTuple):
    """What a batch did: entries appended to the log (two for an opt-out by SMS), entries that it had
    already."""

    added: int
    repeated: int
    rejected: list[Rejected]


def record_consents(
    connection: "duckdb.DuckDBPyConnection", table: "pa.Table", *, again: bool = False
) -> ConsentsWritten:
    """Append consents to the log, within the caller's transaction, and fold the periods of the profiles
    concerned.

    Columns: channel, kind, address, status, occurred_at, recorded_at, method, actor, and detail where there
    is one. An entry that is there already, apart from when it was recorded, is not appended again, unless
    `again` says that it was done once more. An SMS opt-out from marketing or transactional messages ends both.
    Rows that cannot be used are rejected, each with its reason. Raises `StoreError` where a column is missing.
    """
    columns, incoming = read_columns(table)
    values = _values(columns)
    with registered(connection, "incoming", incoming):
        reasons = dict(rows_with_nul(columns, incoming))
        _read_entries(connection, values)
    for row, reason in _refused(connection):
        reasons.setdefault(row, reason)
    added, repeated = _append(connection, list(reasons), again)
    return ConsentsWritten(
        added, repeated, [Rejected(row, reason) for row, reason in sorted(reasons.items())]
    )


def _values(columns: list[Column]) -> dict[str, str]:
    """SQL for each column of the log, from the batch."""
    values = {"detail": "NULL::VARCHAR"}
    for column in columns:
        if column.key in ("occurred_at", "recorded_at"):
            values[column.key] = instant(column)
        elif column.key in COLUMNS:
            text = as_text(column.alias, column.type, whole=column.whole)
            words = column.key in ("channel", "kind", "status")
            values[column.key] = f"nullif(trim({f'lower({text})' if words else text}), '')"
    missing = [name for name in COLUMNS if name not in values]
    if missing:
        raise StoreError(
            Code.BAD_COLUMN,
            f'The consents have no column "{missing[0]}".',
            f"Give the columns {', '.join(COLUMNS)} (detail may be left out).",
        )
    return values


def _read_entries(connection: "duckdb.DuckDBPyConnection", values: dict[str, str]) -> None:
    """Make `entries`: the rows with addresses as the log has them; what is no address becomes null."""
    import pyarrow as pa

    address = values["address"]
    given = connection.sql(
        f"""SELECT DISTINCT {address} AS text FROM incoming
        WHERE {values["channel"]} = 'sms' AND {address} IS NOT NULL"""  # noqa: S608
    ).to_arrow_table()["text"]
    known = known_numbers(connection, given)
    numbers = read_numbers(given.to_pylist(), read_account(connection).country, known)
    valid = pa.array([number.text if number and number.valid else None for number in numbers], pa.string())
    with registered(connection, "numbers", pa.table({"text": given, "number": valid})):
        others = ", ".join(f"{values[name]} AS {name}" for name in COLUMNS if name != "address")
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE entries AS SELECT row, {others}, CASE {values["channel"]}
              WHEN 'sms' THEN number WHEN 'email' THEN {folded(address)} ELSE {address} END AS address
            FROM incoming LEFT JOIN numbers ON {address} = text"""  # noqa: S608
        )


def _refused(connection: "duckdb.DuckDBPyConnection") -> list[tuple[int, str]]:
    """The entries that the log cannot take, with the reason."""
    statuses = " ".join(f"WHEN '{kind}' THEN {list(names)}" for kind, names in STATUSES.items())
    rows = connection.execute(
        f"""SELECT row, CASE
          WHEN coalesce(channel NOT IN {CHANNELS}, true)
            THEN 'the channel is none of {", ".join(CHANNELS)}'
          WHEN coalesce(kind NOT IN {tuple(STATUSES)}, true)
            THEN 'the kind is none of {", ".join(STATUSES)}'
          WHEN coalesce(NOT list_contains(CASE kind {statuses} END, status), true)
            THEN 'the status is none that this kind of consent has'
          WHEN address IS NULL THEN 'the address is missing, or is no valid number'
          WHEN occurred_at IS NULL THEN 'it is not said when it happened'
          WHEN recorded_at IS NULL THEN 'it is not said when it was recorded'
          -- One dated ahead would undo, on that day, an opt-out that comes before it.
          WHEN occurred_at > recorded_at THEN 'it is said to have happened after it was recorded'
          WHEN method IS NULL THEN 'the method is missing'
          WHEN actor IS NULL THEN 'the actor is missing' END AS reason
        FROM entries WHERE reason IS NOT NULL ORDER BY row"""  # noqa: S608
    ).fetchall()
    return [(row, reason) for row, reason in rows]


def _append(connection: "duckdb.DuckDBPyConnection", refused: list[int], again: bool) -> tuple[int, int]:
    """Append to the log what it does not have and fold the periods anew; how many were added and repeated."""
    same = " AND ".join(
        f"c.{name} IS NOT DISTINCT FROM e.{name}"
        for name in COLUMNS
        if name not in ("recorded_at", "address")
    )
    identity = ", ".join(name for name in COLUMNS if name != "recorded_at")
    connection.execute("DELETE FROM entries WHERE list_contains(?::BIGINT[], row)", [refused])
    connection.execute(
        """INSERT INTO entries
        SELECT * REPLACE (CASE kind WHEN 'marketing' THEN 'transactional' ELSE 'marketing' END AS kind)
        FROM entries WHERE channel = 'sms' AND status = 'unsubscribed'"""
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE log AS
        WITH said AS MATERIALIZED (FROM consents WHERE address IN (SELECT address FROM entries))
        SELECT * FROM entries e WHERE $again OR NOT EXISTS (FROM said c WHERE c.address = e.address AND {same})
        QUALIFY row_number() OVER (PARTITION BY {identity} ORDER BY row) = 1""",  # noqa: S608
        {"again": again},
    )
    (total,) = one_row(connection, "SELECT count(*) FROM entries")
    (added,) = one_row(
        connection,
        f"""INSERT INTO consents (consent_id, {", ".join(COLUMNS)})
        SELECT (SELECT coalesce(max(consent_id), 0) FROM consents) + row_number() OVER (ORDER BY row, kind),
        {", ".join(COLUMNS)} FROM log ORDER BY row, kind""",  # noqa: S608
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE concerned AS {holders('log')}")
    derive_periods(connection, "concerned")
    return added, total - added


def derive_periods(connection: "duckdb.DuckDBPyConnection", concerned: str) -> None:
    """Fold the log anew into the consent periods of profiles on channels, which a temporary table has (its name; columns
    profile_id and channel).

    The log is read in the order in which things happened; of several entries of one instant the strictest
    holds, and of blocks by hand the last.
    """
    (count,) = one_row(connection, f"SELECT count(*) FROM {concerned}")  # noqa: S608
    if not count:
        return
    note_changes(connection, "consents", concerned)
    connection.execute(
        f"""DELETE FROM consent_periods p USING {concerned} c
        WHERE (p.profile_id, p.channel) = (c.profile_id, c.channel)"""  # noqa: S608
    )
    connection.execute(
        f"""INSERT INTO consent_periods BY NAME WITH held AS (
          SELECT profile_id, channel, address FROM ({ADDRESSES}) SEMI JOIN {concerned} USING (profile_id, channel)
        ), logged AS (
          SELECT DISTINCT channel, address, address AS entered FROM held
          UNION ALL SELECT DISTINCT channel, address, {HASHED} AS entered FROM held WHERE entered IS NOT NULL
        ), entries AS (
          SELECT channel, kind, l.address, status, occurred_at, method, detail
          FROM consents c JOIN logged l USING (channel) WHERE c.address = l.entered
          QUALIFY row_number() OVER (PARTITION BY channel, kind, l.address, occurred_at
            ORDER BY if(kind = 'block' AND method = '{BLOCKED_BY_HAND}', consent_id, 0) DESC,
              list_position({_STRICTEST_FIRST}, status)) = 1
        ), changes AS (
          SELECT * FROM entries QUALIFY lag(status) OVER
            (PARTITION BY channel, kind, address ORDER BY occurred_at) IS DISTINCT FROM status
        ), periods AS (
          SELECT channel, kind, address, status, method, detail, occurred_at AS from_at,
            lead(occurred_at, 1, TIMESTAMP_S '9999-12-31') OVER
             (PARTITION BY channel, kind, address ORDER BY occurred_at) AS until_at FROM changes
        ) SELECT profile_id, channel, kind, status, from_at, until_at, method, detail
        FROM held JOIN periods USING (channel, address) ORDER BY profile_id, channel, kind, from_at"""  # noqa: S608
    )


def end_moved(connection: "duckdb.DuckDBPyConnection", moved: str, at: datetime | None) -> None:
    """End what the numbers in a temporary table (its name; column address) consented to: whoever has one of them from now
    on is somebody else, and has to opt in again.

    `at`: the aware instant of that; where it is not known, the numbers' last word is taken back.
    """
    known = None if at is None else at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    entries = connection.sql(
        f"""SELECT 'sms' AS channel, 'marketing' AS kind, address, 'unsubscribed' AS status,
          greatest(max(occurred_at), $at) AS occurred_at, greatest(max(occurred_at), $at) AS recorded_at,
          'number moved' AS method, 'import' AS actor
        FROM consents SEMI JOIN {moved} USING (address) WHERE channel = 'sms' AND kind <> 'block'
        GROUP BY address HAVING arg_max(status, (occurred_at, consent_id)) <> 'unsubscribed'""",  # noqa: S608
        params={"at": known},
    ).to_arrow_table()
    if entries.num_rows:
        record_consents(connection, entries)


def take_stricter(
    connection: "duckdb.DuckDBPyConnection", profile_ids: Sequence[int], at: datetime, actor: str
) -> None:
    """Give every address of profiles that are one person the strictest that any of them said on its channel.

    `at`: the aware instant of that. Who never said anything is no stricter.
    """
    entries = connection.sql(
        f"""WITH said AS (
          SELECT *, list_position({_STRICTEST_FIRST}, status) AS leniency FROM consent_periods
          WHERE list_contains($ids, profile_id) AND from_at <= $at AND $at < until_at
        ), strictest AS (
          SELECT channel, kind, arg_min(status, leniency) AS status, min(leniency) AS leniency
          FROM said GROUP BY channel, kind
        )
        SELECT DISTINCT channel, kind, address, s.status, $at AS occurred_at, $at AS recorded_at, 'merge' AS method,
          $actor AS actor
        FROM ({ADDRESSES}) JOIN strictest s USING (channel) LEFT JOIN said USING (profile_id, channel, kind)
        WHERE list_contains($ids, profile_id) AND s.leniency < coalesce(said.leniency,
          list_position({_STRICTEST_FIRST}, if(kind = 'block', 'unblocked', 'pending')))""",  # noqa: S608
        params={
            "ids": list(profile_ids),
            "at": at.astimezone(UTC).replace(tzinfo=None, microsecond=0),
            "actor": actor,
        },
    ).to_arrow_table()
    if entries.num_rows:
        record_consents(connection, entries)
