"""Memberships of stored segments brought up to date: all at once, each time only by what changed, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segql.compiler.ast.voice import Voice
from segql.compiler.plan.instants import Moment, floor_second, moment
from segql.compiler.text import quoted
from segql.runtime.errors import Code, StoreError
from segql.runtime.refresh import bitsets
from segql.runtime.refresh.bitsets import NOWHERE, WHOLE, Bits, Ids, Where, Words
from segql.runtime.refresh.changes import Changes, Part
from segql.runtime.refresh.conditions import Asked, Condition
from segql.runtime.refresh.formulas import evaluated
from segql.runtime.refresh.reasons import Reason, reason, verdict
from segql.runtime.refresh.standing import Segments, Standing, in_order
from segql.runtime.refresh.state import State
from segql.runtime.store import memberships
from segql.runtime.store.journal import written_since
from segql.runtime.store.memberships import CAUSES, Flips, Refreshed
from segql.runtime.store.sizes import record_sizes
from segql.runtime.why import Why

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.store.database import Database

# So many segments are read from the store together: a byte for each person in each is held meanwhile.
_AT_ONCE = 32
# Of so many words of sets those who entered and left are told at once.
_WORDS = 2**15
_BY_DATA, _BY_TIME = (np.int8(CAUSES.index(cause)) for cause in ("data", "time"))


class Upkeep:
    """Keeps the memberships of a store's segments.

    The first refresh reads the whole store; those after it read what arrived and what time moved since, from what is
    held in memory (some 600 bytes a profile for 200 segments). What the store holds is enough to begin again: another
    process finds the same people, and writes the differences only. The store may be closed between two refreshes.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._state = State()
        self._segments = Segments(self._state.condition)
        self._members: dict[int, Bits] = {}
        self._sizes: dict[int, int] = {}
        # With which of its standings a segment was compared last: what changed before another one is not known.
        self._compared: dict[int, Standing] = {}
        # For each segment whose conditions changed: in which words they did.
        self._outdated: dict[int, Where] = {}
        self._refreshed: dict[int, Refreshed] = {}
        self._noted: dict[int, int] = {}
        self._reasons: dict[Standing, Reason | None] = {}

    def refresh(self, database: "Database", names: Iterable[str] | None, now: datetime) -> Changes:
        """Bring segments (None: all of them) to `now` (aware): who entered and who left since their last refresh.

        A definition that holds no more keeps its members, and is told (`Changes.broken`). Raises `StoreError` for a name
        that there is not, and where a segment was refreshed as of a later instant; `DefinitionError` where a definition
        that is named holds no more. Then nothing is changed.
        """
        with self._turn:
            try:
                with database.transaction(names=False) as connection:
                    return self._refresh(connection, database, names, now)
            except BaseException:
                # What is in memory may be ahead of the store now.
                self._begin_anew()
                raise

    def why(self, name: str, profile_id: int) -> Why | None:
        """Why somebody is in a stored segment or is not, as of the latest refresh: clause by clause, with the numbers that
        are kept, from memory alone. What is missing, and when time changes it, only the store can tell.

        None where memory does not say it: the segment was not refreshed here, nobody has the profile_id, or a clause is
        about who came into segments."""
        with self._turn:
            standing, now = self._segments.named(name), self._state.moment
            if standing is None or now is None or not self._state.is_there(profile_id):
                return None
            if standing not in self._reasons:
                self._reasons[standing] = self._reason(standing, now)
            found = self._reasons[standing]
            if found is None:
                return None
            return Why(profile_id, profile_id, now.now.astimezone(UTC), verdict(found, profile_id))

    def _reason(self, standing: Standing, now: Moment) -> Reason | None:
        scope = standing.compiled.scope
        voice = Voice(scope.account, now).in_zone(scope.zone)
        return reason(standing.compiled.clauses, self._state.known, voice)

    def _refresh(
        self,
        connection: "duckdb.DuckDBPyConnection",
        database: "Database",
        names: Iterable[str] | None,
        now: datetime,
    ) -> Changes:
        self._reasons.clear()
        refreshed = memberships.read_refreshes(connection)
        written = written_since(connection, self._state.position)
        if self._refreshed != refreshed or "history" in written.concerns:
            # Another process was here, people were merged or erased, or this is another state of the store.
            self._begin_anew()
        segments = self._segments.read(database, connection, names)
        step = _Step(connection, refreshed, floor_second(now.astimezone(UTC)))
        for segment in segments:
            step.check_forward(segment)
        self._state.keep(self._segments.conditions())
        since = self._state.position
        self._outdate(self._state.advance(connection, moment(self._segments.account, now), written))
        if self._state.arrived is not None and not written.concerns:
            step.touched(since, self._state.arrived, len(self._state.everybody) * 64)
        parts = self._write(step, segments)
        self._refreshed = refreshed
        if segments:
            plans = {one.segment_id: one.plan for one in segments}
            self._refreshed = memberships.record_refreshes(
                connection, plans, step.at, written.position, refreshed
            )
            if written.noted:
                memberships.forget_changes(connection, self._refreshed)
        sizes = {one.name: self._sizes[one.segment_id] for one in segments}
        first = {one.name for one in segments if one.segment_id not in refreshed}
        by_id = {one.segment_id: sizes[one.name] for one in segments}
        noted = {one: size for one, size in by_id.items() if self._noted.get(one) != size}
        record_sizes(connection, noted, moment(self._segments.account, now).today)
        self._noted |= noted
        parts = sorted(parts, key=lambda part: part.segment)
        return Changes(step.at, parts, sizes, first, self._segments.broken() if names is None else {})

    def _write(self, step: "_Step", segments: Sequence[Standing]) -> list[Part]:
        """Find and write who entered and who left."""
        unknown = [one.segment_id for one in segments if one.segment_id not in self._members]
        if unknown:
            self._members |= self._stored(step.connection, unknown)
            for segment_id in unknown:
                self._sizes[segment_id] = bitsets.size(self._members[segment_id])
        parts: list[Part] = []
        for stage in in_order(segments):
            asked = frozenset[Asked]().union(*(segment.of_moves for segment in stage))
            self._outdate({one: self._state.ask(step.connection, one) for one in asked})
            found = self._compare(step, stage)
            step.write(found)
            parts += found
        return parts

    def _outdate(self, changed: Mapping[Condition, Where]) -> None:
        """Note which segments have conditions that changed, and where, whether they are refreshed now or later."""
        capacity = len(self._state.everybody) * 64
        for segment in self._segments.standing() if changed else ():
            if places := [changed[condition] for condition in segment.conditions if condition in changed]:
                before = self._outdated.get(segment.segment_id, NOWHERE)
                self._outdated[segment.segment_id] = bitsets.united([before, *places], capacity)

    def _where_outdated(self, segment: Standing) -> Where:
        """In which words who is in a segment may be others now."""
        outdated = self._outdated.pop(segment.segment_id, NOWHERE)
        before, self._compared[segment.segment_id] = self._compared.get(segment.segment_id), segment
        return WHOLE if before is not segment or not segment.conditions else outdated

    def _stored(self, connection: "duckdb.DuckDBPyConnection", segment_ids: Sequence[int]) -> dict[int, Bits]:
        """Who is in the segments as the store has it."""
        found: dict[int, Bits] = {}
        capacity = len(self._state.everybody) * 64
        at_once = min(_AT_ONCE, np.iinfo(np.int32).max // capacity)
        moves = np.zeros((at_once, capacity), np.uint8)
        wanted = sorted(segment_ids)
        while wanted:
            first = wanted[0]
            group = [segment_id for segment_id in wanted if segment_id < first + at_once]
            wanted = wanted[len(group) :]
            moves[:] = 0
            places = memberships.read_moves(connection, first, group[-1], capacity)
            # Far faster with a number of the same type.
            np.add.at(moves.reshape(-1), places, np.uint8(1))
            moves &= np.uint8(1)
            sets = bitsets.of_flags(moves)
            found |= {segment_id: sets[segment_id - first].copy() for segment_id in group}
        return found

    def _compare(self, step: "_Step", segments: Sequence[Standing]) -> list[Part]:
        """Who is in segments now and was not, and the reverse."""
        parts: list[Part] = []
        found: list[_Found] = []
        held = 0
        for segment in segments:
            where = self._where_outdated(segment)
            if where is not NOWHERE:
                found.append(self._flipped(segment, where))
                held += len(found[-1].words)
            if held > _WORDS:
                parts += self._told(step, found)
                found, held = [], 0
        return parts + self._told(step, found)

    def _flipped(self, segment: Standing, where: Where) -> "_Found":
        """Work out who is in a segment, in some words."""
        everybody, members = self._state.everybody, self._members[segment.segment_id]
        if len(members) < len(everybody):
            self._members[segment.segment_id] = members = bitsets.grown(members, len(everybody) * 64)
        there, before = bitsets.part(everybody, where), bitsets.part(members, where)
        after = evaluated(segment.formula, where, there) & there
        found = _Found(segment, bitsets.words(members, where), after & ~before, before & ~after)
        members[where] = after
        return found

    def _told(self, step: "_Step", found: "Sequence[_Found]") -> list[Part]:
        """Who entered and who left, of several segments at once: each small call has its price."""
        if not found:
            return []
        masks = [flips for one in found for flips in (one.entered, one.left)]
        flips = np.concatenate(masks)
        ids = bitsets.ids_of(flips, np.concatenate([one.words for one in found for _ in range(2)]))
        passed = np.concatenate(([0], np.cumsum(np.bitwise_count(flips), dtype=np.int64)))
        ends = passed[np.cumsum([0, *map(len, masks)])].tolist()
        parts = []
        for number, (begin, end) in enumerate(pairwise(ends)):
            if begin < end:
                segment, entered = found[number // 2].segment, number % 2 == 0
                causes = step.causes(segment, ids[begin:end], len(self._state.everybody) * 64)
                parts.append(Part(segment.name, entered, Flips(segment.segment_id, ids[begin:end], causes)))
                self._sizes[segment.segment_id] += end - begin if entered else begin - end
        return parts


class _Found(NamedTuple):
    """Who entered and who left a segment, in some words."""

    segment: Standing
    words: Words
    entered: Bits
    left: Bits


class _Step:
    """One refresh: what the segments' members stood for before, and the whole second (UTC) that it brings them to."""

    def __init__(
        self, connection: "duckdb.DuckDBPyConnection", refreshed: dict[int, Refreshed], at: datetime
    ) -> None:
        self.connection = connection
        self.refreshed = refreshed
        self.at = at
        # For each position since which it was asked: of each profile, whether data or time moved it.
        self._causes: dict[int, np.ndarray] = {}

    def check_forward(self, segment: Standing) -> None:
        """Raise `StoreError` where the segment stands for a later instant: what was noted is never undone."""
        before = self.refreshed.get(segment.segment_id)
        if before is not None and self.at < before.at:
            raise StoreError(
                Code.REFRESHED_LATER,
                f"The segment {quoted(segment.name)} was refreshed as of {before.at:%Y-%m-%d %H:%M:%S} UTC already.",
                "Refresh as of that instant or a later one; to ask about the past, use `count` or `show` as of then.",
            )

    def causes(self, segment: Standing, ids: Ids, capacity: int) -> "np.ndarray":
        """Why these profiles, all below a capacity, entered or left: for each the place of the cause in `CAUSES`."""
        before = self.refreshed.get(segment.segment_id)
        if before is None:
            return np.full(len(ids), CAUSES.index("first"), np.int8)
        if before.plan != segment.plan:
            return np.full(len(ids), CAUSES.index("definition"), np.int8)
        if before.position not in self._causes:
            touched = memberships.changed_profiles(self.connection, before.position)
            self.touched(before.position, touched, capacity)
        causes = self._causes[before.position]
        if segment.by_everybody and (causes == _BY_DATA).any():
            return np.full(len(ids), _BY_DATA)
        return causes.take(ids)

    def touched(self, position: int, ids: Ids, capacity: int) -> None:
        """Take in about whom something was stored since a position; of those who are gone some may be missing."""
        self._causes[position] = causes = np.full(capacity, _BY_TIME)
        causes[ids[ids < capacity]] = _BY_DATA

    def write(self, parts: Sequence[Part]) -> None:
        """Note who left and who entered."""
        if parts:
            again = any(before.at == self.at for before in self.refreshed.values())
            flips = ((part.flips, part.entered) for part in parts)
            memberships.record_moves(self.connection, flips, self.at, again=again)
