"""The reply box: whether a number can be answered, and if not why; what an answer would cost; and answering."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segql.sms import feed
from segql.sms.answers import price_of, queue_text
from segql.sms.consent import is_blocked, may_be_answered
from segql.sms.conversations.state import change_state, require_conversation
from segql.sms.coupons import pools
from segql.sms.customers import Customer
from segql.sms.errors import SmsCode, SmsError
from segql.sms.opening import PLACE, surroundings
from segql.sms.render import require_picture, require_pool
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb

_LINK = re.compile(r"https?://[^\s\x00-\x1f]*[^\s\x00-\x1f.,;:!?)\]'\"]")


@dataclass(frozen=True)
class ReplyBox:
    """Whether a number can be answered now. Where not, `code`, `reason` and `remedy` are those of the refusal. `night`: what
    has to be confirmed before somebody is answered in their quiet hours."""

    open: bool
    code: str | None
    reason: str | None
    remedy: str | None
    night: str | None


@dataclass(frozen=True)
class Draft:
    """An answer as it is being written: as a phone will show it, its parts and the credits that it costs."""

    text: str
    parts: int
    credits: int
    box: ReplyBox


@dataclass(frozen=True)
class Answer:
    """What a reply says. `seen`: the id of the newest text that its writer has seen. `at_night`: the writer knows that it
    is night where the person is. `coupon`: a pool whose next code is put behind the text. `picture`: the address of a
    picture or GIF that goes with it."""

    text: str
    seen: int
    at_night: bool = False
    coupon: str | None = None
    picture: str | None = None


def reply_box(
    connection: "duckdb.DuckDBPyConnection", number: str, settings: SmsSettings, zone: str, at: datetime
) -> ReplyBox:
    """The box of a number with which there is a conversation."""
    refusal = _refusal(connection, number, at)
    night = _night(connection, number, settings, zone, at)
    if refusal:
        return ReplyBox(False, refusal.code, refusal.message, refusal.remedy, None)
    return ReplyBox(True, None, None, None, night.message if night else None)


def draft(
    connection: "duckdb.DuckDBPyConnection",
    number: str,
    answer: Answer,
    settings: SmsSettings,
    zone: str,
    at: datetime,
) -> Draft:
    """What an answer would be, before it is sent."""
    require_conversation(connection, number)
    words = _words(connection, answer, settings)
    country = _customer(connection, number).country
    parts, credits = price_of(connection, words, country, settings, answer.picture)
    return Draft(_plain(answer.text), parts, credits, reply_box(connection, number, settings, zone, at))


def queue_reply(
    connection: "duckdb.DuckDBPyConnection",
    number: str,
    answer: Answer,
    actor: str,
    settings: SmsSettings,
    zone: str,
    at: datetime,
) -> int:
    """Queue an answer to a customer; the message's id. Raises `SmsError` where it is refused."""
    newest = require_conversation(connection, number)
    if not (_plain(answer.text) or answer.coupon or answer.picture):
        raise SmsError(SmsCode.EMPTY_REPLY, "The reply says nothing.", "Write something.")
    if refusal := _refusal(connection, number, at):
        raise refusal
    if newest > answer.seen:
        raise SmsError(
            SmsCode.NEWER_TEXT,
            f"{number} has texted again since.",
            "Read what came, and answer that.",
        )
    if not answer.at_night and (night := _night(connection, number, settings, zone, at)):
        raise night
    who = _customer(connection, number)
    words = _words(connection, answer, settings)
    message_id = queue_text(connection, who, "conversation", words, settings, at, answer.picture)
    connection.execute(
        "INSERT INTO sms_replies (message_id, inbound_id, actor) VALUES (?, ?, ?)",
        [message_id, answer.seen, actor],
    )
    change_state(connection, number, read_to=newest)
    feed.note(connection, "reply", number, at)
    return message_id


def _refusal(connection: "duckdb.DuckDBPyConnection", number: str, at: datetime) -> SmsError | None:
    """Why a number cannot be answered: the same for the box and for who answers all the same."""
    if is_blocked(connection, number, at):
        return SmsError(SmsCode.BLOCKED, f"{number} is blocked.", "Unblock it first.")
    if not may_be_answered(connection, number, at):
        return SmsError(
            SmsCode.NO_CONSENT,
            f"{number} has not consented to SMS marketing.",
            "Only who texts JOIN or subscribes in another way can be answered.",
        )
    return None


def _night(
    connection: "duckdb.DuckDBPyConnection", number: str, settings: SmsSettings, zone: str, at: datetime
) -> SmsError | None:
    (place,) = connection.execute(
        f"""SELECT {PLACE} FROM profiles p WHERE profile_id =
          (SELECT arg_max(profile_id, inbound_id) FROM sms_inbound WHERE sender = ?)""",  # noqa: S608 - a constant
        [number],
    ).fetchall()[0]
    around = surroundings(place, settings, zone)
    if around.hours(at).open:
        return None
    times = sorted({f"{at.astimezone(ZoneInfo(each)):%H:%M}" for each in around.zones})
    return SmsError(
        SmsCode.AT_NIGHT, f"It is {' or '.join(times)} where they are.", "Confirm that it shall go now."
    )


def _customer(connection: "duckdb.DuckDBPyConnection", number: str) -> Customer:
    """Whoever texted last from a number, and the number of ours that they texted."""
    rows: list[tuple[Any, ...]] = connection.execute(
        """SELECT i.profile_id, i.sender, p.phone_country, i.recipient FROM sms_inbound i JOIN profiles p USING (profile_id)
        WHERE i.sender = ? ORDER BY inbound_id DESC LIMIT 1""",
        [number],
    ).fetchall()
    return Customer(*rows[0])


def _words(connection: "duckdb.DuckDBPyConnection", answer: Answer, settings: SmsSettings) -> str:
    """What is sent: its links marked where they are to be short, its coupon marked (see `render`). It is no template."""
    words = _plain(answer.text)
    if settings.shorten_links:
        words = _LINK.sub(lambda link: f"\x02{link[0]}\x03", words)
    require_picture(answer.picture)
    if answer.coupon is None:
        return words
    require_pool(answer.coupon, pools(connection))
    return f"{words} \x04{answer.coupon}\x05".strip()


def _plain(text: str) -> str:
    """Text without control characters other than new lines, in NFC."""
    kept = (char for char in text if char == "\n" or unicodedata.category(char) != "Cc")
    return unicodedata.normalize("NFC", "".join(kept)).strip()
