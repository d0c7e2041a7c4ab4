"""Quiet hours: when a person may be texted, by the clocks of every time zone the person may be in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

Window = tuple[time, time]
DAYTIME: Window = (time(8), time(21))

# From so many zones on, a number says nothing about where its holder is: +1 800 is given all 42 zones of +1.
VAGUE = 24

# How many leading characters of an E.164 number (the plus included) decide its zones.
PREFIX_LENGTH = TIMEZONE_LONGEST_PREFIX + 1


def may_text(instant: datetime, zones: Iterable[str], window: Window = DAYTIME) -> bool:
    """Whether `instant` lies in `window`, its start included and its end not, by the clocks of all `zones`.

    `zones` are IANA names. Raises ValueError for an instant without a zone, for no zones at all, and
    `zoneinfo.ZoneInfoNotFoundError` for a zone that does not exist.
    """
    _require_aware(instant)
    clocks = [ZoneInfo(zone) for zone in zones]
    if not clocks:
        raise ValueError("may_text needs at least one time zone")
    return all(_is_open(instant, clock, window) for clock in clocks)


@dataclass(frozen=True)
class Hours:
    """Whether a window is open, when it opens (None: not within two days), and when it closes."""

    open: bool
    opens_at: datetime | None
    closes_at: datetime | None


def hours(instant: datetime, zones: Iterable[str], window: Window = DAYTIME) -> Hours:
    """The state of `window` at `instant` in all `zones` together."""
    names = tuple(zones)
    if may_text(instant, names, window):
        return Hours(True, instant, min(_boundaries(instant, names, window[1])))
    opening = (
        start for start in sorted(_boundaries(instant, names, window[0])) if may_text(start, names, window)
    )
    return Hours(False, next(opening, None), None)


def zones_of(place: str | None, default: str) -> tuple[str, ...]:
    """The zones a person may be in. `place` is an IANA name, or a number's first `PREFIX_LENGTH` characters.

    Where it is neither, or a number that could be in dozens of zones, the answer is `default`.
    """
    if place is None:
        return (default,)
    if place in _known_zones():
        return (place,)
    digits = place[1:] if place.startswith("+") else ""
    for length in range(min(len(digits), TIMEZONE_LONGEST_PREFIX), 0, -1):
        if found := TIMEZONE_DATA.get(digits[:length]):
            return tuple(found) if len(found) < VAGUE else (default,)
    return (default,)


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_open(instant: datetime, clock: ZoneInfo, window: Window) -> bool:
    return window[0] <= instant.astimezone(clock).time() < window[1]


def _boundaries(instant: datetime, zones: tuple[str, ...], boundary: time) -> list[datetime]:
    """The instants after `instant`, within two days, at which a clock in `zones` shows `boundary`."""
    utc = ZoneInfo("UTC")
    found = []
    for zone in zones:
        clock = ZoneInfo(zone)
        today = instant.astimezone(clock).date()
        for days in range(3):
            there = datetime.combine(today + timedelta(days=days), boundary, clock)
            if there > instant:
                found.append(there.astimezone(utc))
    return found


def _require_aware(instant: datetime) -> None:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
