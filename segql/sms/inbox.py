"""Texts from customers: stored first, then acted on. An opt-out is looked for before anything else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from segql.runtime.store.catalog import read_account
from segql.runtime.store.phones import read_number
from segql.runtime.store.profiles import upsert_profiles
from segql.sms.carriers.base import InboundText
from segql.sms.consent import opted_out_by_keyword, record_consent, status_of
from segql.sms.dispatch import Line
from segql.sms.errors import SmsCode, SmsError
from segql.sms.events import record_texts
from segql.sms.instants import aware, stored
from segql.sms.keywords.match import Match, match
from segql.sms.parts import count_parts
from segql.sms.settings import SmsSettings, read_settings

if TYPE_CHECKING:
    import duckdb

# No number gets more automatic replies within the hour: two machines answering each other come to an end.
REPLIES_AN_HOUR = 5

Decision = Literal["unsubscribed", "dismissed"]


@dataclass(frozen=True)
class ReceivedText:
    """A customer's text, and what it was taken for (see the table sms_inbound)."""

    sender: str
    name: str | None
    body: str
    occurred_at: datetime
    meaning: str
    decision: str | None


@dataclass(frozen=True)
class _Text:
    """A stored text with what acting on it needs."""

    inbound_id: int
    number: str
    recipient: str
    body: str
    occurred_at: datetime
    at: datetime
    settings: SmsSettings


def receive(line: Line, text: InboundText, at: datetime) -> bool:
    """Store a text and act on it. False, and nothing done, where the carrier had brought it before."""
    with line.exclusive():
        with line.database.transaction() as connection:
            is_new = _store(connection, line.carrier.name, text, at)
        _act_on_texts(line, at)
    return is_new


def act_on_texts(line: Line, at: datetime) -> None:
    """Act on the texts that were stored, but not acted on, before a process ended."""
    with line.exclusive():
        _act_on_texts(line, at)


def _act_on_texts(line: Line, at: datetime) -> None:
    """Act on every text that waits for it, oldest first, each in a transaction. The caller holds the line."""
    with line.database.cursor() as cursor:
        waiting = cursor.execute(
            """SELECT inbound_id, sender, recipient, body, occurred_at FROM sms_inbound
            WHERE meaning IS NULL ORDER BY inbound_id"""
        ).fetchall()
    for inbound_id, sender, recipient, body, occurred_at in waiting:
        with line.database.transaction() as connection:
            settings = read_settings(connection)
            text = _Text(inbound_id, sender, recipient, body, aware(occurred_at), at, settings)
            profile_id, meaning = _act(connection, text)
            connection.execute(
                "UPDATE sms_inbound SET profile_id = ?, meaning = ? WHERE inbound_id = ?",
                [profile_id, meaning, inbound_id],
            )
            if meaning in ("conversation", "review"):
                record_texts(connection, inbound_id)


def newest_texts(connection: "duckdb.DuckDBPyConnection", limit: int) -> list[ReceivedText]:
    """The newest texts that are no keywords, newest first; those of blocked people stay hidden."""
    rows = connection.execute(
        """SELECT i.sender, nullif(concat_ws(' ', p.first_name, p.last_name), ''), i.body, i.occurred_at,
          i.meaning, i.decision
        FROM sms_inbound i JOIN profiles p USING (profile_id) WHERE i.meaning IN ('conversation', 'review')
          AND i.profile_id NOT IN (
            SELECT profile_id FROM consent_periods WHERE channel = 'sms' AND kind = 'block' AND status = 'blocked'
              AND until_at = TIMESTAMP '9999-12-31')
        ORDER BY i.occurred_at DESC, i.inbound_id DESC LIMIT ?""",
        [limit],
    ).fetchall()
    return [ReceivedText(row[0], row[1], row[2], aware(row[3]), row[4], row[5]) for row in rows]


def decide(
    connection: "duckdb.DuckDBPyConnection", number: str, decision: Decision, actor: str, at: datetime
) -> None:
    """Decide about a number whose texts may be an opt-out. Raises `SmsError` where none of them waits."""
    if not _close_reviews(connection, number, decision, at):
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


def _store(connection: "duckdb.DuckDBPyConnection", carrier: str, text: InboundText, at: datetime) -> bool:
    sender = read_number(text.sender, read_account(connection).country).text
    # A carrier's clock may be ahead of ours: an opt-out of the future would not hold now.
    occurred_at = min(text.occurred_at, at)
    added = connection.execute(
        """INSERT INTO sms_inbound
        SELECT (SELECT coalesce(max(inbound_id), 0) + 1 FROM sms_inbound), $carrier, $id, $sender, $to, $body,
          $occurred, $at, NULL, NULL, NULL
        ON CONFLICT DO NOTHING""",
        {
            "carrier": carrier,
            "id": text.report_id,
            "sender": sender,
            "to": text.to,
            "body": text.body.replace("\x00", ""),
            "occurred": stored(occurred_at),
            "at": stored(at),
        },
    ).fetchall()
    return bool(added[0][0])


