"""What happened between the account and one person, newest first: events, our messages and their texts, in one order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from segql.runtime.store.by_person import events_at, events_of
from segql.runtime.store.events import key_of
from segql.runtime.store.person import plain
from segql.sms.events import FAILED, RECEIVED, REPLIED, TEXTED_US
from segql.sms.instants import aware
from segql.sms.render import COUPON, as_seen
from segql.sms.why import words_of

if TYPE_CHECKING:
    import duckdb

# How much is told at a time.
PAGE = 40

What = Literal["all", "messages"] | int
Kind = Literal["event", "message", "text"]
# In the order in which they are told where they happened in the same second; a position names them by their place.
_KINDS: tuple[Kind, ...] = ("event", "message", "text")

# Messages and texts are told as such, and not again by the events that were written of them.
_TOLD = f"""SELECT {key_of("m.key", "message_id::VARCHAR")} FROM sms_messages, metrics m
    WHERE profile_id = $id AND m.name IN ('{RECEIVED}', '{FAILED}', '{REPLIED}')
  UNION ALL SELECT {key_of("m.key", "inbound_id::VARCHAR")} FROM sms_inbound, metrics m
    WHERE profile_id = $id AND m.name = '{TEXTED_US}'"""  # noqa: S608 - constants

# Which events they are is asked of their times alone, what they say of those few.
_PLACES = f"""SELECT copied, "row" FROM {{events}} WHERE ($metric IS NULL OR metric_id = $metric)
    AND ($at IS NULL OR occurred_at < $at OR occurred_at = $at AND (0, event_key) < ($side, $last))
    AND event_key NOT IN ({_TOLD})
  ORDER BY occurred_at DESC, event_key DESC LIMIT $limit"""  # noqa: S608 - constants
_EVENTS = """SELECT occurred_at, event_key, m.name, m.amount, (e.amount::DECIMAL(38, 0) / 10000)::DOUBLE, m.label, l.label,
    properties
  FROM {events} JOIN metrics m USING (metric_id) LEFT JOIN labels l USING (label_id)"""
_MESSAGES = """SELECT coalesce(handed_at, queued_at) AS occurred_at, message_id AS id, coalesce(c.name, ''), purpose,
    state, reason, text, r.actor, parts, if(trial, 0, credits), sender
  FROM sms_messages LEFT JOIN sms_campaigns c USING (campaign_id) LEFT JOIN sms_replies r USING (message_id)
  WHERE profile_id = $id AND ($at IS NULL OR (occurred_at, 1, id) < ($at, $side, $last))
  ORDER BY occurred_at DESC, id DESC LIMIT $limit"""
_TEXTS = """SELECT occurred_at, inbound_id AS id, meaning, body, pictures, decision FROM sms_inbound
  WHERE profile_id = $id AND ($at IS NULL OR (occurred_at, 2, id) < ($at, $side, $last))
  ORDER BY occurred_at DESC, id DESC LIMIT $limit"""


@dataclass(frozen=True)
class Happening:
    """Something that happened. `position`: its place in the order, by which older ones are asked for. `name`: the event's,
    or the campaign's of a message. `meaning`: of a message its purpose, of a person's text what it was taken for. `text`: of
    either, as it was seen; whoever shows it escapes it. `state` and `words`: what became of a message, and why. `amount`:
    of an event, the money or number that it is about. `properties`: all that is known besides."""

    position: str
    at: datetime
    kind: Kind
    name: str
    meaning: str | None = None
    text: str | None = None
    state: str | None = None
    words: str = ""
    amount: float | None = None
    label: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Counted:
    """How many events of a kind a person has. `metric`: the kind's number in this store."""

    metric: int
    name: str
    events: int


