"""Erasing a person: everything that is theirs goes, and only a salted hash of their addresses stays, so that nobody
who wanted no more messages gets them when the address is imported again."""

from datetime import datetime
from typing import TYPE_CHECKING

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.consents import ADDRESSES, COLUMNS, HASHED, SALT_SECTION
from segql.runtime.store.database import Database
from segql.runtime.store.journal import note_rewritten
from segql.runtime.store.sql import seconds

if TYPE_CHECKING:
    import duckdb

# What is the person's alone, by the profile_id.
_OWNED = (
    "profile_aliases",
    "events",
    "events_by_person",
    "consent_periods",
    "list_periods",
    "segment_moves",
    "attribute_periods",
    "profiles",
)


def erase_person(database: Database, profile_id: int, at: datetime, actor: str, salt: bytes) -> None:
    """Erase a person, in one transaction, and write the file anew, so that no byte of them stays in it.

    `at`: the aware instant of it. `actor`: who does it, for the log. `salt`: 32 random bytes, used by the first
    erasure of a store. The caller has no cursor open. Raises `StoreError` where there is no room for a copy of the
    store; the person is erased by then, but not from the bytes of the file (see `finish_erasures`).
    """
    with database.transaction() as connection:
        _find_addresses(connection, profile_id)
        _suppress(connection, profile_id, at, actor, salt)
        _strip_messages(connection, profile_id)
        _delete_labels(connection, profile_id)
        for owned in _OWNED:
            connection.execute(f"DELETE FROM {owned} WHERE profile_id = ?", [profile_id])  # noqa: S608
        connection.execute(
            f"INSERT INTO erasures VALUES ($id, {seconds('$at')}, $actor, false)",  # noqa: S608
            {"id": profile_id, "at": at, "actor": actor},
        )
        # Anybody may be told of in what programs were answered. The keys stay, so that nothing is done twice.
        connection.execute("UPDATE answered_requests SET body = ''::BLOB")
        note_rewritten(connection, [profile_id])
        connection.execute("DROP TABLE temp.erased")
    finish_erasures(database)


def finish_erasures(database: Database) -> bool:
    """Write the file anew where an erasure ended before that was done; whether there was one.

    The caller has no cursor open. Raises `StoreError` where there is no room for a copy of the store.
    """
    with database.cursor() as cursor:
        unfinished = cursor.execute("SELECT 1 FROM erasures WHERE NOT cleaned LIMIT 1").fetchall()
    if unfinished and database.path != ":memory:":
        try:
            database.rewrite()
        except StoreError as error:
            if error.code != Code.DISK_FULL:
                raise
            raise StoreError(
                Code.DISK_FULL,
                "The person is erased, but bytes of them are still in the store's file: there is no room on the "
                "disk to write it anew.",
                "Make room for a copy of the store, and erase again: what was left is done first.",
            ) from error
    return bool(unfinished)