def _act(connection: "duckdb.DuckDBPyConnection", text: _Text) -> tuple[int | None, str]:
    """Do what a text asks for. Whose it is, and what it was taken for."""
    import pyarrow as pa

    account = read_account(connection)
    sender = read_number(text.number, account.country)
    if not sender.valid or _is_our_own(connection, text):
        return None, "ignored"
    # Whoever texts us is a profile from then on; that is no consent.
    written = upsert_profiles(connection, pa.table({"phone_number": [text.number]}), account)
    profile_id: int = written.profile_ids[0].as_py()
    found = match(text.body, sender.country or account.country, text.settings.opt_out_policy)
    if found and found.confirming and not opted_out_by_keyword(connection, text.number, text.at):
        found = None  # YES, in a chat
    if found and found.meaning in _ACTIONS:
        _ACTIONS[found.meaning](connection, text, found, profile_id)
    return profile_id, found.meaning if found else "conversation"


def _is_our_own(connection: "duckdb.DuckDBPyConnection", text: _Text) -> bool:
    """Whether one of our numbers, or an echo of our own words, is texting us."""
    return bool(
        connection.execute(
            """SELECT 1 FROM sms_numbers WHERE number = $number
            UNION ALL SELECT 1 FROM sms_messages WHERE number = $number AND sms_messages.text = $body
            LIMIT 1""",
            {"number": text.number, "body": text.body},
        ).fetchall()
    )


def _opt_out(connection: "duckdb.DuckDBPyConnection", text: _Text, found: Match, profile_id: int) -> None:
    _close_reviews(connection, text.number, "unsubscribed", text.at)
    if status_of(connection, text.number, text.at) == "unsubscribed":
        return
    _record(connection, text, found, "unsubscribed")
    _queue_reply(connection, text, "opt_out", profile_id)


def _opt_in(connection: "duckdb.DuckDBPyConnection", text: _Text, found: Match, profile_id: int) -> None:
    _close_reviews(connection, text.number, "dismissed", text.at)
    if status_of(connection, text.number, text.at) == "subscribed":
        return
    _record(connection, text, found, "subscribed")
    _queue_reply(connection, text, "opt_in", profile_id)


def _help(connection: "duckdb.DuckDBPyConnection", text: _Text, _: Match, profile_id: int) -> None:
    _queue_reply(connection, text, "help", profile_id)


_Action = Callable[["duckdb.DuckDBPyConnection", _Text, Match, int], None]
_ACTIONS: dict[str, _Action] = {"opt_out": _opt_out, "opt_in": _opt_in, "help": _help}


def _record(
    connection: "duckdb.DuckDBPyConnection",
    text: _Text,
    found: Match,
    status: Literal["subscribed", "unsubscribed"],
) -> None:
    record_consent(
        connection,
        text.number,
        status,
        method="keyword",
        detail=found.word,
        actor="customer",
        occurred_at=text.occurred_at,
        at=text.at,
    )


def _queue_reply(
    connection: "duckdb.DuckDBPyConnection",
    text: _Text,
    kind: Literal["opt_in", "opt_out", "help"],
    profile_id: int,
) -> None:
    """Queue a mandatory reply, free of charge, from the number that was texted."""
    since = stored(text.at - timedelta(hours=1))
    recent = connection.execute(
        "SELECT count(*) FROM sms_messages WHERE purpose = 'reply' AND number = ? AND queued_at > ?",
        [text.number, since],
    ).fetchall()[0][0]
    if recent >= REPLIES_AN_HOUR:
        return
    words = text.settings.reply(kind)
    connection.execute(
        """INSERT INTO sms_messages BY NAME
        SELECT (SELECT coalesce(max(message_id), 0) + 1 FROM sms_messages) AS message_id, 'reply' AS purpose,
          $profile AS profile_id, $number AS number, phone_country AS country, $sender AS sender, $text AS text,
          $parts AS parts, 0 AS credits, false AS trial, 'queued' AS state, $at AS due_at, 0 AS attempts,
          $at AS queued_at, 0 AS contradictions
        FROM profiles WHERE profile_id = $profile""",
        {
            "profile": profile_id,
            "number": text.number,
            "sender": text.recipient,
            "text": words,
            "parts": count_parts(words).parts,
            "at": stored(text.at),
        },
    )


def _close_reviews(
    connection: "duckdb.DuckDBPyConnection", number: str, decision: Decision, at: datetime
) -> bool:
    """Decide a number's open reviews, and let what waited for them be judged again. Whether there were any."""
    closed = connection.execute(
        """UPDATE sms_inbound SET decision = $decision
        WHERE sender = $number AND meaning = 'review' AND decision IS NULL""",
        {"decision": decision, "number": number},
    ).fetchall()[0][0]
    if closed:
        connection.execute(
            """UPDATE sms_messages SET due_at = $at
            WHERE number = $number AND state = 'held' AND reason = 'in_review'""",
            {"number": number, "at": stored(at)},
        )
    return bool(closed)
