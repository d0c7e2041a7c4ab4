"""Shopify's segment queries: the text of each, what is told of it, and whom it means."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

import segql
from segql.compiler.convert.report import ConvertError
from segql.compiler.convert.shopify import Names, from_shopify

QUERIES = (
    "amount_spent > 500 AND last_order_date > -30d",
    "email_subscription_status = 'SUBSCRIBED' AND customer_countries CONTAINS 'CA' OR amount_spent BETWEEN 1 AND 999.99",
    "email_subscription_status = 'SUBSCRIBED' AND (customer_countries CONTAINS 'CA' OR number_of_orders >= 3)",
    "(sms_subscription_status != 'SUBSCRIBED' AND (email_subscription_status = 'NOT_SUBSCRIBED')) and amount_spent = 0",
    "email_subscription_status = 'INVALID'",
    "customer_tags CONTAINS 'vip' AND customer_tags NOT CONTAINS 'it\\'s \"odd\"'",
    "customer_tags IS NULL OR companies IS NOT NULL",
    "last_order_date = today OR last_order_date = yesterday OR last_order_date != -3w",
    "last_order_date <= -30d AND first_order_date <= 2026-01-31",
    "last_order_date <= -3m",
    "last_order_date >= 12_months_ago AND first_order_date < 2026-05-30T16:00:00",
    "last_order_date BETWEEN 2026-01-01 AND 2026-01-31 OR last_order_date BETWEEN -60d AND -2w",
    "last_order_date BETWEEN -12m AND today OR last_order_date BETWEEN 2026-01-01 AND -7d",
    "last_order_date IS NULL AND customer_added_date > -7d OR metafields.facts.on BETWEEN -7d AND today",
    "customer_email_domain = 'example.com' AND customer_language != 'fr'",
    "customer_account_status = 'ENABLED' AND predicted_spend_tier != 'HIGH'",
    "metafields.facts.size BETWEEN 38 AND 40 AND metafields.facts.vip = true AND metafields.facts.on = 'a'",
    "anniversary('metafields.facts.on') = today OR anniversary('metafields.facts.on') BETWEEN today AND +30d",
    "anniversary('metafields.facts.birth_date') = 2026-05-01",
    "orders_placed MATCHES (amount > 50, count >= 2, date >= -90d) AND orders_placed NOT MATCHES (date > -30d)",
    "orders_placed MATCHES (sum_amount >= 100, date > 2026-01-01)",
    "orders_placed MATCHES (location_id = 5)",
    "products_purchased MATCHES (id IN (1012132033639, 32421429314657), date BETWEEN -12m AND today)",
    "products_purchased NOT MATCHES () OR products_purchased MATCHES (tag = 'Sports wear')",
    "products_purchased(id: 5, date: -30d) = false OR products_purchased() = true",
    "shopify_email.opened MATCHES (count > 3) AND shopify_email.marked_as_spam MATCHES ()",
    "shopify_email.opened MATCHES (activity_id = 5240029206)",
    "storefront.product_viewed MATCHES (id = 1, date > -7d) OR storefront_event.collection_viewed MATCHES ()",
    "customer_within_distance MATCHES (coordinates = (45.42, -75.69), distance_km = 10)",
    "customer_within_distance(coordinates: (42.3, -71.1), distance_mi: 6.2) = true",
    "abandoned_checkout_date > -7d AND rfm_group = 'CHAMPIONS' AND customer_cities CONTAINS 'US-NY-NewYorkCity'",
    "store_credit_accounts MATCHES (balance > 0)",
    "mood = 'good'",
)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_each_filter(query: str, snapshot: SnapshotAssertion) -> None:
    (found,) = from_shopify(query, "x.txt")
    assert snapshot == "\n".join([query, found.text, *map(str, found.remarks)])
    if found.segment is not None:
        assert segql.parse(found.segment.text()).statements[0] == found.segment


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("", "line 1, column 1"),
        ("amount_spent >", "line 1, column 14"),
        ("amount_spent > 5\nAND AND", "line 2, column 5"),
        ('amount_spent = "5"', "line 1, column 16"),
        ("(" * 100 + "amount_spent > 5" + ")" * 100, "brackets stand deeper than 64"),
    ],
)
def test_what_is_no_query_is_told_with_its_place(query: str, place: str) -> None:
    with pytest.raises(ConvertError, match=place) as raised:
        from_shopify(query, "x.txt")
    assert raised.value.code == "T001"


def test_names_are_those_of_the_store() -> None:
    names = Names(orders="Bought", value="Amount", items="Lines", product="sku")
    (found,) = from_shopify("amount_spent > 5 AND products_purchased MATCHES (id = 7)", "x.txt", names)
    assert found.segment is not None
    assert found.segment.body() == (
        'sum of Amount from "Bought" more than 5 and did "Bought" where (any item of Lines where sku is 7)'
    )


WORDS = st.sampled_from(
    (
        *("amount_spent", "last_order_date", "customer_tags", "orders_placed", "anniversary", "AND", "OR", "NOT"),
        *("MATCHES", "CONTAINS", "BETWEEN", "IS", "NULL", "IN", "(", ")", ",", "=", "!=", ">", "<=", ":", "today"),
        *("-30d", "+7d", "5", "-1.5"),
        *("'a'", "'", "2026-01-01", "2026-02-31", "true", "date", "count", "x.y", "\n", "é", "\\"),
    )
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=20))
def test_no_text_is_a_crash(query: str) -> None:
    try:
        (found,) = from_shopify(query, "x.txt")
    except ConvertError as error:
        assert error.code == "T001"
        return
    assert found.segment is not None or found.remarks
    segql.parse(found.segment.text() if found.segment else "everybody")


NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def store() -> Iterator[segql.Store]:
    """Ann ordered twice, Bob once long ago, Cyd never; Cyd has no tags and no language."""
    with segql.open(":memory:", create=True) as opened:
        people = {
            "external_id": ["ann", "bob", "cyd"],
            "language": ["en", "fr", None],
            "tags": [["VIP", "new"], ["old"], None],
            "created": [NOW - timedelta(days=days) for days in (5, 400, 30)],
        }
        opened.upsert_profiles(pa.table(people), NOW)
        orders = {
            "external_id": ["ann", "ann", "bob"],
            "occurred_at": [NOW - timedelta(days=days) for days in (30, 3, 200)],
            "Total": [60.0, 10.0, 500.0],
        }
        opened.append_events("Placed Order", pa.table(orders), amount="Total")
        yield opened


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ("amount_spent > 60", "ann bob"),
        ("amount_spent < 100", "ann cyd"),
        ("number_of_orders = 0", "cyd"),
        ("number_of_orders BETWEEN 1 AND 2", "ann bob"),
        ("customer_tags CONTAINS 'vip'", "ann"),
        ("customer_tags NOT CONTAINS 'vip'", "bob cyd"),
        ("customer_language != 'en'", "bob cyd"),
        ("last_order_date != -3d", "bob cyd"),
        ("last_order_date = -3d", "ann"),
        ("first_order_date > -30d", ""),
        ("first_order_date >= -30d", "ann"),
        ("first_order_date <= -30d", "ann bob"),
        ("first_order_date < -30d", "bob"),
        ("last_order_date BETWEEN -30d AND -3d", "ann"),
        ("last_order_date IS NULL", "cyd"),
        ("orders_placed MATCHES (amount > 50, date > -60d)", "ann"),
        ("orders_placed NOT MATCHES (date > -60d)", "bob cyd"),
        ("orders_placed MATCHES (sum_amount < 100)", "ann cyd"),
        ("customer_added_date > -1w OR amount_spent = 500", "ann bob"),
    ],
)
def test_whom_it_means(store: segql.Store, query: str, people: str) -> None:
    (found,) = from_shopify(query, "x.txt")
    assert found.segment is not None
    meant = store.members(found.segment.body(), NOW)["external_id"].to_pylist()
    assert " ".join(meant) == people
