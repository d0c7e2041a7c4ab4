"""Texts to one person: mandatory replies, automatic answers, and what somebody writes in a conversation, queued for the
hand-over."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from segql.sms.coupons import pools
from segql.sms.customers import Customer
from segql.sms.gates import Purpose
from segql.sms.instants import stored
from segql.sms.parts import count_parts
from segql.sms.prices import credits_by_country, picture_credits_by_country
from segql.sms.render import COUPON, as_seen
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb

# What we answer by ourselves. Mandatory replies are free of charge, the others are not.
AUTOMATIC: tuple[Purpose, ...] = ("reply", "keyword", "response")
# No number gets more automatic replies within the hour: two machines answering each other come to an end.
REPLIES_AN_HOUR = 5


def price_of(
    connection: "duckdb.DuckDBPyConnection",
    words: str,
    country: str | None,
    settings: SmsSettings,
    picture: str | None = None,
) -> tuple[int, int]:
    """The parts of a text, and the credits that it costs in a country; with a picture it is one part."""
    if picture:
        return 1, picture_credits_by_country().get(country or "", 0)
    lengths = pools(connection) if COUPON.search(words) else {}
    seen = COUPON.sub(lambda found: "X" * lengths[found[1]], as_seen(words, settings.link_host))
    parts = count_parts(seen).parts
    return parts, parts * credits_by_country().get(country or "", 0)


def answer(
    connection: "duckdb.DuckDBPyConnection",
    to: Customer,
    purpose: Purpose,
    words: str,
    settings: SmsSettings,
    at: datetime,
) -> None:
    """Queue an automatic reply, unless the number had many of them within the hour."""
    recent = connection.execute(
        """SELECT count(*) FROM sms_messages
        WHERE list_contains($automatic, purpose) AND number = $number AND queued_at > $since""",
        {"automatic": list(AUTOMATIC), "number": to.number, "since": stored(at - timedelta(hours=1))},
    ).fetchall()[0][0]
    if recent < REPLIES_AN_HOUR:
        queue_text(connection, to, purpose, words, settings, at)


def queue_text(
    connection: "duckdb.DuckDBPyConnection",
    to: Customer,
    purpose: Purpose,
    words: str,
    settings: SmsSettings,
    at: datetime,
    picture: str | None = None,
) -> int:
    """Queue a text to one person, with the address of a picture where one goes with it; the message's id."""
    parts, credits = price_of(connection, words, to.country, settings, picture)
    (message_id,) = connection.execute(
        "SELECT coalesce(max(message_id), 0) + 1 FROM sms_messages"
    ).fetchall()[0]
    connection.execute(
        """INSERT INTO sms_messages (message_id, purpose, profile_id, number, country, sender, text, parts, credits,
          trial, state, due_at, attempts, queued_at, contradictions, picture)
        SELECT $message, $purpose, $profile, $number, $country, (SELECT any_value(number) FROM sms_numbers
          WHERE number = $sender), $text, $parts, $credits, false, 'queued', $at, 0, $at, 0, $picture""",
        {
            "message": message_id,
            "purpose": purpose,
            "profile": to.profile_id,
            "number": to.number,
            "country": to.country,
            "sender": to.ours,
            "text": words,
            "picture": picture,
            "parts": parts,
            "credits": 0 if purpose == "reply" else credits,
            "at": stored(at),
        },
    )
    connection.execute("INSERT INTO sms_steps VALUES (?, ?, 'queued', NULL)", [message_id, stored(at)])
    return int(message_id)
