"""R1, I1 and I2: 200 stored segments refreshed together against 200 queries, 10,000 new events against a full refresh,
and one event, as the server takes it in.

    python benchmarks/refresh.py [--profiles 100000] [--events 2000000] [--segments 200] [--growth] [--folder FOLDER]

`--growth`: also with five times the segments.

Times are wall seconds of this machine; the ratios are what counts. Every count is compared with SQL before a ratio is
printed.
"""

import argparse
import random
import resource
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from shop import METRICS, NOW, ORDERS, arguments, copied

import segql
from segql.runtime.engines import duckdb as engine
from segql.runtime.refresh.upkeep import Upkeep

WINDOWS = (
    *(f"in the last {days} days" for days in (7, 14, 30, 60, 90, 180, 365)),
    "in the last 24 hours",
    "ever",
    "ever",
)
_ONES = 30


def definitions(count: int) -> Iterator[str]:
    """Segments as marketers write them, of some 6 conditions each, which are often the same ones."""
    chosen = random.Random(2026)
    profile = (
        *(f'country is "{name}"' for name in ("United States", "France", "Germany")),
        *(f'gender is "{name}"' for name in ("female", "male")),
        *(f"clv more than {value}" for value in (20, 60, 150)),
        "loyalty at least 50",
        "within 800 km of (40.71, -104.0)",
        'in list "VIP"',
        "subscribed to sms",
        "subscribed to email",
        "subscribed to sms in the last 90 days",
    )
    names = list(METRICS)

    def condition() -> str:
        name, window = chosen.choice(names), chosen.choice(WINDOWS)
        match chosen.choice(
            ("did", "did", "did", "did not", "did not", "often", "often", "sum", "last", "where")
        ):
            case "did":
                return f'did "{name}" {window}'
            case "did not":
                return f'did not "{name}" {window}'
            case "often":
                return f'did "{name}" at least {chosen.choice((2, 3, 5))} times {window}'
            case "sum":
                return f'sum of Value from "Placed Order" {window} more than {chosen.choice((100, 500))}'
            case "last":
                return f'last "{name}" is more than {chosen.choice((30, 60, 180))} days ago'
            case _:
                campaign = chosen.choice((11, 12))
                clicked = chosen.choice(("Clicked SMS", "Clicked Email", "Opened Email"))
                return f'did "{clicked}" {window} where Campaign contains "campaign {campaign}"'

    for _ in range(count):
        first = chosen.sample(profile, chosen.choice((0, 1, 1, 2)))
        events = [condition() for _ in range(chosen.choice((1, 1, 2)))]
        either = [condition() for _ in range(3)]
        yield " and ".join([*first, *events, f"({' or '.join(either)})"])


def new_events(count: int, people: int, seed: int, until: datetime) -> dict[str, pa.Table]:
    """Events of the last minutes, a few of them late."""
    drawn = np.random.default_rng(seed)
    kinds = drawn.choice(len(METRICS), count, p=np.array(list(METRICS.values())) / sum(METRICS.values()))
    ago = np.where(
        drawn.random(count) < 0.05, drawn.integers(0, 40 * 86400, count), drawn.integers(0, 3600, count)
    )
    tables = {}
    for number, name in enumerate(METRICS):
        mine = np.flatnonzero(kinds == number)
        columns = {
            "profile_id": pa.array(drawn.integers(0, people, len(mine)), pa.int32()),
            "occurred_at": pa.array(
                [until - timedelta(seconds=int(ago[i])) for i in mine], pa.timestamp("s", "UTC")
            ),
            "event_id": pa.array([f"{seed} {i}" for i in mine], pa.string()),
            "Campaign": pa.array([f"campaign {i % 2000}" for i in mine], pa.string()),
        }
        if name in ORDERS:
            columns["Value"] = pa.array(drawn.integers(1, 20000, len(mine)) / 100)
        tables[name] = pa.table(columns)
    return tables


@contextmanager
def measured(what: str, found: dict[str, list[float]], *, quietly: bool = False) -> Iterator[None]:
    """Note how long it takes, and tell it unless it is done quietly."""
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    found.setdefault(what, []).append(time.perf_counter() - begun)
    found.setdefault(f"cpu of {what}", []).append(time.process_time() - cpu)
    if quietly:
        return
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  {what:<48}{found[what][-1]:>9.3f} s   (cpu {found[f'cpu of {what}'][-1]:.3f}, peak {peak:,.0f} MiB)",
        flush=True,
    )


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--segments", type=int, default=200)
    parser.add_argument("--growth", action="store_true", help="Also with five times the segments.")
    options = parser.parse_args()
    with copied(options) as store:
        run(store, options)


