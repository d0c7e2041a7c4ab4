"""The time of an event inside `where`: `hour between 9 and 17`, `weekday is in (sat, sun)`."""

from typing import Literal

from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.text import fold

TimePart = Literal["hour", "weekday"]

TIME_PARTS: dict[TimePart, ValueType] = {"hour": "number", "weekday": "text"}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def time_part(scope: Scope, name: str) -> TimePart | None:
    """The part of an event's time that a name means; a property of that name comes first."""
    if scope.events is None or scope.items is not None:
        return None
    key = fold(name)
    if any(event.property(key) is not None for event in scope.events):
        return None
    return "hour" if key == "hour" else "weekday" if key == "weekday" else None


def weekday(word: str) -> str | None:
    """The three letters of a weekday that is written in full or by at least three letters; None for other words."""
    key = fold(word)
    found = [day for day in WEEKDAYS if len(key) >= 3 and day.startswith(key)]
    return found[0][:3] if found else None