def happenings(
    connection: "duckdb.DuckDBPyConnection",
    profile_id: int,
    link_host: str,
    *,
    what: What = "all",
    before: str | None = None,
    limit: int = PAGE,
) -> list[Happening]:
    """What happened, newest first. `what`: everything, messages and texts only, or events of one kind by the number of
    their metric. `before`: the position before which it happened. `link_host`: of short links in texts not yet sent."""
    at, side, last = _read_position(before) if before else (None, None, None)
    bounds = {"id": profile_id, "at": at, "side": side, "last": last, "limit": limit}
    found: list[Happening] = []
    if what != "messages":
        metric = what if isinstance(what, int) else None
        chosen = _PLACES.format(events=events_of(connection, (profile_id,)))
        if places := connection.execute(chosen, bounds | {"metric": metric}).fetchall():
            rows = connection.execute(_EVENTS.format(events=events_at(places))).fetchall()
            found += [_event(*row) for row in rows]
    if not isinstance(what, int):
        rows = connection.execute(_MESSAGES, bounds).fetchall()
        found += [_message(link_host, *row) for row in rows]
        found += [_text(*row) for row in connection.execute(_TEXTS, bounds).fetchall()]
    found.sort(key=lambda one: _read_position(one.position), reverse=True)
    return found[:limit]


def count_events(connection: "duckdb.DuckDBPyConnection", profile_id: int) -> list[Counted]:
    """The kinds of events that a person has, the most frequent first."""
    rows = connection.execute(
        f"""SELECT metric_id, name, events FROM (
          SELECT metric_id, count(*) AS events FROM {events_of(connection, (profile_id,))} GROUP BY metric_id
        ) JOIN metrics USING (metric_id) ORDER BY events DESC, name"""  # noqa: S608 - fragments of SQL
    ).fetchall()
    return [Counted(*row) for row in rows]


def _event(
    at: datetime,
    key: int,
    name: str,
    amount_name: str | None,
    amount: float | None,
    label_name: str | None,
    label: str | None,
    properties: Mapping[str, Any] | None,
) -> Happening:
    kept = {amount_name: amount, label_name: label}
    said = {name: value for name, value in kept.items() if name is not None and value is not None}
    everything = said | plain(dict(properties or {}))
    return Happening(
        _position(at, "event", key),
        aware(at),
        "event",
        name,
        amount=amount,
        label=label,
        properties=everything,
    )


def _message(
    link_host: str,
    at: datetime,
    message_id: int,
    name: str,
    purpose: str,
    state: str,
    reason: str | None,
    text: str | None,
    actor: str | None,
    parts: int | None,
    credits: int,
    sender: str | None,
) -> Happening:
    seen = None if text is None else COUPON.sub("[coupon]", as_seen(text, link_host))
    sent = {} if state in ("held", "queued", "skipped") else {"Parts": parts, "Credits": credits}
    said = sent | {"From": sender, "Written by": actor}
    return Happening(
        _position(at, "message", message_id),
        aware(at),
        "message",
        name,
        meaning=purpose,
        text=seen,
        state=state,
        words=words_of(reason),
        properties={name: value for name, value in said.items() if value is not None},
    )


def _text(
    at: datetime, inbound_id: int, meaning: str | None, body: str, pictures: int, decision: str | None
) -> Happening:
    said = {"Pictures": pictures or None, "Decided": decision}
    return Happening(
        _position(at, "text", inbound_id),
        aware(at),
        "text",
        "",
        meaning=meaning,
        text=body,
        properties={name: value for name, value in said.items() if value is not None},
    )


def instant_of(position: str) -> datetime:
    """The aware instant of a position. Raises ValueError where it is none."""
    return aware(_read_position(position)[0])


def _position(at: datetime, kind: Kind, number: int) -> str:
    return f"{at:%Y%m%d%H%M%S}-{_KINDS.index(kind)}-{number}"


def _read_position(position: str) -> tuple[datetime, int, int]:
    """A position's instant as the store has it, the place of its kind, its number. Raises ValueError."""
    at, side, number = position.split("-")
    return datetime.strptime(at, "%Y%m%d%H%M%S"), int(side), int(number)  # noqa: DTZ007 - as the store has it
