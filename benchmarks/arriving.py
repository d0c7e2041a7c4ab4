"""What arrives by itself all day: one event, one profile, one consent at a time, against a hundred events in one call.

    python benchmarks/arriving.py [--profiles 100000] [--events 2000000] [--times 30] [--folder FOLDER]

People are called by each of their identifiers, or are new. Every event has to be there at the end, once.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable

import pyarrow as pa
from shop import NOW, arguments, copied

import segql

_TOGETHER = 100


def measure(what: str, do: Callable[[int], object], times: int) -> None:
    """Do something again and again, and print the median, the longest, and the processor's time."""
    do(0)
    taken, cpu = [], time.process_time()
    for number in range(1, times + 1):
        begun = time.perf_counter()
        do(number)
        taken.append(1000 * (time.perf_counter() - begun))
    cpu = 1000 * (time.process_time() - cpu) / times
    print(
        f"  {what:<44}{statistics.median(taken):>8.1f} ms   at most {max(taken):>8.1f} ms   (cpu {cpu:.1f})",
        flush=True,
    )


def run(store: segql.Store, options: argparse.Namespace) -> None:
    with store.database.cursor() as cursor:
        known = cursor.execute(
            "SELECT external_id, email, phone_number FROM profiles WHERE email IS NOT NULL AND phone_valid ORDER BY ALL"
        ).fetchall()
    chosen = random.Random(2026).sample(known, max(options.times + 1, _TOGETHER))
    external_ids, emails, phones = (list(column) for column in zip(*chosen, strict=True))
    events = 0

    def happened(column: str, values: list[str]) -> None:
        nonlocal events
        ids = [f"{column} {events + place}" for place in range(len(values))]
        events += len(values)
        at = pa.array([NOW] * len(values), pa.timestamp("s", "UTC"))
        table = pa.table({column: values, "occurred_at": at, "event_id": ids})
        store.append_events("Viewed Product", table)

    def said(number: int) -> None:
        at = pa.array([NOW], pa.timestamp("s", "UTC"))
        status = "unsubscribed" if number % 2 else "subscribed"
        one = {"channel": "sms", "kind": "marketing", "address": phones[number], "status": status}
        columns = {name: [value] for name, value in (one | {"method": "form", "actor": "benchmark"}).items()}
        store.record_consents(pa.table(columns | {"occurred_at": at, "recorded_at": at}))

    def is_known(column: str, value: str, number: int) -> None:
        store.upsert_profiles(pa.table({column: [value], "loyalty": [float(number)]}), at=NOW)

    before = stored(store)
    print(f"{options.profiles:,} profiles, {options.events:,} events", flush=True)
    times = options.times
    measure("an event, by external id", lambda n: happened("external_id", [external_ids[n]]), times)
    measure("an event, by e-mail address", lambda n: happened("email", [emails[n].upper()]), times)
    measure("an event, by phone number", lambda n: happened("phone_number", [phones[n]]), times)
    measure("an event of somebody new", lambda n: happened("email", [f"new {n}@x.example"]), times)
    measure(f"{_TOGETHER} events in one call", lambda _: happened("email", emails[:_TOGETHER]), times)
    measure("a profile, by external id", lambda n: is_known("external_id", external_ids[n], n), times)
    measure("a profile, by e-mail address", lambda n: is_known("email", emails[n], n), times)
    measure("a consent", said, times)
    measure(
        "finding somebody by e-mail address", lambda n: store.why("loyalty at least 1", emails[n], NOW), times
    )
    if stored(store) - before != events:
        raise SystemExit("events are missing, or there twice")


def stored(store: segql.Store) -> int:
    """How many events there are."""
    with store.database.cursor() as cursor:
        ((found,),) = cursor.execute("SELECT count(*) FROM events").fetchall()
    return int(found)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--times", type=int, default=30)
    options = parser.parse_args()
    with copied(options) as store:
        run(store, options)


if __name__ == "__main__":
    main()
