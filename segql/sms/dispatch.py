"""The hand-over: the one way out to a carrier. Every message passes the gates here, at the last moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

from segql.runtime.store.database import Database
from segql.runtime.store.sql import registered
from segql.sms import credits, links, receipts
from segql.sms.carriers.base import Answer, Carrier, CarrierUnreachableError, OutboundText, Receipt
from segql.sms.events import record_outcomes, record_replies
from segql.sms.gates import Purpose, judge
from segql.sms.instants import aware, stored
from segql.sms.messages import WAITING, State, before
from segql.sms.settings import SmsSettings, read_settings

if TYPE_CHECKING:
    import duckdb

# So many messages are claimed and handed over at a time: an opt-out waits for no more than these.
BATCH = 1000
# After so long without an answer a hand-over was cut off, and the carrier is asked about it.
LEASE = timedelta(minutes=10)
# After so long without a receipt nobody will ever know.
RECEIPT_DEADLINE = timedelta(hours=72)
# The first wait of a message that the carrier was too busy for; each further one is twice as long.
RETRY = timedelta(seconds=30)

_WAITING = "state IN ({})".format(", ".join(f"'{state}'" for state in WAITING))


# One pair of locks for each open database, however many objects work upon it.
_LOCKS: WeakKeyDictionary[Database, tuple[Lock, Lock]] = WeakKeyDictionary()
_MAKING = Lock()


def _locks_of(database: Database) -> tuple[Lock, Lock]:
    with _MAKING:
        return _LOCKS.setdefault(database, (Lock(), Lock()))


@dataclass(frozen=True)
class Line:
    """What a hand-over needs: the store, the carrier, and the zone of people of whom none is known."""

    database: Database
    carrier: Carrier
    zone: str

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """One at a time, in the order of arrival: a batch from its claim until the carrier has it, or what a
        customer's text asks for. So no message leaves after an opt-out is stored, and an opt-out waits for no
        more than a batch."""
        turnstile, lock = _locks_of(self.database)
        with turnstile:
            lock.acquire()
        try:
            yield
        finally:
            lock.release()


def hand_over(line: Line, at: datetime, only: Purpose | None = None) -> int:
    """Hand over everything that is due at `at` and may be sent then, or messages of one purpose.

    Returns how many texts the carrier was given.
    """
    _settle_doubts(line, at)
    _give_up_waiting(line, at)
    handed = 0
    while True:
        with line.exclusive():
            batch = _claim(line, at, only)
            if batch is None:
                return handed
            _deliver(line, batch, at)
            handed += len(batch)


def next_due(connection: "duckdb.DuckDBPyConnection", after: datetime, until: datetime) -> datetime | None:
    """The first instant in (after, until) at which a message has to be looked at."""
    rows = connection.execute(
        "SELECT min(due_at) FROM sms_messages WHERE due_at > $after AND due_at < $until",
        {"after": stored(after), "until": stored(until)},
    ).fetchall()
    return aware(rows[0][0]) if rows[0][0] else None


def _claim(line: Line, at: datetime, only: Purpose | None) -> list[OutboundText] | None:
    """Judge the next batch and mark what passes as being sent, in one transaction. None: nothing is due."""
    with line.database.transaction() as connection:
        settings = read_settings(connection)
        purpose = _take_batch(connection, at, only)
        if purpose is None:
            return None
        judge(connection, purpose, settings, line.zone, at)
        connection.execute(
            f"""UPDATE sms_messages m SET
              state = CASE v.outcome WHEN 'pass' THEN 'sending' WHEN 'hold' THEN 'held' ELSE 'skipped' END,
              reason = v.gate, trial = v.trial, sender = coalesce(m.sender, v.sender),
              attempts = m.attempts + (v.outcome = 'pass')::INTEGER,
              handed_at = if(v.outcome = 'pass', $at, NULL),
              carrier = if(v.outcome = 'pass', $carrier, NULL),
              due_at = CASE v.outcome WHEN 'pass' THEN $lease WHEN 'hold' THEN v.due_at END
            FROM verdicts v WHERE m.message_id = v.message_id AND {_WAITING}""",  # noqa: S608 - constants
            {"at": stored(at), "lease": stored(at + LEASE), "carrier": line.carrier.name},
        )
        connection.execute(
            "CREATE TEMP TABLE claimed AS SELECT message_id FROM verdicts WHERE outcome = 'pass'"
        )
        credits.take_for_messages(connection, "claimed", at)
        return _finish_texts(connection, settings, purpose)


def _take_batch(
    connection: "duckdb.DuckDBPyConnection", at: datetime, only: Purpose | None
) -> Purpose | None:
    """Make `audience` of the messages that come next, of one campaign or replies; no number twice.

    Returns their purpose.
    """
    first = connection.execute(
        f"""SELECT purpose, campaign_id FROM sms_messages
        WHERE {_WAITING} AND due_at <= $at AND purpose = coalesce($only, purpose)
        ORDER BY list_position(['reply', 'transactional', 'marketing'], purpose), campaign_id LIMIT 1""",  # noqa: S608
        {"at": stored(at), "only": only},
    ).fetchall()
    if not first:
        return None
    purpose: Purpose = first[0][0]
    connection.execute(
        f"""CREATE TEMP TABLE audience AS
        SELECT message_id, profile_id, number, sender, credits, NULL::BIGINT AS text_id FROM (
          FROM sms_messages WHERE {_WAITING} AND due_at <= $at AND campaign_id IS NOT DISTINCT FROM $campaign
          ORDER BY message_id LIMIT $batch
        ) QUALIFY row_number() OVER (PARTITION BY number ORDER BY message_id) = 1""",  # noqa: S608
        {"at": stored(at), "campaign": first[0][1], "batch": BATCH},
    )
    return purpose


def _finish_texts(
    connection: "duckdb.DuckDBPyConnection", settings: SmsSettings, purpose: Purpose
) -> list[OutboundText]:
    """Give the claimed messages their links; what the carrier is to get."""
    import pyarrow as pa

    rows = connection.execute(
        """SELECT message_id, m.sender, m.number, m.text, v.closes_at FROM sms_messages m
        JOIN claimed USING (message_id) JOIN verdicts v USING (message_id) ORDER BY message_id"""
    ).fetchall()
    texts = dict(links.shorten_links(connection, [(row[0], row[3]) for row in rows], settings.link_host))
    changed = [(row[0], texts[row[0]]) for row in rows if texts[row[0]] != row[3]]
    if changed:
        table = pa.table(dict(zip(("message_id", "text"), zip(*changed, strict=True), strict=True)))
        with registered(connection, "finished", table):
            connection.execute(
                "UPDATE sms_messages m SET text = f.text FROM finished f WHERE m.message_id = f.message_id"
            )
    return [
        OutboundText(
            reference=message_id,
            sender=sender,
            number=number,
            text=texts[message_id],
            valid_until=aware(closes_at) if closes_at and purpose == "marketing" else None,
        )
        for message_id, sender, number, _, closes_at in rows
    ]


def _deliver(line: Line, batch: list[OutboundText], at: datetime) -> None:
    """Give a claimed batch to the carrier, and record what came back."""
    if not batch:
        return
    try:
        reports = line.carrier.send(batch, at)
    except CarrierUnreachableError:
        # In doubt: without an answer they are recorded as unknown, and asked about when their lease is over.
        reports = []
    with line.database.transaction() as connection:
        early = [report for report in reports if isinstance(report, Receipt)]
        receipts.store_receipts(connection, line.carrier.name, early, at)
        answers = [report for report in reports if isinstance(report, Answer)]
        _record_answers(connection, batch, answers, "unanswered", at)
        receipts.apply_receipts(connection)
    line.carrier.acknowledge(early)


def _record_answers(
    connection: "duckdb.DuckDBPyConnection",
    batch: list[OutboundText],
    answers: list[Answer],
    missing: Literal["unanswered", "lost"],
    at: datetime,
) -> None:
    """Record a batch's answers. A message `missing` one is to be asked about once, or lost for good."""
    import pyarrow as pa

    by_reference = {answer.reference: answer for answer in answers}
    given = [by_reference.get(text.reference) for text in batch]
    table = pa.table(
        {
            "message_id": pa.array([text.reference for text in batch], pa.int64()),
            "outcome": pa.array([answer.outcome if answer else missing for answer in given], pa.string()),
            "carrier_id": pa.array([answer.carrier_id if answer else None for answer in given], pa.string()),
            "reason": pa.array([answer.reason if answer else None for answer in given], pa.string()),
        }
    )
    with registered(connection, "given_answers", table):
        connection.execute("CREATE OR REPLACE TEMP TABLE answers AS FROM given_answers")
    _apply_answers(connection, at)


