"""Who is meant: the conditions of the language, one function each, and the people for whom they hold.

Written from the language's own page and the syntax tree; neither the plan nor SQL is looked at here.
"""

from datetime import datetime
from fractions import Fraction
from math import asin, ceil, cos, radians, sin, sqrt

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition, Window
from segql.compiler.catalog.model import Channel, Point
from segql.compiler.conditions.windows import InTheLast
from segql.compiler.text import fold
from tests.reference import comparisons, windows  # noqa: F401  # the answers of these families
from tests.reference.people import Person, Value, World
from tests.reference.reading import Subject, covers, holds, value
from tests.reference.terms import events_of

EARTH_RADIUS = 6_371_008.8  # metres, the mean radius
METRES = {"km": 1000.0, "miles": 1609.344}
STRICTNESS = {"subscribed": 0, "pending": 1, "unsubscribed": 2, "unblocked": 0, "blocked": 1}


def members(world: World, condition: Condition, now: datetime) -> set[str]:
    """The ids of the people for whom a condition holds at `now` (aware)."""
    return {person.id for person in world.people if holds(condition, Subject(world, now, person))}


# ---- Logic ----------------------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.And, subject: Subject) -> bool:
    return all(holds(child, subject) for child in condition.children)


@holds.register
def _(condition: c.Or, subject: Subject) -> bool:
    return any(holds(child, subject) for child in condition.children)


@holds.register
def _(condition: c.Not, subject: Subject) -> bool:
    """The exact complement."""
    return not holds(condition.child, subject)


# ---- Events ---------------------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.Did, subject: Subject) -> bool:
    """`any of` counts the events of all names together, `none of` is its complement; `all of` counts each name."""
    names = [event.name for event in condition.events.names]
    groups = [[name] for name in names] if condition.events.quantifier == "all" else [names]
    counts = [len(events_of(subject, group, condition.window, condition.where)) for group in groups]
    did = all(often(condition.how_often, count) for count in counts)
    turned = condition.negated != (condition.events.quantifier == "none")
    return did != turned


def often(how_often: c.HowOften | None, count: int) -> bool:
    """Whether so many times are as many as were asked; at least once, where nothing was. `at most` includes 0."""
    if how_often is None:
        return count >= 1
    match how_often.operator:
        case "exactly":
            return count == how_often.times
        case "at least":
            return count >= how_often.times
        case "at most":
            return count <= how_often.times
        case "more than":
            return count > how_often.times
        case "fewer than":
            return count < how_often.times
        case "between":
            return how_often.times <= count <= (how_often.upper or 0)


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
    """The status of marketing consent at `now`; with a window, one that has held since a time in it."""
    found, since = status(subject, condition.channel, "marketing")
    wanted = {
        "subscribed to": "subscribed",
        "unsubscribed from": "unsubscribed",
        "pending for": "pending",
        "never subscribed to": None,
    }[condition.status]
    if found != wanted:
        return False
    return condition.window is None or (
        since is not None and covers(condition.window, since, subject.calendar)
    )


def status(subject: Subject, channel: Channel, kind: str) -> tuple[str | None, datetime | None]:
    """What the log says at `now`, and since when: the latest entry wins, at equal times the stricter one.

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
    found, since = None, None
    for at in sorted({entry.at for entry in log}):
        strictest = max((entry.status for entry in log if entry.at == at), key=STRICTNESS.__getitem__)
        if strictest != found:
            found, since = strictest, at
    return found, since


# ---- Channels -------------------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.Engaged, subject: Subject) -> bool:
    """At least one of the events by which the account says that people engage."""
    names = subject.world.account.channels[condition.channel].engaged
    return bool(events_of(subject, names, condition.window))


@holds.register
def _(condition: c.Prefers, subject: Subject) -> bool:
    """More interactions with the one than with the other (in the last 90 days, where nothing is written), and none with
    the other in the last 30 days."""
    usual: Window = condition.window or InTheLast(count=90, unit="day")
    lately = InTheLast(count=30, unit="day")
    liked = subject.world.account.channels[condition.channel].interacted
    other = subject.world.account.channels[condition.other].interacted
    more = len(events_of(subject, liked, usual)) > len(events_of(subject, other, usual))
    return more and not events_of(subject, other, lately)


# ---- Membership -----------------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.InList, subject: Subject) -> bool:
    """On the list at `now`."""
    return any(
        begin <= subject.now and (end is None or subject.now < end)
        for name, periods in subject.person.lists.items()
        if fold(name) == fold(condition.name)
        for begin, end in periods
    )


@holds.register
def _(condition: c.InSegment, subject: Subject) -> bool:
    """The segment's own condition."""
    found = next(s for name, s in subject.world.segments.items() if fold(name) == fold(condition.name))
    return holds(found, subject)


# ---- Place ----------------------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.Within, subject: Subject) -> bool:
    """Over the globe; nobody whose place is not known."""
    latitude, longitude = (subject.person.attributes.get(name) for name in ("latitude", "longitude"))
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return False
    metres = distance(Point(latitude, longitude), centre(condition, subject.world))
    return metres <= float(condition.distance) * METRES[condition.unit]


def centre(condition: c.Within, world: World) -> Point:
    match condition.place:
        case c.Coordinates(latitude=latitude, longitude=longitude):
            return Point(float(latitude), float(longitude))
        case c.PostalCode(code=code, country=country):
            return world.postal_codes[country.upper(), code.upper()]
        case c.NamedPlace(name=name):
            return next(point for key, point in world.places.items() if fold(key) == fold(name))


def distance(here: Point, there: Point) -> float:
    """Metres along the great circle (haversine)."""
    north = radians(there.latitude - here.latitude)
    east = radians(there.longitude - here.longitude)
    chord = (
        sin(north / 2) ** 2 + cos(radians(here.latitude)) * cos(radians(there.latitude)) * sin(east / 2) ** 2
    )
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord)))


# ---- Rank -----------------------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.Ranked, subject: Subject) -> bool:
    """N% is that share of the population, rounded up to people; ties are all in; who has no value is never in."""
    everybody = [subject.of(person) for person in subject.world.people]
    population = [one for one in everybody if condition.among is None or holds(condition.among, one)]
    places = condition.people or ceil(Fraction(condition.percent or 0) / 100 * len(population))
    mine = value(condition.by, subject)
    if mine is None or subject not in population:
        return False
    better = [one for one in population if is_better(value(condition.by, one), mine, condition.end)]
    return len(better) < places


def is_better(theirs: Value, mine: Value, end: str) -> bool:
    if not isinstance(theirs, float) or not isinstance(mine, float):
        return False
    return theirs > mine if end == "top" else theirs < mine
