"""What people permit, how they use channels, and which messages they had."""

from segql.compiler import conditions as c
from segql.compiler.ast.base import Window
from segql.compiler.catalog.model import Channel
from segql.compiler.conditions.windows import InTheLast
from segql.compiler.text import fold
from tests.reference.events import counts
from tests.reference.people import ConsentEntry, Event, Person
from tests.reference.reading import Subject, covers, holds
from tests.reference.terms import events_of, named

STRICTNESS = {"subscribed": 0, "pending": 1, "unsubscribed": 2, "unblocked": 0, "blocked": 1}

# ---- Consent --------------------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.CanReceive, subject: Subject) -> bool:
    """Subscribed, with a valid address, and not blocked. Marketing consent allows transactional messages too."""
    kinds = ("marketing", "transactional") if condition.transactional else ("marketing",)
    subscribed = any(status(subject, condition.channel, kind)[0] == "subscribed" for kind in kinds)
    blocked = status(subject, condition.channel, "block")[0] == "blocked"
    return subscribed and has_valid_address(subject.person, condition.channel) and not blocked


def has_valid_address(person: Person, channel: Channel) -> bool:
    if channel == "sms":
        return person.attributes.get("phone_valid") is True
    return channel == "push" or person.attributes.get("email") is not None


@holds.register
def _(condition: c.ConsentStatus, subject: Subject) -> bool:
    """The status of marketing consent at `now`; with a window, one that has held since a time in it; with a method or
    a detail, one that began with it."""
    found, entry = status(subject, condition.channel, "marketing")
    wanted = {
        "subscribed to": "subscribed",
        "unsubscribed from": "unsubscribed",
        "pending for": "pending",
        "never subscribed to": None,
    }[condition.status]
    if found != wanted:
        return False
    if entry is None:
        return True
    return (
        (condition.window is None or covers(condition.window, entry.at, subject.calendar))
        and (condition.method is None or fold(entry.method) == fold(condition.method))
        and (condition.via is None or fold(entry.detail or "\0") == fold(condition.via))
    )


def status(subject: Subject, channel: Channel, kind: str) -> tuple[str | None, ConsentEntry | None]:
    """What the log says at `now`, and by which entry it began: the latest entry wins, at equal times the stricter one.

    Opting out of marketing or of transactional texts ends both.
    """
    kinds: dict[str, tuple[str, ...]] = {
        kind: ("subscribed", "pending", "unsubscribed", "blocked", "unblocked")
    }
    if channel == "sms" and kind != "block":
        kinds["transactional" if kind == "marketing" else "marketing"] = ("unsubscribed",)
    log = [
        entry
        for entry in subject.person.consents
        if entry.channel == channel and entry.status in kinds.get(entry.kind, ()) and entry.at <= subject.now
    ]
    found, began = None, None
    for at in sorted({entry.at for entry in log}):
        strictest = max((one for one in log if one.at == at), key=lambda one: STRICTNESS[one.status])
        if strictest.status != found:
            found, began = strictest.status, strictest
    return found, began


# ---- Channels -------------------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.Engaged, subject: Subject) -> bool:
    """At least one of the events by which the account says that people engage."""
    names = subject.world.account.channels.of(condition.channel).engaged
    return bool(events_of(subject, names, condition.window))


@holds.register
def _(condition: c.Prefers, subject: Subject) -> bool:
    """More interactions with the one than with the other (in the last 90 days, where nothing is written), and none with
    the other in the last 30 days."""
    usual: Window = condition.window or InTheLast(length=c.Length(count=90, unit="day"))
    lately = InTheLast(length=c.Length(count=30, unit="day"))
    liked = subject.world.account.channels.of(condition.channel).interacted
    other = subject.world.account.channels.of(condition.other).interacted
    more = len(events_of(subject, liked, usual)) > len(events_of(subject, other, usual))
    return more and not events_of(subject, other, lately)


# ---- Messages -------------------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.CampaignEvent, subject: Subject) -> bool:
    """An event of the verb's kind, on any channel, that carries the campaign's name."""
    account = subject.world.account
    kind = {"replied to": "replied", "was sent": "sent"}.get(condition.verb, condition.verb)
    names = [name for channel in account.channels.all() for name in getattr(channel, kind)]
    return any(
        fold(text_in(event, account.campaign_property) or "\0") == fold(condition.name)
        for event in events_of(subject, names, condition.window)
    )


@holds.register
def _(condition: c.WasSent, subject: Subject) -> bool:
    """How many messages were sent on a channel, of all kinds of events together."""
    count = len(
        events_of(subject, subject.world.account.channels.of(condition.channel).sent, condition.window)
    )
    if condition.how_many is None:
        return count > 0
    assert isinstance(condition.how_many.times, int)
    return counts(count, condition.how_many.operator, condition.how_many.times, condition.how_many.upper)


@holds.register
def _(condition: c.Texted, subject: Subject) -> bool:
    """A text to us with the word in it: with neither a letter nor a digit at its sides."""
    account = subject.world.account
    texts = events_of(subject, account.channels.sms.replied, condition.window)
    said = (text_in(event, account.text_property) for event in texts)
    return any(has_word(fold(text), fold(condition.word)) for text in said if text is not None)


def has_word(text: str, word: str) -> bool:
    places = (place for place in range(len(text)) if text.startswith(word, place))
    return any(
        not text[:place][-1:].isalnum() and not text[place + len(word) :][:1].isalnum() for place in places
    )


def text_in(event: Event, name: str) -> str | None:
    """A property that is a text."""
    found = named(event.properties, name)
    return found if isinstance(found, str) else None


@holds.register
def _(condition: c.IsScheduled, subject: Subject) -> bool:
    """A message of the campaign was queued by now, and was not handed over yet, nor given up."""
    return any(
        message.queued_at <= subject.now
        and not message.given_up
        and (message.handed_at is None or subject.now < message.handed_at)
        for message in subject.person.messages
        if fold(message.campaign) == fold(condition.campaign)
    )
