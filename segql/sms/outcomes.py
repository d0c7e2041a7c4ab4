"""What a carrier answered to a hand-over: each message moves on by it, and what is in doubt is asked about."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Literal

from segql.runtime.store.sql import registered
from segql.sms import credits
from segql.sms.carriers.base import Answer, OutboundText
from segql.sms.consent import end_consents
from segql.sms.coupons import burn
from segql.sms.events import record_outcomes, record_replies
from segql.sms.filtered import pause_filtered
from segql.sms.instants import stored
from segql.sms.messages import State, before, note_steps

if TYPE_CHECKING:
    import duckdb

# After so long without an answer a hand-over was cut off, and the carrier is asked about it.
LEASE = timedelta(minutes=10)
# After so long without a receipt nobody will ever know.
RECEIPT_DEADLINE = timedelta(hours=72)
# The first wait of a message that the carrier was too busy for; each further one is about twice as long.
RETRY = timedelta(seconds=30)


def record_answers(
    connection: "duckdb.DuckDBPyConnection",
    batch: Sequence[OutboundText],
    answers: Sequence[Answer],
    missing: Literal["unanswered", "lost"],
    at: datetime,
    random: Random,
) -> None:
    """Move a batch's messages on, each by its answer. One without an answer is to be asked about where it is
    "unanswered", and never again where it is "lost". `random`: spreads the waits of those to be tried again."""
    import pyarrow as pa

    by_reference = {answer.reference: answer for answer in answers}
    given = [by_reference.get(text.reference) for text in batch]
    table = pa.table(
        {
            "message_id": pa.array([text.reference for text in batch], pa.int64()),
            "outcome": pa.array([answer.outcome if answer else missing for answer in given], pa.string()),
            "carrier_id": pa.array([answer.carrier_id if answer else None for answer in given], pa.string()),
            "answer": pa.array([answer.reason if answer else None for answer in given], pa.string()),
            "spread": pa.array([1 + random.random() / 2 for _ in batch], pa.float64()),
        }
    )
    with registered(connection, "given_answers", table):
        connection.execute("CREATE OR REPLACE TEMP TABLE answers AS FROM given_answers")
    seen = {outcome for (outcome,) in connection.execute("SELECT DISTINCT outcome FROM answers").fetchall()}
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE untaken AS SELECT message_id FROM answers
        WHERE outcome IN ('busy', 'refused', 'fault')"""
    )
    credits.return_for_messages(connection, "untaken", at)
    _move(connection, seen, at)
    note_steps(connection, "answers", at)
    if "accepted" in seen:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE accepted AS SELECT message_id FROM answers WHERE outcome = 'accepted'"
        )
        burn(connection, "accepted", at)
    if "fault" in seen:
        _stop_campaigns(connection)
    if "refused" in seen:
        end_consents(connection, "untaken", at)
        pause_filtered(connection, "untaken", at)
    record_outcomes(connection, "untaken")
    record_replies(connection, "answers")


def _move(connection: "duckdb.DuckDBPyConnection", seen: set[str], at: datetime) -> None:
    """Move the messages in the temporary table `answers`, by the outcomes that there are."""
    wait = "to_seconds($retry * 2 ** least(attempts - 1, 10) * spread)"
    back = "handed_at = NULL, carrier = NULL, trial = false"
    moves: tuple[tuple[str, State, str], ...] = (
        ("accepted", "sent", "carrier_id = a.carrier_id, due_at = $deadline, reason = NULL"),
        ("refused", "failed", "reason = a.answer, finished_at = $at, due_at = NULL, trial = false"),
        ("busy", "queued", f"due_at = ($at + {wait})::TIMESTAMP_S, {back}, reason = 'busy'"),
        ("fault", "queued", f"due_at = ($at + {wait})::TIMESTAMP_S, {back}, reason = a.answer"),
        ("unanswered", "unknown", "due_at = $lease, reason = 'no_answer'"),
        ("lost", "unknown", "due_at = NULL, reason = 'no_answer'"),
    )
    instants = {
        "at": stored(at),
        "lease": stored(at + LEASE),
        "deadline": stored(at + RECEIPT_DEADLINE),
        "retry": RETRY.total_seconds(),
    }
    for outcome, state, changes in moves:
        if outcome in seen:
            used = {name: value for name, value in instants.items() if f"${name}" in changes}
            connection.execute(
                f"""UPDATE sms_messages m SET state = '{state}', {changes} FROM answers a
                WHERE m.message_id = a.message_id AND a.outcome = '{outcome}' AND m.{before(state)}""",  # noqa: S608
                used,
            )


def _stop_campaigns(connection: "duckdb.DuckDBPyConnection") -> None:
    """Stop the campaigns of which the carrier takes nothing: what it refuses to one it refuses to all."""
    connection.execute(
        """UPDATE sms_campaigns c SET status = 'stopped', fault = a.answer
        FROM answers a JOIN sms_messages m USING (message_id)
        WHERE a.outcome = 'fault' AND m.campaign_id = c.campaign_id AND c.status = 'running'"""
    )


def give_up_waiting(connection: "duckdb.DuckDBPyConnection", at: datetime) -> None:
    """Call unknown what was sent long ago and never had a final receipt."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE given_up AS
        SELECT message_id FROM sms_messages WHERE state = 'sent' AND due_at <= $at""",
        {"at": stored(at)},
    )
    connection.execute(
        """UPDATE sms_messages SET state = 'unknown', reason = 'no_receipt', due_at = NULL
        WHERE message_id IN (SELECT message_id FROM given_up)"""
    )
    note_steps(connection, "given_up", at)
