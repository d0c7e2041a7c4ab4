"""Texts from customers: stored first, then acted on. An opt-out is looked for before anything else."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.runtime.store.catalog import read_account
from segql.runtime.store.lists import add_to_list
from segql.runtime.store.phones import read_number
from segql.sms import feed
from segql.sms.answers import answer
from segql.sms.carriers.base import InboundText
from segql.sms.consent import is_blocked, status_of
from segql.sms.customers import Customer, meet
from segql.sms.dispatch import Line
from segql.sms.events import record_texts
from segql.sms.forwarding import forward
from segql.sms.instants import aware, stored
from segql.sms.keywords.custom import Keyword, find_keyword
from segql.sms.keywords.match import Match, match
from segql.sms.keywords.normal import normalize
from segql.sms.keywords.reactions import rest_of_reaction
from segql.sms.reviews import close_reviews
from segql.sms.settings import SmsSettings, read_settings
from segql.sms.subscribing import Saying, confirm, left_by_keyword, subscribe, unsubscribe
from segql.sms.wording import fill

if TYPE_CHECKING:
    import duckdb

# No network carries longer texts (255 parts of 153 characters), and no number or name is longer.
LONGEST_TEXT = 39_015
LONGEST_NUMBER = 40
# Texts of ours that a reaction may quote, or a machine send back.
REMEMBERED = 50


# What a text is taken for (sms_inbound.meaning): opt_out, opt_in, help; keyword: one of the account's own; review: it may be
# an opt-out; reaction: to a text of ours; conversation: it is for a person. ignored: from no customer's phone, or an echo.


class _Text(NamedTuple):
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
                if not is_blocked(connection, sender, at):
                    forward(connection, inbound_id, settings, at)
            if profile_id is not None:
                feed.note(connection, "text", sender, at)


def _store(connection: "duckdb.DuckDBPyConnection", carrier: str, text: InboundText, at: datetime) -> bool:
    country = read_account(connection).country
    # A carrier's clock may be ahead of ours: an opt-out of the future would not hold now.
    occurred_at = min(text.occurred_at, at)
    added = connection.execute(
        """INSERT INTO sms_inbound
          (inbound_id, carrier, carrier_id, sender, recipient, body, occurred_at, recorded_at, pictures)
        SELECT (SELECT coalesce(max(inbound_id), 0) + 1 FROM sms_inbound), $carrier, $id, $sender, $to, $body,
          $occurred, $at, $pictures
        ON CONFLICT DO NOTHING""",
        {
            "carrier": carrier,
            "id": text.report_id,
            "sender": read_number(text.sender[:LONGEST_NUMBER], country).text,
            "to": read_number(text.to[:LONGEST_NUMBER], country).text,
            "body": text.body.replace("\x00", "")[:LONGEST_TEXT],
            "occurred": stored(occurred_at),
            "at": stored(at),
            "pictures": text.pictures,
        },
    ).fetchall()
    return bool(added[0][0])


def _act(connection: "duckdb.DuckDBPyConnection", text: _Text) -> tuple[int | None, str]:
    """Do what a text asks for. Whose it is, and what it was taken for."""
    account = read_account(connection)
    sender = read_number(text.number, account.country)
    if not sender.valid or _is_one_of_ours(connection, text.number):
        return None, "ignored"
    who = meet(connection, text.number, text.recipient, text.at)
    found = match(text.body, sender.country or account.country, text.settings.opt_out_policy)
    ours = _last_texts_to(connection, text.number)
    reacting = rest_of_reaction(text.body, ours)
    if reacting is not None:
        # What stands before the quote counts, not what is quoted.
        found = match(reacting, sender.country or account.country, text.settings.opt_out_policy)
        if found is None:
            return who.profile_id, "reaction"
    elif found and found.meaning != "opt_out" and normalize(text.body) in map(normalize, ours):
        return who.profile_id, "ignored"
    return who.profile_id, _take(connection, text, who, found)


def _take(connection: "duckdb.DuckDBPyConnection", text: _Text, who: Customer, found: Match | None) -> str:
    """Act on what a text asks for, if it does; what it was taken for."""
    saying = Saying("keyword", found.word if found else None, "customer", text.occurred_at, text.at)
    if found and found.confirming:
        if confirm(connection, who, saying, text.settings):
            return "opt_in"
        if not (found.rejoining and left_by_keyword(connection, who.number, text.at)):
            found = None  # YES, in a chat
    match found.meaning if found else None:
        case "opt_out":
            close_reviews(connection, who.number, "unsubscribed", text.at)
            unsubscribe(connection, who, saying, text.settings)
        case "opt_in":
            close_reviews(connection, who.number, "dismissed", text.at)
            subscribe(connection, who, saying, text.settings)
        case "help":
            answer(connection, who, "reply", text.settings.reply("help"), text.settings, text.at)
        case None:
            if keyword := find_keyword(connection, text.body):
                _take_keyword(connection, text, who, keyword)
                return "keyword"
            _respond(connection, text, who)
            return "conversation"
    return found.meaning if found else "conversation"


def _take_keyword(
    connection: "duckdb.DuckDBPyConnection", text: _Text, who: Customer, keyword: Keyword
) -> None:
    """Subscribe by a custom keyword, and answer with its own reply."""
    saying = Saying("keyword", keyword.word, "customer", text.occurred_at, text.at)
    if not subscribe(connection, who, saying, text.settings, double=keyword.opt_in == "double"):
        return
    add_to_list(connection, keyword.list, [who.profile_id], text.at)
    if keyword.reply:
        settings = text.settings
        words, used = fill(keyword.reply, organization_prefix=settings.prefix, email=settings.contact_email)
        start = f"{settings.prefix}: " if settings.prefix and "organization_prefix" not in used else ""
        answer(connection, who, "keyword", start + words, settings, text.at)


def _respond(connection: "duckdb.DuckDBPyConnection", text: _Text, who: Customer) -> None:
    """Answer what is no keyword, where the account wants that."""
    to = text.settings.auto_respond_to
    status = status_of(connection, who.number, text.at)
    wanted = to == "everybody" or (to == "not_consented" and status != "subscribed")
    # Nothing follows an opt-out, and nothing but its request a double opt-in.
    if wanted and status not in ("unsubscribed", "pending"):
        answer(connection, who, "response", text.settings.reply("auto"), text.settings, text.at)


def _is_one_of_ours(connection: "duckdb.DuckDBPyConnection", number: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM sms_numbers WHERE number = ? LIMIT 1", [number]).fetchall())


def _last_texts_to(connection: "duckdb.DuckDBPyConnection", number: str) -> list[str]:
    rows = connection.execute(
        """SELECT text FROM sms_messages WHERE number = ? AND text IS NOT NULL AND handed_at IS NOT NULL
        ORDER BY message_id DESC LIMIT ?""",
        [number, REMEMBERED],
    ).fetchall()
    return [text for (text,) in rows]
