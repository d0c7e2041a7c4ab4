"""Sets of countries that have a name, such as EU: for each country its ISO 3166 code and its English names."""

import csv
from functools import cache
from importlib.resources import files

REGIONS = ("DACH", "EEA", "EFTA", "EU", "Eurozone", "G7", "Nordics", "UK", "US")


def region_named(name: str) -> tuple[str, ...] | None:
    """Every way in which a country of the set may be written, or None where there is no such set."""
    return _regions().get(name.upper())


@cache
def _regions() -> dict[str, tuple[str, ...]]:
    """The spellings by the set's name in capitals."""
    found: dict[str, list[str]] = {region.upper(): [] for region in REGIONS}
    text = (files("segql.compiler.catalog") / "regions.csv").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line and not line.startswith("#")]
    for row in csv.DictReader(rows):
        for region in row["regions"].split():
            found[region.upper()] += [row["code"], *row["names"].split("|")]
    return {region: tuple(spellings) for region, spellings in found.items()}
