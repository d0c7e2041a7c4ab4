"""Stretches of time in a form: a kind, and the fields that it takes."""

import re
from datetime import date
from typing import get_args

from segql.compiler.conditions import windows as w
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.lengths import Length, Unit
from segql.compiler.conditions.windows import AnyWindow
from segql.web.builder.parts import IncompleteError, Part

UNITS: tuple[Unit, ...] = get_args(Unit)
_COUNTED: dict[str, type[w.InTheLast | w.InTheNext | w.MoreThanAgo]] = {
    "in the last": w.InTheLast,
    "in the next": w.InTheNext,
    "more than ago": w.MoreThanAgo,
}
_BY_DAY = ("before", "after", "on", "since")
_CALENDAR = {
    "today": ("this", "day"),
    "yesterday": ("last", "day"),
    **{
        f"{which} {unit}": (which, unit)
        for which in ("this", "last")
        for unit in ("week", "month", "quarter", "year")
    },
}
# What each kind is called; the fields that it takes.
KINDS = {
    "": "at any time",
    "in the last": "in the last",
    "more than ago": "more than … ago",
    "between ago": "between … and … ago",
    **{name: name for name in _CALENDAR},
    **{name: name for name in _BY_DAY},
    "between days": "between two days",
    "ever": "ever",
}
_AGO = re.compile(r"(\d+) (\w+?)s? ago")
_DAY = "a day such as 2026-01-31, yesterday or 30 days ago"


def shape(kind: str) -> str:
    """Which fields a kind takes: a length, two numbers of units, a day, two days, a number; or none."""
    if kind in _COUNTED or kind == "each":
        return "length"
    if kind in _BY_DAY:
        return "day"
    return {"between ago": "units", "between days": "days", "in month": "month"}.get(kind, "")


def read_window(window: object) -> dict[str, list[str]] | None:
    """The fields of a window (or of a month); None where a form has none for it."""
    match window:
        case None:
            return {}
        case w.Ever():
            return {"w.kind": ["ever"]}
        case w.InTheLast() | w.InTheNext() | w.MoreThanAgo() if isinstance(window.length, Length):
            return {"w.kind": [window.kind], "w.count": [str(window.count)], "w.unit": [window.unit]}
        case w.BetweenAgo(low=low, high=high, unit=unit):
            return {"w.kind": ["between ago"], "w.low": [str(low)], "w.high": [str(high)], "w.unit": [unit]}
        case w.ByDay(relation=relation, day=Day() as day):
            return {"w.kind": [relation], "w.day": [day.text()]}
        case w.BetweenDays(first=first, last=last):
            return {"w.kind": ["between days"], "w.first": [first.text()], "w.last": [last.text()]}
        case w.Calendar():
            return {"w.kind": [window.text()]}
        case w.InMonth(month=month):
            return {"w.kind": ["in month"], "w.count": [str(month)]}
        case _:
            return None


def write_window(part: Part) -> AnyWindow | None:
    """The window of a row's fields; None for none. Raises IncompleteError."""
    kind = part.get("w.kind")
    if kind in _COUNTED:
        return _COUNTED[kind](length=length_of(part))
    if kind in _CALENDAR:
        which, unit = _CALENDAR[kind]
        return w.Calendar.from_dict({"kind": "calendar", "which": which, "unit": unit})
    match kind:
        case "":
            return None
        case "ever":
            return w.Ever()
        case "between ago":
            return w.BetweenAgo(low=whole(part, "w.low"), high=whole(part, "w.high"), unit=unit_of(part))
        case "before" | "after" | "on" | "since":
            return w.ByDay(relation=kind, day=day_of(part.get("w.day")))
        case "between days":
            return w.BetweenDays(first=day_of(part.get("w.first")), last=day_of(part.get("w.last")))
        case _:
            raise IncompleteError("choose a stretch of time")


def write_month(part: Part) -> w.InMonth:
    """`in month 5`. Raises IncompleteError."""
    return w.InMonth(month=whole(part, "w.count"))


def length_of(part: Part) -> Length:
    """The length of a row's window. Raises IncompleteError."""
    return Length(count=whole(part, "w.count"), unit=unit_of(part))


def unit_of(part: Part, name: str = "w.unit") -> Unit:
    """A unit of time. Raises IncompleteError."""
    for unit in UNITS:
        if unit == part.get(name):
            return unit
    raise IncompleteError("choose a unit of time")


def whole(part: Part, name: str) -> int:
    """A whole number of a row. Raises IncompleteError."""
    text = part.get(name).strip()
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise IncompleteError("write a whole number")
    return int(text)


def is_date(text: str) -> bool:
    """Whether a text is a plain date, or could become one: a calendar can show it."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return text == ""
    return len(text) == 10


def day_of(text: str) -> Day:
    """A day as it is written. Raises IncompleteError."""
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago:
            return Day.from_dict({"ago": int(ago[1]), "unit": ago[2]})
        return Day.from_dict({"on": text.strip()})
    except ValueError as error:
        raise IncompleteError(f"write {_DAY}") from error
