"""Sets of profiles as packed bits, one a profile ordinal, lowest bit first: a million people are 125 kB."""

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint8]
Ids = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


def nobody(capacity: int) -> Bits:
    """The empty set. `capacity`: a multiple of 64, beyond every profile_id."""
    return np.zeros(capacity // 8, np.uint8)


def of_ids(ids: Ids, capacity: int) -> Bits:
    """The set of these profiles, in any order."""
    flags = np.zeros(capacity, np.bool_)
    flags[ids] = True
    return of_flags(flags)


def of_flags(flags: Flags) -> Bits:
    """The set of the profiles for which a flag is set, one flag a profile."""
    return np.packbits(flags, bitorder="little")


def flags_of(bits: Bits) -> Flags:
    """One flag a profile."""
    return np.unpackbits(bits, bitorder="little").view(np.bool_)


def ids_of(bits: Bits) -> Ids:
    """The profiles in the set, ascending."""
    # Most sets of changes are small: only the words that are not empty are opened.
    words = bits.view(np.uint64)
    held = np.flatnonzero(words)
    flags = np.unpackbits(words[held].view(np.uint8), bitorder="little").reshape(-1, 64)
    rows, places = np.nonzero(flags)
    return (held[rows] * 64 + places).astype(np.int32)


def size(bits: Bits) -> int:
    """How many profiles are in the set."""
    return int(np.bitwise_count(bits).sum())


def contains(bits: Bits, ids: Ids) -> Flags:
    """For each of the profiles, whether it is in the set."""
    found: Flags = (bits[ids >> 3] >> (ids & 7).astype(np.uint8) & 1).astype(np.bool_)
    return found


def put(bits: Bits, ids: Ids, inside: Flags) -> bool:
    """Set whether each of the profiles is in the set, in place; whether anything changed. One that comes several times
    is said to be the same each time."""
    changed = np.unique(ids[contains(bits, ids) != inside])
    np.bitwise_xor.at(bits, changed >> 3, np.left_shift(1, changed & 7).astype(np.uint8))
    return len(changed) > 0


def grown(bits: Bits, capacity: int) -> Bits:
    """The same set with room for more profiles."""
    return np.concatenate([bits, np.zeros(capacity // 8 - len(bits), np.uint8)])


def combined(operation: Callable[[Bits, Bits], Bits], sets: Sequence[Bits]) -> Bits:
    """Several sets (one or more) combined by AND or OR."""
    return reduce(operation, sets)
