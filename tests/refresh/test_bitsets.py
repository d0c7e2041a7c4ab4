"""Packed bits are sets: the same answers as Python's own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.runtime.refresh import bitsets

CAPACITY = 256
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


@pytest.mark.parametrize("count", [0, 1, 2**16, 2**16 + 1, 200_000])
def test_stretches_are_all_of_it_once(count: int) -> None:
    parts = [range(count)[part] for part in bitsets.stretches(count)]
    assert [each for part in parts for each in part] == list(range(count))
    people = np.arange(count, dtype=np.int32)
    assert bitsets.ids_of(bitsets.of_ids(people[::-1], 2**18)).tolist() == people.tolist()


@given(PEOPLE, st.lists(st.integers(0, CAPACITY - 1)))
def test_flipping_bits_of_words(held: set[int], others: list[int]) -> None:
    found = bits(held)
    words, masks = bitsets.flipped(np.array(others, np.int64))
    assert words.tolist() == sorted({one // 64 for one in others})
    found[words] ^= masks
    assert set(bitsets.ids_of(found).tolist()) == held ^ set(others)
    assert [bitsets.has(found, one) for one in range(CAPACITY)] == [
        (one in held) != (one in others) for one in range(CAPACITY)
    ]


@given(st.lists(st.sets(st.integers(0, CAPACITY // 64 - 1)), min_size=1))
def test_words_that_are_in_any_of_some_places(sets: list[set[int]]) -> None:
    places = [np.array(sorted(one), np.intp) for one in sets]
    found = bitsets.united(places, CAPACITY)
    assert np.arange(CAPACITY // 64)[found].tolist() == sorted(set[int]().union(*sets))
    assert bitsets.united([*places, bitsets.WHOLE], CAPACITY) == bitsets.WHOLE
