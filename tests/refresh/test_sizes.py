"""The sizes of segments that refreshes leave behind: by day in the account's zone, and what becomes of them."""

from datetime import timedelta

import pytest

import segql
from segql.compiler.catalog.model import Account
from segql.runtime.refresh.upkeep import Upkeep
from tests.refresh.shop import DAY, NOON, order

HOUR = timedelta(hours=1)


def test_sizes_by_day(store: segql.Store) -> None:
    store.save_account(Account(timezone="America/New_York"))
    upkeep = Upkeep()
    assert store.sizes(NOON) == {}
    upkeep.refresh(store.database, None, NOON)
    assert store.sizes(NOON)["Recent"].days == (2,)
    assert store.sizes(NOON)["Recent"].change is None
    upkeep.refresh(store.database, None, NOON + DAY)
    upkeep.refresh(store.database, None, NOON + 3 * DAY)
    recent = store.sizes(NOON + 3 * DAY)["Recent"]
    # Bob left as time passed; on the days before nothing changed.
    assert recent.days == (2, 2, 2, 1)
    assert (recent.now, recent.change, recent.at) == (1, -1, NOON + 3 * DAY)
    assert store.sizes(NOON + 4 * DAY)["Recent"].change == 0


def test_a_day_ends_at_midnight_of_the_account(store: segql.Store) -> None:
    store.save_account(Account(timezone="America/New_York"))
    upkeep = Upkeep()
    # 03:30 UTC on the next day is late in the evening there.
    evening = NOON.replace(hour=3, minute=30) + DAY
    upkeep.refresh(store.database, None, evening)
    order(store, ("dan", evening, 1))
    upkeep.refresh(store.database, None, evening + HOUR)
    assert store.sizes(evening + HOUR)["Buyers"].days == (3, 4)


@pytest.mark.parametrize("kept", [True, False], ids=["in memory", "in a new process"])
def test_a_day_has_one_size_the_last(store: segql.Store, kept: bool) -> None:
    upkeep = Upkeep()
    for minutes in range(5):
        now = NOON + timedelta(minutes=minutes)
        order(store, (f"new {minutes}", now, 1))
        (upkeep if kept else Upkeep()).refresh(store.database, None, now)
    with store.database.cursor() as cursor:
        query = "SELECT size FROM segment_sizes JOIN segments USING (segment_id) WHERE name = 'Buyers'"
        assert cursor.execute(query).fetchall() == [(8,)]


def test_only_so_many_days_are_told(store: segql.Store) -> None:
    upkeep = Upkeep()
    for day in range(4):
        order(store, (f"new {day}", NOON + day * DAY, 1))
        upkeep.refresh(store.database, None, NOON + day * DAY)
    assert store.sizes(NOON + 5 * DAY)["Buyers"].days == (4, 5, 6, 7, 7, 7)
    assert store.sizes(NOON + 5 * DAY, days=4)["Buyers"].days == (6, 7, 7, 7)
    assert store.sizes(NOON + 9 * DAY, days=2)["Buyers"].days == (7, 7)


def test_what_was_erased_or_removed_is_counted_no_more(store: segql.Store) -> None:
    store.refresh(now=NOON)
    store.erase("ada", "tests", NOON)
    store.refresh(now=NOON + HOUR)
    assert store.sizes(NOON + HOUR)["Buyers"].now == 2
    store.remove_segments(["Buyers"], at=NOON)
    assert "Buyers" not in store.sizes(NOON + HOUR)
    with store.database.cursor() as cursor:
        query = "SELECT DISTINCT segment_id FROM segment_sizes EXCEPT SELECT segment_id FROM segments"
        assert cursor.execute(query).fetchall() == []


def test_days_before_the_first_refresh_are_counted(store: segql.Store) -> None:
    store.save_account(Account(timezone="America/New_York"))
    store.refresh(now=NOON)
    assert len(store.sizes(NOON)["Recent"].days) == 1
    done = list(store.count_past(NOON))
    assert {"Recent", "Buyers"} <= set(done)
    for name in done:
        counted = store.ask(f'trend in segment "{name}" over the last 29 days by day', NOON)[
            "count"
        ].to_pylist()
        assert store.sizes(NOON)[name].days == tuple(counted)
    assert len(set(store.sizes(NOON)["Recent"].days)) > 1
    assert list(store.count_past(NOON)) == []
    # Nor is anything counted on the next days: what is known goes back further.
    store.refresh(now=NOON + DAY)
    assert list(store.count_past(NOON + DAY)) == []


def test_what_was_noted_on_a_day_stays(store: segql.Store) -> None:
    Upkeep().refresh(store.database, None, NOON)
    order(store, ("late", NOON - HOUR, 1))
    Upkeep().refresh(store.database, None, NOON + DAY)
    before = store.sizes(NOON + DAY)["Buyers"].days
    list(store.count_past(NOON + DAY))
    days = store.sizes(NOON + DAY)["Buyers"].days
    assert (len(days), days[-2:]) == (30, before)
    with store.database.cursor() as cursor:
        query = "SELECT 1 FROM segment_sizes GROUP BY segment_id, day HAVING count(*) > 1"
        assert cursor.execute(query).fetchall() == []


def test_a_segment_that_holds_no_more_has_no_past(store: segql.Store) -> None:
    store.refresh(now=NOON)
    with store.database.transaction() as connection:
        connection.execute("UPDATE segments SET definition = 'did \"Nothing\"' WHERE name = 'Buyers'")
    done = list(store.count_past(NOON))
    assert "Recent" in done
    assert "Buyers" not in done
    assert len(store.sizes(NOON)["Buyers"].days) == 1