def saved(store: segql.Store, count: int) -> dict[str, str]:
    """Store so many segments: their conditions by their names."""
    texts = {f"segment {number:04}": text for number, text in enumerate(definitions(count))}
    store.save_segments("\n".join(f'segment "{name}":\n  {text}' for name, text in texts.items()), at=NOW)
    return texts


class Keeping:
    """Segments that are kept up to date while events arrive, and what each step took."""

    def __init__(self, store: segql.Store, segments: int, profiles: int) -> None:
        self.store = store
        self.texts = saved(store, segments)
        self.now = NOW
        self.found: dict[str, list[float]] = {}
        self._profiles = profiles
        self._upkeep = Upkeep()
        self._sizes: Mapping[str, int] = {}

    def refresh(self, what: str, *, quietly: bool = False) -> None:
        with measured(what, self.found, quietly=quietly):
            changes = self._upkeep.refresh(self.store.database, None, self.now)
        self._sizes = changes.sizes
        if not quietly:
            print(f"  {len(changes):,} changes")

    def arrive(self, what: str, count: int, seed: int, *, quietly: bool = False) -> None:
        """Store so many new events."""
        with measured(what, self.found, quietly=quietly):
            for name, table in new_events(count, self._profiles, seed, self.now).items():
                if table.num_rows:
                    self.store.append_events(name, table, amount="Value", label="Campaign")

    def compare(self) -> None:
        """As many queries, which must count the same people."""
        with measured("as many queries", self.found):
            counts = {name: self._count(text) for name, text in self.texts.items()}
        differing = {name for name, count in counts.items() if count != self._sizes[name]}
        if differing:
            raise SystemExit(f"other people than SQL names are in {sorted(differing)}")

    def _count(self, text: str) -> int:
        with self.store.database.cursor() as cursor:
            return engine.run_number(cursor, self.store.compile(text).count_sql(engine.DIALECT, self.now))

    def begin(self) -> None:
        """The first refresh, and those that know nothing of the one before."""
        self.refresh("first refresh, which writes all memberships")
        self.compare()
        self.compare()
        for _ in range(2):
            self._upkeep = Upkeep()
            self.refresh("refresh of all from nothing")

    def follow(self) -> None:
        """Nothing happens, then one event and another, then many, then a day ends."""
        self.refresh("refresh where nothing happened")
        for nth in range(_ONES):
            self.now += timedelta(seconds=3)
            self.arrive("storing one event", 1, 1000 + nth, quietly=True)
            self.refresh("refresh after one event", quietly=True)
        for seed in range(4):
            self.now += timedelta(minutes=20)
            self.arrive("(storing 10,000 events)", 10_000, seed)
            self.refresh("refresh after 10,000 events and 20 minutes")
        self.compare()
        self.now += timedelta(hours=9)
        self.refresh("refresh over midnight")
        self.compare()

    def tell(self) -> None:
        """The ratios, of time and of processor time."""
        for kind in ("", "cpu of "):
            together = min(self.found[f"{kind}refresh of all from nothing"])
            apart = min(self.found[f"{kind}as many queries"])
            tick = sorted(self.found[f"{kind}refresh after 10,000 events and 20 minutes"])[1]
            print(f"R1: {kind}a refresh of all takes 1/{apart / together:.1f} of as many queries")
            print(f"I1: {kind}10,000 events take 1/{together / tick:.1f} of a refresh of all")
            one, storing = (self.found[f"{kind}{what} one event"] for what in ("refresh after", "storing"))
            print(
                f"I2: {kind}one event is in all memberships after {statistics.median(one) * 1000:.0f} ms (at most "
                f"{max(one) * 1000:.0f}); storing it takes {statistics.median(storing) * 1000:.0f}"
            )


def run(store: segql.Store, options: argparse.Namespace) -> None:
    print(f"{options.profiles:,} profiles, {options.events:,} events, {options.segments} segments")
    keeping = Keeping(store, options.segments, options.profiles)
    keeping.begin()
    keeping.follow()
    keeping.tell()
    if options.growth:
        grow(store, list(keeping.texts), options.segments * 5, keeping.now)


def grow(store: segql.Store, names: list[str], many: int, now: datetime) -> None:
    """R1: some segments and many, refreshed from nothing in turns."""
    found: dict[str, list[float]] = {}
    saved(store, many)
    store.refresh(now=now)
    for _ in range(3):
        for what, chosen in ((f"{len(names)} segments", names), (f"{many} segments", None)):
            with measured(f"refresh of {what} from nothing", found):
                Upkeep().refresh(store.database, chosen, now)
    for kind in ("", "cpu of "):
        few, more = (
            min(found[f"{kind}refresh of {count} segments from nothing"]) for count in (len(names), many)
        )
        print(f"R1: {kind}five times the segments take {more / few:.1f} times as long")


if __name__ == "__main__":
    main()
