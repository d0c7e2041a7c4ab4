"""Fifths and groups of RFM: their table, ties, and that the order of rows is nothing to them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.runtime.predict.rfm import fifths, groups

# By fifths of recency (rows), and of frequency and money (columns): the table of docs/predictions.md.
TABLE = [
    ["Inactive", "Inactive", "At risk", "At risk", "At risk"],
    ["Inactive", "Inactive", "At risk", "At risk", "At risk"],
    ["Needs attention", "Needs attention", "Needs attention", "Loyal", "Loyal"],
    ["Recent", "Recent", "Loyal", "Champions", "Champions"],
    ["Recent", "Recent", "Loyal", "Champions", "Champions"],
]


@pytest.mark.parametrize("recency", range(5))
@pytest.mark.parametrize("worth", range(5))
def test_the_group_of_every_pair_of_fifths(recency: int, worth: int) -> None:
    # 25 people, five in each fifth of recency and of worth, every pair once.
    last, value = (column.ravel() for column in np.meshgrid(np.arange(5.0), np.arange(5.0), indexing="ij"))
    found = groups(-last, value, value)
    assert found[recency * 5 + worth] == TABLE[recency][worth]


def test_frequency_and_money_count_alike_and_a_half_counts_up() -> None:
    # Fifths of frequency 1, 2, 3, 4, 5 and of money 2, 1, 4, 3, 5: together 2, 2, 4, 4, 5.
    found = groups(np.zeros(5), np.array([1.0, 2, 3, 4, 5]), np.array([20.0, 10, 40, 30, 50]))
    assert found.tolist() == ["Inactive", "Inactive", "At risk", "At risk", "At risk"]
    recent = groups(
        np.array([9.0, 9, 9, 0, 0]), np.array([1.0, 2, 3, 4, 5]), np.array([20.0, 10, 40, 30, 50])
    )
    assert recent.tolist()[3:] == ["Champions", "Champions"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([7.0], [1]),
        ([3.0, 3.0, 3.0], [1, 1, 1]),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ([5, 3, 1, 4, 2], [5, 3, 1, 4, 2]),
        ([1, 1, 1, 1, 1, 1, 2, 2, 3, 9], [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]),
        ([1, 2], [1, 3]),
    ],
)
def test_fifths(values: list[float], expected: list[int]) -> None:
    assert fifths(np.array(values, dtype=float)).tolist() == expected


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=60).flatmap(
        lambda v: st.tuples(st.just(v), st.permutations(v))
    )
)
def test_people_who_are_alike_are_in_one_fifth_in_any_order(orders: tuple[list[int], list[int]]) -> None:
    values, shuffled = orders
    found = dict(zip(values, fifths(np.array(values, dtype=float)).tolist(), strict=True))
    assert [found[value] for value in shuffled] == fifths(np.array(shuffled, dtype=float)).tolist()
    assert [found[value] for value in sorted(found)] == sorted(found.values())
    assert set(found.values()) <= {1, 2, 3, 4, 5}
