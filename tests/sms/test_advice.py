"""E02 to E04: reports day by day, orders without a click, and six advices with their figures."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from segql.runtime.api import Store
from segql.sms import Flow, Sms
from segql.sms.advice import Advice

from .shop import BAD, NOON, UNDELIVERED, Shop, campaign, number

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LINK = "{{ link('https://a.example') }}"


@pytest.fixture
def real(shop: Shop) -> Iterator[Shop]:
    """A shop whose audiences are written in the language."""
    shop.sms = Sms(Store(shop.database), shop.carrier, clock=lambda: shop.now, random=Random(7))
    yield shop


def link_in(text: str) -> str:
    return text.split("https://links.example.com/")[1].split()[0]


def sent(shop: Shop, name: str = "Sale") -> None:
    shop.sms.send("ann", "owner", campaign(LINK, name=name))
    shop.now += timedelta(minutes=10)
    shop.sms.advance()


def test_e02_day_by_day_with_the_days_on_which_nothing_happened(shop: Shop) -> None:
    shop.add([number(1), number(2), number(3, UNDELIVERED)])
    sent(shop)
    shop.sms.click(link_in(shop.taken(number(1))[0]), at=NOON + 12 * HOUR)  # at midnight in New York
    shop.order("c1", 30, NOON + 2 * DAY - 14 * HOUR)
    shop.text(number(2), "STOP", at=NOON + HOUR)
    found = shop.sms.outbound.over_time("sale")
    assert [f"{day.begins:%d %H}" for day in found] == ["01 00", "02 00"]
    first, second = found
    assert (first.sent, first.parts, first.received, first.failed, first.unsubscribes) == (3, 3, 2, 1, 1)
    assert (first.clicks, second.clicks) == (0, 1)
    assert (second.conversions, second.revenue) == (1, Decimal(30))
    whole = shop.sms.report("Sale")
    assert (whole.sent, whole.received, whole.clicks) == (3, 2, 1)
    assert whole.revenue == sum(day.revenue for day in found)


def test_e03_orders_without_a_click_are_beside_and_not_mixed_in(shop: Shop) -> None:
    shop.add([number(1), number(2), number(3, UNDELIVERED)])
    sent(shop)
    shop.sms.click(link_in(shop.taken(number(1))[0]))
    for who, total in (("c1", 10), ("c2", 20), ("c3", 40)):
        shop.order(who, total, shop.now + HOUR)
    shop.order("c2", 80, shop.now + 30 * HOUR)  # after the window
    done = shop.sms.report("Sale")
    assert (done.conversions, done.revenue) == (1, 10)
    assert (done.unclicked_orders, done.unclicked_revenue) == (1, 20)


def test_e03_an_order_without_a_click_is_the_last_messages(shop: Shop) -> None:
    shop.add([number(1)])
    sent(shop, "First")
    shop.sms.change_settings("ann", "owner", {"conversion_window_hours": 72})
    shop.now += DAY
    sent(shop, "Second")
    shop.order("c1", 10, shop.now + HOUR)
    assert [shop.sms.report(name).unclicked_orders for name in ("First", "Second")] == [0, 1]


def test_e02_a_flow_has_a_report_like_a_campaign(shop: Shop) -> None:
    shop.add([number(1)])
    shop.order("c1", 1, NOON - 9 * DAY)
    shop.sms.outbound.save_flow("ann", "owner", Flow("Thanks", LINK, event="Placed Order"))
    shop.order("c1", 2, NOON)
    shop.sms.advance()
    shop.now += HOUR
    shop.sms.advance()
    shop.sms.click(link_in(shop.taken()[0]))
    shop.order("c1", 25, shop.now + HOUR)
    done = shop.sms.report("thanks")
    assert (done.recipients, done.received, done.unique_clicks, done.conversions) == (1, 1, 1, 1)


def by_code(shop: Shop) -> dict[str, Advice]:
    return {one.code: one for one in shop.sms.outbound.advices(at=shop.now)}


def test_e04_before_anything_was_sent_there_is_little_to_say(real: Shop) -> None:
    found = by_code(real)
    assert list(found) == [
        "list_quality", "sending_number", "relevance", "frequency", "hygiene", "deliverability"
    ]  # fmt: skip
    assert {code: one.good for code, one in found.items()} == {
        "list_quality": None,
        "sending_number": True,
        "relevance": None,
        "frequency": None,
        "hygiene": True,
        "deliverability": None,
    }


def test_e04_list_quality_is_the_share_of_double_opt_in_and_of_invalid_numbers(real: Shop) -> None:
    real.add([number(index) for index in range(4)] + ["12345"])
    real.consent([number(1)], "pending", at=NOON - 200 * DAY)
    found = by_code(real)["list_quality"]
    assert found.good is False
    assert found.figures == {"subscribed": 4, "double_opt_in": 0.25, "invalid_numbers": 0.2}
    assert real.sms._store.count(found.segment or "", NOON) == 1


def test_e04_relevance_and_frequency(real: Shop) -> None:
    people = [number(index) for index in range(10)]
    real.add(people)
    everybody = campaign(LINK, include=("phone_number is set",))
    for days in range(0, 14, 2):
        real.now = NOON + days * DAY
        real.sms.change_settings("ann", "owner", {"frequency_cap": None})
        real.sms.send("ann", "owner", type(everybody)(f"Sale {days}", everybody.include, everybody.text))
        real.now += HOUR
        real.sms.advance()
    found = by_code(real)
    assert (found["relevance"].good, found["relevance"].figures["click_rate"]) == (False, 0)
    assert found["frequency"].good is False
    assert found["frequency"].figures == {"people": 10, "messages_a_month": 7.0, "above_six": 10}
    assert real.sms._store.count(found["frequency"].segment or "", real.now) == 10
    for person in people[:5]:
        real.sms.click(link_in(real.taken(person)[-1]))
    assert by_code(real)["relevance"].figures["click_rate"] == pytest.approx(5 / 70)
    assert by_code(real)["relevance"].good is True


def test_e04_hygiene_names_the_numbers_that_failed_for_good(real: Shop) -> None:
    real.add([number(1), number(2, BAD), number(3, UNDELIVERED), number(4, UNDELIVERED)])
    for days, only in ((0, "phone_number is set"), (2, f'phone_number is "{number(3, UNDELIVERED)}"')):
        real.now = NOON + days * DAY
        real.sms.send("ann", "owner", type(campaign())(f"Sale {days}", (only,), "Hello."))
        real.now += HOUR
        real.sms.advance()
    found = by_code(real)["hygiene"]
    assert (found.good, found.figures) == (False, {"numbers_that_failed_for_good": 2})
    assert real.sms._store.count(found.segment or "", real.now) == 2


def test_e04_deliverability_alerts_when_it_falls(real: Shop) -> None:
    real.add([number(index) for index in range(10)] + [number(20 + index, UNDELIVERED) for index in range(5)])
    real.sms.send(
        "ann",
        "owner",
        type(campaign())(
            "Good",
            (f"external_id is in ({', '.join(f'{chr(34)}c{n}{chr(34)}' for n in range(1, 11))})",),
            "Hello.",
        ),
    )
    real.now += 10 * DAY
    real.sms.advance()
    assert by_code(real)["deliverability"].good is None
    real.sms.send("ann", "owner", type(campaign())("Worse", ("phone_number is set",), "Hello."))
    real.now += HOUR
    real.sms.advance()
    real.text(number(1), "STOP")
    found = by_code(real)["deliverability"]
    assert found.good is False
    assert found.figures["received_three_weeks_before"] == 1
    assert found.figures["received_this_week"] == pytest.approx(10 / 15)
    assert found.figures["alerts"] == "falling, failures, unsubscribes"
