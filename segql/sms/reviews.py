"""Texts that may be opt-outs: marketing to the number waits until somebody has decided."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from segql.sms import feed
from segql.sms.consent import record_consent
from segql.sms.errors import SmsCode, SmsError
from segql.sms.instants import stored
from segql.sms.messages import note_steps

if TYPE_CHECKING:
    import duckdb

Decision = Literal["unsubscribed", "dismissed"]


def decide(
    connection: "duckdb.DuckDBPyConnection", number: str, decision: Decision, actor: str, at: datetime
) -> None:
    """Decide about a number whose texts may be an opt-out. Raises `SmsError` where none of them waits."""
    if not close_reviews(connection, number, decision, at):
        raise SmsError(
            SmsCode.NO_REVIEW,
            f"No text of {number} waits for a decision.",
            "See the inbox for those that do.",
        )
    if decision == "unsubscribed":
        record_consent(
            connection,
            number,
            "unsubscribed",
            method="inbox",
            detail=None,
            actor=actor,
            occurred_at=at,
            at=at,
        )


def close_reviews(
    connection: "duckdb.DuckDBPyConnection", number: str, decision: Decision, at: datetime
) -> bool:
    """Decide a number's open reviews, and let what waited for them, not for too long, be judged again. Whether there were
    any."""
    closed = connection.execute(
        """UPDATE sms_inbound SET decision = $decision
        WHERE sender = $number AND meaning = 'review' AND decision IS NULL""",
        {"decision": decision, "number": number},
    ).fetchall()[0][0]
    if closed:
        connection.execute(
            """UPDATE sms_messages SET state = 'queued', reason = NULL, due_at = $at
            WHERE number = $number AND state = 'held' AND reason = 'in_review' AND due_at > $at""",
            {"number": number, "at": stored(at)},
        )
        feed.note(connection, "decided", number, at)
    return bool(closed)


def give_up_undecided(connection: "duckdb.DuckDBPyConnection", at: datetime) -> None:
    """Skip what has waited too long for somebody to decide: what it says may no longer be so."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE undecided AS SELECT message_id FROM sms_messages
        WHERE state = 'held' AND reason = 'in_review' AND due_at <= $at""",
        {"at": stored(at)},
    )
    connection.execute(
        """UPDATE sms_messages SET state = 'skipped', reason = 'undecided', due_at = NULL
        WHERE message_id IN (SELECT message_id FROM undecided)"""
    )
    note_steps(connection, "undecided", at)