def _apply_answers(connection: "duckdb.DuckDBPyConnection", at: datetime) -> None:
    """Move the messages in the temporary table `answers` on, each by its outcome."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE untaken AS SELECT message_id FROM answers
        WHERE outcome IN ('busy', 'refused')"""
    )
    credits.return_for_messages(connection, "untaken", at)
    seen = {outcome for (outcome,) in connection.execute("SELECT DISTINCT outcome FROM answers").fetchall()}
    instants = {
        "at": stored(at),
        "lease": stored(at + LEASE),
        "deadline": stored(at + RECEIPT_DEADLINE),
        "retry": RETRY.total_seconds(),
    }
    moves: tuple[tuple[str, State, str], ...] = (
        ("accepted", "sent", "carrier_id = a.carrier_id, due_at = $deadline, reason = NULL"),
        ("refused", "failed", "reason = a.reason, finished_at = $at, due_at = NULL, trial = false"),
        (
            "busy",
            "queued",
            """due_at = ($at + to_seconds($retry * 2 ** least(attempts - 1, 10)))::TIMESTAMP_S,
            handed_at = NULL, carrier = NULL, trial = false, reason = NULL""",
        ),
        ("unanswered", "unknown", "due_at = $lease, reason = 'no_answer'"),
        ("lost", "unknown", "due_at = NULL, reason = 'no_answer'"),
    )
    for outcome, state, changes in moves:
        if outcome not in seen:
            continue
        used = {name: value for name, value in instants.items() if f"${name}" in changes}
        connection.execute(
            f"""UPDATE sms_messages m SET state = '{state}', {changes} FROM answers a
            WHERE m.message_id = a.message_id AND a.outcome = '{outcome}' AND m.{before(state)}""",  # noqa: S608
            used,
        )
    record_outcomes(connection, "untaken")
    record_replies(connection, "answers")


