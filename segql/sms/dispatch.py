"""The hand-over: the one way out to a carrier. Every message passes the gates here, at the last moment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from segql.runtime.store.database import Database
from segql.runtime.store.sql import registered
from segql.sms import coupons, credits, links, rates, receipts
from segql.sms.carriers.base import Answer, Carrier, CarrierUnreachableError, OutboundText, Receipt
from segql.sms.gates import PRECEDENCE, Purpose, judge
from segql.sms.instants import aware, stored
from segql.sms.messages import IS_WAITING, note_steps
from segql.sms.outcomes import LEASE, give_up_waiting, record_answers
from segql.sms.reviews import give_up_undecided
from segql.sms.settings import SmsSettings, read_settings

if TYPE_CHECKING:
    import duckdb

# So many messages are claimed and handed over at a time: an opt-out waits for no more than these.
BATCH = 1000

# One pair of locks for each open database, however many objects work upon it.
_LOCKS: WeakKeyDictionary[Database, tuple[Lock, Lock]] = WeakKeyDictionary()
_MAKING = Lock()


def _locks_of(database: Database) -> tuple[Lock, Lock]:
    with _MAKING:
        return _LOCKS.setdefault(database, (Lock(), Lock()))


@dataclass(frozen=True)
class Line:
    """What a hand-over needs: the store, the carrier, the zone of people of whom none is known, and randomness to
    spread what is tried again."""

    database: Database
    carrier: Carrier
    zone: str
    random: Random

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


class _Turn(NamedTuple):
    """Whose messages come next: those of a purpose, of one campaign (None: of none)."""

    purpose: Purpose
    campaign_id: int | None


def hand_over(line: Line, at: datetime, only: Sequence[Purpose] = PRECEDENCE) -> int:
    """Hand over everything that is due at `at` and may be sent then, or messages of some purposes.

    Returns how many texts the carrier was given.
    """
    with line.exclusive():
        _settle_doubts(line, at)
    handed = 0
    while True:
        with line.exclusive():
            batch = _claim(line, at, only)
            if batch is None:
                return handed
            _deliver(line, batch, at)
            handed += len(batch)


def next_due(
    connection: "duckdb.DuckDBPyConnection", limits: rates.Rates, after: datetime, until: datetime
) -> datetime | None:
    """The first instant in (after, until) at which a message has to be looked at, or may go on."""
    rows = connection.execute(
        "SELECT min(due_at) FROM sms_messages WHERE due_at > $after AND due_at < $until",
        {"after": stored(after), "until": stored(until)},
    ).fetchall()
    found = [aware(rows[0][0])] if rows[0][0] else []
    allowed = rates.next_allowance(connection, limits, after)
    if allowed is not None and allowed < until:
        found.append(allowed)
    return min(found, default=None)


def _claim(line: Line, at: datetime, only: Sequence[Purpose]) -> list[OutboundText] | None:
    """Judge the next batch and mark what passes as being sent, in one transaction. None: nothing is due."""
    with line.database.transaction(names=False) as connection:
        settings = read_settings(connection)
        left = rates.allowances(connection, line.carrier.rates, at)
        turn = _take_batch(connection, at, only, left)
        if turn is None:
            return None
        judge(connection, turn.purpose, settings, line.zone, at)
        connection.execute(
            f"""UPDATE sms_messages m SET
              state = CASE v.outcome WHEN 'pass' THEN 'sending' WHEN 'hold' THEN 'held' ELSE 'skipped' END,
              reason = v.gate, trial = v.trial, sender = coalesce(m.sender, v.sender),
              attempts = m.attempts + (v.outcome = 'pass')::INTEGER,
              handed_at = if(v.outcome = 'pass', $at, NULL),
              carrier = if(v.outcome = 'pass', $carrier, NULL),
              due_at = CASE v.outcome WHEN 'pass' THEN $lease WHEN 'hold' THEN v.due_at END
            FROM verdicts v WHERE m.message_id = v.message_id AND {IS_WAITING}""",  # noqa: S608 - constants
            {"at": stored(at), "lease": stored(at + LEASE), "carrier": line.carrier.name},
        )
        note_steps(connection, "verdicts", at)
        connection.execute(
            "CREATE TEMP TABLE claimed AS SELECT message_id FROM verdicts WHERE outcome = 'pass'"
        )
        credits.take_for_messages(connection, "claimed", at)
        rates.use(connection, left, "claimed", at)
        return _finish_texts(connection, settings, turn.purpose)


def _take_batch(
    connection: "duckdb.DuckDBPyConnection", at: datetime, only: Sequence[Purpose], left: dict[str, float]
) -> _Turn | None:
    """Make `audience` of the messages that come next, of one campaign or of none; no number twice, and no more
    from a sending number than its allowance in `left`."""
    resting = [number for number, parts in left.items() if parts <= 0]
    is_due = f"""{IS_WAITING} AND m.text IS NOT NULL AND due_at <= $at
      AND list_contains($resting::VARCHAR[], m.sender) IS NOT TRUE"""
    waiting = connection.execute(
        f"""SELECT purpose, campaign_id FROM sms_messages m LEFT JOIN sms_campaigns c USING (campaign_id)
        WHERE {is_due} AND list_contains($only, purpose) AND coalesce(c.status, 'running') = 'running'
        ORDER BY list_position($order, purpose), c.kind = 'campaign', campaign_id LIMIT 1""",  # noqa: S608
        {"at": stored(at), "resting": resting, "only": list(only), "order": list(PRECEDENCE)},
    ).fetchall()
    if not waiting:
        return None
    turn = _Turn(*waiting[0])
    connection.execute(
        f"""CREATE TEMP TABLE audience AS
        SELECT message_id, profile_id, number, sender, credits, NULL::BIGINT AS text_id, picture,
          nullif(regexp_extract(text, '\x04([^\x05]*)\x05', 1), '') AS pool
        FROM (
          SELECT *, sum(parts) OVER (PARTITION BY sender ORDER BY message_id) - parts AS before FROM (
            FROM sms_messages m
            WHERE {is_due} AND purpose = $purpose AND campaign_id IS NOT DISTINCT FROM $campaign
            ORDER BY message_id LIMIT $batch
          )
        ) WHERE before < coalesce(map_extract_value($left::MAP(VARCHAR, DOUBLE), sender), before + 1)
        QUALIFY row_number() OVER (PARTITION BY number ORDER BY message_id) = 1""",  # noqa: S608
        {
            "at": stored(at),
            "resting": resting,
            "purpose": turn.purpose,
            "campaign": turn.campaign_id,
            "batch": BATCH,
            "left": {"key": list(left), "value": list(left.values())},
        },
    )
    return turn


def _finish_texts(
    connection: "duckdb.DuckDBPyConnection", settings: SmsSettings, purpose: Purpose
) -> list[OutboundText]:
    """Give the claimed messages their coupons and links; what the carrier is to get."""
    import pyarrow as pa

    rows = connection.execute(
        """SELECT message_id, m.sender, m.number, m.text, m.picture, v.closes_at FROM sms_messages m
        JOIN claimed USING (message_id) JOIN verdicts v USING (message_id) ORDER BY message_id"""
    ).fetchall()
    made = coupons.put_codes(connection, [(row[0], row[3]) for row in rows])
    texts = dict(links.shorten_links(connection, made, settings.link_host))
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
            picture=picture,
        )
        for message_id, sender, number, _, picture, closes_at in rows
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
        record_answers(connection, batch, answers, "unanswered", at, line.random)
        receipts.apply_receipts(connection, at)
    line.carrier.acknowledge(early)


def _settle_doubts(line: Line, at: datetime) -> None:
    """Ask the carrier about hand-overs that were cut off, and give up those that it will never report on, and what waited
    too long for somebody to decide. What the carrier never had goes back to the queue.

    The caller holds the line: nothing is on its way to the carrier meanwhile.
    """
    with line.database.transaction(names=False) as connection:
        give_up_waiting(connection, at)
        give_up_undecided(connection, at)
        rows = connection.execute(
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
        record_answers(connection, batch, answers, "lost", at, line.random)
        receipts.apply_receipts(connection, at)
