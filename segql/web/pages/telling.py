"""How what is known of people is told on pages: days, values, amounts, marks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from segql.runtime.predict.names import MONEY, SHARES
from segql.sms.harmless import harmless
from segql.sms.history import Happening, instant_of

# The mark of a state or a status, where it is not a plain one.
_MARKS = {
    "delivered": "good",
    "subscribed": "good",
    "failed": "bad",
    "blocked": "bad",
    "unsubscribed": "bad",
    "unknown": "warn",
    "held": "warn",
    "pending": "warn",
}
_STATUSES = {"pending": "waits to confirm", "unblocked": "not blocked"}
_CHANNELS = {"sms": "Texts", "email": "E-mails", "push": "Push messages"}
_MEANINGS = {
    "opt_out": "taken as an opt-out",
    "opt_in": "taken as an opt-in",
    "help": "asked for help",
    "review": "may be an opt-out",
    "reaction": "a reaction",
    "keyword": "a keyword",
    "conversation": "",
    "ignored": "not answered",
}
_PURPOSES = {
    "reply": "Automatic reply",
    "conversation": "Reply",
    "keyword": "Reply to a keyword",
    "response": "Automatic answer",
}
# The icon of an event, by a word in its name; the first that fits.
_ICONS = {
    "order": "shopping-bag",
    "purchase": "shopping-bag",
    "click": "mouse-pointer-click",
    "view": "eye",
    "unsubscribed": "ban",
    "subscribed": "check",
    "email": "mail",
    "sms": "message-square-text",
    "cart": "shopping-bag",
    "checkout": "shopping-bag",
    "review": "pencil",
}


@dataclass(frozen=True)
class Day:
    """What happened on a day of the account's clock. `title`: None where the day was begun before."""

    title: str | None
    happenings: list[Happening]


def by_day(
    happenings: Iterable[Happening], zone: ZoneInfo, now: datetime, after: str | None = None
) -> list[Day]:
    """What happened, day by day, newest first. `after`: the position behind which it comes."""
    days: list[Day] = []
    begun = instant_of(after).astimezone(zone).date() if after else None
    last: date | None = None
    for one in happenings:
        day = one.at.astimezone(zone).date()
        if day != last:
            days.append(Day(None if day == begun else day_words(day, now.astimezone(zone).date()), []))
            last = day
        days[-1].happenings.append(one)
    return days


def day_words(day: date, today: date) -> str:
    """A day as people say it."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A}, {day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")


def time_words(at: datetime, zone: ZoneInfo) -> str:
    """The time of day of an instant."""
    return f"{at.astimezone(zone):%H:%M}"


def local_words(times: tuple[datetime, ...]) -> str:
    """What clocks show where somebody is; of many possible ones, the first and the last."""
    shown = [f"{at:%H:%M}" for at in times]
    if len(shown) > 2:
        return f"{shown[0]} to {shown[-1]}"
    return " or ".join(shown)


def mark(state: str) -> str:
    """The class of a state's mark."""
    return _MARKS.get(state, "")


def status_words(status: str) -> str:
    """A status of consent."""
    return _STATUSES.get(status, status)


def channel_words(channel: str) -> str:
    """A channel of consent."""
    return _CHANNELS.get(channel, channel)


def icon(one: Happening) -> str:
    """The icon of something that happened."""
    if one.kind != "event":
        return "reply" if one.kind == "text" else "send"
    name = one.name.lower()
    return next((icon for word, icon in _ICONS.items() if word in name), "sparkles")


def title(one: Happening) -> str:
    """What happened, in a few words."""
    if one.kind == "text":
        meaning = _MEANINGS.get(one.meaning or "", one.meaning or "")
        return "Texted us" + (f": {meaning}" if meaning else "")
    if one.kind == "message":
        return one.name or _PURPOSES.get(one.meaning or "", "Message")
    return harmless(one.name)


def value(name: str, found: object, currency: str = "") -> str:
    """A value as people read it."""
    match found:
        case None:
            return ""
        case bool():
            return "yes" if found else "no"
        case int() | float():
            return _number(name, float(found), currency)
        case datetime():
            aware = found if found.tzinfo else found.replace(tzinfo=UTC)
            return f"{aware.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        case date():
            return f"{found.day} {found:%B %Y}"
        case list() | tuple():
            return ", ".join(value(name, each, currency) for each in found)
        case dict():
            return ", ".join(
                f"{key}: {value(str(key), each)}" for key, each in found.items() if each is not None
            )
        case _:
            return harmless(str(found))


def _number(name: str, number: float, currency: str) -> str:
    if name in SHARES:
        return f"{number:.0%}"
    if name in MONEY:
        return money(number, currency)
    return f"{number:,.0f}" if number == int(number) and abs(number) < 1e15 else f"{number:,.10g}"


def money(amount: float, currency: str) -> str:
    """An amount with its currency."""
    return f"{amount:,.2f} {currency}".strip()
