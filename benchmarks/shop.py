"""The shop of the benchmarks: people and events of two years as Parquet files, always the same for the same numbers.

    python benchmarks/shop.py FOLDER [--profiles 1000000] [--events 20000000]

The files are what an export has: text ids, names of events in words, in order of time. DuckDB alone makes them. Some
people do most: half of all events are of an eighth of the people, and one event in a hundred is of a single one.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

import segql
from segql.runtime.imports.importing import import_file

NOW = datetime(2026, 11, 1, 15, 20, 10, tzinfo=UTC)
DAYS = 730
# How many of a thousand events are of each kind.
METRICS = {
    "Received Email": 330, "Opened Email": 150, "Viewed Product": 140, "Active on Site": 110, "Received SMS": 90,
    "Clicked Email": 40, "Clicked SMS": 35, "Added to Cart": 30, "Placed Order": 20, "Started Checkout": 15,
    "Ordered Product": 12, "Fulfilled Order": 10, "Bounced Email": 6, "Replied SMS": 5, "Unsubscribed": 3,
    "Refunded Order": 2, "Cancelled Order": 1, "Wrote Review": 1,
}  # fmt: skip
ORDERS = ("Placed Order", "Refunded Order", "Ordered Product")
MESSAGES = ("Received Email", "Opened Email", "Received SMS", "Clicked Email", "Clicked SMS")
PRODUCTS = ("Viewed Product", "Added to Cart", "Ordered Product", "Wrote Review")
# Where people live, and how many of sixteen.
CITIES = {
    "Austin": ("United States", 30.27, -97.74, 3), "New York": ("United States", 40.71, -74.01, 4),
    "Chicago": ("United States", 41.88, -87.63, 2), "Paris": ("France", 48.86, 2.35, 2),
    "Lyon": ("France", 45.76, 4.84, 1), "Berlin": ("Germany", 52.52, 13.4, 2),
    "Munich": ("Germany", 48.14, 11.58, 1), "London": ("United Kingdom", 51.51, -0.13, 1),
}  # fmt: skip
MAP = """
[events]
amount = "Value"
label = "Campaign"
"""


def write_shop(folder: Path, profiles: int, events: int) -> None:
    """Make profiles.parquet, consents.parquet, lists.parquet, events.parquet and map.toml in a folder.

    profiles: external_id, email, phone_number, country, city, gender, latitude, longitude, clv, loyalty, interests. events:
    external_id, event, occurred_at (UTC), event_id, Value (orders), Campaign (messages), Product (products)."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(
        config={"memory_limit": "4GiB", "temp_directory": str(folder / "spill")}
    ) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        values = {"people": profiles, "events": events}
        _write(connection, folder / "profiles.parquet", _PROFILES, values)
        _write(connection, folder / "consents.parquet", _CONSENTS, values)
        _write(connection, folder / "lists.parquet", _LISTS, values)
        _write(connection, folder / "events.parquet", _events(), values)
    (folder / "map.toml").write_text(MAP)


def _write(connection: duckdb.DuckDBPyConnection, path: Path, query: str, values: dict[str, int]) -> None:
    used = {name: value for name, value in values.items() if f"${name}" in query}
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)", used)


def _drawn(number: int, out_of: int, of: str = "i") -> str:
    """SQL for a whole number below `out_of`, another one for each row and each `number`."""
    return f"(hash({of} * 31 + {number}) % {out_of})::BIGINT"


