"""I2: one event into all memberships of its profile, from memory alone: nothing is read, and nothing written.

    python benchmarks/one_event.py [--profiles 100000] [--events 2000000] [--segments 200] [--folder FOLDER]

A measurement, and nothing that the library does: an event counts when it is stored, and a refresh finds it there (see
`refresh.py` for what that takes). Here the numbers that a refresh holds of the profile move, the conditions that follow
from them are tested for it, and the formulas with those that changed are worked out. Then the same events are stored, and
the refresh has to name the same people, or nothing is printed.
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from refresh import new_events, saved
from shop import NOW, arguments, copied

import segql
from segql.compiler.person.evaluate import holds
from segql.compiler.person.record import Event, Person, Row, Subject
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.plan.walk import walk
from segql.compiler.sql.layout import AMOUNT_SCALE
from segql.runtime.refresh import bitsets
from segql.runtime.refresh.conditions import Condition, Counted
from segql.runtime.refresh.formulas import evaluated
from segql.runtime.refresh.scans import seconds
from segql.runtime.refresh.standing import Standing
from segql.runtime.refresh.upkeep import Upkeep
from segql.runtime.refresh.vectors import Vector

_EVENTS = 2_000


class Memory:
    """What a refresh holds, by the kind of event that moves it."""

    def __init__(self, upkeep: Upkeep, moment: Moment) -> None:
        self._state, self._members = upkeep._state, upkeep._members
        self._moment = moment
        self._vectors: dict[str, list[Vector]] = defaultdict(list)
        self._conditions: dict[Vector, set[Counted]] = defaultdict(set)
        self._segments: dict[Condition, set[Standing]] = defaultdict(set)
        for segment in upkeep._segments.standing():
            for condition in segment.conditions:
                self._segments[condition].add(segment)
        for condition in self._segments:
            for vector in condition.vectors if isinstance(condition, Counted) else ():
                self._conditions[vector].add(condition)
        for vector in self._conditions:
            for metric in vector.stream.source.metrics:
                self._vectors[metric.name].append(vector)

    def events(self, arrived: dict[str, pa.Table]) -> Iterator[tuple[Event, int, float | None]]:
        """The events of tables as `take` wants them, with the properties that conditions read."""
        for name, table in arrived.items():
            read = {
                term
                for vector in self._vectors[name]
                if (where := vector.stream.source.where) is not None
                for term in walk(where)
                if isinstance(term, plan.Property)
            }
            for row in table.to_pylist():
                event = Event(name, row["occurred_at"], 0, Row({term: row[term.name] for term in read}))
                yield event, row["profile_id"], row.get("Value")

    def take(self, event: Event, profile_id: int, amount: float | None) -> set[tuple[str, bool]]:
        """Take in an event: the segments that its profile entered (True) or left."""
        at, subject = seconds(event.at), Subject.whole(Person(profile_id), self._moment).event(event)
        touched: set[Counted] = set()
        for vector in self._vectors[event.name]:
            first, last = vector.span
            where = vector.stream.source.where
            if first <= at <= last and (where is None or holds(where, subject)):
                vector.values[profile_id] += _weight(vector, amount)
                touched |= self._conditions[vector]
        here, word, bit = (
            slice(profile_id, profile_id + 1),
            profile_id >> 6,
            np.uint64(1 << (profile_id & 63)),
        )
        segments: set[Standing] = set()
        for condition in touched:
            if condition.bits is None:
                raise ValueError("a condition that was never filled")
            (inside,) = condition._test(*(vector.values[here] for vector in condition.vectors))
            if inside != bitsets.has(condition.bits, profile_id):
                condition.bits[word] ^= bit
                segments |= self._segments[condition]
        where = slice(word, word + 1)
        everybody = self._state.everybody[where]
        found = set()
        for segment in segments:
            now = bitsets.has(evaluated(segment.formula, where, everybody), profile_id & 63)
            members = self._members[segment.segment_id]
            if now != bitsets.has(members, profile_id):
                members[word] ^= bit
                found.add((segment.name, now))
        return found


def _weight(vector: Vector, amount: float | None) -> int:
    match vector.stream.kind:
        case "events":
            return 1
        case "amounts":
            return 0 if amount is None else round(amount * AMOUNT_SCALE)
        case "amounts set":
            return int(amount is not None)


def run(store: segql.Store, options: argparse.Namespace) -> None:
    saved(store, options.segments)
    upkeep, now = Upkeep(), NOW + timedelta(minutes=1)
    upkeep.refresh(store.database, None, now)
    moment = upkeep._state.moment
    if moment is None:
        raise ValueError("a refresh that has no moment")
    memory, arrived = Memory(upkeep, moment), new_events(_EVENTS, options.profiles, 2026, now)
    taken, cpu = [], []
    moved: dict[tuple[int, str], int] = defaultdict(int)
    for event, profile_id, amount in memory.events(arrived):
        begun, spent = time.perf_counter(), time.thread_time()
        found = memory.take(event, profile_id, amount)
        taken.append(1000 * (time.perf_counter() - begun))
        cpu.append(1000 * (time.thread_time() - spent))
        for segment, entered in found:
            moved[profile_id, segment] += 1 if entered else -1
    compare(store, arrived, moved, now)
    print(f"{options.profiles:,} profiles, {options.events:,} events, {options.segments} segments")
    for kind, times in (("", taken), ("cpu of ", cpu)):
        cut = statistics.quantiles(times, n=100)
        print(f"I2: {kind}one event, from memory: {cut[49]:.3f} ms, 99th percentile {cut[98]:.3f} ms")


def compare(
    store: segql.Store, arrived: dict[str, pa.Table], moved: dict[tuple[int, str], int], now: datetime
) -> None:
    """Store the events: a refresh has to move the same people."""
    for name, table in arrived.items():
        if table.num_rows:
            store.append_events(name, table, amount="Value", label="Campaign")
    changes = store.refresh(now=now)
    by_refresh = {(one.profile_id, one.segment): 1 if one.entered else -1 for one in changes}
    if by_refresh != {key: way for key, way in moved.items() if way}:
        raise SystemExit("a refresh moves others")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--segments", type=int, default=200)
    options = parser.parse_args()
    with copied(options) as store:
        run(store, options)


if __name__ == "__main__":
    main()
