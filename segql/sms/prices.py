"""What a part costs in each country, from prices.csv (one row a country, with its source and date)."""

import csv
from functools import cache
from pathlib import Path


@cache
def credits_by_country() -> dict[str, int]:
    """Credits for one part, by ISO 3166 country code."""
    with Path(__file__).with_name("prices.csv").open(encoding="utf-8", newline="") as file:
        return {row["country"]: int(row["credits"]) for row in csv.DictReader(file)}