def _settle_doubts(line: Line, at: datetime) -> None:
    """Ask the carrier about hand-overs that were cut off; what it never had goes back to the queue."""
    with line.database.cursor() as cursor:
        rows = cursor.execute(
            """SELECT message_id, sender, number, text FROM sms_messages
            WHERE state IN ('sending', 'unknown') AND due_at <= $at ORDER BY message_id""",
            {"at": stored(at)},
        ).fetchall()
    if not rows:
        return
    batch = [OutboundText(row[0], row[1], row[2], row[3], valid_until=None) for row in rows]
    try:
        found = line.carrier.find([text.reference for text in batch])
    except CarrierUnreachableError:
        found = {}
    answers = [
        Answer(reference, "accepted" if carrier_id else "busy", carrier_id)
        for reference, carrier_id in found.items()
    ]
    with line.database.transaction() as connection:
        _record_answers(connection, batch, answers, "lost", at)
        receipts.apply_receipts(connection)


def _give_up_waiting(line: Line, at: datetime) -> None:
    """Call unknown what was sent long ago and never had a final receipt."""
    with line.database.transaction() as connection:
        connection.execute(
            """UPDATE sms_messages SET state = 'unknown', reason = 'no_receipt', due_at = NULL
            WHERE state = 'sent' AND due_at <= $at""",
            {"at": stored(at)},
        )
