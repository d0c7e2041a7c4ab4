"""Every condition of the segments that are kept, as of one position of the journal and one moment."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, Window
from segql.runtime.refresh import bitsets
from segql.runtime.refresh.bitsets import WHOLE, Ids, Where, Words
from segql.runtime.refresh.conditions import Asked, Condition, Counted, News, step
from segql.runtime.refresh.measures import Stream, measured
from segql.runtime.refresh.scans import Rows, merged, read_touched, seconds
from segql.runtime.refresh.vectors import Spans, Vector, fill_vectors, spans_between, step_vectors
from segql.runtime.store.journal import Concern, Written
from segql.runtime.store.sql import one_row

if TYPE_CHECKING:
    import duckdb

# The next instant at which a period begins or ends, of all consents and of all lists.
_NEXT = {
    table: f"""SELECT min(edge) FROM (SELECT from_at AS edge FROM {table} UNION ALL SELECT until_at FROM {table})
    WHERE edge > $now::TIMESTAMP_S"""  # noqa: S608
    for table in ("consent_periods", "list_periods")
}


class State:
    """Conditions, brought from one moment to the next by what arrived and what time did meanwhile.

    All methods that take a connection read one state of the store: they are called within one transaction.
    """

    def __init__(self) -> None:
        self.position = 0
        self.moment: Moment | None = None
        self.everybody = bitsets.nobody(0)
        self.arrived: Ids | None = None
        """Whose events arrived with the latest `advance`; None where it was no step. One may come several times."""
        self._people = 0
        self._capacity = 0
        self._conditions: dict[plan.Predicate, Condition] = {}
        self._vectors: dict[Stream, Vector] = {}
        self._next: dict[str, datetime | None] = {}

    def condition(self, predicate: plan.Predicate) -> Condition:
        """The one condition of a predicate, filled by the next `advance`."""
        found = self._conditions.get(predicate)
        if found is None:
            test = measured(predicate)
            if test is None:
                found = Asked(predicate)
            else:
                found = Counted(test, tuple(self._vector(stream) for stream in test.streams))
            self._conditions[predicate] = found
        return found

    def known(self, predicate: plan.Predicate) -> Condition | None:
        """The condition of a predicate that is held."""
        return self._conditions.get(predicate)

    def is_there(self, profile_id: int) -> bool:
        """Whether there was such a profile at the latest `advance`."""
        return 0 <= profile_id < len(self.everybody) * 64 and bitsets.has(self.everybody, profile_id)

    def _vector(self, stream: Stream) -> Vector:
        return self._vectors.setdefault(stream, Vector(stream))

    def keep(self, conditions: Collection[Condition]) -> None:
        """Forget all conditions but these, all of which are held."""
        if len(conditions) == len(self._conditions):
            return
        self._conditions = {key: one for key, one in self._conditions.items() if one in conditions}
        used = {
            vector for one in self._conditions.values() if isinstance(one, Counted) for vector in one.vectors
        }
        self._vectors = {stream: vector for stream, vector in self._vectors.items() if vector in used}

    def advance(
        self, connection: "duckdb.DuckDBPyConnection", moment: Moment, written: Written
    ) -> dict[Condition, Where]:
        """Bring every condition to a moment; where the sets changed of those that did, or were not there before.

        `written`: what was written since the `position`. Those that read who came into segments are left to `ask`."""
        if self._is_stale(moment):
            self._forget()
        self.arrived = None
        is_new = self._count_people(connection)
        changed = (
            {} if self.moment is None else self._step(connection, moment, written.concerns, people=is_new)
        )
        self._fill(connection, moment, changed)
        self.position, self.moment = written.position, moment
        return changed

    def ask(self, connection: "duckdb.DuckDBPyConnection", condition: Asked) -> Words:
        """Ask for a condition now; where its set changed."""
        if self.moment is None:
            raise ValueError("a state that was never advanced has no moment")
        return condition.fill(connection, self.moment, self._capacity)

    def _is_stale(self, moment: Moment) -> bool:
        """Whether there is no way from where this is to a moment: time goes forward, on one calendar."""
        before = self.moment
        if before is None:
            return True
        calendars = {(one.zone, one.week_starts) for one in (before, moment)}
        return len(calendars) > 1 or moment.now < before.now

    def _forget(self) -> None:
        self.moment, self._people, self._next = None, 0, {}
        for vector in self._vectors.values():
            vector.values = np.zeros(0)
        for condition in self._conditions.values():
            condition.bits = None

    def _count_people(self, connection: "duckdb.DuckDBPyConnection") -> bool:
        """Make room for everybody; whether there is somebody new."""
        people, number = one_row(
            connection, "SELECT coalesce(max(profile_id) + 1, 0), count(*) FROM profiles"
        )
        if people == self._people and self.moment is not None:
            return False
        self._people = people
        # Those who are gone may be in segments still.
        (last,) = one_row(connection, "SELECT coalesce(max(profile_id), 0) FROM segment_moves")
        needed = max(people, last + 1)
        if needed > self._capacity:
            self._grow((needed + needed // 8 + 1024) // 1024 * 1024)
        self.everybody = bitsets.of_ids(slice(people), self._capacity)
        if number < people:
            ids = connection.sql("SELECT profile_id FROM profiles").to_arrow_table().column(0).to_numpy()
            self.everybody = bitsets.of_ids(ids, self._capacity)
        return True

    def _grow(self, capacity: int) -> None:
        self._capacity = capacity
        for vector in self._vectors.values():
            if len(vector.values):
                vector.grow(capacity)
        for condition in self._conditions.values():
            if condition.bits is None:
                continue
            if isinstance(condition, Counted):
                condition.fill()  # new people may fulfil it: those without events have values too
            else:
                condition.bits = bitsets.grown(condition.bits, capacity)

    # ---- Filling and stepping -------------------------------------------------------------------------------------

    def _fill(
        self, connection: "duckdb.DuckDBPyConnection", moment: Moment, changed: dict[Condition, Where]
    ) -> None:
        """Fill what was not there before."""
        sources: dict[plan.Scan, list[Vector]] = defaultdict(list)
        for vector in self._vectors.values():
            if not len(vector.values):
                sources[vector.stream.source].append(vector)
        for source, vectors in sources.items():
            fill_vectors(connection, source, vectors, moment, self._capacity)
        for condition in self._conditions.values():
            if condition.bits is not None:
                continue
            if isinstance(condition, Counted):
                condition.fill()
            elif not condition.reads_moves:
                condition.fill(connection, moment, self._capacity)
            changed[condition] = WHOLE

    def _step(
        self,
        connection: "duckdb.DuckDBPyConnection",
        moment: Moment,
        concerns: Collection[Concern],
        *,
        people: bool,
    ) -> dict[Condition, Where]:
        if self.moment is None:
            raise ValueError("a step from nowhere")
        self._look_ahead(connection, self.moment, _NEXT.keys() - self._next.keys())
        metrics = self._step_vectors(connection, self.moment, moment)
        due = {table for table, at in self._next.items() if at is not None and at <= _plain(moment)}
        news = News(
            self.moment,
            metrics,
            values="values" in concerns,
            consents="consents" in concerns or "consent_periods" in due,
            lists="lists" in concerns or "list_periods" in due,
            people=people,
        )
        if news.consents or news.lists:
            self._look_ahead(connection, moment, _NEXT)
        filled = [condition for condition in self._conditions.values() if condition.bits is not None]
        changed = step([condition for condition in filled if isinstance(condition, Counted)])
        for condition in filled:
            if isinstance(condition, Asked) and condition.is_due(news, moment) and not condition.reads_moves:
                words = condition.fill(connection, moment, self._capacity)
                if len(words):
                    changed[condition] = words
        return dict.fromkeys(filled, WHOLE) if people else {**changed}

    def _step_vectors(
        self, connection: "duckdb.DuckDBPyConnection", before: Moment, moment: Moment
    ) -> frozenset[int]:
        """Take in what arrived and what time moved; the kinds of events that arrived or came up."""
        sources: dict[plan.Scan, list[Vector]] = defaultdict(list)
        for vector in self._vectors.values():
            if len(vector.values):
                sources[vector.stream.source].append(vector)
        since, now = seconds(before.latest_second), seconds(moment.latest_second)
        kept = [vector for vectors in sources.values() for vector in vectors]
        spans = Spans(moment)
        moved = merged([*spans_between(kept, spans), (since + 1, now)])
        choosing = _choosing(sources)
        touched, *found = read_touched(connection, self.position, moved, moment, choosing)
        of_choice = {None: touched} | {scan.where: rows for scan, rows in zip(choosing, found, strict=True)}
        for source, vectors in sources.items():
            step_vectors(vectors, spans, _of_metrics(of_choice[source.where], source))
        self.arrived = touched.ids[touched.arrived]
        came_up = touched.arrived | ((touched.times > since) & (touched.times <= now))
        return frozenset(np.flatnonzero(np.bincount(touched.metrics[came_up])).tolist())

    def _look_ahead(
        self, connection: "duckdb.DuckDBPyConnection", moment: Moment, tables: Collection[str]
    ) -> None:
        for table in tables:
            (self._next[table],) = one_row(connection, _NEXT[table], {"now": _plain(moment)})


def _choosing(sources: Iterable[plan.Scan]) -> list[plan.Scan]:
    """One scan for all sources that choose alike among events of several kinds: each that SQL reads has its price."""
    metrics: dict[plan.Predicate, set[plan.Metric]] = defaultdict(set)
    for source in sources:
        if source.where is not None:
            metrics[source.where].update(source.metrics)
    return [
        plan.Scan(tuple(sorted(of, key=attrgetter("name"))), Window(), where) for where, of in metrics.items()
    ]


def _of_metrics(rows: Rows, source: plan.Scan) -> Rows:
    ids = [metric.id for metric in source.metrics if metric.id is not None]
    of_them = rows.metrics == ids[0] if len(ids) == 1 else np.isin(rows.metrics, ids)
    return rows.of(np.flatnonzero(of_them))


def _plain(moment: Moment) -> datetime:
    """Now as the store has instants: in UTC, without saying so."""
    return moment.latest_second.replace(tzinfo=None)
