"""Refreshes of a small shop: who enters and leaves, when, and by which cause; what is stored, and what is refused."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest

import segql
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.runtime.errors import StoreError
from segql.runtime.refresh.changes import Change
from segql.runtime.refresh.upkeep import Upkeep
from segql.runtime.store import memberships
from segql.runtime.store.journal import note_rewritten
from segql.runtime.store.segments import remove_segment
from tests.refresh.shop import DAY, NOON, members, order, read, refreshed

FIRST = {
    *(("Buyers +ada", "first"), ("Buyers +bob", "first"), ("Buyers +cyd", "first"), ("Recent +ada", "first")),
    *(("Recent +bob", "first"), ("Lapsed +cyd", "first"), ("Big +bob", "first"), ("Best +ada", "first")),
    ("French +cyd", "first"),
}


def test_a_first_refresh_says_who_is_in(store: segql.Store) -> None:
    assert refreshed(store, Upkeep(), NOON) == FIRST
    assert members(store, "Recent") == {"ada", "bob"}


@pytest.mark.parametrize("kept", [True, False], ids=["in memory", "in a new process"])
def test_causes(store: segql.Store, kept: bool) -> None:
    upkeep = Upkeep()

    def refresh(now: Any) -> set[tuple[str, str]]:
        return refreshed(store, upkeep if kept else Upkeep(), now)

    refresh(NOON)
    assert refresh(NOON) == set()
    assert refresh(NOON + DAY) == set()
    assert refresh(NOON + 3 * DAY) == {("Recent -bob", "time"), ("Lapsed +bob", "time")}
    order(store, ("cyd", NOON - DAY, 600), ("cyd", NOON + 3 * DAY, 1))
    # Cyd's orders put Ada out of the first place.
    assert refresh(NOON + 3 * DAY) == {
        *(("Recent +cyd", "data"), ("Lapsed -cyd", "data"), ("Big +cyd", "data")),
        *(("Best +cyd", "data"), ("Best -ada", "data")),
    }
    store.save_segments('segment "Big":\n  sum of Total from "Placed Order" more than 5000', at=NOON)
    assert refresh(NOON + 3 * DAY) == {("Big -bob", "definition"), ("Big -cyd", "definition")}
    store.upsert_profiles(pa.table({"external_id": ["ada", "dan"], "country": ["France", "France"]}))
    assert refresh(NOON + 4 * DAY) == {("French +ada", "data"), ("French +dan", "data")}


def test_an_event_dated_ahead_counts_when_its_time_comes(store: segql.Store) -> None:
    upkeep = Upkeep()
    refreshed(store, upkeep, NOON)
    order(store, ("cyd", NOON + timedelta(hours=2), 1))
    assert refreshed(store, upkeep, NOON + timedelta(hours=1)) == set()
    assert refreshed(store, upkeep, NOON + timedelta(hours=2)) == {
        *(("Recent +cyd", "time"), ("Lapsed -cyd", "time"), ("Best +cyd", "time")),
    }


def test_periods_tell_from_when_until_when_and_why(store: segql.Store) -> None:
    for day in (0, 3):
        Upkeep().refresh(store.database, ["Recent"], NOON + day * DAY)
    rows = read(
        store, "SELECT profile_id, from_at, until_at, entered_by, left_by FROM segment_periods ORDER BY ALL"
    )
    noon, never = NOON.replace(tzinfo=None), noon_of(9999, 12, 31)
    assert rows == [(0, noon, never, "first", None), (1, noon, noon + 3 * DAY, "first", "time")]


def noon_of(year: int, month: int, day: int) -> Any:
    return NOON.replace(year=year, month=month, day=day, hour=0, tzinfo=None)


def test_who_enters_and_leaves_in_one_second_was_never_in(store: segql.Store) -> None:
    upkeep = Upkeep()
    for change in ("more than 5", "more than 5000"):
        store.save_segments(f'segment "Big":\n  sum of Total from "Placed Order" {change}', at=NOON)
        upkeep.refresh(store.database, ["Big"], NOON + timedelta(seconds=0.5))
    assert read(store, "FROM segment_periods") == []


def test_some_segments_alone(store: segql.Store) -> None:
    upkeep = Upkeep()
    assert refreshed(store, upkeep, NOON, "big", "LAPSED") == {
        ("Big +bob", "first"),
        ("Lapsed +cyd", "first"),
    }
    order(store, ("cyd", NOON, 1000))
    assert refreshed(store, upkeep, NOON + DAY, "Big") == {("Big +cyd", "data")}
    # What arrived before the last refresh of another segment is the cause still.
    assert refreshed(store, upkeep, NOON + DAY, "Lapsed") == {("Lapsed -cyd", "data")}
    assert refreshed(store, upkeep, NOON + DAY, "French") == {("French +cyd", "first")}


def test_a_segment_refreshed_later_whose_conditions_are_those_of_another(store: segql.Store) -> None:
    store.save_segments('segment "Same": sum of Total from "Placed Order" more than 500', at=NOON)
    refreshed(store, Upkeep(), NOON)
    order(store, ("cyd", NOON, 1000))
    upkeep = Upkeep()
    assert refreshed(store, upkeep, NOON + DAY, "Big") == {("Big +cyd", "data")}
    assert refreshed(store, upkeep, NOON + DAY, "Same") == {("Same +cyd", "data")}
    # The catalog changes, and one of them sees what comes next before the other does.
    store.add_to_list("A new one", [0], NOON)
    order(store, ("ada", NOON, 1000))
    assert refreshed(store, upkeep, NOON + DAY, "Big") == {("Big +ada", "data")}
    assert refreshed(store, upkeep, NOON + DAY, "Same") == {("Same +ada", "data")}


def test_who_leaves_and_enters_in_one_second_leaves_first(store: segql.Store) -> None:
    upkeep = Upkeep()
    for limit, at in (
        (500, NOON),
        (5000, NOON + DAY),
        (500, NOON + DAY),
        (5000, NOON + DAY),
        (500, NOON + DAY),
    ):
        store.save_segments(f'segment "Big": sum of Total from "Placed Order" more than {limit}', at=NOON)
        upkeep.refresh(store.database, ["Big"], at)
        assert members(store, "Big") == ({"bob"} if limit == 500 else set())
    noon, never = NOON.replace(tzinfo=None), noon_of(9999, 12, 31)
    assert read(store, "SELECT from_at, until_at FROM segment_periods ORDER BY ALL") == [
        (noon, noon + DAY),
        (noon + DAY, never),
    ]
    assert refreshed(store, Upkeep(), NOON + DAY, "Big") == set()


def test_a_definition_that_becomes_that_of_another_segment(store: segql.Store) -> None:
    upkeep = Upkeep()
    refreshed(store, upkeep, NOON)
    store.save_segments('segment "Big": country is "France"', at=NOON)
    assert refreshed(store, upkeep, NOON) == {("Big -bob", "definition"), ("Big +cyd", "definition")}


def test_a_segment_that_is_renamed_in_case_or_stored_again_keeps_its_members(store: segql.Store) -> None:
    upkeep = Upkeep()
    refreshed(store, upkeep, NOON)
    store.save_segments('segment "BIG" "Much": sum of Total from "Placed Order" more than 500', at=NOON)
    assert refreshed(store, upkeep, NOON) == set()


def test_a_removed_segment_is_forgotten(store: segql.Store) -> None:
    upkeep = Upkeep()
    refreshed(store, upkeep, NOON)
    with store.database.transaction() as connection:
        remove_segment(connection, "Buyers", NOON)
    assert refreshed(store, upkeep, NOON + DAY) == set()
    assert read(store, "SELECT count(*) FROM segment_periods") == [(len(FIRST) - 3,)]


def test_who_is_erased_leaves(store: segql.Store) -> None:
    upkeep = Upkeep()
    refreshed(store, upkeep, NOON)
    with store.database.transaction() as connection:
        for table in ("events", "profiles", "segment_moves"):
            connection.execute(f"DELETE FROM {table} WHERE profile_id = 2")
        note_rewritten(connection, [2])
    order(store, ("ada", NOON - 50 * DAY, 500))
    assert refreshed(store, upkeep, NOON) == {("Big +ada", "data")}
    assert members(store, "Buyers") == {"ada", "bob"}


def test_two_that_refresh_by_turns_agree(store: segql.Store) -> None:
    one, other = Upkeep(), Upkeep()
    refreshed(store, one, NOON)
    order(store, ("cyd", NOON, 1000))
    assert ("Big +cyd", "data") in refreshed(store, other, NOON + DAY)
    assert refreshed(store, one, NOON + DAY) == set()
    order(store, ("ada", NOON, 1000))
    assert ("Big +ada", "data") in refreshed(store, one, NOON + DAY)


def test_a_refresh_that_fails_changes_nothing_and_can_be_repeated(store: segql.Store) -> None:
    upkeep = Upkeep()
    refreshed(store, upkeep, NOON)
    order(store, ("cyd", NOON, 1000))
    before = read(store, "FROM segment_periods ORDER BY ALL")
    with (
        patch.object(memberships, "record_refreshes", side_effect=MemoryError),
        pytest.raises(MemoryError),
    ):
        refreshed(store, upkeep, NOON + DAY)
    assert read(store, "FROM segment_periods ORDER BY ALL") == before
    assert ("Big +cyd", "data") in refreshed(store, upkeep, NOON + DAY)


def test_a_definition_that_holds_no_more_is_told_and_the_others_go_on(store: segql.Store) -> None:
    upkeep = Upkeep()
    refreshed(store, upkeep, NOON)
    with store.database.transaction() as connection:
        connection.execute("UPDATE segments SET definition = 'did \"Nothing\"' WHERE name = 'Buyers'")
    order(store, ("cyd", NOON, 1000))
    changes = upkeep.refresh(store.database, None, NOON + DAY)
    assert ("Big", "data") in {(change.segment, change.cause) for change in changes}
    assert {name: error.diagnostics[0].code.name for name, error in changes.broken.items()} == {
        "Buyers": "SG202"
    }
    assert "Buyers" not in changes.sizes
    assert read(
        store, "SELECT count(*) FROM segment_periods JOIN segments USING (segment_id) WHERE key = 'buyers'"
    ) == [(3,)]
    with pytest.raises(DefinitionError):
        upkeep.refresh(store.database, ["Buyers"], NOON + DAY)


def test_what_changed_is_kept_for_segments_that_are_refreshed_later(store: segql.Store) -> None:
    """Of people who stand far from each other: sets are compared only where they may have changed."""
    store.upsert_profiles(pa.table({"external_id": [f"p{number}" for number in range(1000)]}))
    upkeep = Upkeep()
    refreshed(store, upkeep, NOON)
    for hour, who in enumerate(("p0", "p400", "p990"), 1):
        order(store, (who, NOON, 600))
        assert refreshed(store, upkeep, NOON + timedelta(hours=hour), "Big") == {(f"Big +{who}", "data")}
    assert refreshed(store, upkeep, NOON + DAY, "Buyers", "Recent") == {
        (f"{segment} +{who}", "data") for segment in ("Buyers", "Recent") for who in ("p0", "p400", "p990")
    }


def test_the_journal_is_forgotten_when_every_segment_has_seen_it(store: segql.Store) -> None:
    def noted() -> int:
        return int(read(store, "SELECT count(*) FROM profile_changes")[0][0])

    upkeep = Upkeep()
    refreshed(store, upkeep, NOON)
    assert noted() == 0
    store.upsert_profiles(pa.table({"external_id": ["ada"], "country": ["Italy"]}))
    assert noted() == 1
    refreshed(store, upkeep, NOON, "Big")
    assert noted() == 1
    refreshed(store, upkeep, NOON)
    assert noted() == 0


def test_time_goes_forward_only(store: segql.Store) -> None:
    Upkeep().refresh(store.database, ["Big"], NOON)
    with pytest.raises(
        StoreError, match='"Big" was refreshed as of 2026-06-01 12:00:00 UTC already'
    ) as raised:
        Upkeep().refresh(store.database, None, NOON - timedelta(seconds=1))
    assert raised.value.code == "S031"
    assert read(store, "SELECT count(*) FROM segment_refreshes") == [(1,)]
    # A segment that was never refreshed may begin in the past.
    assert len(Upkeep().refresh(store.database, ["French"], NOON - DAY)) == 1


def test_a_name_that_there_is_not(store: segql.Store) -> None:
    with pytest.raises(StoreError, match='no stored segment called "Lapst"') as raised:
        Upkeep().refresh(store.database, ["Lapst"], NOON)
    assert (raised.value.code, raised.value.remedy) == ("S030", 'Did you mean "Lapsed"?')


def test_changes_are_a_sequence(store: segql.Store) -> None:
    changes = Upkeep().refresh(store.database, ["Recent", "Lapsed"], NOON)
    assert list(changes) == [
        Change("Lapsed", 2, True, NOON, "first"),
        Change("Recent", 0, True, NOON, "first"),
        Change("Recent", 1, True, NOON, "first"),
    ]
    assert [changes[0], changes[1], changes[-1]] == list(changes)
    assert changes[1:] == list(changes)[1:]
    with pytest.raises(IndexError):
        changes[3]
    assert changes.sizes == {"Lapsed": 1, "Recent": 2}


def test_a_store_without_segments_has_nothing_to_refresh() -> None:
    with segql.open(":memory:") as store:
        assert len(Upkeep().refresh(store.database, None, NOON)) == 0


CHAIN = """
segment "A last, by its name":
  entered segment "Newly recent" in the last 7 days
