"""When the law lets people be texted, by country and state: quiet_hours.csv, a row with source and date for each."""

from collections import defaultdict
from datetime import time
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


@cache
def _laws() -> dict[tuple[str, str], Week]:
    windows: dict[tuple[str, str], dict[str, tuple[time, time]]] = defaultdict(dict)
    for row in rows("quiet_hours.csv"):
        window = (time.fromisoformat(row["from"]), time.fromisoformat(row["until"]))
        windows[row["country"], row["region"]] |= dict.fromkeys(row["days"].split(), window)
    return {where: tuple(by_day[day] for day in DAYS) for where, by_day in windows.items()}