def _find_addresses(connection: "duckdb.DuckDBPyConnection", profile_id: int) -> None:
    """Make `erased`: the channels and addresses of a person that nobody else has."""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE erased AS
        SELECT channel, address FROM ({ADDRESSES}) WHERE profile_id = $id
        UNION SELECT CASE kind WHEN 'phone' THEN 'sms' WHEN 'email' THEN 'email' ELSE 'push' END, value
          FROM profile_aliases WHERE profile_id = $id
        EXCEPT SELECT channel, address FROM ({ADDRESSES}) WHERE profile_id <> $id""",  # noqa: S608
        {"id": profile_id},
    )


def _suppress(
    connection: "duckdb.DuckDBPyConnection", profile_id: int, at: datetime, actor: str, salt: bytes
) -> None:
    """Put opt-outs of the hashed addresses in the place of what the consent log says of the addresses."""
    connection.execute(
        "INSERT INTO settings VALUES (?, to_json(?::VARCHAR)) ON CONFLICT DO NOTHING",
        [SALT_SECTION, salt.hex()],
    )
    connection.execute(
        f"""INSERT INTO consents (consent_id, {", ".join(COLUMNS)}) WITH refused AS (
          SELECT channel, kind, 'unsubscribed' AS status
          FROM (SELECT DISTINCT channel FROM erased), (VALUES ('marketing'), ('transactional')) kinds(kind)
          UNION ALL SELECT channel, kind, status FROM consent_periods
          WHERE profile_id = $id AND status = 'blocked' AND from_at <= {seconds("$at")} AND until_at > {seconds("$at")}
        )
        SELECT (SELECT coalesce(max(consent_id), 0) FROM consents)
            + row_number() OVER (ORDER BY channel, kind, status, address),
          channel, kind, {HASHED}, status, {seconds("$at")}, {seconds("$at")}, 'erasure', NULL, $actor
        FROM erased JOIN refused USING (channel)""",  # noqa: S608
        {"id": profile_id, "at": at, "actor": actor},
    )
    connection.execute(
        "DELETE FROM consents WHERE (channel, address) IN (SELECT (channel, address) FROM erased)"
    )


def _strip_messages(connection: "duckdb.DuckDBPyConnection", profile_id: int) -> None:
    """Take the person out of the messages; that each was sent, when and for how much stays, for the reports."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE stripped AS SELECT message_id FROM sms_messages WHERE profile_id = $id
        OR number IN (SELECT address FROM erased WHERE channel = 'sms')""",
        {"id": profile_id},
    )
    theirs = "message_id IN (SELECT message_id FROM stripped)"
    _delete_pictures(connection, theirs)
    connection.execute(
        f"""UPDATE sms_messages SET number = NULL, text = NULL, carrier_id = NULL, due_at = NULL,
        state = if(state IN ('held', 'queued'), 'skipped', state),
        reason = if(state IN ('held', 'queued'), 'erased', reason) WHERE {theirs}"""  # noqa: S608
    )
    # A link keeps its code, so that no other link gets it; an address may have had the person in it.
    connection.execute(f"UPDATE sms_links SET url = '' WHERE {theirs}")  # noqa: S608
    connection.execute(f"DELETE FROM sms_receipts WHERE {theirs}")  # noqa: S608
    connection.execute(
        """DELETE FROM sms_inbound WHERE profile_id = $id
        OR sender IN (SELECT address FROM erased WHERE channel = 'sms')""",
        {"id": profile_id},
    )
    connection.execute(
        "DELETE FROM sms_forwards WHERE inbound_id NOT IN (SELECT inbound_id FROM sms_inbound)"
    )
    connection.execute("DELETE FROM sms_conversations WHERE number NOT IN (SELECT sender FROM sms_inbound)")
    # An entry keeps its position: pages that read the feed have got so far.
    connection.execute(
        "UPDATE sms_feed SET number = NULL WHERE number IN (SELECT address FROM erased WHERE channel = 'sms')"
    )
    connection.execute("DROP TABLE temp.stripped")


def _delete_pictures(connection: "duckdb.DuckDBPyConnection", theirs: str) -> None:
    """Delete the pictures that went with answers to the person. `theirs`: SQL for "the message is theirs"."""
    answers = f"purpose = 'conversation' AND picture IS NOT NULL AND {theirs}"
    connection.execute(
        f"""DELETE FROM sms_pictures WHERE key IN (SELECT right(picture, 32) FROM sms_messages WHERE {answers})
        AND key NOT IN (SELECT right(picture, 32) FROM sms_messages WHERE picture IS NOT NULL AND NOT ({answers}))"""  # noqa: S608
    )
    connection.execute(f"UPDATE sms_messages SET picture = NULL WHERE {answers}")  # noqa: S608


def _delete_labels(connection: "duckdb.DuckDBPyConnection", profile_id: int) -> None:
    """Delete the labels that only this person's events have."""
    connection.execute(
        """DELETE FROM labels WHERE label_id IN (
          SELECT label_id FROM events WHERE label_id IS NOT NULL AND profile_id = $id
          EXCEPT SELECT label_id FROM events WHERE label_id IS NOT NULL AND profile_id <> $id)""",
        {"id": profile_id},
    )
