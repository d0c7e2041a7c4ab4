"""What is known of where a person is: the countries, the states, and the time zones that it allows."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import available_timezones

import pytz
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

# From so many zones on, a number says nothing about where its holder is: +1 800 is given all 42 zones of +1.
VAGUE = 24

# How many leading characters of an E.164 number (the plus included) say where it was issued. An area code of
# +1 is taken as a whole, as some of its exchanges are listed with one of its zones only.
AREA_LENGTH = 5
PREFIX_LENGTH = TIMEZONE_LONGEST_PREFIX + 1


class Place(NamedTuple):
    """What a profile says of where its person is. `number`: the first characters of the phone number."""

    timezone: str | None = None
    number: str | None = None
    number_country: str | None = None
    country: str | None = None
    region: str | None = None

    @property
    def countries(self) -> frozenset[str]:
        """The countries (ISO 3166) that the person may be in: the one stated, and the number's."""
        return frozenset(filter(None, (_country_code(self.country), self.number_country)))

    @property
    def regions(self) -> frozenset[tuple[str, str]]:
        """The states that the person may be in, with their countries: the one stated, and those of the area
        code, for the law presumes people there."""
        issued = _regions_by_area().get(_area_code(self.number), frozenset())
        return self._stated_region | issued

    @property
    def _stated_region(self) -> frozenset[tuple[str, str]]:
        said = (self.region or "").strip().casefold()
        known = ((country, _regions_by_name().get((country, said))) for country in self.countries)
        return frozenset((country, region) for country, region in known if region)

    def zones(self, default: str) -> tuple[str, ...]:
        """The zones (IANA names) that the person may be in: of the profile, else of its location, else of its
        number, else of its country; where none of them says anything, `default`."""
        if self.timezone in _known_zones():
            return (str(self.timezone),)
        return (
            _zones_of_regions(self._stated_region)
            or self._zones_abroad()
            or _zones_of_number(self.number)
            or _zones_of_country(self.number_country or _country_code(self.country))
            or (default,)
        )

    def _zones_abroad(self) -> tuple[str, ...]:
        """The zones of the stated country, unless it is the number's: the number says more then."""
        country = _country_code(self.country)
        return () if country == self.number_country else _zones_of_country(country)


def _zones_of_regions(regions: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    found = {
        zone for area, there in _regions_by_area().items() if regions & there for zone in _area_zones()[area]
    }
    return tuple(sorted(found))


def _zones_of_number(number: str | None) -> tuple[str, ...]:
    if number is None or not number.startswith("+"):
        return ()
    if area := _area_code(number):
        return _area_zones().get(area, ())
    lengths = range(min(len(number), PREFIX_LENGTH), 1, -1)
    found = next((zones for length in lengths if (zones := TIMEZONE_DATA.get(number[1:length]))), ())
    return tuple(found) if len(found) < VAGUE else ()


def _area_code(number: str | None) -> str:
    """The area code of a number of +1, "" of others."""
    return number[2:AREA_LENGTH] if number and number.startswith("+1") else ""


def _zones_of_country(country: str | None) -> tuple[str, ...]:
    return tuple(pytz.country_timezones.get(country or "", ()))


def _country_code(country: str | None) -> str | None:
    """The code of a country that was stated by its code or its English name; None where it is neither."""
    said = (country or "").strip()
    return said.upper() if said.upper() in pytz.country_names else _codes_by_name().get(said.casefold())


@cache
def _codes_by_name() -> dict[str, str]:
    names = {name.casefold(): code for code, name in pytz.country_names.items()}
    return names | {
        "united kingdom": "GB",
        "great britain": "GB",
        "usa": "US",
        "united states of america": "US",
    }


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _area_zones() -> dict[str, tuple[str, ...]]:
    """The zones of every area code of +1, of all its exchanges together."""
    found: dict[str, set[str]] = defaultdict(set)
    for prefix, zones in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= AREA_LENGTH - 1 and len(zones) < VAGUE:
            found[prefix[1 : AREA_LENGTH - 1]].update(zones)
    return {area: tuple(sorted(zones)) for area, zones in found.items()}


@cache
def _regions_by_area() -> dict[str, frozenset[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows("area_codes.csv"):
        found[row["area_code"]].add((row["country"], row["region"]))
    return {area: frozenset(regions) for area, regions in found.items()}


@cache
def _regions_by_name() -> dict[tuple[str, str], str]:
    """Each region's code, by country and any way to write the region: FL, Florida, US-FL."""
    return {
        (row["country"], name.casefold()): row["region"]
        for row in rows("area_codes.csv")
        for name in (row["region"], row["name"], f"{row['country']}-{row['region']}")
    }


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a data file of this folder."""
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