segment "Newly recent":
  entered segment "Recent" in the last 2 days
"""


def test_segments_that_read_periods_of_others_see_those_of_the_same_refresh(store: segql.Store) -> None:
    upkeep = Upkeep()
    store.save_segments(CHAIN, at=NOON)
    for day in (0, 1, 2, 3, 12):
        now = NOON + day * DAY
        refreshed(store, upkeep, now)
        for name in ("Recent", "Newly recent", "A last, by its name"):
            assert members(store, name) == set(store.members(name, as_of=now)["external_id"].to_pylist()), (
                name,
                day,
            )
        if day == 1:
            order(store, ("cyd", now, 1))
    assert refreshed(store, Upkeep(), now) == set()


EVERY_KIND = """
segment "None":
  number of "Placed Order" is 0
segment "Never":
  never subscribed to push
segment "Few kinds":
  number of different Total from "Placed Order" less than 2
segment "Half":
  top 50% by number of "Placed Order"
"""


@pytest.mark.parametrize("count", [1, 3000], ids=["one", "more than there was room for"])
def test_new_people_are_in_where_nothing_is_asked_of_them(store: segql.Store, count: int) -> None:
    store.save_segments(EVERY_KIND, at=NOON)
    names = ("None", "Never", "Few kinds", "Half")
    upkeep = Upkeep()
    upkeep.refresh(store.database, names, NOON)
    store.upsert_profiles(pa.table({"external_id": [f"new {number}" for number in range(count)]}))
    upkeep.refresh(store.database, names, NOON)
    for name in names:
        assert members(store, name) == set(store.members(name, as_of=NOON)["external_id"].to_pylist())
    assert f"new {count - 1}" in members(store, "None") & members(store, "Never") & members(
        store, "Few kinds"
    )


TIMED = """
segment "Old":
  created before 30 days ago
