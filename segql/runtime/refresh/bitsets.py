"""Sets of profiles as packed bits, one a profile ordinal, lowest bit first, in words of 64: a million people are 125 kB."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint64]
Ids = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.int32 | np.intp]
"""Places of some words in a set. What changes is small: only its words are looked at."""
Where = slice | Words
WHOLE, NOWHERE = slice(None), np.zeros(0, np.intp)

_STRETCH = 2**16


def nobody(capacity: int) -> Bits:
    """The empty set. `capacity`: a multiple of 64, beyond every profile_id."""
    return np.zeros(capacity // 64, np.uint64)


def of_ids(ids: Ids | slice, capacity: int) -> Bits:
    """The set of these profiles, in any order; or of a stretch of them."""
    flags = np.zeros(capacity, np.bool_)
    if isinstance(ids, slice):
        flags[ids] = True
    else:
        for part in stretches(len(ids)):
            flags[ids[part]] = True
    return of_flags(flags)


def stretches(count: int) -> Iterator[slice]:
    """So many ids in parts: NumPy widens the ids by which it looks things up, and those of a part stay in the caches."""
    return (slice(start, start + _STRETCH) for start in range(0, count, _STRETCH))


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


def part(bits: Bits, where: Where) -> Bits:
    """Some words of a set."""
    return bits[where] if isinstance(where, slice) else bits.take(where)


def words(bits: Bits, where: Where) -> Words:
    """Which words of a set these are."""
    return np.arange(len(bits))[where] if isinstance(where, slice) else where


def united(places: Sequence[Where], capacity: int) -> Where:
    """The words that are in any of some places (one or more), ascending."""
    # Far faster than to sort them, as a set has few words.
    flags = np.zeros(capacity // 64, np.bool_)
    for one in places:
        if isinstance(one, slice):
            return WHOLE
        flags[one] = True
    return np.flatnonzero(flags)


def has(bits: Bits, profile_id: int) -> bool:
    """Whether a profile is in the set."""
    return bool(int(bits[profile_id >> 6]) >> (profile_id & 63) & 1)


def flipped(keys: npt.NDArray[np.int64]) -> tuple[Words, Bits]:
    """Places of bits as words, ascending, and for each word the bits in it. A place may come several times."""
    keys = np.sort(keys)
    of = keys >> 6
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    bits = np.left_shift(np.uint64(1), (keys & 63).astype(np.uint64))
    return of[starts], np.bitwise_or.reduceat(bits, starts)


def grown(bits: Bits, capacity: int) -> Bits:
    """The same set with room for more profiles."""
    return np.concatenate([bits, nobody(capacity - len(bits) * 64)])


def combined(operation: Callable[[Bits, Bits], Bits], sets: Sequence[Bits]) -> Bits:
    """Several sets (one or more) combined by AND or OR."""
    return reduce(operation, sets)
