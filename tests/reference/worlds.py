"""Hypothesis strategies for accounts, instants and people, with times heaped around the ends of windows."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from reference import vocabulary as words
from reference.days import Calendar, step
from reference.people import ConsentEntry, Event, EventType, Person, Value, World
from segql.compiler.catalog.model import Account, ValueType

UNITS = ("day", "week", "month", "quarter", "year")
COUNTS = (1, 2, 3, 5, 7, 30, 60, 90)
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
CONSENTS = {
    "marketing": ("subscribed", "unsubscribed", "pending"),
    "transactional": ("subscribed", "unsubscribed", "pending"),
    "block": ("blocked", "unblocked"),
}


def nows(zone: str) -> SearchStrategy[datetime]:
    """Evaluation instants: aware, UTC, perhaps with a fraction of a second."""
    local = st.builds(datetime.combine, st.sampled_from(DAYS), st.sampled_from(TIMES), st.just(ZoneInfo(zone)))
    return st.builds(lambda at, fold: at.replace(fold=fold).astimezone(UTC), local, st.integers(0, 1))


def instants(calendar: Calendar) -> SearchStrategy[datetime]:
    """Whole seconds (UTC), mostly at the very ends of windows and one second beside them; some after now."""
    second = st.sampled_from([timedelta(seconds=n) for n in (0, -1, 1)])
    counts = st.sampled_from((0, *COUNTS, 4, 6, 8, -1, -2, 91))
    midnights = st.builds(
        lambda count, unit, later: calendar.midnight(step(calendar.back(count, unit), later, "day")),
        counts,
        st.sampled_from(UNITS),
        st.integers(0, 1),
    )
    starts = st.builds(lambda unit: calendar.midnight(calendar.start_of(unit)), st.sampled_from(UNITS))
    now = calendar.now.replace(microsecond=0)
    elapsed = st.builds(lambda n, unit: now - n * unit, counts, st.sampled_from((timedelta(minutes=1), timedelta(hours=1))))
    return st.builds(lambda at, by: at + by, st.one_of(midnights, elapsed, starts, st.just(now)), second)


def dates(calendar: Calendar) -> SearchStrategy[date]:
    return instants(calendar).map(lambda at: at.astimezone(ZoneInfo(calendar.timezone)).date())


def texts() -> SearchStrategy[str]:
    return st.sampled_from(words.TEXTS) | st.sampled_from(words.PARTS)


def numbers() -> SearchStrategy[float]:
    return st.sampled_from(words.NUMBERS) | st.integers(-2000, 2000).map(lambda cents: cents / 100)


def values(kind: ValueType, calendar: Calendar) -> SearchStrategy[Value]:
    """Values of a type, often not set."""
    by_type: dict[ValueType, SearchStrategy[Value]] = {
        "text": texts(),
        "number": numbers(),
        "boolean": st.booleans(),
        "date": dates(calendar),
        "datetime": instants(calendar),
        "list": st.lists(st.sampled_from(words.ITEMS), max_size=3),
        "object": st.just({"size": "M"}),
    }
    return st.none() | by_type[kind]


@st.composite
def events(draw: DrawFn, calendar: Calendar) -> Event:
    name = draw(st.sampled_from(tuple(words.EVENTS)))
    kinds = words.EVENTS[name].properties
    properties = {key: draw(values(kind, calendar)) for key, kind in kinds.items()}
    return Event(name, draw(instants(calendar)), properties)


@st.composite
def consents(draw: DrawFn, calendar: Calendar, channels: list[str]) -> ConsentEntry:
    kind = draw(st.sampled_from(("marketing", "marketing", "transactional", "block")))
    status = draw(st.sampled_from(CONSENTS[kind]))
    return ConsentEntry(draw(st.sampled_from(channels)), kind, status, draw(instants(calendar)))  # type: ignore[arg-type]


@st.composite
def memberships(draw: DrawFn, calendar: Calendar) -> tuple[tuple[datetime, datetime | None], ...]:
    """Periods on a list, one after the other; the last may last."""
    turns = sorted(draw(st.lists(instants(calendar), max_size=3, unique=True)))
    ends = [*turns[1::2], None]
    return tuple(zip(turns[::2], ends, strict=False))


@st.composite
def people(draw: DrawFn, index: int, kinds: dict[str, ValueType], calendar: Calendar) -> Person:
    """One person. Addresses differ from those of others, so that everybody stays a person of their own."""
    attributes = {name: draw(values(kind, calendar)) for name, kind in kinds.items()}
    attributes |= {"phone_number": None, "phone_valid": None, "phone_country": None, "email": None}
    if draw(st.integers(0, 3)):
        number, valid, country = words.PHONES[index % len(words.PHONES)]
        attributes |= {"phone_number": number, "phone_valid": valid, "phone_country": country}
    if draw(st.integers(0, 3)) and index < len(words.EMAILS):
        attributes["email"] = words.EMAILS[index]
    if point := draw(st.none() | st.sampled_from(words.POINTS)):
        attributes |= point._asdict()
    reachable = ["push", *["email"] * (attributes["email"] is not None), *["sms"] * bool(attributes["phone_valid"])]
    return Person(
        f"p{index}",
        attributes,
        tuple(draw(st.lists(events(calendar), max_size=8))),
        tuple(draw(st.lists(consents(calendar, reachable), max_size=5))),
        {name: draw(memberships(calendar)) for name in words.LISTS},
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
    calendar = Calendar(now, account.timezone, account.week_starts)
    kinds = dict(words.ATTRIBUTES)
    if draw(st.booleans()):
        kinds["Historic_CLV"] = "number"
    count = draw(st.integers(0, 12))
    return World(
        account,
        tuple(draw(people(index, kinds, calendar)) for index in range(count)),
        kinds,
        words.EVENTS,
        words.LISTS,
        {},
        words.PLACES,
        words.POSTAL_CODES,
    ), now
