"""What a part costs in each country, from prices.csv (one row a country, with its source and date)."""

import csv
from functools import cache
from pathlib import Path


@cache
def credits_by_country() -> dict[str, int]:
    """Credits for one part, by ISO 3166 country code."""
    return {row["country"]: int(row["credits"]) for row in _rows()}


@cache
def picture_credits_by_country() -> dict[str, int]:
    """Credits for a text with a picture, however long, in the countries to which pictures can be sent."""
    return {row["country"]: int(row["picture_credits"]) for row in _rows() if row["picture_credits"]}


def _rows() -> list[dict[str, str]]:
    with Path(__file__).with_name("prices.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
