"""Delivery reports: stored as they come, and applied so that a message's status only rises."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from segql.runtime.store.sql import registered
from segql.sms import feed
from segql.sms.carriers.base import Receipt
from segql.sms.consent import end_consents
from segql.sms.events import record_outcomes
from segql.sms.filtered import pause_filtered
from segql.sms.instants import stored
from segql.sms.messages import before, note_steps

if TYPE_CHECKING:
    import duckdb


def store_receipts(
    connection: "duckdb.DuckDBPyConnection", carrier: str, receipts: Sequence[Receipt], at: datetime
) -> None:
    """Keep receipts in the order in which they came, whether or not their message is known."""
    if not receipts:
        return
    import pyarrow as pa

    table = pa.table(
        {
            "position": pa.array(range(1, len(receipts) + 1), pa.int64()),
            "carrier_id": pa.array([receipt.carrier_id for receipt in receipts], pa.string()),
            "word": pa.array([receipt.word for receipt in receipts], pa.string()),
            "status": pa.array([receipt.status for receipt in receipts], pa.string()),
            "reason": pa.array([receipt.reason for receipt in receipts], pa.string()),
            "occurred_at": pa.array([stored(receipt.occurred_at) for receipt in receipts], pa.timestamp("s")),
        }
    )
    with registered(connection, "given_receipts", table):
        connection.execute(
            """INSERT INTO sms_receipts
            SELECT (SELECT coalesce(max(receipt_id), 0) FROM sms_receipts) + position, $carrier, carrier_id, word,
              status, reason, occurred_at, $at, NULL, if(status IS NULL, 'unrecognized', 'waiting')
            FROM given_receipts ORDER BY position""",
            {"carrier": carrier, "at": stored(at)},
        )


def apply_receipts(connection: "duckdb.DuckDBPyConnection", at: datetime) -> None:
    """Apply the waiting receipts whose messages are known. The first final one wins, and is one event."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE news AS
        SELECT r.receipt_id, m.message_id, r.status, r.reason, r.occurred_at,
          r.status <> 'sent' AND m.state NOT IN ('delivered', 'failed')
            AND row_number() OVER (PARTITION BY m.message_id ORDER BY r.status = 'sent', r.receipt_id) = 1 AS first
        FROM sms_receipts r JOIN sms_messages m ON m.carrier = r.carrier AND m.carrier_id = r.carrier_id
        WHERE r.effect = 'waiting'"""
    )
    if not connection.execute("SELECT 1 FROM news LIMIT 1").fetchall():
        return
    for state in ("delivered", "failed"):
        connection.execute(
            f"""UPDATE sms_messages m
            SET state = '{state}', reason = n.reason, finished_at = n.occurred_at, due_at = NULL
            FROM news n WHERE n.message_id = m.message_id AND n.first AND n.status = '{state}'
              AND m.{before(state)}"""  # noqa: S608 - constants
        )
    connection.execute(
        """UPDATE sms_receipts r SET message_id = n.message_id, effect = CASE
          WHEN n.first THEN 'applied' WHEN n.status = 'sent' THEN 'late'
          WHEN n.status = m.state THEN 'repeated' ELSE 'contradicted' END
        FROM news n JOIN sms_messages m ON m.message_id = n.message_id WHERE r.receipt_id = n.receipt_id"""
    )
    connection.execute(
        """UPDATE sms_messages m SET contradictions = m.contradictions + c.count FROM (
          SELECT n.message_id, count(*) AS count FROM news n JOIN sms_receipts r USING (receipt_id)
          WHERE r.effect = 'contradicted' GROUP BY n.message_id
        ) c WHERE c.message_id = m.message_id"""
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE finished AS SELECT message_id FROM news WHERE first")
    note_steps(connection, "finished", at)
    end_consents(connection, "finished", at)
    pause_filtered(connection, "finished", at)
    record_outcomes(connection, "finished")
    feed.note_states(connection, "finished", at)
