"""Stretches of time: Klaviyo's date filters, and windows. Its days are those of UTC, and whole, as they are here."""

import re
from typing import Any

from segql.compiler.ast.base import Window
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.lengths import Length
from segql.compiler.conditions.windows import (
    AnyWindow,
    BetweenAgo,
    BetweenDays,
    ByDay,
    Calendar,
    InMonth,
    InTheLast,
    InTheNext,
    MoreThanAgo,
)
from segql.compiler.convert.klaviyo.words import Converting, taken, within
from segql.compiler.convert.report import NotCarriedError

_UNITS = ("hour", "day", "week")
_COUNTED: dict[str, type[InTheLast | InTheNext | MoreThanAgo]] = {
    "in-the-last": InTheLast,
    "in-the-next": InTheNext,
    "at-least": MoreThanAgo,
}
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?)?")
_UNKNOWN_HOURS = "Klaviyo does not say where its hours begin; here they are counted from the very moment"
_UNKNOWN_WEEKS = "Klaviyo does not say where its weeks begin; here they are 7 whole days each"
_LEAP_DAY = "who was born on 29 February: there only in leap years, here on 28 February in others"


def read_window(converting: Converting, date: dict[str, Any]) -> AnyWindow | None:
    """The window of a date filter; None for all time. Raises `NotCarriedError`."""
    match date.get("operator"):
        case "alltime":
            taken(date, {"type": str, "operator": str})
            return None
        case "before" | "after" as relation:
            taken(date, {"type": str, "operator": str, "date": str})
            converting.uses_days = True
            return ByDay(relation=relation, day=_day(date["date"]))
        case "between-static":
            taken(date, {"type": str, "operator": str, "start": str, "end": str})
            converting.uses_days = True
            return BetweenDays(first=_day(date["start"]), last=_day(date["end"]))
        case "between":
            taken(date, {"type": str, "operator": str, "start": int, "end": int, "unit": str})
            low, high = sorted((date["start"], date["end"]))
            if low < 0:
                raise NotCarriedError("it counts less than nothing")
            return BetweenAgo(low=low, high=high, unit=_unit(converting, date["unit"]))
        case str(operator) if operator in _COUNTED:
            return _COUNTED[operator](length=_length(converting, date))
        case operator:
            raise NotCarriedError(f'the date filter "{operator}" cannot stand here')


def read_window_at(converting: Converting, date: dict[str, Any], place: str) -> AnyWindow | None:
    """As `read_window`, of a date filter that stands at a place of a condition."""
    try:
        return read_window(converting, date)
    except NotCarriedError as error:
        raise within(place, error) from error


def write_window(converting: Converting, window: Window | None) -> dict[str, Any]:
    """The date filter of a window; None is all time. Raises `NotCarriedError`."""
    match window:
        case None:
            return {"type": "date", "operator": "alltime"}
        case ByDay(relation="before" | "after" as relation, day=Day(on=str(day))) if _DAY.fullmatch(day):
            converting.uses_days = True
            return {"type": "date", "operator": relation, "date": _instant(day)}
        case ByDay(relation="on", day=Day(on=str(day))):
            converting.uses_days = True
            return {
                "type": "date",
                "operator": "between-static",
                "start": _instant(day),
                "end": _instant(day),
            }
        case BetweenDays(first=Day(on=str(first)), last=Day(on=str(last))):
            converting.uses_days = True
            return {
                "type": "date",
                "operator": "between-static",
                "start": _instant(first),
                "end": _instant(last),
            }
        case BetweenAgo(low=low, high=high, unit=unit):
            checked = _unit(converting, unit)
            return {"type": "date", "operator": "between", "start": low, "end": high, "unit": checked}
        case InTheLast() | InTheNext() | MoreThanAgo():
            operator = next(name for name, kind in _COUNTED.items() if isinstance(window, kind))
            return {"type": "date", "operator": operator, **_counted(converting, window.length)}
        case _:
            raise NotCarriedError(f"Klaviyo has no `{window.text()}`")


def read_anniversary(converting: Converting, date: dict[str, Any]) -> AnyWindow | InMonth | None:
    """What of any year a date filter asks for; None where it is none of those. Raises `NotCarriedError`."""
    match date.get("operator"):
        case "calendar-month":
            taken(date, {"type": str, "operator": str, "value": int})
            converting.uses_days = True
            return InMonth(month=date["value"])
        case "anniversary" | "anniversary-month" as operator:
            taken(date, {"type": str, "operator": str})
            converting.uses_days = True
            if operator == "anniversary-month":
                return Calendar(which="this", unit="month")
            converting.may_differ(_LEAP_DAY)
            return Calendar(which="this", unit="day")
        case "anniversary-last" | "anniversary-next" as operator:
            length = _length(converting, date)
            if length.unit == "hour":
                raise NotCarriedError("hours have no anniversaries here")
            converting.may_differ(_LEAP_DAY)
            return InTheLast(length=length) if operator == "anniversary-last" else InTheNext(length=length)
        case _:
            return None


def write_anniversary(converting: Converting, when: Window | InMonth) -> dict[str, Any]:
    """The date filter of what is asked of any year. Raises `NotCarriedError`."""
    match when:
        case InMonth(month=month):
            converting.uses_days = True
            return {"type": "date", "operator": "calendar-month", "value": month}
        case Calendar(which="this", unit="day" | "month" as unit):
            converting.uses_days = True
            return {"type": "date", "operator": "anniversary" if unit == "day" else "anniversary-month"}
        case InTheLast(length=Length(unit="day" | "week")) | InTheNext(length=Length(unit="day" | "week")):
            operator = "anniversary-last" if isinstance(when, InTheLast) else "anniversary-next"
            return {"type": "date", "operator": operator, **_counted(converting, when.length)}
        case _:
            raise NotCarriedError(f"Klaviyo has no `{when.text()}, any year`")


def _day(written: str) -> Day:
    found = _DAY.fullmatch(written)
    if found is None:
        raise NotCarriedError(f"{written} is no day that begins at midnight in UTC")
    return Day(on=found[1])


def _instant(day: str) -> str:
    if not _DAY.fullmatch(day) or len(day) != len("2026-01-31"):
        raise NotCarriedError(f"Klaviyo has whole days only, and {day} is none")
    return f"{day}T00:00:00Z"


def _length(converting: Converting, date: dict[str, Any]) -> Length:
    taken(date, {"type": str, "operator": str, "quantity": int, "unit": str})
    if date["quantity"] < 1:
        raise NotCarriedError("it counts less than one")
    return Length(count=date["quantity"], unit=_unit(converting, date["unit"]))


def _counted(converting: Converting, length: object) -> dict[str, Any]:
    if not isinstance(length, Length):
        raise NotCarriedError("Klaviyo has no parameters")
    return {"quantity": length.count, "unit": _unit(converting, length.unit)}


def _unit(converting: Converting, unit: str) -> Any:
    if unit not in _UNITS:
        raise NotCarriedError(f"Klaviyo counts hours, days and weeks, and no {unit}s")
    if unit == "hour":
        converting.may_differ(_UNKNOWN_HOURS)
    else:
        converting.uses_days = True
    if unit == "week":
        converting.may_differ(_UNKNOWN_WEEKS)
    return unit
