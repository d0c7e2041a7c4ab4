"""E1, E2, E3 and X1: nine segments on the store, against SQL by hand, the SQL of other tools, Polars and ClickHouse.

    python benchmarks/segments.py [--profiles 100000] [--events 2000000] [--rounds 5] [--growth] [--cpu] [--folder FOLDER]

Everybody reads the same events. `expert`: the best SQL that we could write by hand for our own store. `naive`: a store as
a first version has it (text ids, order of arrival) and the SQL that tools generate, correlated EXISTS and COUNT, which
compares texts in any case as we do. Polars reads Parquet files in our order, ClickHouse (chdb) a MergeTree in our order.
All are asked in turns; each figure is the median of its rounds (five times as many of what is soon answered), a ratio is
of medians. Whoever names another number of people stops the run. Polars and ClickHouse are left out where they are not
installed (pip install 'segql[bench]'). `--growth`: also at a fifth of the events.
`--cpu`: the processor time of all threads, for a machine that others keep busy.
"""

import math
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import duckdb
import rivals
from shop import CITIES, NOW, arguments, filled, place

import segql

_LATITUDE, _LONGITUDE = CITIES["Chicago"][1:3]
SEGMENTS = {
    "S1 subscribers": "subscribed to sms",
    "S2 engaged": 'did "Clicked SMS" in the last 30 days or subscribed to sms in the last 30 days',
    "S3 prefers SMS": 'did "Clicked SMS" at least 2 times in the last 90 days and '
    'did not "Opened Email" in the last 30 days and did not "Clicked Email" in the last 90 days',
    "S4 VIP": 'clv more than 150 or sum of Value from "Placed Order" more than 500 '
    'or did "Placed Order" at least 3 times in the last 365 days',
    "S5 near": f"within 50 km of ({_LATITUDE}, {_LONGITUDE})",
    "S6 country and gender": 'country is "France" and gender is "female"',
    "S7 budget": 'clv at most 10 and did "Placed Order" and did "Clicked SMS" in the last 90 days',
    "S8 interests": 'interests contains any of ("shoes", "bags")',
    "S9 thirteen conditions": 'country is "United States" and loyalty at least 20 and clv at least 5 and '
    'did "Received Email" at least 2 times in the last 180 days and '
    '(did "Opened Email" in the last 90 days or did "Clicked Email" in the last 180 days or '
    'did "Clicked SMS" in the last 180 days) and '
    '(did "Viewed Product" at least 2 times in the last 90 days or did "Added to Cart" in the last 120 days or '
    'did "Received SMS" in the last 30 days where Campaign contains "campaign 11") and '
    'did not "Unsubscribed" in the last 365 days and did not "Cancelled Order" in the last 365 days and '
    'did not "Bounced Email" in the last 90 days and did "Active on Site"',
}
Ask = Callable[[], int]
# What our SQL answers in less than so many seconds is asked so many times as often: its rounds differ by half.
_SOON, _MORE = 0.02, 5


class Way(NamedTuple):
    """One way to count the people in each segment."""

    name: str
    asks: dict[str, Ask]


def ways(store: segql.Store, folder: Path) -> Iterator[Way]:
    """Every way that can be gone here."""
    connection = store.database._connection
    compiled = {name: store.compile(text) for name, text in SEGMENTS.items()}

    def sql(name: str) -> Ask:
        def ask() -> int:
            query = compiled[name].count_sql("duckdb", NOW)
            return connection.sql(query.text, params=dict(query.values)).to_arrow_table()[0][0].as_py()

        return ask

    def listing(name: str) -> Ask:
        """SQL for what `members` gives: both ids, in order."""

        def ask() -> int:
            query = compiled[name].sql("duckdb", NOW)
            id_only, both = 'SELECT "p"."profile_id"', 'SELECT "p"."profile_id", "p"."external_id"'
            text = f"{query.text.replace(id_only, both, 1)} ORDER BY ALL"
            return connection.sql(text, params=dict(query.values)).to_arrow_table().num_rows

        return ask

    def hand(text: str, connection: duckdb.DuckDBPyConnection) -> Ask:
        return lambda: connection.sql(text).to_arrow_table()[0][0].as_py()

    def counted(name: str) -> Ask:
        return lambda: store.count(SEGMENTS[name], as_of=NOW)

    def listed(name: str) -> Ask:
        return lambda: store.members(SEGMENTS[name], as_of=NOW).num_rows

    yield Way("sql", {name: sql(name) for name in SEGMENTS})
    yield Way("expert", {name: hand(text, connection) for name, text in rivals.expert(store).items()})
    yield Way("count", {name: counted(name) for name in SEGMENTS})
    yield Way("listing", {name: listing(name) for name in SEGMENTS})
    yield Way("members", {name: listed(name) for name in SEGMENTS})
    naive = rivals.naive_store(folder)
    yield Way("naive", {name: hand(text, naive) for name, text in rivals.naive().items()})
    if find_spec("polars"):
        yield Way("polars", rivals.polars(store, folder))
    if find_spec("chdb"):
        yield Way("clickhouse", rivals.clickhouse(store, folder))


