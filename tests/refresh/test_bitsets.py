"""Packed bits are sets: the same answers as Python's own."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segql.runtime.refresh import bitsets

CAPACITY = 128
PEOPLE = st.sets(st.integers(0, CAPACITY - 1))


def bits(people: set[int]) -> bitsets.Bits:
    return bitsets.of_ids(np.array(sorted(people), np.int32), CAPACITY)


@given(PEOPLE, PEOPLE)
def test_algebra(one: set[int], other: set[int]) -> None:
    assert bitsets.ids_of(bits(one) & bits(other)).tolist() == sorted(one & other)
    assert bitsets.ids_of(bits(one) & ~bits(other)).tolist() == sorted(one - other)
    assert bitsets.size(bits(one)) == len(one)
    assert set(np.flatnonzero(bitsets.flags_of(bits(one))).tolist()) == one
    highest_first = int.from_bytes(bitsets.highest_first(bits(one)), "big")
    assert {place for place in range(CAPACITY) if highest_first >> (CAPACITY - 1 - place) & 1} == one
    assert set(bitsets.ids_of(bitsets.grown(bits(one), 2 * CAPACITY)).tolist()) == one


@given(PEOPLE, st.lists(st.integers(0, CAPACITY - 1)), st.sets(st.integers(0, CAPACITY - 1)))
def test_put(held: set[int], asked: list[int], inside: set[int]) -> None:
    found = bits(held)
    ids = np.array(asked, np.int32)
    assert bitsets.contains(found, bitsets.places(ids)).tolist() == [one in held for one in asked]
    expected = held - set(asked) | (inside & set(asked))
    changed = bitsets.put(found, bitsets.places(ids), np.array([one in inside for one in asked], np.bool_))
    assert set(bitsets.ids_of(found).tolist()) == expected
    assert set(changed.tolist()) == {one // 64 for one in expected ^ held}
