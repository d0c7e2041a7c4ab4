"""Who is who: which profile each row of a batch is about, as if every row were written before the next is
read.

A row is the profile that has its external id; failing that, its e-mail address; failing that, its phone
number. A profile that has another value of a stronger identifier is another person: families share addresses
and numbers. Where a row's weaker identifiers name another profile too, and nothing that either is known by
speaks against it, the two are one person: the other one is merged into the row's.
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

    def said(self) -> list[tuple[str, str]]:
        """The identifiers that there are, each with its kind, the strongest first."""
        return [(kind, value) for kind, value in zip(self._fields, self, strict=True) if value]

    def overlaid(self, other: "Identity") -> "Identity":
        """This identity with what the other one says."""
        return Identity(*(mine if said is None else said for mine, said in zip(self, other, strict=True)))

    def filled(self, other: "Identity") -> "Identity":
        """This identity, with what it lacks from the other one."""
        return other.overlaid(self)

    def agrees(self, other: "Identity") -> bool:
        """Whether the two have no identifier of which each has another value."""
        pairs = zip(self, other, strict=True)
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)

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
        self.merged: dict[int, int] = {}
        """The profiles that were merged, in that order, each with the one that it became part of."""
        for profile_id, identity in known:
            self._keep(profile_id, identity)

    def place(self, row: Identity, named: int | None = None) -> int:
        """The profile of a row, a new one where nobody fits; what the row says is known to the next.

        `named`: the profile that an alias names, which the row's identity does not hold.
        """
        if named is not None:
            profile_id: int | None = self.survivor(named)
        else:
            profile_id = next((found for key in row.asked() if (found := self._find(key)) is not None), None)
        if profile_id is None:
            profile_id = self._next_id
            self._next_id += 1
            self._keep(profile_id, row)
            return profile_id
        known = self._identities[profile_id]
        if (changed := known.overlaid(row)) != known:
            self._keep(profile_id, changed)
        said = dict(row.said())
        if named is not None or len(said) > 1:
            for key in changed.asked():
                if key[0] in said:
                    self._merge(key, profile_id)
        return profile_id

    def survivor(self, profile_id: int) -> int:
        """The profile itself, or the one that it became part of."""
        while profile_id in self.merged:
            profile_id = self.merged[profile_id]
        return profile_id

    def _merge(self, key: Key, profile_id: int) -> None:
        """Make the profile that another identifier of a row names a part of the row's profile."""
        other_id = self._find(key, besides=profile_id)
        if other_id is None or not self._identities[profile_id].agrees(self._identities[other_id]):
            return
        other = self._identities.pop(other_id)
        self.merged[other_id] = profile_id
        self._keep(profile_id, self._identities[profile_id].filled(other))

    def _keep(self, profile_id: int, identity: Identity) -> None:
        self._identities[profile_id] = identity
        for key in identity.answered():
            heappush(self._found.setdefault(key, []), profile_id)

    def _find(self, key: Key, besides: int | None = None) -> int | None:
        heap = self._found.get(key)
        passed = False
        while heap and not (self._answers(heap[0], key) and heap[0] != besides):
            passed = heappop(heap) == besides or passed
        found = heap[0] if heap else None
        if heap is not None and besides is not None and passed:
            heappush(heap, besides)
        return found

    def _answers(self, profile_id: int, key: Key) -> bool:
        identity = self._identities.get(profile_id)
        return identity is not None and key in identity.answered()
