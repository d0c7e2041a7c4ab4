"""What a refresh found: who entered, who left, when, and by which cause."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import NamedTuple, overload

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.runtime.store.memberships import CAUSES, Cause, Flips


@dataclass(frozen=True, slots=True)
class Change:
    """A profile entered or left a segment, as of an aware instant in UTC.

    `cause`: "data" (something arrived about the profile: an event, a consent, a list, an attribute; for a rank, about
    anybody), "time" (time passed), "definition" (the definition means others than before), or "first" (the segment was
    refreshed for the first time).
    """

    segment: str
    profile_id: int
    entered: bool
    at: datetime
    cause: Cause


class Part(NamedTuple):
    """Those who entered, or those who left, one segment."""

    segment: str
    entered: bool
    flips: Flips


@dataclass(frozen=True, slots=True)
class Moved:
    """A `Part` as plain data: the people, and of each the place of the cause in `CAUSES`."""

    segment: str
    entered: bool
    people: list[int]
    causes: list[int]

    @classmethod
    def of(cls, part: Part) -> "Moved":
        """A part's."""
        flips = part.flips
        return cls(part.segment, part.entered, flips.profile_ids.tolist(), flips.causes.tolist())

    def part(self) -> Part:
        """As columns; which id the segment has in the store is not told."""
        import numpy as np

        flips = Flips(0, np.array(self.people, np.int32), np.array(self.causes, np.int8))
        return Part(self.segment, self.entered, flips)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a refresh did to a segment: how many are in it, entered and left; `first`: it was never refreshed before."""

    segment: str
    members: int
    entered: int
    left: int
    first: bool


class Changes(Sequence[Change]):
    """All changes of one refresh, by segment, those who entered before those who left, then by profile_id.

    Kept as columns: a first refresh of many segments has millions of changes.
    """

    def __init__(
        self,
        at: datetime,
        parts: Sequence[Part],
        sizes: Mapping[str, int],
        first: Collection[str],
        broken: Mapping[str, DefinitionError],
    ) -> None:
        self.at = at
        self.sizes = sizes
        """How many people are in each segment that was refreshed."""
        self.first = first
        """The segments that were refreshed for the first time."""
        self.broken = broken
        """Stored segments whose definitions hold no more, and why: they were not refreshed."""
        self.parts = [part for part in parts if len(part.flips.profile_ids)]
        self._ends = list(accumulate(len(part.flips.profile_ids) for part in self.parts))

    def summary(self) -> list[Summary]:
        """What became of each segment that was refreshed."""
        moved = Counter[tuple[str, bool]]()
        for part in self.parts:
            moved[part.segment, part.entered] += len(part.flips.profile_ids)
        return [
            Summary(
                name,
                size,
                size if name in self.first else moved[name, True],
                moved[name, False],
                name in self.first,
            )
            for name, size in self.sizes.items()
        ]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> list[Change]: ...
    def __getitem__(self, index: int | slice) -> Change | list[Change]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        number = bisect_right(self._ends, place)
        return self._change(self.parts[number], place - (self._ends[number - 1] if number else 0))

    def __iter__(self) -> Iterator[Change]:
        return (
            self._change(part, index) for part in self.parts for index in range(len(part.flips.profile_ids))
        )

    def _change(self, part: Part, index: int) -> Change:
        profile_id, cause = int(part.flips.profile_ids[index]), CAUSES[part.flips.causes[index]]
        return Change(part.segment, profile_id, part.entered, self.at, cause)
