"""The made-up shop is like a real one: skewed, growing, with days and seasons, and untidy."""

from collections.abc import Callable

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest

from segql.cli.demo.geography import METROS, Metro, numbers_in
from segql.cli.demo.shop import Shop


def test_few_people_do_much_and_many_do_little(shop: Shop) -> None:
    done = pa.concat_arrays([chunk for kind in shop.events for chunk in kind.table["external_id"].chunks])
    counts = np.sort(done.value_counts().field("counts").to_numpy())
    assert 0.2 < (counts < 10).mean() < 0.45
    assert np.median(counts) < 0.7 * counts.mean()
    assert counts[-1] > 250
    assert counts[-len(counts) // 100 :].sum() > 0.08 * counts.sum()


def test_order_values_are_as_skewed_as_log_normal_ones(ask: Callable[..., float]) -> None:
    assert ask('SELECT avg(Total) / median(Total) FROM "Placed Order"') > 1.2
    assert ask('SELECT abs(skewness(ln(Total))) FROM "Placed Order"') < 0.5


def test_the_shop_grows(ask: Callable[..., float]) -> None:
    growth = """
        SELECT count(*) FILTER (occurred_at >= middle) / count(*) FILTER (occurred_at < middle)
        FROM "Active on Site", (SELECT $until::TIMESTAMP - INTERVAL 365 DAY AS middle)"""
    assert ask(growth) > 1.5


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Europe/London"])
def test_evenings_are_busier_than_nights_wherever_people_live(ask: Callable[..., float], zone: str) -> None:
    by_hour = """
        SELECT count(*) FILTER (hour BETWEEN 19 AND 21) / count(*) FILTER (hour BETWEEN 2 AND 4) FROM (
          SELECT hour(timezone(timezone, timezone('UTC', occurred_at))) AS hour
          FROM "Active on Site" JOIN profiles USING (external_id)
          WHERE timezone = $zone AND Source IN ('Direct', 'Search', 'Social'))"""
    assert ask(by_hour, zone=zone) > 4


def test_december_is_busier_than_february(ask: Callable[..., float]) -> None:
    by_month = """
        SELECT count(*) FILTER (month(created) = 12) / count(*) FILTER (month(created) = 2)
        FROM profiles"""
    assert ask(by_month) > 1.2


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("phone_number", 0.2, 0.4),
        ("gender", 0.2, 0.4),
        ("birthday", 0.3, 0.5),
        ("email", 0.01, 0.1),
        ("postal_code", 0.05, 0.25),
        ("predicted_clv", 0.5, 0.9),
        ("accepts_cookies", 0.1, 0.4),
        ('"SMS Preferences"', 0.6, 0.9),
        ('"Loyalty Tier"', 0.5, 0.9),
        ("country", -1, 0.001),
    ],
)
def test_attributes_have_gaps(ask: Callable[..., float], name: str, least: float, most: float) -> None:
    assert least < ask(f"SELECT avg(({name} IS NULL)::INT) FROM profiles") < most


def test_attributes_have_slips(ask: Callable[..., int]) -> None:
    assert ask("SELECT count(DISTINCT gender) FROM profiles") > 3
    assert ask("SELECT count(DISTINCT lower(gender)) FROM profiles") == 2
    assert ask("SELECT count(phone_number) - count(DISTINCT phone_number) FROM profiles") > 5
    assert ask("SELECT count(*) FROM profiles WHERE phone_number LIKE '(%'") > 50


def is_valid(number: str) -> bool:
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return False
    return not any(map(str.isalpha, number)) and phonenumbers.is_valid_number(parsed)


def test_a_few_numbers_are_wrong_and_nobody_consents_for_those(shop: Shop) -> None:
    numbers = [number for number in shop.profiles["phone_number"].to_pylist() if number is not None]
    wrong = sum(not is_valid(number) for number in numbers)
    assert 0 < wrong < 0.03 * len(numbers)
    entries = zip(shop.consents["channel"].to_pylist(), shop.consents["address"].to_pylist(), strict=True)
    texted = {address for channel, address in entries if channel == "sms"}
    assert all(address.startswith("+") and is_valid(address) for address in texted)


@pytest.mark.parametrize("metro", METROS, ids=lambda metro: metro.city)
def test_numbers_of_a_metro_are_valid_different_and_of_its_country(metro: Metro) -> None:
    numbers = numbers_in(np.random.default_rng(3), metro, 300)
    assert len(set(numbers)) == 300
    parsed = [phonenumbers.parse(number) for number in numbers]
    assert {phonenumbers.region_code_for_number(number) for number in parsed} == {metro.country}
    assert all(map(phonenumbers.is_valid_number, parsed))


def test_a_metro_that_runs_out_of_numbers_repeats_them() -> None:
    berlin = next(metro for metro in METROS if metro.city == "Berlin")
    assert len(set(numbers_in(np.random.default_rng(3), berlin, 3_500))) == 3_000


AUDIENCES = {
    "engaged with SMS": """external_id IN (
          SELECT external_id FROM "Clicked SMS" WHERE occurred_at > lately)""",
    "prefers SMS": """external_id IN (
          SELECT external_id FROM "Clicked SMS" WHERE occurred_at > lately - INTERVAL 60 DAY
          GROUP BY external_id HAVING count(*) >= 3)
        AND external_id NOT IN (SELECT external_id FROM "Opened Email" WHERE occurred_at > lately)""",
    "best customers": """external_id IN (
          SELECT external_id FROM "Placed Order" GROUP BY external_id HAVING sum(Total) >= 500)""",
    "near Cambridge": "latitude BETWEEN 42.2 AND 42.5 AND longitude BETWEEN -71.3 AND -70.9",
    "Canadian": "country = 'CA'",
    "women": "gender ILIKE 'female'",
    "budget shoppers": """predicted_clv <= 10 AND external_id IN (SELECT external_id FROM "Placed Order")""",
    "launches": """list_contains("SMS Preferences", 'product launches')""",
    "lapsed": """external_id IN (
          SELECT external_id FROM "Placed Order"
          GROUP BY external_id HAVING max(occurred_at) < lately - INTERVAL 30 DAY)""",
    "asked something": """external_id IN (SELECT external_id FROM "Texted Us")""",
}


@pytest.mark.parametrize("name", AUDIENCES)
def test_the_usual_audiences_are_neither_empty_nor_everybody(ask: Callable[..., float], name: str) -> None:
    """Among those who ever subscribed to texts."""
    share = f"""
        SELECT count(*) FILTER ({AUDIENCES[name]}) / count(*)
        FROM profiles, (SELECT $until::TIMESTAMP - INTERVAL 30 DAY AS lately)
        WHERE external_id IN (SELECT external_id FROM "Subscribed to SMS Marketing")"""
    assert 0.01 < ask(share) < 0.7
