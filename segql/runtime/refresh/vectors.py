"""One number a profile for each stream, filled by reading a source once, then kept up to date by what a step touches.

A window changes only by events that come into it and events that go out of it, so that a step reads the events that
arrived, and those between where its ends were and where they are now.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, Window
from segql.runtime.refresh import bitsets
from segql.runtime.refresh.bitsets import Ids
from segql.runtime.refresh.measures import Kind, Stream, Values
from segql.runtime.refresh.scans import Rows, Span, read_source, read_window, seconds

if TYPE_CHECKING:
    import duckdb

# Where a window lay before a step, and where it lies after it.
Way = tuple[Span, Span]

_ALWAYS = -(2**62)
# So many events times windows are tested at once.
_TESTS = 2**18
_NOBODY = np.zeros(0, np.int32)


class Vector:
    """The values of a stream as of a moment. Amounts are floating point, as in SQL: whole numbers, exact up to 2 ** 53."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.values: Values = np.zeros(0)
        self.span: Span = (0, -1)
        self._room = 0
        self.touched: Ids = _NOBODY
        """The profiles whose value the latest step may have changed; one may come several times."""
        self.before: Values = self.values
        """Their values before the latest step."""
        self.after: Values = self.values
        """Their values since."""

    def fill(self, values: Values, span: Span) -> None:
        """Begin anew."""
        self.values, self.span, self._room = values, span, 0

    def grow(self, capacity: int) -> None:
        """Make room for more profiles."""
        self.values = np.concatenate([self.values, np.zeros(capacity - len(self.values), self.values.dtype)])

    def step(self, span: Span, ids: Ids, weights: Values) -> None:
        """Take in a step after which the window lies here: what some profiles' values change by."""
        self.span, self.touched = span, ids
        if len(ids):
            self._make_room(len(ids))
            self.before = self.values.take(ids)
            _add(self.values, ids, weights)
            self.after = self.values.take(ids)

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
    """Events that come into a window, whose sign is 1, and that go out of it, whose sign is -1: their places among the
    events that a step touches, and their profiles."""

    places: npt.NDArray[np.intp]
    ids: Ids
    signs: npt.NDArray[np.int16]


def _moved(rows: Rows, ways: Collection[Way]) -> Iterator[tuple[Way, Moved]]:
    """Of events that a step touches those for which windows move: for many windows at once where there are few events, as
    each small call has its price."""
    standing = ~rows.arrived
    for together in _slices(list(ways), max(1, _TESTS // len(rows.ids))):
        (first, last), (new_first, new_last) = np.array(together).transpose(1, 2, 0)[..., np.newaxis]
        was_in = (rows.times >= first) & (rows.times <= last) & standing
        is_in = (rows.times >= new_first) & (rows.times <= new_last)
        found = np.flatnonzero(was_in != is_in)
        signs = np.where(is_in.ravel().take(found), np.int16(1), np.int16(-1))
        ends = np.searchsorted(found, np.arange(len(together) + 1) * len(rows.ids)).tolist()
        places = found % len(rows.ids)
        ids = rows.ids.take(places)
        for way, (begin, end) in zip(together, pairwise(ends), strict=True):
            yield way, Moved(places[begin:end], ids[begin:end], signs[begin:end])


def _slices(ways: list[Way], count: int) -> Iterator[list[Way]]:
    return (ways[begin : begin + count] for begin in range(0, len(ways), count))


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

    Where all windows are the same, times are not read: the store alone tells what lies in it. Else the events are walked
    from the newest to the oldest, and what was counted is noted wherever a window begins or ends.
    """
    at = Spans(moment)
    spans = {vector: at[vector.stream.window] for vector in vectors}
    windows = [vector.stream.window for vector in vectors]
    amounts = any(vector.stream.kind != "events" for vector in vectors)
    if len(set(spans.values())) == 1:
        rows = read_window(connection, source, moment, windows[0], amounts=amounts)
        for vector in vectors:
            vector.fill(_total(rows, vector.stream.kind, capacity), spans[vector])
        return
    parts = read_source(connection, source, moment, windows, amounts=amounts)
    for kind in {vector.stream.kind for vector in vectors}:
        of_kind = [vector for vector in vectors if vector.stream.kind == kind]
        _fill_kind(parts, of_kind, spans, capacity)


def _total(rows: Rows, kind: Kind, capacity: int) -> Values:
    """The values over all of the events."""
    total = _nothing(kind, capacity)
    _add(total, rows.ids, _weights(rows, kind))
    return _narrow(total)


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
            vector.step(spans[vector.stream.window], _NOBODY, _NOBODY)
        return
    ways = [(vector.span, spans[vector.stream.window]) for vector in vectors]
    moved = dict(_moved(touched, dict.fromkeys(ways)))
    for vector, way in zip(vectors, ways, strict=True):
        places, ids, signs = moved[way]
        weights = _weights(touched, vector.stream.kind)
        vector.step(way[1], ids, signs if weights is None else weights.take(places) * signs)


def _counted(parts: Sequence[Rows], kind: Kind, cuts: Sequence[int], capacity: int) -> dict[int, Values]:
    """For each cut, latest first, the values over the events from it on."""
    running = _nothing(kind, capacity)
    ends = [len(rows.ids) for rows in parts]
    counted: dict[int, Values] = {}
    for cut in cuts:
        for number, rows in enumerate(parts):
            begin = int(np.searchsorted(rows.times, cut))
            if begin < ends[number]:
                part = rows.of(slice(begin, ends[number]))
                _add(running, part.ids, _weights(part, kind))
                ends[number] = begin
        noted = _narrow(running)
        counted[cut] = noted.copy() if noted is running and cut != cuts[-1] else noted
    return counted


def _nothing(kind: Kind, capacity: int) -> Values:
    return np.zeros(capacity, np.float64 if kind == "amounts" else np.int32)


def _narrow(values: Values) -> Values:
    """The same values in two bytes each, where they are counts and fit."""
    fit = values.dtype == np.int32 and values.max() <= np.iinfo(np.int16).max
    return values.astype(np.int16) if fit else values


def _add(running: Values, ids: Ids, weights: Values | None) -> None:
    """Add weights, or one each, to some people's values."""
    # NumPy is forty times slower where the two are of different types, and slower where a stretch leaves the caches.
    if weights is None:
        weights = np.ones((), running.dtype)
    for part in bitsets.stretches(len(ids)):
        added = weights[part] if weights.ndim else weights
        np.add.at(running, ids[part], added.astype(running.dtype, copy=False))


def _weights(rows: Rows, kind: Kind) -> Values | None:
    """What each of the events counts; None where that is one."""
    match kind:
        case "events":
            return None
        case "amounts":
            return rows.amounts
        case "amounts set":
            return rows.is_set.view(np.int8)
