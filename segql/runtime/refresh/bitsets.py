"""Sets of profiles as packed bits, one a profile ordinal, lowest bit first, in words of 64: a million people are 125 kB."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint64]
Ids = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.int32 | np.intp]
"""Places of some words in a set. What changes is small: only its words are looked at."""
Where = slice | Words
WHOLE, NOWHERE = slice(None), np.zeros(0, np.intp)


class Places(NamedTuple):
    """Where some profiles are in any set: for each its byte, and its bit there. Worked out once for all sets."""

    ids: Ids
    bytes: npt.NDArray[np.intp]
    bits: npt.NDArray[np.uint8]


def places(ids: Ids) -> Places:
    """The places of profiles, in their order."""
    return Places(ids, (ids >> 3).astype(np.intp), np.left_shift(1, ids & 7).astype(np.uint8))


def side_by_side(several: Sequence[Places]) -> Places:
    """The places of all that are given (one or more)."""
    if len(several) == 1:
        return several[0]
    ids, of, bits = (np.concatenate(parts) for parts in zip(*several, strict=True))
    return Places(ids, of, bits)


def nobody(capacity: int) -> Bits:
    """The empty set. `capacity`: a multiple of 64, beyond every profile_id."""
    return np.zeros(capacity // 64, np.uint64)


def of_ids(ids: Ids | slice, capacity: int) -> Bits:
    """The set of these profiles, in any order; or of a stretch of them."""
    flags = np.zeros(capacity, np.bool_)
    flags[ids] = True
    return of_flags(flags)


def of_flags(flags: npt.NDArray[np.bool_ | np.uint8]) -> Bits:
    """The set of the profiles for which a flag is set, one flag a profile; or several sets, one a row."""
    return np.packbits(flags, axis=-1, bitorder="little").view(np.uint64)


def flags_of(bits: Bits) -> Flags:
    """One flag a profile."""
    return np.unpackbits(bits.view(np.uint8), bitorder="little").view(np.bool_)


def ids_of(bits: Bits, where: Where = WHOLE) -> Ids:
    """The profiles in the set, ascending. `where`: which words of the set are given, in their order."""
    held = np.flatnonzero(bits)
    words = held if isinstance(where, slice) else where[held]
    places = np.flatnonzero(flags_of(bits[held]))
    found: Ids = (words[places >> 6] * 64 + (places & 63)).astype(np.int32)
    return found


def highest_first(bits: Bits) -> bytes:
    """The set as SQL has bits: of each byte the highest is the first."""
    return np.packbits(flags_of(bits)).tobytes()


def size(bits: Bits) -> int:
    """How many profiles are in the set."""
    return int(np.bitwise_count(bits).sum())


def contains(bits: Bits, at: Places) -> Flags:
    """For each of the profiles, whether it is in the set."""
    found: Flags = (bits.view(np.uint8)[at.bytes] & at.bits) != 0
    return found


def has(bits: Bits, profile_id: int) -> bool:
    """Whether a profile is in the set."""
    return bool(int(bits[profile_id >> 6]) >> (profile_id & 63) & 1)


def put(bits: Bits, at: Places, inside: Flags) -> Words:
    """Set whether each of the profiles is in the set, in place; the words that changed, in any order. One that comes
    several times is said to be the same each time."""
    changed = np.flatnonzero(contains(bits, at) != inside)
    if not len(changed):
        return NOWHERE
    inside = inside[changed]
    enter, leave, of = changed[inside], changed[~inside], bits.view(np.uint8)
    np.bitwise_or.at(of, at.bytes[enter], at.bits[enter])
    np.bitwise_and.at(of, at.bytes[leave], ~at.bits[leave])
    return at.bytes[changed] >> 3


def grown(bits: Bits, capacity: int) -> Bits:
    """The same set with room for more profiles."""
    return np.concatenate([bits, nobody(capacity - len(bits) * 64)])


def combined(operation: Callable[[Bits, Bits], Bits], sets: Sequence[Bits]) -> Bits:
    """Several sets (one or more) combined by AND or OR."""
    return reduce(operation, sets)
