"""A conversation as its page shows it: who it is, what was said day by day, and whether it can be answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from segql.sms.conversations.listing import Conversation
from segql.sms.conversations.thread import Thread, ThreadMessage
from segql.sms.pictures import Picture
from segql.sms.why import words_of

_CONSENT = {
    "subscribed": ("good", "Subscribed"),
    "unsubscribed": ("bad", "Unsubscribed"),
    "pending": ("warn", "Asked to confirm"),
    None: ("", "Never subscribed"),
}
# How a message of ours stands: its class, and what is said of it.
_STATES = {
    "held": ("", "Waits"),
    "queued": ("", "Sending"),
    "sending": ("", "Sending"),
    "sent": ("", "Sent"),
    "delivered": ("good", "Delivered"),
    "failed": ("bad", "Failed"),
    "skipped": ("bad", "Not sent"),
    "unknown": ("warn", "Nobody knows"),
}
# What else a text of theirs was, and what ours are that nobody wrote here: the icon, and what is said.
_KINDS = {
    "opt_out": ("ban", "Opt-out"),
    "opt_in": ("circle-check", "Opt-in"),
    "help": ("info", "Asked for help"),
    "keyword": ("message-square-text", "Keyword"),
    "reaction": ("smile", "Reaction"),
    "review": ("triangle-alert", "May be an opt-out"),
    "reply": ("message-square-text", "Keyword reply"),
    "response": ("sparkles", "Automatic answer"),
    "transactional": ("message-square-text", "Transactional"),
    "marketing": ("send", "Campaign"),
}
_DECISIONS = {"unsubscribed": "Decided: an opt-out", "dismissed": "Decided: no opt-out"}


@dataclass(frozen=True)
class Said:
    """A message as it stands in the thread. `day`: set on the first of a day. `order`: its place, as three numbers.
    `picture`: one of the account's own that went with it; `address`: of one from elsewhere."""

    id: int
    side: str
    kind: str
    order: str
    at: datetime
    time: str
    text: str
    pictures: int
    picture: Picture | None
    address: str | None
    icon: str
    source: str | None
    state: str | None
    state_kind: str
    midnight: int
    day: str | None


@dataclass(frozen=True)
class Talk:
    """An open conversation: who it is, and whether they can be answered."""

    thread: Thread
    conversation: Conversation

    @property
    def title(self) -> str:
        """The name or, without one, the number."""
        return self.thread.name or self.thread.number

    @property
    def consent(self) -> tuple[str, str]:
        """The consent: the class of its mark, and words."""
        return _CONSENT[self.thread.consent]

    @property
    def local_time(self) -> str:
        """What time it is there; several where the place is not certain."""
        return " or ".join(sorted({f"{each:%H:%M}" for each in self.thread.local_times}))

    @property
    def is_night(self) -> bool:
        """Whether it is night there, as people say it."""
        return any(each.time() < time(8) or each.time() >= time(21) for each in self.thread.local_times)


def said(
    thread: Thread,
    names: Mapping[str, str],
    pictures: Mapping[str, Picture],
    zone: ZoneInfo,
    now: datetime,
) -> Iterator[Said]:
    """The messages of a thread. `names`: of the account's users, by address; `pictures`: the account's own, by theirs."""
    last: int | None = None
    for message in thread.messages:
        local = message.at.astimezone(zone)
        midnight = int(local.replace(hour=0, minute=0, second=0).timestamp())
        icon, source = _source(message, names)
        kind, state = _state(message)
        yield Said(
            id=int(message.position.rpartition("-")[2]),
            side=message.direction,
            kind=message.kind,
            order=message.position,
            at=message.at,
            time=f"{local:%H:%M}",
            text=message.text,
            pictures=message.pictures,
            picture=pictures.get(message.picture or ""),
            address=None if message.picture in pictures else message.picture,
            icon=icon,
            source=source,
            state=state,
            state_kind=kind,
            midnight=midnight,
            day=None if midnight == last else day_name(local, now.astimezone(zone)),
        )
        last = midnight


def day_name(day: datetime, today: datetime) -> str:
    """A day as people name it, by the clock of both."""
    match (today.date() - day.date()).days:
        case 0:
            return "Today"
        case 1:
            return "Yesterday"
        case _ if day.year == today.year:
            return f"{day:%A}, {day.day} {day:%B}"
        case _:
            return f"{day.day} {day:%B %Y}"


def _source(message: ThreadMessage, names: Mapping[str, str]) -> tuple[str, str | None]:
    """Where a message comes from, where it is not plainly the customer's, with an icon."""
    if message.kind == "conversation":
        return "user-round", names.get(message.actor or "", message.actor)
    icon, words = _KINDS.get(message.kind, ("message-square-text", message.kind))
    if message.campaign:
        return "send", f"Campaign: {message.campaign}"
    if message.flow:
        return "refresh-cw", f"Flow: {message.flow}"
    if message.direction == "out" and message.kind == "keyword":
        words = "Keyword reply"
    return icon, _DECISIONS.get(message.decision or "", words)


def _state(message: ThreadMessage) -> tuple[str, str | None]:
    if message.state is None:
        return "", None
    kind, words = _STATES[message.state]
    why = words_of(message.reason)
    return kind, f"{words}: {why}" if why and message.state != "delivered" else words
