"""When the law lets people be texted, by country and state (quiet_hours.csv), and on which days not (closed_days.csv).

Each row has its source and date.
"""

from collections import defaultdict
from datetime import date, time
from functools import cache

from segql.sms.places.place import Place, rows
from segql.sms.quiet import DAYS, Week, narrowed, whole_week


def lawful_week(place: Place, week: Week) -> Week:
    """What is left of the account's week by the law of every place where the person may be."""
    for country in place.countries:
        week = narrowed(week, _laws().get((country, ""), whole_week()))
    for region in place.regions:
        week = narrowed(week, _laws().get(region, whole_week()))
    return week


def closed_days(place: Place) -> frozenset[date]:
    """The days on which nobody may be texted who may be at a place."""
    return frozenset(day for country in place.countries for day in _closed().get(country, ()))


def stricter_windows() -> list[dict[str, str]]:
    """The rows of the law's windows: country, region ("" for all of it), days, from, until, source, date."""
    return rows("quiet_hours.csv")


@cache
def _closed() -> dict[str, frozenset[date]]:
    days: dict[str, set[date]] = defaultdict(set)
    for row in rows("closed_days.csv"):
        days[row["country"]].add(date.fromisoformat(row["day"]))
    return {country: frozenset(found) for country, found in days.items()}


@cache
def _laws() -> dict[tuple[str, str], Week]:
    windows: dict[tuple[str, str], dict[str, tuple[time, time]]] = defaultdict(dict)
    for row in rows("quiet_hours.csv"):
        window = (time.fromisoformat(row["from"]), time.fromisoformat(row["until"]))
        windows[row["country"], row["region"]] |= dict.fromkeys(row["days"].split(), window)
    return {where: tuple(by_day[day] for day in DAYS) for where, by_day in windows.items()}