_HOMES = [city for city, (*_, share) in CITIES.items() for _ in range(share)]
_PLACES = ", ".join(
    f"('{city}', '{country}', {latitude}, {longitude})"
    for city, (country, latitude, longitude, _) in CITIES.items()
)
_INTERESTS = ("shoes", "coats", "bags", "hats", "home", "garden", "music", "books")
_PROFILES = f"""
SELECT 'c' || i AS external_id, 'c' || i || '@example.com' AS email, '+1512' || 2000000 + i AS phone_number,
  country, city,
  ['female', 'male'][1 + {_drawn(2, 2)}] AS gender,
  latitude + {_drawn(3, 20001)} / 10000 - 1 AS latitude, longitude + {_drawn(4, 20001)} / 10000 - 1 AS longitude,
  round(-40 * ln(({_drawn(5, 10000)} + 1) / 10001), 2) AS clv, {_drawn(6, 100)} AS loyalty,
  list_filter({list(_INTERESTS)}, lambda name, place: hash(i * 64 + place) % 6 = 0) AS interests
FROM (SELECT i, {_HOMES}[1 + {_drawn(1, len(_HOMES))}] AS city FROM range($people) t(i))
JOIN (VALUES {_PLACES}) c(city, country, latitude, longitude) USING (city) ORDER BY i"""
_CONSENTS = f"""
SELECT channel, 'marketing' AS kind, if(channel = 'sms', '+1512' || 2000000 + i, 'c' || i || '@example.com') AS address,
  if({_drawn(7, 3, of="(2 * i + k)")} = 0, 'unsubscribed', 'subscribed') AS status,
  TIMESTAMP '2024-11-01' + to_days({_drawn(8, 700)}::INTEGER) AS occurred_at, 'form' AS method
FROM range($people) t(i), (VALUES ('sms', 0), ('email', 1)) c(channel, k) WHERE {_drawn(9, 10)} < 8"""
_LISTS = f"""
SELECT 'c' || i AS external_id, 'VIP' AS list, TIMESTAMP '2026-01-01' AS added_at
FROM range($people) t(i) WHERE {_drawn(10, 20)} = 0"""


def _events() -> str:
    bound, kinds = 0, []
    for name, share in METRICS.items():
        bound += share
        kinds.append(f"WHEN {_drawn(11, 1000)} < {bound} THEN '{name}'")
    # There are more and more events: the k-th of n happens at the square root of k / n of the time.
    return f"""
SELECT external_id, event, occurred_at, event_id,
  CASE WHEN event IN {ORDERS} THEN ({_drawn(12, 20000)} / 100)::DECIMAL(12, 2) END AS "Value",
  CASE WHEN event IN {MESSAGES} THEN 'campaign ' || {_drawn(13, 2000)} END AS "Campaign",
  CASE WHEN event IN {PRODUCTS} THEN 'product ' || {_drawn(14, 5000)} END AS "Product"
FROM (SELECT i, 'e' || i AS event_id, CASE {" ".join(kinds)} END AS event,
    'c' || floor(pow({_drawn(15, 1000003)} / 1000003, 3) * $people)::BIGINT AS external_id,
    TIMESTAMP '{NOW:%Y-%m-%d %H:%M:%S}' - to_days({DAYS})
      + to_seconds((sqrt((i + 1) / $events) * {DAYS * 86400})::BIGINT) AS occurred_at
  FROM range($events) t(i))"""


def filled(folder: Path, profiles: int, events: int) -> segql.Store:
    """A store of the shop, made where there is none."""
    path = folder / "shop.duckdb"
    if path.exists():
        return segql.open(path)
    write_shop(folder, profiles, events)
    store = segql.open(path, create=True)
    for kind in ("profiles", "consents", "lists", "events"):
        file, map_file = folder / f"{kind}.parquet", folder / "map.toml"
        import_file(store.database, kind, [file], map_file, rejects=folder / "rejects.jsonl", now=NOW)
    return store


def arguments(description: str | None) -> argparse.ArgumentParser:
    """What every benchmark on the shop can be told: how large the shop is, and where it is made."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--folder", type=Path, help="Where the shop is made, and kept.")
    return parser


@contextmanager
def place(options: argparse.Namespace) -> Iterator[Path]:
    """The folder that was chosen, else one that goes afterwards."""
    with tempfile.TemporaryDirectory() as temporary:
        yield options.folder or Path(temporary)


@contextmanager
def copied(options: argparse.Namespace) -> Iterator[segql.Store]:
    """A copy of the shop: what is written into it stays out of a shop that is used again."""
    with place(options) as folder:
        filled(folder, options.profiles, options.events).close()
        with segql.open(shutil.copy(folder / "shop.duckdb", folder / "written.duckdb")) as store:
            yield store


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    options = parser.parse_args()
    write_shop(options.folder, options.profiles, options.events)


if __name__ == "__main__":
    main()
