"""One number a profile for each stream, filled by reading a source once, then kept up to date by what a step touches.

A window changes only by events that come into it and events that go out of it, so that a step reads the events that
arrived, and those between where its ends were and where they are now.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, Window
from segql.runtime.refresh import bitsets
from segql.runtime.refresh.bitsets import Ids, Places
from segql.runtime.refresh.measures import Kind, Stream, Values
from segql.runtime.refresh.scans import Rows, Span, read_source, seconds

if TYPE_CHECKING:
    import duckdb

_ALWAYS = -(2**62)
_NOBODY = bitsets.places(np.zeros(0, np.int32))


class Vector:
    """The values of a stream as of a moment. Amounts are floating point, as in SQL: whole numbers, exact up to 2 ** 53."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.values: Values = np.zeros(0)
        self.span: Span = (0, -1)
        self._room = 0
        self.touched = _NOBODY
        """The profiles whose value the latest step may have changed; one may come several times."""

    def fill(self, values: Values, span: Span) -> None:
        """Begin anew."""
        self.values, self.span, self._room = values, span, 0

    def grow(self, capacity: int) -> None:
        """Make room for more profiles."""
        self.values = np.concatenate([self.values, np.zeros(capacity - len(self.values), self.values.dtype)])

    def step(self, moved: "Moved", span: Span) -> None:
        """Take in a step after which the window lies here."""
        self.span = span
        self.touched, ids = moved.places, moved.rows.ids
        if len(ids):
            self._make_room(len(ids))
            _add(self.values, ids, _weights(moved.rows, self.stream.kind) * moved.signs)

    def stay(self, span: Span) -> None:
        """Take in a step that touches none of the stream's events, after which the window lies here."""
        self.span, self.touched = span, _NOBODY

    def _make_room(self, count: int) -> None:
        """See to it that so many events can be counted: most counts are small, and kept in two bytes."""
        if self.values.dtype != np.int16:
            return
        self._room -= count
        if self._room < 0:
            self._room = np.iinfo(np.int16).max - int(self.values.max()) - count
            if self._room < 0:
                self.values = self.values.astype(np.int32)


class Moved(NamedTuple):
    """Events that come into a window, whose sign is 1, and that go out of it, whose sign is -1; and their profiles."""

    rows: Rows
    signs: npt.NDArray[np.int8]
    places: Places


def _moved(rows: Rows, before: Span, after: Span) -> Moved:
    """Of events that a step touches those for which a window moves."""
    was_in = (rows.times >= before[0]) & (rows.times <= before[1]) & ~rows.arrived
    is_in = (rows.times >= after[0]) & (rows.times <= after[1])
    moved = np.flatnonzero(was_in != is_in)
    found = rows.of(moved)
    return Moved(found, np.where(is_in[moved], np.int8(1), np.int8(-1)), bitsets.places(found.ids))


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


def step_vectors(vectors: Sequence[Vector], spans: Spans, touched: Rows) -> None:
    """Take a step, which touches these events of a source, with the vectors of the source."""
    if not len(touched.ids):
        for vector in vectors:
            vector.stay(spans[vector.stream.window])
        return
    moved: dict[tuple[Span, Span], Moved] = {}
    for vector in vectors:
        before, after = vector.span, spans[vector.stream.window]
        if (before, after) not in moved:
            moved[before, after] = _moved(touched, before, after)
        vector.step(moved[before, after], after)


def _counted(parts: Sequence[Rows], kind: Kind, cuts: Sequence[int], capacity: int) -> dict[int, Values]:
    """For each cut, latest first, the values over the events from it on."""
    running = np.zeros(capacity, np.float64 if kind == "amounts" else np.int32)
    ends = [len(rows.ids) for rows in parts]
    counted: dict[int, Values] = {}
    for cut in cuts:
        for number, rows in enumerate(parts):
            begin = int(np.searchsorted(rows.times, cut))
            if begin < ends[number]:
                part = rows.of(slice(begin, ends[number]))
                _add(running, part.ids, _weights(part, kind))
                ends[number] = begin
        if kind != "amounts" and running.max() <= np.iinfo(np.int16).max:
            counted[cut] = running.astype(np.int16)
        else:
            counted[cut] = running if cut == cuts[-1] else running.copy()
    return counted


def _add(running: Values, ids: Ids, weights: Values) -> None:
    """Add weights to some people's values. NumPy is forty times slower where the two are of different types."""
    np.add.at(running, ids, weights.astype(running.dtype, copy=False))


def _weights(rows: Rows, kind: Kind) -> Values:
    """What each of the events counts; one number for all of them where that says it."""
    match kind:
        case "events":
            return np.ones((), np.int8)
        case "amounts":
            return rows.amounts
        case "amounts set":
            return rows.is_set.view(np.int8)
