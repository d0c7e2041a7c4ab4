"""What people do in the made-up shop holds together: effects follow causes, only the willing are texted."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("effect", "cause", "by"),
    [
        ("Opened Email", "Received Email", ["Campaign"]),
        ("Clicked Email", "Opened Email", ["Campaign"]),
        ("Clicked SMS", "Received SMS", ["Campaign"]),
        ("Viewed Product", "Active on Site", []),
        ("Added to Cart", "Viewed Product", ["SKU", "Category", "Price"]),
        ("Started Checkout", "Added to Cart", []),
        ("Placed Order", "Started Checkout", ["Items"]),
        ("Cancelled Order", "Placed Order", ["Order ID", "Total"]),
        ("Refunded Order", "Placed Order", ["Order ID"]),
        ("Unsubscribed from SMS Marketing", "Subscribed to SMS Marketing", []),
        ("Unsubscribed from Email Marketing", "Subscribed to Email Marketing", []),
    ],
)
def test_every_effect_follows_its_cause(
    ask: Callable[..., int], effect: str, cause: str, by: list[str]
) -> None:
    alike = "".join(f' AND c."{name}" = e."{name}"' for name in by)
    orphans = f"""
        SELECT count(*) FROM "{effect}" e WHERE NOT EXISTS (
          SELECT 1 FROM "{cause}" c
          WHERE c.external_id = e.external_id AND c.occurred_at < e.occurred_at{alike})"""
    assert ask(orphans) == 0


@pytest.mark.parametrize("channel", ["Email", "SMS"])
def test_every_click_on_a_message_is_a_visit(ask: Callable[..., int], channel: str) -> None:
    lost = f"""
        SELECT count(*) FROM "Clicked {channel}" c
        WHERE occurred_at < $until::TIMESTAMP - INTERVAL 1 MINUTE AND NOT EXISTS (
          SELECT 1 FROM "Active on Site" v WHERE v.external_id = c.external_id AND v.Source = '{channel}'
          AND v.occurred_at BETWEEN c.occurred_at AND c.occurred_at + INTERVAL 1 MINUTE)"""
    assert ask(lost) == 0


@pytest.mark.parametrize("event", ["Received SMS", "Failed to Deliver SMS"])
def test_only_those_who_allow_it_at_that_time_are_texted(ask: Callable[..., int], event: str) -> None:
    unwanted = f"""
        WITH owners AS (
          SELECT external_id,
            regexp_replace(phone_number, '^\\((\\d+)\\) (\\d+)-(\\d+)$', '+1\\1\\2\\3') AS phone
          FROM profiles WHERE phone_number IS NOT NULL),
        allowed AS (
          SELECT external_id, min(occurred_at) FILTER (status = 'subscribed') AS since,
            min(occurred_at) FILTER (status = 'unsubscribed') AS until
          FROM consents JOIN owners ON address = phone
          WHERE channel = 'sms' AND kind = 'marketing' GROUP BY external_id)
        SELECT count(*) FROM "{event}" e WHERE NOT EXISTS (
          SELECT 1 FROM allowed a WHERE a.external_id = e.external_id AND e.occurred_at >= a.since
          AND e.occurred_at < coalesce(a.until + INTERVAL 1 MINUTE, TIMESTAMP '9999-12-31'))"""
    assert ask(unwanted) == 0
    elsewhere = f"""
        SELECT count(*) FROM "{event}" JOIN profiles USING (external_id)
        WHERE country NOT IN ('US', 'CA', 'GB')"""
    assert ask(elsewhere) == 0


def test_campaigns_are_texted_by_day(ask: Callable[..., int]) -> None:
    at_night = """
        SELECT count(*) FROM "Received SMS" JOIN profiles USING (external_id)
        WHERE Campaign <> 'Welcome' AND timezone IS NOT NULL
        AND hour(timezone(timezone, timezone('UTC', occurred_at))) NOT BETWEEN 8 AND 20"""
    assert ask(at_night) == 0


@pytest.mark.parametrize(("channel", "kind"), [("SMS", "sms"), ("Email", "email")])
@pytest.mark.parametrize(
    ("event", "status"), [("Subscribed to", "subscribed"), ("Unsubscribed from", "unsubscribed")]
)
def test_the_consent_log_and_the_events_say_the_same(
    ask: Callable[..., list[object]], channel: str, kind: str, event: str, status: str
) -> None:
    logged = ask(
        """SELECT list(occurred_at ORDER BY occurred_at) FROM consents
        WHERE channel = $kind AND kind = 'marketing' AND status = $status""",
        kind=kind,
        status=status,
    )
    assert logged
    assert logged == ask(f'SELECT list(occurred_at ORDER BY occurred_at) FROM "{event} {channel} Marketing"')


def test_an_order_costs_what_is_in_it_less_its_discount(ask: Callable[..., int]) -> None:
    wrong = """
        SELECT count(*) FROM (
          SELECT round(Total * 100)::BIGINT AS paid, "Discount Code" AS code,
            list_sum([round(item.price * 100)::BIGINT * item.quantity FOR item IN Items])::BIGINT AS cost
          FROM "Placed Order")
        WHERE paid <= 0 OR paid <> (cost * (100 - CASE code
          WHEN 'WELCOME10' THEN 10 WHEN 'SAVE15' THEN 15 WHEN 'SALE25' THEN 25 ELSE 0 END)) // 100"""
    assert ask(wrong) == 0
    assert ask('SELECT count(DISTINCT "Order ID") - count(*) FROM "Placed Order"') == 0
    too_much = """
        SELECT count(*) FROM "Refunded Order" r JOIN "Placed Order" p USING ("Order ID")
        WHERE r.Total > p.Total"""
    assert ask(too_much) == 0
