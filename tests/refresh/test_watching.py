"""Refreshing again and again, by a clock that is turned by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import segql
from segql.runtime.errors import StoreError
from segql.runtime.refresh.watching import watched
from tests.refresh.shop import DAY, NOON, order, stock, told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with segql.open(path, create=True) as store:
        stock(store)
    return path


def watch(
    path: Path, ticks: list[tuple[datetime, Callable[[segql.Store], object]]]
) -> list[set[tuple[str, str]]]:
    """What each refresh told; before each instant something is done with the store, which is free meanwhile."""
    waiting = iter(ticks)
    now = NOON

    def wait() -> bool:
        nonlocal now
        now, action = next(waiting, (now, None))
        if action is None:
            return False
        with segql.open(path) as store:
            action(store)
        return True

    found = []
    for changes in watched(path, None, lambda: now, wait):
        with segql.open(path) as store:
            found.append(told(store, changes))
    return found


def test_each_refresh_tells_what_happened_since_the_one_before(path: Path) -> None:
    first, *rest = watch(
        path,
        [
            (NOON + DAY, lambda store: order(store, ("cyd", NOON, 1000))),
            (NOON + DAY, lambda store: None),
            (NOON + 3 * DAY, lambda store: None),
        ],
    )
    assert len(first) == 9
    assert rest == [
        {("Recent +cyd", "data"), ("Lapsed -cyd", "data"), ("Big +cyd", "data"), ("Best +cyd", "data")},
        set(),
        {("Recent -bob", "time"), ("Lapsed +bob", "time")},
    ]


def test_a_clock_that_goes_back_stands_still(path: Path) -> None:
    _, *rest = watch(
        path,
        [
            (NOON - timedelta(hours=1), lambda store: order(store, ("bob", NOON - DAY, 1))),
            (NOON + 3 * DAY, lambda store: None),
        ],
    )
    assert rest == [{("Best +bob", "data")}, set()]


def test_while_the_store_is_held_refreshes_are_left_out(path: Path) -> None:
    holders: list[segql.Store] = []

    def wait() -> bool:
        if holders:
            holders.pop().close()
            return True
        holders.append(segql.open(path))
        order(holders[0], ("cyd", NOON, 1000))
        return waited.append(1) is None and len(waited) == 1

    waited: list[int] = []
    first, second = watched(path, ["Big"], lambda: NOON, wait)
    assert [len(first), len(second)] == [1, 1]
    holders.pop().close()


def test_an_absent_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        next(watched(tmp_path / "none.duckdb", None, lambda: NOON, lambda: True))
