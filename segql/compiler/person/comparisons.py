"""Tests of one value that is set: texts, lists, dates, places. The rules are those of `sql/frame.py` and its like."""

import operator
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import md5
from math import asin, ceil, cos, pi, radians, sin, sqrt

from segql.compiler.person.record import Value
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.text import fold

# The first and the last whole second (UTC) inside a window; None where that side is open.
Bounds = tuple[datetime | None, datetime | None]

COMPARE: dict[plan.Comparator, Callable[[float, float], bool]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_EARTH_METRES = 6_371_008.8  # the mean radius


def fits(node: plan.TextTest, text: str) -> bool:
    """Whether a text fits any of the test's values; negation is left to the caller."""
    as_is = node.exact or node.operator == "matches" or isinstance(node.term, plan.TimePart)
    folded = text if as_is else fold(text)
    match node.operator:
        case "equals":
            return folded in node.values
        case "contains":
            return any(value in folded for value in node.values)
        case "has word":
            return any(_has_word(folded, value) for value in node.values)
        case "starts with":
            return folded.startswith(node.values)
        case "ends with":
            return folded.endswith(node.values)
        case "matches":
            return any(_matches(text, pattern) for pattern in node.values)


def _has_word(text: str, word: str) -> bool:
    edges = (
        (text[start - 1 : start], text[start + len(word) : start + len(word) + 1])
        for start in range(len(text) - len(word) + 1)
        if text.startswith(word, start)
    )
    return any(not any(unicodedata.category(one)[0] in "LN" for one in pair if one) for pair in edges)


def _matches(text: str, pattern: str) -> bool:
    # Loaded here: few definitions have patterns. Arrow reads them by RE2, as engines do, and Python by other rules.
    import pyarrow as pa
    import pyarrow.compute as pc

    composed = pa.scalar(unicodedata.normalize("NFC", text))
    found: bool = pc.match_substring_regex(composed, pattern, ignore_case=True).as_py()
    return found


def list_holds(node: plan.ListContains, items: tuple[str | None, ...]) -> bool:
    """Whether a list holds any or all of the test's values; negation is left to the caller."""
    folded = {fold(item) for item in items if item is not None}
    held = (value in folded for value in node.values)
    return all(held) if node.quantifier == "all" else any(held)


def place_in_window(found: Value, window: plan.Window, moment: Moment) -> int:
    """-1 where a date or an instant lies behind a window's end, 0 inside of it, 1 before its beginning. As time goes
    by it only rises."""
    if not isinstance(found, date):
        raise TypeError(found)
    there = moment.elsewhere(window.zone)
    return place_between(found, there.bounds(window), there)


def place_between(found: date, bounds: Bounds, there: Moment) -> int:
    """The same for a window of which the bounds are known, and the moment in its zone."""
    first, last = bounds
    if isinstance(found, datetime):
        return 1 if first is not None and found < first else -1 if last is not None and found > last else 0
    if first is not None and found < there.first_day(first):
        return 1
    return -1 if last is not None and found > there.last_day(last) else 0


def on_day_of_year(node: plan.OnDayOfYear, found: Value, moment: Moment) -> bool:
    """Whether a date is on one of the days of the year; negation is left to the caller."""
    there = moment.elsewhere(node.zone)
    day = found.astimezone(there.zone).date() if isinstance(found, datetime) else found
    if not isinstance(day, date):
        raise TypeError(found)
    if node.month is not None:
        return day.month == node.month
    ends = there.days_of_year(node.window or plan.Window())
    if ends is None:
        return True
    begin, end = ends
    here = day.month * 100 + day.day
    return here >= begin or here <= end if begin > end > 0 else begin <= here <= end


def beside(node: plan.CompareInstants, left: datetime, right: datetime) -> bool:
    """Whether one instant is before or after another, as near as was asked; negation is left to the caller."""
    apart = left - right if node.relation == "after" else right - left
    return apart > timedelta() and (node.seconds is None or apart.total_seconds() <= node.seconds)


def near(node: plan.Near, latitude: float, longitude: float) -> bool:
    """Whether a point lies within the circle: sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2) at most sin²(d/2r)."""
    reach = sin(min(node.metres / _EARTH_METRES, pi) / 2) ** 2
    return _chord(node, latitude, longitude) <= reach


def metres_away(node: plan.Near, latitude: float, longitude: float) -> float:
    """How far a point lies from the centre of the circle, over the globe."""
    return 2 * _EARTH_METRES * asin(min(1.0, sqrt(_chord(node, latitude, longitude))))


def _chord(node: plan.Near, latitude: float, longitude: float) -> float:
    north = sin(radians(latitude - node.latitude) / 2) ** 2
    east = sin(radians(longitude - node.longitude) / 2) ** 2
    return north + cos(radians(node.latitude)) * cos(radians(latitude)) * east


def sampled(node: plan.Sampled, number: int) -> bool:
    """Whether the profile of a number is in a sample."""
    digits = md5(f"{node.name}:{number}".encode(), usedforsecurity=False).hexdigest()[:8]
    return int(digits, 16) < ceil(node.share * 2**32)
