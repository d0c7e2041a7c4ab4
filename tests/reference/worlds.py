"""Hypothesis strategies for accounts, instants and people, with times heaped around the ends of windows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from segql.compiler.catalog.model import Account, ValueType
from segql.compiler.text import fold
from tests.reference import vocabulary as words
from tests.reference.days import EXACT, Calendar, step
from tests.reference.people import ConsentEntry, Event, Message, Periods, Person, World

UNITS = ("day", "week", "month", "quarter", "year")
# Few, so that the windows of definitions end where things happened.
COUNTS = (1, 3, 30, 90)
# Days on which something is special: daylight saving begins or ends in one of the zones, months and years end.
DAYS = (
    *(date(2023, 6, 17), date(2024, 2, 29), date(2023, 2, 28), date(2023, 3, 31), date(2023, 12, 31)),
    *(date(2024, 1, 1), date(2023, 5, 31), date(2023, 3, 12), date(2023, 3, 13), date(2023, 11, 5)),
    *(date(2023, 3, 26), date(2023, 10, 29), date(2023, 10, 1), date(2023, 4, 2), date(2018, 11, 4)),
    *(date(2018, 2, 17), date(2023, 11, 6), date(2011, 12, 31), date(2012, 1, 1)),
)
TIMES = (
    *(time(0, 0, 0), time(0, 0, 1), time(0, 30, 0), time(1, 30, 0), time(2, 30, 0)),
    *(time(12, 34, 56), time(12, 34, 56, 789), time(23, 59, 59)),
)
# Where people live: nowhere known, half known, or a point.
SOMEWHERE: tuple[dict[str, float | None], ...] = (
    {"latitude": None, "longitude": None},
    {"latitude": 42.0, "longitude": None},
    *(point._asdict() for point in words.POINTS),
)
CONSENTS = {
    "marketing": ("subscribed", "unsubscribed", "pending"),
    "transactional": ("subscribed", "unsubscribed", "pending"),
    "block": ("blocked", "unblocked"),
}


def nows(zone: str) -> SearchStrategy[datetime]:
    """Evaluation instants: aware, UTC, perhaps with a fraction of a second."""
    local = st.builds(
        datetime.combine, st.sampled_from(DAYS), st.sampled_from(TIMES), st.just(ZoneInfo(zone))
    )
    return st.builds(lambda at, fold: at.replace(fold=fold).astimezone(UTC), local, st.integers(0, 1))


def instants(calendar: Calendar) -> list[datetime]:
    """Whole seconds (UTC) at the very ends of windows and one second beside them; some after now."""
    counts = (0, *COUNTS, -1)
    now = calendar.now.replace(microsecond=0)
    days = [calendar.back(count, unit) for unit in UNITS for count in counts]
    starts = [calendar.start_of(unit) for unit in UNITS]
    ends = [
        now,
        *(calendar.midnight(step(day, later, "day")) for day in (*days, *starts) for later in (0, 1)),
    ]
    ends += [now - count * unit for count in counts for unit in EXACT.values()]
    return sorted({end + timedelta(seconds=beside) for end in ends for beside in (-1, 0, 1)})


# Orders most of all: they have the most that can be asked.
HAPPENING = st.sampled_from(("Placed Order",) * 5 + ("Viewed Product", "Texted Us", *words.EVENTS))
TEXTS = st.sampled_from(words.TEXTS + words.PARTS)
NUMBERS = st.sampled_from(words.NUMBERS) | st.integers(-2000, 2000).map(lambda cents: cents / 100)
# What some texts are about, so that definitions meet them.
TOPICS = {
    "country": words.COUNTRIES,
    "Campaign": words.CAMPAIGNS,
    "Text": words.SAID,
}


def often_set(found: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.one_of(st.none(), found, found, found)


@dataclass(frozen=True)
class Draws:
    """What is drawn again and again for one world; strategies are built once, as building is what takes time."""

    times: SearchStrategy[datetime]
    values: dict[ValueType, SearchStrategy[Any]]

    @classmethod
    def around(cls, calendar: Calendar) -> "Draws":
        times = instants(calendar)
        zone = ZoneInfo(calendar.timezone)
        values: dict[ValueType, SearchStrategy[Any]] = {
            "text": TEXTS,
            "number": NUMBERS,
            "boolean": st.booleans(),
            "date": st.sampled_from(sorted({at.astimezone(zone).date() for at in times})),
            "datetime": st.sampled_from(times),
            "list": st.lists(st.sampled_from(words.ITEMS), max_size=3),
            "object": st.just({"size": "M"}),
        }
        return cls(st.sampled_from(times), {kind: often_set(found) for kind, found in values.items()})

    def named(self, name: str, kind: ValueType) -> SearchStrategy[Any]:
        """Values of an attribute or a property."""
        return often_set(st.sampled_from(TOPICS[name])) if name in TOPICS else self.values[kind]


@cache
def objects(fields: tuple[tuple[str, ValueType], ...]) -> SearchStrategy[Any]:
    """Lists of objects; not always set, and sometimes empty."""
    marks = st.lists(st.sampled_from(words.ITEMS), max_size=2)
    values: dict[ValueType, Any] = {
        "text": TEXTS, "number": NUMBERS, "boolean": st.booleans(), "list": marks,
    }  # fmt: skip
    one = st.fixed_dictionaries({name: often_set(values[kind]) for name, kind in fields})
    return often_set(st.lists(one, max_size=3))


@st.composite
def events(draw: DrawFn, draws: Draws) -> Event:
    name = draw(HAPPENING)
    kinds = words.EVENTS[name]
    properties = {key: draw(draws.named(key, kind)) for key, kind in kinds.properties.items()}
    properties |= {key: draw(objects(tuple(fields.items()))) for key, fields in kinds.items.items()}
    return Event(name, draw(draws.times), properties)


@st.composite
def consents(draw: DrawFn, draws: Draws, channels: list[str]) -> ConsentEntry:
    kind = draw(st.sampled_from(("marketing", "marketing", "transactional", "block")))
    status = draw(st.sampled_from(CONSENTS[kind]))
    at = draw(draws.times)
    # By the instant, so that of two entries at the same one it does not matter by which a status began.
    method, detail = words.METHODS[at.second % 3], (*words.DETAILS, None)[at.day % 4]
    return ConsentEntry(draw(st.sampled_from(channels)), kind, status, at, method, detail)


@st.composite
def messages(draw: DrawFn, draws: Draws) -> Message:
    queued, later = sorted((draw(draws.times), draw(draws.times)))
    handed = draw(st.sampled_from((None, None, later)))
    given_up = handed is None and draw(st.booleans())
    return Message(draw(st.sampled_from(words.CAMPAIGNS)), queued, handed, given_up)


@st.composite
def memberships(draw: DrawFn, draws: Draws) -> Periods:
    """Periods in a list or a segment, one after the other; the last may last."""
    turns = sorted(draw(st.lists(draws.times, max_size=3, unique=True)))
    ends = [*turns[1::2], None]
    return tuple(zip(turns[::2], ends, strict=False))


@st.composite
def values_in_time(draw: DrawFn, draws: Draws) -> tuple[tuple[str, datetime, datetime | None], ...]:
    """The values of an attribute, each from a time on until the next."""
    turns = sorted(draw(st.lists(draws.times, max_size=3, unique=True)))
    ends = [*turns[1:], draw(st.sampled_from((None, None, *turns[-1:])))]
    periods = zip(turns, ends, strict=False)
    return tuple((draw(st.sampled_from(words.TIERS)), begin, end) for begin, end in periods if begin != end)


def apart(event: Event) -> object:
    """What is not there twice: of two events in one second either may be the last, and its properties the last ones."""
    return (event.name, event.at) if event.properties else id(event)


@st.composite
def people(draw: DrawFn, index: int, kinds: dict[str, ValueType], draws: Draws) -> Person:
    """One person. Addresses differ from those of others, so that everybody stays a person of their own."""
    attributes = {name: draw(draws.named(name, kind)) for name, kind in kinds.items()}
    attributes |= {name: draw(objects(tuple(fields.items()))) for name, fields in words.OBJECTS.items()}
    attributes |= dict.fromkeys(
        ("phone_number", "phone_valid", "phone_country", "phone_country_code", "email")
    )
    if draw(st.integers(0, 3)):
        number, valid, country, code = words.PHONES[index % len(words.PHONES)]
        attributes |= {"phone_number": number, "phone_valid": valid, "phone_country": country}
        attributes |= {"phone_country_code": code}
    if draw(st.integers(0, 3)) and index < len(words.EMAILS):
        attributes["email"] = words.EMAILS[index]
    attributes |= draw(st.sampled_from(SOMEWHERE))
    history = {name: draw(values_in_time(draws)) for name in words.HISTORIES}
    attributes |= {
        name: next((v for v, _, end in turns if end is None), None) for name, turns in history.items()
    }
    reachable = [
        "push",
        *["email"] * (attributes["email"] is not None),
        *["sms"] * bool(attributes["phone_valid"]),
    ]
    return Person(
        f"p{index}",
        attributes,
        tuple(
            draw(
                st.lists(
                    events(draws), min_size=draw(st.sampled_from((0, 4, 8))), max_size=14, unique_by=apart
                )
            )
        ),
        tuple(draw(st.lists(consents(draws, reachable), max_size=5))),
        {name: draw(memberships(draws)) for name in words.LISTS},
        {name: draw(memberships(draws)) for name in words.SEGMENTS},
        history,
        tuple(draw(st.lists(messages(draws), max_size=2, unique_by=lambda one: fold(one.campaign)))),
    )


@st.composite
def worlds(draw: DrawFn) -> tuple[World, datetime]:
    """An account with up to a dozen people, and the instant at which it is asked."""
    account = Account(
        timezone=draw(st.sampled_from(words.ZONES)),
        week_starts=draw(st.sampled_from(("monday", "sunday"))),
        channels=draw(st.sampled_from(words.CHANNELS)),
    )
    now = draw(nows(account.timezone))
    draws = Draws.around(Calendar(now, account.timezone, account.week_starts))
    kinds = dict(words.ATTRIBUTES)
    if draw(st.booleans()):
        kinds["Historic_CLV"] = "number"
    count = draw(st.sampled_from((0, 1, 6, 12, 12, 12)))
    return World(
        account,
        tuple(draw(people(index, kinds, draws)) for index in range(count)),
        kinds,
        words.EVENTS,
        words.LISTS,
        templates=words.TEMPLATES,
        places=words.PLACES,
        postal_codes=words.POSTAL_CODES,
        items=words.OBJECTS,
        histories=words.HISTORIES,
    ), now
