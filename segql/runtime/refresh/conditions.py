"""The conditions of which segments are made, each with the set of profiles that fulfil it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import At, DayOf, Elapsed, Midnight, Moment, Now, PeriodStart, Window
from segql.compiler.plan.walk import walk
from segql.compiler.sql.emit import Emitter
from segql.runtime.engines import duckdb as engine
from segql.runtime.refresh import bitsets
from segql.runtime.refresh.bitsets import Bits, Flags, Ids, Words
from segql.runtime.refresh.measures import Measured
from segql.runtime.refresh.vectors import Vector

if TYPE_CHECKING:
    import duckdb

# What SQL answers alike at two moments between which none of its windows moved and nothing that it reads came up.
# What is not named here is asked again at every step.
_KNOWN = (
    *(plan.Constant, plan.And, plan.Or, plan.Not, plan.CountOf, plan.IsSet, plan.Compare, plan.TextTest),
    *(plan.IsBoolean, plan.ListContains, plan.ListSize, plan.InWindow, plan.CompareInstants, plan.HasItems),
    *(plan.HasEvents, plan.HasConsent, plan.InList, plan.Near, plan.Ranked, plan.Sampled, plan.Scan),
    *(plan.Metric, plan.Aggregate, plan.Arithmetic, plan.Number, plan.Attribute, plan.Property),
    *(plan.ItemField, plan.Item, plan.TimePart, Window, Now, Elapsed, Midnight, PeriodStart, DayOf, At),
)


class News(NamedTuple):
    """What a step brings: kinds of events that arrived or came up, whether anything else did, and since when."""

    before: Moment
    metrics: frozenset[int]
    values: bool
    consents: bool
    lists: bool
    people: bool


class Counted:
    """A condition that follows from vectors."""

    def __init__(self, measured: Measured, vectors: tuple[Vector, ...]) -> None:
        self.vectors = vectors
        self.bits: Bits | None = None
        self._test = measured.test

    def fill(self) -> None:
        """Test everybody."""
        self.bits = bitsets.of_flags(self._test(*(vector.values for vector in self.vectors)))

    @property
    def touched(self) -> Ids:
        """Those whom the vectors' latest step touched: the same for all of them, as they look at the same events."""
        return self.vectors[0].touched

    def changed(self) -> Flags:
        """For each of those who were touched, whether the latest step changed the answer."""
        before = self._test(*(vector.before for vector in self.vectors))
        flags: Flags = before != self._test(*(vector.after for vector in self.vectors))
        return flags


class Asked:
    """A condition that SQL is asked for, anew where its answer may have changed."""

    def __init__(self, predicate: plan.Predicate) -> None:
        self.bits: Bits | None = None
        self._predicate = predicate
        nodes = list(walk(predicate))
        self.reads_moves = any(segment_of(node) is not None for node in nodes)
        self._reads_consents = any(isinstance(node, plan.HasConsent) for node in nodes)
        self._reads_lists = any(isinstance(node, plan.InList) for node in nodes)
        self._reads_values = any(isinstance(node, plan.Attribute | plan.Near) for node in nodes)
        metrics = [node.id for node in nodes if isinstance(node, plan.Metric)]
        self._metrics = frozenset(metric for metric in metrics if metric is not None)
        self._windows = [node for node in nodes if isinstance(node, Window)]
        self._is_restless = None in metrics or any(_is_restless(node) for node in nodes)

    def fill(self, connection: "duckdb.DuckDBPyConnection", moment: Moment, capacity: int) -> Words:
        """Ask; the words of the set that are others than before."""
        query, inside = Emitter(self._predicate, moment, engine.DIALECT).keys()
        keys = bitsets.of_ids(engine.run(connection, query).column(0).to_numpy(), capacity)
        before = bitsets.nobody(capacity) if self.bits is None else self.bits
        self.bits = keys if inside else ~keys
        return np.flatnonzero(before != self.bits)

    def is_due(self, news: News, moment: Moment) -> bool:
        """Whether the answer may be another one after a step to a moment."""
        return (
            self._is_restless
            or news.people
            or (news.values and self._reads_values)
            or (news.consents and self._reads_consents)
            or (news.lists and self._reads_lists)
            or not news.metrics.isdisjoint(self._metrics)
            or any(_edges(window, news.before) != _edges(window, moment) for window in self._windows)
        )


Condition = Counted | Asked


def step(conditions: Sequence[Counted]) -> dict[Condition, Words]:
    """Take the vectors' latest step with conditions that were filled, all at once; where the sets changed of those that
    did."""
    moved = [one for one in conditions if len(one.touched)]
    if not moved:
        return {}
    changed = np.flatnonzero(np.concatenate([one.changed() for one in moved]))
    if not len(changed):
        return {}
    ends = np.cumsum([0, *(len(one.touched) for one in moved)])
    ids = np.concatenate([one.touched for one in moved])[changed]
    whose = np.repeat(np.arange(len(moved)), np.diff(np.searchsorted(changed, ends)))
    # The places of bits as if the sets lay one after the other, each with room for all ids that there may be.
    words, masks = bitsets.flipped(whose << 32 | ids)
    parts = np.searchsorted(words >> 26, np.arange(len(moved) + 1)).tolist()
    words &= (1 << 26) - 1
    found: dict[Condition, Words] = {}
    for one, (begin, end) in zip(moved, pairwise(parts), strict=True):
        if begin < end and one.bits is not None:
            found[one] = where = words[begin:end]
            one.bits[where] ^= masks[begin:end]
    return found


def segment_of(node: object) -> str | None:
    """The segment whose comings and goings a part of a plan reads, where it reads any."""
    return node.name if isinstance(node, plan.Moved) and node.group == "segment" else None


def _edges(window: Window, moment: Moment) -> list[object]:
    """Where a window begins and ends; its end at now is left out, as what passes now is news."""
    there = moment.elsewhere(window.zone)
    ends = (window.start, window.end)
    return [None if end is None or end == Now() else there.resolve(end) for end in ends]


def _is_restless(node: object) -> bool:
    """Whether a part of a plan may come out otherwise at any instant: a value that passes now, one that has a history,
    or one of a kind that is not known here."""
    if isinstance(node, plan.Attribute):
        return node.kept_since is not None
    if isinstance(node, plan.InWindow) and not isinstance(node.term, plan.Aggregate):
        return Now() in (node.window.start, node.window.end)
    return not isinstance(node, _KNOWN)
