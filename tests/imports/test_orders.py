"""Orders: lines folded into events, exact money, and lines that belong to nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from segql.runtime.errors import StoreError
from tests.imports.conftest import Load
from tests.store.conftest import instant

Read = Callable[[str], list[tuple[Any, ...]]]

MAP = """
[orders]
order = "invoice"
customer = { external_id = "who", email = "mail" }
time = "when"
time_zone = "Europe/London"
quantity = "n"
price = "each"
items = { sku = "sku", quantity = "n" }
properties = { "Discount Code" = "code" }

[[orders.events]]
event = "Cancelled Order"
when = { column = "invoice", starts_with = "C" }

[[orders.events]]
event = "Placed Order"
when = { column = "state", is_in = ["paid", "sent"] }
"""
LINES = """invoice,who,mail,when,n,each,sku,code,state
1,ann,,2010-07-01 12:01,3,0.10,a,,paid
1,ann,,2010-07-01 12:00,1,0.70,b,SPRING,paid
1,ann,,2010-07-01 12:02,-1,0.20,c,SUMMER,paid
C2,,bob@x.org,2010-01-01 12:00,1,5,a,,open
3,,,2010-01-01 12:00,1,5,a,,paid
4,ann,,2010-01-01 12:00,1,5,a,,open
5,ann,,2010-01-01 12:00,one,5,a,,paid
6,ann,,2010-01-01 12:00,1,,a,,paid
7,ann,,some day,1,5,a,,paid
,ann,,2010-01-01 12:00,1,5,a,,paid
"""


def test_lines_are_folded_into_one_event_an_order(load: Load, read: Read) -> None:
    report = load("orders", LINES, map_text=MAP)
    assert report.written == {"Cancelled Order": 1, "Placed Order": 1, "repeated": 0}
    assert report.rejected == {
        "occurred_at: it is not a date and time": 1,
        "the order fits none of the map's events": 1,
        "the price is not a number": 1,
        "the quantity is not a number": 1,
        "there is no customer": 1,
        "there is no order id": 1,
    }
    query = (
        "SELECT m.name, coalesce(external_id, email), occurred_at, e.amount, properties FROM events e "
        "JOIN metrics m USING (metric_id) JOIN profiles USING (profile_id) ORDER BY m.name"
    )
    assert read(query) == [
        (
            "Cancelled Order",
            "bob@x.org",
            instant(2010, 1, 1, 12),
            50000,
            {"Items": [{"sku": "a", "quantity": 1.0}]},
        ),
        (
            "Placed Order",
            "ann",
            instant(2010, 7, 1, 11),
            8000,
            {
                "Items": [
                    {"sku": "a", "quantity": 3.0},
                    {"sku": "b", "quantity": 1.0},
                    {"sku": "c", "quantity": -1.0},
                ],
                "Discount Code": "SPRING",
            },
        ),
    ]
    again = load("orders", LINES, map_text=MAP)
    assert again.written == {"Cancelled Order": 0, "Placed Order": 0, "repeated": 2}


def test_an_event_that_fits_every_order_comes_last(load: Load, read: Read) -> None:
    map_text = MAP[: MAP.rindex("when")]
    report = load("orders", LINES, map_text=map_text)
    assert report.written["Placed Order"] == 2
    assert report.rejected.get("the order fits none of the map's events") is None


def test_sums_are_exact_where_floats_are_not(load: Load, read: Read) -> None:
    lines = "".join(f"1,ann,,2010-07-01 12:00,1,{price},x,,paid\n" for price in ["0.1"] * 10_000 + ["1e-4"])
    load("orders", LINES.splitlines()[0] + "\n" + lines, map_text=MAP)
    assert read("SELECT amount FROM events") == [(10_000_001,)]
    load("orders", LINES.splitlines()[0] + "\n2,ann,,2010-07-01,1,900719925474.0993,x,,paid\n", map_text=MAP)
    assert read("SELECT max(amount) FROM events") == [(2**53 + 1,)]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"invoice"\ncustomer', '"invoce"\ncustomer', "orders.order"),
        ('email = "mail"', 'email = "male"', "orders.customer.email"),
        ('time = "when"', 'time = "wen"', "orders.time"),
        ('price = "each"', 'price = "eech"', "orders.price"),
        ('sku = "sku"', 'sku = "skew"', "orders.items.sku"),
        ('"Discount Code" = "code"', '"Discount Code" = "cod"', "orders.properties.Discount Code"),
        ('column = "state"', 'column = "stat"', "orders.events.1.when.column"),
    ],
)
def test_a_missing_column_is_named_by_its_key(load: Load, old: str, new: str, key: str) -> None:
    assert old in MAP
    with pytest.raises(StoreError) as raised:
        load("orders", LINES, map_text=MAP.replace(old, new))
    assert f'at "{key}"' in raised.value.message


def test_two_things_cannot_have_one_name(load: Load) -> None:
    with pytest.raises(StoreError, match="one name"):
        load("orders", LINES, map_text=MAP.replace("[orders]", '[orders]\ntotal = "Items"'))