segment "Patient":
  subscribed to push more than 10 days ago
segment "VIPs":
  in list "VIP"
"""


def test_time_alone_moves_what_sql_is_asked_for(store: segql.Store) -> None:
    store.upsert_profiles(pa.table({"external_id": ["bob"], "created": [NOON - 29 * DAY]}))
    entry = {
        "channel": "push", "kind": "marketing", "address": "ada", "status": "subscribed",
        "occurred_at": NOON - 9 * DAY, "recorded_at": NOON - 9 * DAY, "method": "form", "actor": "test",
    }  # fmt: skip
    store.record_consents(pa.Table.from_pylist([entry]))
    store.add_to_list("VIP", [2], NOON + timedelta(hours=2))
    store.save_segments(TIMED, at=NOON)
    upkeep, names = Upkeep(), ("Old", "Patient", "VIPs")
    assert refreshed(store, upkeep, NOON, *names) == set()
    assert refreshed(store, upkeep, NOON + timedelta(hours=1), *names) == set()
    assert refreshed(store, upkeep, NOON + timedelta(hours=2), *names) == {("VIPs +cyd", "time")}
    assert refreshed(store, upkeep, NOON + DAY, *names) == set()
    assert refreshed(store, upkeep, NOON + 2 * DAY, *names) == {
        ("Old +bob", "time"),
        ("Patient +ada", "time"),
    }


def test_whom_the_first_refresh_found_did_not_enter_then(store: segql.Store) -> None:
    """Nobody knows when they came in; a welcome to those who entered lately must not go to all of them."""
    upkeep = Upkeep()
    entered = 'entered segment "Recent" in the last 7 days'
    refreshed(store, upkeep, NOON)
    assert (store.count(entered, NOON), store.why(entered, "ada", NOON).holds) == (0, False)
    assert store.count('left segment "Recent"', NOON) == 0
    order(store, ("cyd", NOON + 3 * DAY, 1))
    refreshed(store, upkeep, NOON + 3 * DAY)
    assert store.count(entered, NOON + 3 * DAY) == 1
    assert store.why(entered, "cyd", NOON + 3 * DAY).holds
