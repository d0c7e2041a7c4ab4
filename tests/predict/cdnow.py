"""The CDNOW sample of the papers: 2,357 customers who first ordered in early 1997, and all their orders to mid-1998.

It is read from the installed files of the PyPI package `lifetimes`; the package itself is not imported.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from importlib.metadata import files
from typing import NamedTuple

import numpy as np

from segql.runtime.predict.bgnbd import Histories

CALIBRATION_ENDS = date(1997, 9, 30)
WEEKS_39 = 39 * 7


class Order(NamedTuple):
    """A row of the sample."""

    customer: str
    day: date
    dollars: float


class Summary(NamedTuple):
    """What the papers fit to, and what came in the 39 weeks after. `mean` is of repeat orders, 0 where there is none."""

    histories: Histories
    mean: np.ndarray
    orders_later: np.ndarray


def orders() -> Iterator[Order]:
    """Every row."""
    (found,) = (file for file in files("lifetimes") or () if file.name == "CDNOW_sample.txt")
    for line in found.read_text().splitlines():
        _, customer, day, _, dollars = line.split()
        yield Order(customer, datetime.strptime(day, "%Y%m%d").date(), float(dollars))  # noqa: DTZ007


def summary() -> Summary:
    """The sample as of the end of the papers' calibration period, worked out without any of segql's code."""
    days: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for order in orders():
        days[order.customer][order.day] += order.dollars
    rows = []
    for spent in days.values():
        seen = sorted(day for day in spent if day <= CALIBRATION_ENDS)
        again = [spent[day] for day in seen[1:]]
        mean = sum(again) / len(again) if again else 0.0
        recency, age = (seen[-1] - seen[0]).days, (CALIBRATION_ENDS - seen[0]).days
        rows.append((len(again), recency, age, mean, len(spent) - len(seen)))
    frequency, recencies, ages, means, later = np.array(rows, dtype=float).T
    return Summary(Histories(frequency, recencies, ages), means, later)
