"""P1: why one person is in a segment of thirteen conditions: by a scan, by the copy of events by person, and from memory.

    python benchmarks/one_person.py [--profiles 100000] [--events 2000000] [--people 300] [--folder FOLDER]

The people are drawn among those with less than 10,000 events; beside them somebody with some 50,000, whose page is read,
too. The ways must give the same answer, or nothing is printed. With what the copy costs: time, memory, and the disk.
"""

import argparse
import random
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from refresh import new_events
from segments import SEGMENTS
from shop import NOW, arguments, copied

import segql
from segql.compiler.person.clauses import Verdict
from segql.runtime.why import Why
from segql.sms import Sms

SEGMENT, FEW, MANY = "Thirteen", 10_000, 50_000
TIMES = 10
Ask = Callable[[int], object]


def measure(what: str, ask: Ask, people: Sequence[int]) -> None:
    """Ask about each of the people, and print the median, the 99th percentile, and the processor's time."""
    for who in people[:10]:
        ask(who)
    taken, cpu = [], time.process_time()
    for who in people:
        start = time.perf_counter()
        ask(who)
        taken.append(1000 * (time.perf_counter() - start))
    cpu = 1000 * (time.process_time() - cpu) / len(people)
    cut = statistics.quantiles(taken, n=100)
    print(
        f"  {what:<44}{cut[49]:>9.3f} ms   99th percentile {cut[98]:>9.3f} ms   (cpu {cpu:.3f})", flush=True
    )


def used(store: segql.Store) -> int:
    """How many bytes of the file hold something."""
    with store.database.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        ((found,),) = cursor.execute("SELECT used_blocks * block_size FROM pragma_database_size()").fetchall()
    return int(found)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def holding(verdict: Verdict) -> object:
    return verdict.text, verdict.holds, [holding(part) for part in verdict.parts]


def run(store: segql.Store, options: argparse.Namespace) -> None:
    store.save_segments(f'segment "{SEGMENT}":\n  {SEGMENTS["S9 thirteen conditions"]}', at=NOW)
    with store.database.cursor() as cursor:
        counted = cursor.execute(
            "SELECT profile_id, count(*) FROM events GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    few = [who for who, events in counted if events < FEW]
    people = random.Random(2026).sample(few, min(options.people, len(few)))
    busy, events = min(counted, key=lambda one: abs(one[1] - MANY))
    now, compiled = NOW, store.compile(f'in segment "{SEGMENT}"')
    sms = Sms(store, clock=lambda: now)

    def why(who: int) -> Why:
        return store.why_compiled(compiled, who, now)

    def page(who: int) -> object:
        return sms.people.history(who), sms.people.event_kinds(who)

    def all_ways(how: str) -> None:
        measure(f"why, by {how}", why, people)
        measure(f"why of somebody with {events:,} events, by {how}", why, [busy] * TIMES)
        measure(f"timeline of that person, by {how}", page, [busy] * TIMES)

    print(f"{options.profiles:,} profiles, {options.events:,} events, {len(people)} people", flush=True)
    all_ways("a scan")
    scanned = [why(who).document() for who in (*people, busy)], page(busy)
    before, begun = used(store), time.perf_counter()
    store.keep_by_person()
    print(
        f"  the copy: made in {time.perf_counter() - begun:.1f} s, peak {peak():,.0f} MiB, "
        f"{(used(store) - before) / options.events:.1f} bytes an event",
        flush=True,
    )
    if scanned != ([why(who).document() for who in (*people, busy)], page(busy)):
        raise SystemExit("the copy gives another answer")
    all_ways("the copy")
    now += timedelta(minutes=20)
    for name, table in new_events(options.events // 1000, options.profiles, 1, now).items():
        store.append_events(name, table, amount="Value", label="Campaign")
    measure("why, by the copy and a tail of a thousandth", why, people)
    store.refresh(now=now)
    for who in people:
        kept = store.why_kept(SEGMENT, who)
        if kept is None or holding(kept.verdict) != holding(why(who).verdict):
            raise SystemExit("memory gives another answer")
    measure("why, from memory", lambda who: store.why_kept(SEGMENT, who), people * 10)
    print(f"  peak {peak():,.0f} MiB")
    sms.close()


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--people", type=int, default=300)
    options = parser.parse_args()
    with copied(options) as store:
        run(store, options)


if __name__ == "__main__":
    main()
