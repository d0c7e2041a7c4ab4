"""One number a profile for each stream, filled by reading a source once, then kept up to date by what a step touches.

A window changes only by events that come into it and events that go out of it, so that a step reads the events that
arrived, and those between where its ends were and where they are now.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, Window
from segql.runtime.refresh.bitsets import Ids
from segql.runtime.refresh.measures import Kind, Stream, Values
from segql.runtime.refresh.scans import Rows, Span, read_source, read_touched, seconds

if TYPE_CHECKING:
    import duckdb

_ALWAYS = -(2**62)


class Vector:
    """The values of a stream as of a moment. Amounts are floating point, as in SQL: whole numbers, exact up to 2 ** 53."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.values: Values = np.zeros(0)
        self.span: Span = (0, -1)
        self._room = 0
        self.touched: Ids = np.zeros(0, np.int32)
        """The profiles whose value the latest step may have changed; one may come several times."""

    def fill(self, values: Values, span: Span) -> None:
        """Begin anew."""
        self.values, self.span, self._room = values, span, 0

    def grow(self, capacity: int) -> None:
        """Make room for more profiles."""
        self.values = np.concatenate([self.values, np.zeros(capacity - len(self.values), self.values.dtype)])

    def step(self, rows: Rows, span: Span) -> None:
        """Take in a step that touches these events of the source, after which the window lies here."""
        before = (rows.times >= self.span[0]) & (rows.times <= self.span[1]) & ~rows.arrived
        after = (rows.times >= span[0]) & (rows.times <= span[1])
        self.span = span
        moved = np.flatnonzero(before != after)
        self.touched = rows.ids[moved]
        self._make_room(len(moved))
        np.add.at(
            self.values,
            self.touched,
            _weights(rows.of(moved), self.stream.kind) * np.where(after[moved], 1, -1),
        )

    def _make_room(self, count: int) -> None:
        """See to it that so many events can be counted: most counts are small, and kept in two bytes."""
        if self.values.dtype != np.int16:
            return
        self._room -= count
        if self._room < 0:
            self._room = np.iinfo(np.int16).max - int(self.values.max()) - count
            if self._room < 0:
                self.values = self.values.astype(np.int32)


class Spans(dict[Window, Span]):
    """The seconds that lie in a window at a moment."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    def __missing__(self, window: Window) -> Span:
        first, last = self._moment.event_bounds(window)
        self[window] = span = (_ALWAYS if first is None else seconds(first), seconds(last))
        return span


def spans_between(vectors: Iterable[Vector], spans: Spans) -> Iterator[Span]:
    """The seconds that come into windows or go out of them on the way to where the windows lie now."""
    for before, after in {(vector.span, spans[vector.stream.window]) for vector in vectors}:
        yield min(before[0], after[0]), max(before[0], after[0]) - 1
        yield min(before[1], after[1]) + 1, max(before[1], after[1])


def fill_vectors(
    connection: "duckdb.DuckDBPyConnection",
    source: plan.Scan,
    vectors: Sequence[Vector],
    moment: Moment,
    capacity: int,
) -> None:
    """Fill vectors of one source, each event of which is read and counted once.

    The events are walked from the newest to the oldest, and what was counted is noted wherever a window begins or ends.
    """
    at = Spans(moment)
    spans = {vector: at[vector.stream.window] for vector in vectors}
    first = min(span[0] for span in spans.values())
    of_amounts = {vector.stream.kind != "events" for vector in vectors}
    parts = read_source(
        connection, source, moment, None if first == _ALWAYS else first, amounts=True in of_amounts
    )
    for kind in {vector.stream.kind for vector in vectors}:
        of_kind = [vector for vector in vectors if vector.stream.kind == kind]
        _fill_kind(parts, of_kind, spans, capacity)


def _fill_kind(
    parts: Sequence[Rows], vectors: Sequence[Vector], spans: Mapping[Vector, Span], capacity: int
) -> None:
    last = max(int(rows.times.max(initial=_ALWAYS)) for rows in parts)
    begins = Counter(spans[vector][0] for vector in vectors)
    ends = {end + 1 for vector in vectors if (end := spans[vector][1]) < last}
    counted = _counted(parts, vectors[0].stream.kind, sorted(begins.keys() | ends, reverse=True), capacity)
    for vector in vectors:
        begin, end = spans[vector]
        if begin > end:
            values = np.zeros_like(counted[begin])
        elif end < last:
            values = counted[begin] - counted[end + 1]
        else:
            values = counted[begin] if begins[begin] == 1 and begin not in ends else counted[begin].copy()
        vector.fill(values, (begin, end))


def step_vectors(
    connection: "duckdb.DuckDBPyConnection",
    source: plan.Scan,
    vectors: Sequence[Vector],
    moment: Moment,
    spans: Spans,
    position: int,
    touched: Rows,
) -> None:
    """Take a step since a position to a moment, which touches the staged events, with vectors of one source."""
    rows = touched.of(np.isin(touched.metrics, [metric.id or 0 for metric in source.metrics]))
    if len(rows.ids) and source.where is not None:
        rows = read_touched(connection, source, moment, position)
    for vector in vectors:
        vector.step(rows, spans[vector.stream.window])


def _counted(parts: Sequence[Rows], kind: Kind, cuts: Sequence[int], capacity: int) -> dict[int, Values]:
    """For each cut, latest first, the values over the events from it on."""
    running = np.zeros(capacity, np.float64 if kind == "amounts" else np.int32)
    ends = [len(rows.ids) for rows in parts]
    counted = {}
    for cut in cuts:
        for number, rows in enumerate(parts):
            begin = int(np.searchsorted(rows.times, cut))
            if begin < ends[number]:
                _add(running, rows.of(slice(begin, ends[number])), kind)
                ends[number] = begin
        small = kind != "amounts" and running.max() <= np.iinfo(np.int16).max
        counted[cut] = running.astype(np.int16) if small else running.copy()
    return counted


def _add(running: Values, rows: Rows, kind: Kind) -> None:
    weights = None if kind == "events" else _weights(rows, kind)
    # A count over everybody costs as much as it has people, whatever the number of events.
    if len(rows.ids) * 8 < len(running):
        np.add.at(running, rows.ids, 1 if weights is None else weights)
    else:
        added = np.bincount(rows.ids, weights, minlength=len(running))
        np.add(running, added, out=running, casting="unsafe")


def _weights(rows: Rows, kind: Kind) -> Values:
    match kind:
        case "events":
            return np.ones(len(rows.ids), np.int32)
        case "amounts":
            return rows.amounts.astype(np.float64)
        case "amounts set":
            return rows.is_set.astype(np.int32)
