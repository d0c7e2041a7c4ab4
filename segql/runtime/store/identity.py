"""Who is who: which profile each row of a batch is about, as if every row were written before the next is
read.

A row is the profile that has its external id; failing that, its e-mail address; failing that, its phone
number. A profile that has another value of a stronger identifier is another person: families share addresses
and numbers.
"""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

Key = tuple[str, str, bool, bool]


class Identity(NamedTuple):
    """What a profile or a row is known by: the e-mail address folded, the number in E.164, "" where it is not valid."""

    external_id: str | None = None
    email: str | None = None
    phone: str | None = None

    def overlaid(self, other: "Identity") -> "Identity":
        """This identity with what the other one says."""
        return Identity(*(mine if said is None else said for mine, said in zip(self, other, strict=True)))

    def asked(self) -> Iterator[Key]:
        """The keys under which a row of this identity finds its profile, the strongest first."""
        if self.external_id:
            yield ("external_id", self.external_id, False, False)
        if self.email:
            yield ("email", self.email, bool(self.external_id), False)
        if self.phone:
            yield ("phone", self.phone, bool(self.external_id), bool(self.email))

    def answered(self) -> Iterator[Key]:
        """The keys under which a profile of this identity is found."""
        without_id = (False,) if self.external_id else (False, True)
        without_email = (False,) if self.email else (False, True)
        if self.external_id:
            yield ("external_id", self.external_id, False, False)
        if self.email:
            for first in without_id:
                yield ("email", self.email, first, False)
        if self.phone:
            for first in without_id:
                for second in without_email:
                    yield ("phone", self.phone, first, second)


class Identities:
    """The profiles that a batch may be about, and those that it adds. Where several fit, the oldest is
    meant."""

    def __init__(self, known: Iterable[tuple[int, Identity]], next_id: int) -> None:
        self._identities: dict[int, Identity] = {}
        # Heaps of profile ids, cleaned when they are read: a profile stays under keys that it has lost.
        self._found: dict[Key, list[int]] = {}
        self._next_id = next_id
        for profile_id, identity in known:
            self._keep(profile_id, identity)

    def place(self, row: Identity) -> int:
        """The profile of a row, a new one where nobody fits; what the row says is known to the next."""
        profile_id = next((found for key in row.asked() if (found := self._find(key)) is not None), None)
        if profile_id is None:
            profile_id = self._next_id
            self._next_id += 1
            self._keep(profile_id, row)
        else:
            known = self._identities[profile_id]
            if (changed := known.overlaid(row)) != known:
                self._keep(profile_id, changed)
        return profile_id

    def _keep(self, profile_id: int, identity: Identity) -> None:
        self._identities[profile_id] = identity
        for key in identity.answered():
            heappush(self._found.setdefault(key, []), profile_id)

    def _find(self, key: Key) -> int | None:
        heap = self._found.get(key)
        while heap:
            if key in self._identities[heap[0]].answered():
                return heap[0]
            heappop(heap)
        return None
