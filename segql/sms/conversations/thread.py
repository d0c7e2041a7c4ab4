"""The thread with a number: everything that was said, from both sides, and what there is to know of the person."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from segql.sms.consent import standing_of
from segql.sms.conversations.box import ReplyBox, reply_box
from segql.sms.instants import aware
from segql.sms.opening import PLACE, surroundings
from segql.sms.render import COUPON, as_seen
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb

# How many messages are shown at a time.
PAGE = 50

# Both sides of a thread, in one order. What was skipped was never said, but for a reply, whose writer has to know.
_MESSAGES = """
  SELECT occurred_at AS said_at, 0 AS side, inbound_id AS id, meaning AS kind, body AS text, pictures, NULL AS campaign,
    NULL AS flow, NULL AS actor, NULL AS state, NULL AS reason, decision, NULL AS picture
  FROM sms_inbound WHERE sender = $number AND meaning IS NOT NULL AND meaning <> 'ignored'
  UNION ALL SELECT coalesce(handed_at, queued_at), 1, message_id, purpose, text, (m.picture IS NOT NULL)::INTEGER,
    if(c.kind = 'campaign', c.name, NULL), if(c.kind = 'flow', c.name, NULL), r.actor, m.state, m.reason, NULL,
    m.picture
  FROM sms_messages m LEFT JOIN sms_campaigns c USING (campaign_id) LEFT JOIN sms_replies r USING (message_id)
  WHERE number = $number AND text IS NOT NULL AND (m.state NOT IN ('skipped', 'held') OR purpose = 'conversation')"""


@dataclass(frozen=True)
class ThreadMessage:
    """A message in a thread. `position`: its place, by which older ones are asked for. `kind`: of a customer's text what it
    was taken for (see sms_inbound), of one of ours its purpose; `campaign`, `flow` and `actor`: whose it is. `pictures`: how
    many came with it, those of customers are not kept; `picture`: the address of the one that went with ours.

    `text` may hold anything that a phone can send: whoever shows it escapes it (see `sms/harmless.py`).
    """

    position: str
    at: datetime
    direction: Literal["in", "out"]
    kind: str
    text: str
    pictures: int
    campaign: str | None
    flow: str | None
    actor: str | None
    state: str | None
    reason: str | None
    decision: str | None
    picture: str | None


@dataclass(frozen=True)
class Thread:
    """A thread, its messages oldest first. `seen`: the id of the newest text, which a reply names. `consent`: subscribed,
    unsubscribed, pending, or None; `location` and `local_times`: what is known of where the person is, several times
    where several zones are possible."""

    number: str
    profile_id: int
    name: str | None
    consent: str | None
    location: str | None
    local_times: tuple[datetime, ...]
    seen: int
    may_be_opt_out: bool
    box: ReplyBox
    messages: tuple[ThreadMessage, ...]
    has_older: bool


def read_thread(
    connection: "duckdb.DuckDBPyConnection",
    number: str,
    settings: SmsSettings,
    zone: str,
    at: datetime,
    before: str | None = None,
) -> Thread:
    """The last messages with a number, or those before a position. The caller knows that there is a conversation."""
    messages = _read_messages(connection, number, settings, before)
    profile_id, name, location, place = _read_person(connection, number)
    standing = standing_of(connection, number, at)
    around = surroundings(place, settings, zone)
    newest, may_be_opt_out = connection.execute(
        """SELECT max(inbound_id), bool_or(meaning = 'review' AND decision IS NULL) FROM sms_inbound
        WHERE sender = ? AND meaning IN ('conversation', 'review')""",
        [number],
    ).fetchall()[0]
    return Thread(
        number=number,
        profile_id=profile_id,
        name=name,
        consent=standing.status if standing else None,
        location=location,
        local_times=tuple(
            sorted({at.astimezone(ZoneInfo(each)).replace(tzinfo=None) for each in around.zones})
        ),
        seen=newest,
        may_be_opt_out=bool(may_be_opt_out),
        box=reply_box(connection, number, settings, zone, at),
        messages=tuple(messages[-PAGE:]),
        has_older=len(messages) > PAGE,
    )


def _read_messages(
    connection: "duckdb.DuckDBPyConnection", number: str, settings: SmsSettings, before: str | None
) -> list[ThreadMessage]:
    """A page, and one more where there are older ones, oldest first."""
    at, side, message_id = (int(part) for part in before.split("-")) if before else (None, None, None)
    rows: list[tuple[Any, ...]] = connection.execute(
        f"""SELECT epoch(said_at)::BIGINT, side, id, kind, text, pictures, campaign, flow, actor, state, reason,
          decision, picture, said_at
        FROM ({_MESSAGES}) WHERE $side IS NULL OR (epoch(said_at)::BIGINT, side, id) < ($at, $side, $id)
        ORDER BY said_at DESC, side DESC, id DESC LIMIT {PAGE + 1}""",  # noqa: S608 - constants
        {"number": number, "at": at, "side": side, "id": message_id},
    ).fetchall()
    return [_message(row, settings) for row in reversed(rows)]


def _message(row: tuple[Any, ...], settings: SmsSettings) -> ThreadMessage:
    seconds, side, message, kind, text, *more, instant = row
    return ThreadMessage(
        f"{seconds}-{side}-{message}",
        aware(instant),
        "out" if side else "in",
        kind,
        COUPON.sub("[coupon]", as_seen(text, settings.link_host)) if side else text,
        *more,
    )


def _read_person(
    connection: "duckdb.DuckDBPyConnection", number: str
) -> tuple[int, str | None, str | None, str]:
    """Whoever texted last from a number, their name and location, and their place (see `opening.PLACE`)."""
    rows = connection.execute(
        f"""SELECT profile_id, nullif(trim(concat_ws(' ', p.first_name, p.last_name)), ''),
          nullif(concat_ws(', ', p.city, p.region, p.country), ''), {PLACE}
        FROM profiles p WHERE profile_id = (SELECT arg_max(profile_id, inbound_id) FROM sms_inbound WHERE sender = ?)""",  # noqa: S608
        [number],
    ).fetchall()
    return rows[0]
