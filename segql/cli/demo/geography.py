"""Where the shop's customers live: cities with their postal codes, time zones and telephone numbers.

Coordinates are right to about a kilometre. The numbers are of ranges that are kept out of use or for fiction
(exchange 555 in North America; Ofcom's, ACMA's and the Bundesnetzagentur's numbers for drama), so that people
who are made up cannot be reached on telephones that are not.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

ACCOUNT_COUNTRY = "US"
SHOP_ZONE = "America/New_York"


@dataclass(frozen=True)
class Metro:
    """A city and its surroundings. `share`: of the shop's people, in thousandths. `hours_behind`: the shop's
    clock. `numbers`: telephone numbers, # for any digit. `codes`: postal code, degrees north, degrees east.
    """

    share: int
    country: str
    region: str
    city: str
    timezone: str
    hours_behind: int
    numbers: tuple[str, ...]
    codes: tuple[tuple[str, float, float], ...]


def _exchange_555(*area_codes: int) -> tuple[str, ...]:
    return tuple(f"+1{area_code}555####" for area_code in area_codes)


METROS = (
    Metro(
        210, "US", "Massachusetts", "Boston", SHOP_ZONE, 0, _exchange_555(617, 857, 781, 508),
        (("02139", 42.365, -71.104), ("02138", 42.377, -71.126), ("02116", 42.350, -71.077),
         ("02130", 42.309, -71.114), ("02144", 42.400, -71.123), ("02446", 42.343, -71.123),
         ("01701", 42.325, -71.436), ("01960", 42.533, -70.972)),
    ),
    Metro(
        220, "US", "New York", "New York", SHOP_ZONE, 0, _exchange_555(212, 917, 646, 718, 347),
        (("10001", 40.751, -73.997), ("10025", 40.798, -73.968), ("11201", 40.694, -73.990),
         ("11215", 40.663, -73.987), ("11375", 40.721, -73.846), ("10583", 40.989, -73.806)),
    ),
    Metro(
        140, "US", "California", "Los Angeles", "America/Los_Angeles", 3,
        _exchange_555(310, 213, 323, 424, 818),
        (("90012", 34.061, -118.239), ("90026", 34.078, -118.261), ("90291", 33.994, -118.464),
         ("90802", 33.769, -118.193), ("91101", 34.147, -118.139)),
    ),
    Metro(
        110, "US", "Illinois", "Chicago", "America/Chicago", 1, _exchange_555(312, 773, 872, 708),
        (("60601", 41.886, -87.623), ("60614", 41.923, -87.648), ("60647", 41.921, -87.704),
         ("60201", 42.055, -87.694)),
    ),
    Metro(
        70, "US", "Texas", "Austin", "America/Chicago", 1, _exchange_555(512, 737),
        (("78701", 30.271, -97.743), ("78704", 30.242, -97.766), ("78745", 30.207, -97.797)),
    ),
    Metro(
        60, "US", "Washington", "Seattle", "America/Los_Angeles", 3, _exchange_555(206, 425, 253),
        (("98101", 47.611, -122.330), ("98103", 47.673, -122.343), ("98004", 47.618, -122.205)),
    ),
    Metro(
        80, "CA", "Ontario", "Toronto", "America/Toronto", 0, _exchange_555(416, 647, 437, 905),
        (("M5V 3L9", 43.643, -79.387), ("M4C 1B5", 43.687, -79.312), ("L5B 3C1", 43.593, -79.642)),
    ),
    Metro(
        55, "GB", "England", "London", "Europe/London", -5,
        ("+442079460###", "+441174960###", "+441164960###", "+441184960###"),
        (("SE1 9SG", 51.505, -0.087), ("E1 6AN", 51.518, -0.075), ("N1 9GU", 51.535, -0.125)),
    ),
    Metro(
        25, "GB", "England", "Manchester", "Europe/London", -5,
        ("+441614960###", "+441514960###", "+441134960###", "+441144960###"),
        (("M1 1AE", 53.478, -2.231), ("M20 2RN", 53.428, -2.231)),
    ),
    Metro(
        15, "AU", "New South Wales", "Sydney", "Australia/Sydney", -15, ("+6125550####", "+6127010####"),
        (("2000", -33.868, 151.207), ("2026", -33.891, 151.275)),
    ),
    Metro(
        15, "DE", "Berlin", "Berlin", "Europe/Berlin", -6,
        ("+493023125###", "+494066969###", "+498999998###"),
        (("10115", 52.532, 13.385), ("12047", 52.492, 13.427)),
    ),
)  # fmt: skip

STORES = (
    ("Cambridge store", 42.373, -71.118),
    ("Brooklyn store", 40.686, -73.985),
    ("Covent Garden store", 51.512, -0.123),
)


def numbers_in(generator: np.random.Generator, metro: Metro, count: int) -> list[str]:
    """That many E.164 numbers of the metro, in a random order; all different while there are enough."""
    sizes = [10 ** pattern.count("#") for pattern in metro.numbers]
    ends = np.cumsum(sizes)
    drawn = np.resize(generator.permutation(int(ends[-1])), count)
    owner = np.searchsorted(ends, drawn, side="right")
    return [
        f"{metro.numbers[pattern].rstrip('#')}{line:0{len(str(sizes[pattern])) - 1}d}"
        for pattern, line in zip(owner.tolist(), (ends[owner] - 1 - drawn).tolist(), strict=True)
    ]


def postal_codes() -> pa.Table:
    """Every postal code of the metros: country, code, latitude, longitude."""
    rows = [(metro.country, *code) for metro in METROS for code in metro.codes]
    return pa.table(
        [list(column) for column in zip(*rows, strict=True)],
        names=["country", "code", "latitude", "longitude"],
    )


def places() -> pa.Table:
    """The shop's own places: name, latitude, longitude."""
    return pa.table(
        [list(column) for column in zip(*STORES, strict=True)], names=["name", "latitude", "longitude"]
    )
