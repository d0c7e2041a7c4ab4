"""Who is meant: the conditions of the language, one function each, and the people for whom they hold.

Written from the language's own page and the syntax tree; neither the plan nor SQL is looked at here.
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from hashlib import md5
from math import asin, ceil, cos, radians, sin, sqrt

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.catalog.model import Point
from segql.compiler.text import fold
from tests.reference import channels, comparisons, events, memberships, templates  # noqa: F401  # their answers
from tests.reference.events import counts
from tests.reference.people import Value, World
from tests.reference.reading import Subject, holds, passes, value

EARTH_RADIUS = 6_371_008.8  # metres, the mean radius
METRES = {"km": 1000.0, "miles": 1609.344}


def members(world: World, condition: Condition, now: datetime, timezone: str | None = None) -> set[str]:
    """The ids of the people for whom a condition holds at `now` (aware), by the days of a time zone (the account's)."""
    return {
        person.id
        for person in world.people
        if holds(condition, Subject(world, now, person, timezone=timezone))
    }


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


@holds.register
def _(condition: c.Several, subject: Subject) -> bool:
    """`at least 2 of (a, b, c)`: by how many hold."""
    held = sum(holds(child, subject) for child in condition.children)
    if condition.operator == "any":
        return held > 0
    if condition.operator == "none":
        return held == 0
    if condition.operator == "all":
        return held == len(condition.children)
    return counts(held, condition.operator, condition.number or 0, condition.upper)


@holds.register
def _(condition: c.Items, subject: Subject) -> bool:
    """Of the objects in a list; where there is no list, nothing can be said of its objects."""
    items = value(condition.list, subject)
    if not isinstance(items, list):
        return False
    held = [holds(condition.where, subject.about_item(item)) for item in items]
    return of_items(condition.quantifier, held)


@holds.register
def _(condition: c.TextItems, subject: Subject) -> bool:
    """Of the texts in a list, each tested by itself."""
    items = value(condition.list, subject)
    if not isinstance(items, list):
        return False
    return of_items(condition.quantifier, [passes(condition.test, item, subject) for item in items])


def of_items(quantifier: str, held: Sequence[bool]) -> bool:
    return {"any": any(held), "all": all(held), "no": not any(held)}[quantifier]


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


# ---- Everybody and samples ------------------------------------------------------------------------------------------


@holds.register
def _(condition: c.Everybody, subject: Subject) -> bool:
    return True


@holds.register
def _(condition: c.Sampled, subject: Subject) -> bool:
    """By 32 bits of a hash of the sample's name and the person's number."""
    text = f"{fold(condition.name or '')}:{subject.world.number(subject.person)}"
    drawn = int(md5(text.encode(), usedforsecurity=False).hexdigest()[:8], 16)
    return Fraction(drawn, 2**32) < Fraction(condition.percent) / 100
