"""Lists, segments and places, and the catalog that tells the compiler what names exist."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.compiler.catalog.model import Account, Point, Segment
from segql.runtime.errors import StoreError
from segql.runtime.store.catalog import read_account, read_catalog, save_account
from segql.runtime.store.database import Database
from segql.runtime.store.events import append_events
from segql.runtime.store.lists import add_to_list, remove_from_list
from segql.runtime.store.places import save_places, save_postal_codes
from segql.runtime.store.profiles import upsert_profiles
from segql.runtime.store.segments import remove_segment, save_segment

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def on_day(found: list[tuple[Any, ...]], number: int) -> set[int]:
    instant = day(number).replace(tzinfo=None)
    return {profile for profile, begin, end in found if begin <= instant < end}


@pytest.fixture(autouse=True)
def _people(database: Database) -> None:
    with database.transaction() as connection:
        upsert_profiles(connection, pa.table({"external_id": ["a", "b", "c"]}), Account())


def test_membership_is_kept_as_periods(database: Database) -> None:
    with database.transaction() as connection:
        assert add_to_list(connection, "VIP", [0, 1, 1, 99], day(2)) == 2
        assert add_to_list(connection, "vip", [0, 1, 2], day(3)) == 1
        assert remove_from_list(connection, "Vip", [1, 1, 2], day(5)) == 2
        assert remove_from_list(connection, "Vip", [1], day(5)) == 0
        assert add_to_list(connection, "vip", [1], day(8)) == 1
        assert add_to_list(connection, "vip", [1], day(7)) == 1
        found = connection.execute("SELECT profile_id, from_at, until_at FROM list_periods").fetchall()
        assert connection.execute("SELECT name, key FROM lists").fetchall() == [("VIP", "vip")]
    assert [on_day(found, number) for number in (1, 2, 3, 5, 6, 7, 9)] == [
        set(),
        {0, 1},
        {0, 1, 2},
        {0},
        {0},
        {0, 1},
        {0, 1},
    ]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(joins=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), min_size=1, max_size=6))
def test_joins_in_any_order_and_again_give_the_same_membership(
    database: Database, joins: list[tuple[int, int]]
) -> None:
    with database.cursor() as connection:
        connection.execute("BEGIN")
        for profile, number in [*joins, *joins]:
            add_to_list(connection, "VIP", [profile], day(number))
        found = connection.execute("SELECT profile_id, from_at, until_at FROM list_periods").fetchall()
        connection.execute("ROLLBACK")
    earliest = {profile: min(number for other, number in joins if other == profile) for profile, _ in joins}
    assert len(found) == len(earliest)
    for number in range(6):
        assert on_day(found, number) == {profile for profile, first in earliest.items() if first <= number}


def test_joining_and_leaving_at_one_instant_leaves_no_trace(database: Database) -> None:
    with database.transaction() as connection:
        add_to_list(connection, "VIP", [0], NOW)
        assert remove_from_list(connection, "VIP", [0], NOW) == 1
        assert connection.execute("FROM list_periods").fetchall() == []


def test_a_list_needs_a_name(database: Database) -> None:
    with pytest.raises(StoreError) as raised, database.transaction() as connection:
        add_to_list(connection, "  ", [0], NOW)
    assert raised.value.code == "S007"


def test_a_segment_is_stored_once_for_each_name(database: Database) -> None:
    with database.transaction() as connection:
        save_segment(connection, Segment(name="Winback", definition="x is 1"), NOW)
        save_segment(connection, Segment(name="WINBACK", definition="x is 2", description="again"), day(1))
        save_segment(connection, Segment(name="Other", definition="x is 3"), NOW)
    assert read_catalog(database).segments == (
        Segment(name="Other", definition="x is 3"),
        Segment(name="WINBACK", definition="x is 2", description="again"),
    )
    with database.transaction() as connection:
        assert remove_segment(connection, "winback", NOW)
        assert not remove_segment(connection, "winback", NOW)
    assert read_catalog(database).segment("winback") is None


def code(country: str, code: str, latitude: float, longitude: float) -> pa.Table:
    return pa.table({"country": [country], "code": [code], "latitude": [latitude], "longitude": [longitude]})


def test_postal_codes_are_looked_up_in_any_case_and_moved_when_saved_again(database: Database) -> None:
    with database.transaction() as connection:
        assert save_postal_codes(connection, code("us", " 02139", 42.365, -71.104)) == 1
        assert save_postal_codes(connection, code("GB", "sw1a 1aa", 51.5, -0.14)) == 1
    catalog = read_catalog(database)
    assert catalog.postal_code("us", "02139") == Point(42.365, -71.104)
    assert catalog.postal_code("GB", "SW1A 1AA") == Point(51.5, -0.14)
    assert catalog.postal_code("US", "99999") is None
    assert catalog.postal_code("FR", "75001") is None
    with database.transaction() as connection:
        save_postal_codes(connection, code("US", "02139", 1.0, 2.0))
    assert catalog.postal_code("US", "02139") == Point(1.0, 2.0)
    assert {country: dict(codes) for country, codes in catalog.postal_codes.items()} == {
        "GB": {"SW1A 1AA": Point(51.5, -0.14)},
        "US": {"02139": Point(1.0, 2.0)},
    }


def test_places_have_names_in_any_case(database: Database) -> None:
    shop = pa.table({"name": ["Cambridge store"], "latitude": [42.365], "longitude": [-71.104]})
    with database.transaction() as connection:
        assert save_places(connection, shop) == 1
        with pytest.raises(StoreError, match='no column "name"'):
            save_places(connection, shop.drop_columns("name"))
    assert read_catalog(database).place("CAMBRIDGE STORE") == Point(42.365, -71.104)


@pytest.mark.parametrize(
    "row",
    [
        ("Shop", 90.5, 0.0),
        ("Shop", 0.0, -181.0),
        ("Shop", float("nan"), 0.0),
        ("Shop", 0.0, None),
        (" ", 0.0, 0.0),
        (None, 0.0, 0.0),
    ],
)
def test_what_is_nowhere_or_has_no_name_is_refused(database: Database, row: tuple[Any, Any, Any]) -> None:
    name, latitude, longitude = row
    rows = {"latitude": [1.0, latitude], "longitude": [1.0, longitude]}
    for save, names in (
        (save_places, {"name": ["Here", name]}),
        (save_postal_codes, {"country": ["US", "US"], "code": ["02139", name]}),
    ):
        with (
            pytest.raises(StoreError, match=r"^1 of the places") as raised,
            database.transaction() as connection,
        ):
            save(connection, pa.table({**names, **rows}))
        assert raised.value.code == "S016"
    assert (read_catalog(database).places, dict(read_catalog(database).postal_codes)) == ({}, {})


def test_the_catalog_tells_what_the_store_has(database: Database) -> None:
    account = Account(name="Shop", timezone="Europe/London", currency="GBP", country="GB")
    with database.transaction() as connection:
        save_account(connection, account)
        save_account(connection, account)
        upsert_profiles(connection, pa.table({"external_id": ["a"], "Tier": ["gold"]}), account)
        columns = {
            "profile_id": [0],
            "occurred_at": [NOW],
            "Total": [1.5],
            "Campaign": ["x"],
            "Items": [[{"a": 1}]],
        }
        append_events(connection, "Placed Order", pa.table(columns), amount="Total", label="Campaign")
        add_to_list(connection, "VIP", [0], NOW)
        assert read_account(connection) == account
    catalog = read_catalog(database)
    assert catalog.account == account
    tier = catalog.attribute("tier")
    assert tier is not None
    assert (tier.name, tier.type) == ("Tier", "text")
    event = catalog.event("placed order")
    assert event is not None
    assert (event.name, event.amount, event.label) == ("Placed Order", "Total", "Campaign")
    assert [(found.name, found.type) for found in event.properties] == [
        ("Campaign", "text"),
        ("Items", "list"),
        ("Total", "number"),
    ]
    assert catalog.list_name("vip") == "VIP"


def test_an_empty_store_has_the_default_account(database: Database) -> None:
    assert read_catalog(database).account == Account()
