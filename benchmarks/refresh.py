"""R1 and I1: 200 stored segments refreshed together against 200 queries, then 10,000 new events against a full refresh.

    python benchmarks/refresh.py [--profiles 1000000] [--events 20000000] [--segments 200]

The shop is made by DuckDB alone, always the same for the same numbers. Times are wall seconds of this machine; the
ratios are what counts. Every count is compared with SQL before a ratio is printed.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

import segql
from segql.runtime.refresh.upkeep import Upkeep

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
WINDOWS = (
    *(f"in the last {days} days" for days in (7, 14, 30, 60, 90, 180, 365)),
    "in the last 24 hours",
    "ever",
    "ever",
)


def fill(store: segql.Store, profiles: int, events: int) -> None:
    """Make the shop, with the store's own layout: events by month, kind and time."""
    with store.database.transaction() as connection:
        for name, type_ in (("gender", "VARCHAR"), ("clv", "DOUBLE"), ("loyalty", "DOUBLE")):
            connection.execute(f"ALTER TABLE profiles ADD COLUMN {name} {type_}")
            kind = "text" if type_ == "VARCHAR" else "number"
            connection.execute(
                "INSERT INTO attributes (name, key, type) VALUES (?, ?, ?)", [name, name, kind]
            )
        connection.execute(
            """INSERT INTO profiles (profile_id, external_id, country, gender, clv, loyalty, latitude, longitude)
            SELECT i, 'c' || i, ['United States', 'France', 'Germany', 'Japan'][1 + (hash(i * 7 + 1) % 4)::BIGINT],
              ['female', 'male'][1 + (hash(i * 7 + 2) % 2)::BIGINT], -40 * ln((hash(i * 7 + 3) % 10000 + 1) / 10001),
              hash(i * 7 + 4) % 100, 30 + hash(i * 7 + 5) % 2000 / 100, -120 + hash(i * 7 + 6) % 5000 / 100
            FROM range($people) t(i)""",
            {"people": profiles},
        )
        connection.execute(
            """INSERT INTO consent_periods (profile_id, channel, kind, status, from_at, until_at)
            SELECT i, channel, 'marketing',
              CASE WHEN hash(i * 5 + k) % 3 = 0 THEN 'unsubscribed' ELSE 'subscribed' END,
              TIMESTAMP_S '2025-01-01' + to_days((hash(i * 5 + k + 2) % 600)::INTEGER), TIMESTAMP_S '9999-12-31'
            FROM range($people) t(i), (VALUES ('sms', 0), ('email', 1)) c(channel, k)""",
            {"people": profiles},
        )
        connection.execute("INSERT INTO lists VALUES (1, 'VIP', 'vip')")
        connection.execute(
            """INSERT INTO list_periods SELECT 1, i, TIMESTAMP_S '2026-01-01', TIMESTAMP_S '9999-12-31'
            FROM range($people) t(i) WHERE hash(i) % 20 = 0""",
            {"people": profiles},
        )
        connection.execute("INSERT INTO labels SELECT i + 1, 'campaign ' || i FROM range(2000) t(i)")
        bound = 0
        bounds = []
        for number, (name, share) in enumerate(METRICS.items(), 1):
            amount = "Value" if name in ORDERS else None
            connection.execute(
                "INSERT INTO metrics VALUES (?, ?, ?, ?, 'Campaign')", [number, name, name.lower(), amount]
            )
            for column, type_ in (("Value", "number"), ("Campaign", "text")):
                connection.execute(
                    "INSERT INTO event_properties (metric_id, name, key, type) VALUES (?, ?, ?, ?)",
                    [number, column, column.lower(), type_],
                )
            bound += share
            bounds.append(f"WHEN u < {bound} THEN {number}")
        # Activity is skewed: some people do most.
        connection.execute(
            f"""INSERT INTO events SELECT hash(i), profile_id, metric_id, happened,
              CASE WHEN metric_id IN (9, 11, 16) THEN hash(i * 11 + 7) % 2000000 END,
              CASE WHEN hash(i * 11 + 8) % 2 = 0 THEN 1 + hash(i * 11 + 9) % 2000 END, NULL, 0
            FROM (SELECT i, least(floor(pow(hash(i * 11 + 1) % 1000003 / 1000003, 3) * $people), $people - 1)::INTEGER
                AS profile_id, CASE {" ".join(bounds)} END AS metric_id, happened
              FROM (SELECT i, hash(i * 11 + 2) % 1000 AS u, TIMESTAMP_S '2024-11-01 15:20:10'
                + to_seconds((sqrt(hash(i * 11 + 3) % 10000019 / 10000019) * {DAYS * 86400})::BIGINT) AS happened
                FROM range($events) t(i)))
            ORDER BY date_trunc('month', happened), metric_id, happened""",
            {"people": profiles, "events": events},
        )
    with store.database.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def forget(store: segql.Store) -> None:
    """Undo what an earlier run left in a shop that is used again."""
    with store.database.transaction() as connection:
        for table in ("segments", "segment_periods", "segment_refreshes"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM events WHERE occurred_at > $now", {"now": NOW.replace(tzinfo=None)})


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
def measured(what: str, found: dict[str, list[float]]) -> Iterator[None]:
    """Note how long it takes."""
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    found.setdefault(what, []).append(time.perf_counter() - begun)
    found.setdefault(f"cpu of {what}", []).append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  {what:<48}{found[what][-1]:>9.3f} s   (cpu {found[f'cpu of {what}'][-1]:.3f}, peak {peak:,.0f} MiB)",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--segments", type=int, default=200)
    parser.add_argument("--store", type=Path, help="Where the shop is made, and kept.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.store or Path(folder) / "shop.duckdb"
        made = path.exists()
        with segql.open(path, create=True) as store:
            if made:
                forget(store)
            else:
                print("making the shop", flush=True)
                fill(store, options.profiles, options.events)
            run(store, options)


def run(store: segql.Store, options: argparse.Namespace) -> None:
    found: dict[str, list[float]] = {}
    texts = {f"segment {number:03}": text for number, text in enumerate(definitions(options.segments))}
    store.save_segments("\n".join(f'segment "{name}":\n  {text}' for name, text in texts.items()), at=NOW)
    now = NOW

    def compare() -> None:
        with measured("as many queries", found):
            counts = {name: store.count(text, as_of=now) for name, text in texts.items()}
        differing = {name for name in texts if counts[name] != changes.sizes[name]}
        if differing:
            raise SystemExit(f"other people than SQL names are in {sorted(differing)}")

    upkeep = Upkeep()
    refresh: Callable[[], object] = lambda: upkeep.refresh(store.database, None, now)  # noqa: E731
    print(f"{options.profiles:,} profiles, {options.events:,} events, {options.segments} segments")
    with measured("first refresh, which writes all memberships", found):
        changes = upkeep.refresh(store.database, None, now)
    print(f"  {len(changes):,} memberships")
    compare()
    compare()
    for _ in range(2):
        upkeep = Upkeep()
        with measured("refresh of all from nothing", found):
            changes = upkeep.refresh(store.database, None, now)
    with measured("refresh where nothing happened", found):
        refresh()
    for seed in range(4):
        now += timedelta(minutes=20)
        with measured("(storing 10,000 events)", found):
            for name, table in new_events(10_000, options.profiles, seed, now).items():
                store.append_events(name, table, amount="Value" if name in ORDERS else None, label="Campaign")
        with measured("refresh after 10,000 events and 20 minutes", found):
            changes = upkeep.refresh(store.database, None, now)
        print(f"  {len(changes):,} changes")
    compare()
    now += timedelta(hours=9)
    with measured("refresh over midnight", found):
        changes = upkeep.refresh(store.database, None, now)
    print(f"  {len(changes):,} changes")
    compare()
    for kind in ("", "cpu of "):
        together = min(found[f"{kind}refresh of all from nothing"])
        apart = min(found[f"{kind}as many queries"])
        tick = sorted(found[f"{kind}refresh after 10,000 events and 20 minutes"])[1]
        print(f"R1: {kind}a refresh of all takes 1/{apart / together:.1f} of as many queries")
        print(f"I1: {kind}10,000 events take 1/{together / tick:.1f} of a refresh of all")


if __name__ == "__main__":
    main()