def measure(every: list[Way], rounds: int, clock: Callable[[], float]) -> dict[tuple[str, str], float]:
    """The median seconds of each way and segment; all ways take turns."""
    found: dict[tuple[str, str], float] = {}
    for name in SEGMENTS:
        times: dict[str, list[float]] = {way.name: [] for way in every}
        counts: dict[str, int] = {}
        for way in every:  # to warm up
            counts[way.name] = way.asks[name]()
        begun = clock()
        every[0].asks[name]()
        for turn in range(rounds * _MORE if clock() - begun < _SOON else rounds):
            # There and back, so that none always finds the caches as the same other one has left them.
            for way in every if turn % 2 else every[::-1]:
                begun = clock()
                way.asks[name]()
                times[way.name].append(clock() - begun)
        if len(set(counts.values())) > 1:
            raise SystemExit(f"{name}: the ways name other numbers of people: {counts}")
        found |= {(way, name): statistics.median(each) for way, each in times.items()}
        row = "".join(f"{found[way.name, name] * 1000:>12.1f}" for way in every)
        print(f"{name:<24}{counts['sql']:>10,}{row}", flush=True)
    return found


def mean(ratios: list[float]) -> float:
    """The geometric mean."""
    return math.exp(statistics.fmean(map(math.log, ratios)))


def report(found: dict[tuple[str, str], float], every: list[Way]) -> None:
    """The ratios of the goals."""

    def ratios(way: str, against: str) -> list[float]:
        return [found[way, name] / found[against, name] for name in SEGMENTS]

    for goal, way, against in (
        *(
            ("E1", "sql", "expert"),
            ("E2", "naive", "sql"),
            ("E3", "count", "sql"),
            ("E3", "members", "listing"),
        ),
        *(("E3", "count", each.name) for each in every if each.name in ("polars", "clickhouse")),
    ):
        each = ratios(way, against)
        print(f"{goal}: {way} takes {mean(each):.2f} of {against} ({min(each):.2f} to {max(each):.2f})")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process, with all ways in it: {peak:,.0f} MiB")


def run(
    folder: Path, profiles: int, events: int, rounds: int, clock: Callable[[], float]
) -> dict[tuple[str, str], float]:
    folder.mkdir(parents=True, exist_ok=True)
    with filled(folder, profiles, events) as store:
        every = list(ways(store, folder))
        print(f"{profiles:,} profiles, {events:,} events; milliseconds, median of {rounds}")
        print(f"{'':<24}{'people':>10}" + "".join(f"{way.name:>12}" for way in every))
        found = measure(every, rounds, clock)
        report(found, every)
        return found


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--cpu", action="store_true", help="Processor time, for a machine that is busy.")
    options = parser.parse_args()
    clock = time.process_time if options.cpu else time.perf_counter
    with place(options) as folder:
        large = run(folder, options.profiles, options.events, options.rounds, clock)
        if options.growth:
            small = run(folder / "small", options.profiles, options.events // 5, options.rounds, clock)
            for way in ("sql", "naive"):
                grown = [large[way, name] / small[way, name] for name in SEGMENTS]
                print(
                    f"X1: five times the events take {way} {mean(grown):.2f} times as long (at most {max(grown):.2f})"
                )


if __name__ == "__main__":
    main()
