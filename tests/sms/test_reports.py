"""C09, E02, E03: clicks and the report."""

from datetime import timedelta
from decimal import Decimal

import pytest

from segql.sms import SmsError
from segql.sms.errors import SmsCode
from segql.sms.links import code_of

from .shop import NOON, UNDELIVERED, Shop, campaign, number

DAY = timedelta(days=1)
TEXT = "{{ link('https://acme.example/sale') }}"


def code(shop: Shop, person: str, campaign_index: int = 0) -> str:
    """The code of the link in a person's text."""
    return shop.taken(person)[campaign_index].split("https://links.example.com/")[1].split()[0]


def sent(shop: Shop, name: str = "Sale") -> None:
    shop.sms.send("ann", "owner", campaign(TEXT, name=name))
    shop.now += timedelta(minutes=10)
    shop.sms.advance()


def test_c09_each_recipient_has_a_link_of_their_own(shop: Shop) -> None:
    people = [number(index) for index in range(30)]
    shop.add(people)
    sent(shop)
    assert len({code(shop, person) for person in people}) == 30


def test_c09_codes_never_repeat() -> None:
    codes = {code_of(link_id, b"key") for link_id in range(5000)}
    assert len(codes) == 5000
    assert {len(each) for each in codes} == {8}
    assert code_of(1, b"key") != code_of(1, b"other")


def test_c09_a_click_leads_on_and_is_an_event(shop: Shop) -> None:
    shop.add([number(1)])
    sent(shop)
    for _ in range(2):
        assert shop.sms.click(code(shop, number(1))).url == "https://acme.example/sale"
    assert shop.events("Clicked SMS") == 2
    properties = shop.rows(
        """SELECT labels.label, e.properties.URL::VARCHAR, e.properties.Message::VARCHAR FROM events e
        JOIN labels USING (label_id) JOIN metrics USING (metric_id) WHERE metrics.name = 'Clicked SMS'"""
    )
    assert properties == [("Sale", "https://acme.example/sale", "1")] * 2


def test_c09_an_unknown_code_is_an_error(shop: Shop) -> None:
    with pytest.raises(SmsError) as caught:
        shop.sms.click("nosuchcd")
    assert caught.value.code == SmsCode.UNKNOWN_LINK


def test_e02_the_report_adds_up(shop: Shop) -> None:
    people = [number(index) for index in range(4)]
    shop.add([*people, number(5, UNDELIVERED), None])
    sent(shop)
    for person in (people[0], people[0], people[1]):
        shop.sms.click(code(shop, person))
    shop.text(people[2], "STOP")
    done = shop.sms.report("sale")
    assert done.recipients == 6
    assert done.skipped == {"no_number": 1}
    assert done.failed == {"unreachable": 1}
    assert (done.sent, done.received, done.received_rate) == (5, 4, 0.8)
    assert (done.clicks, done.unique_clicks, done.click_rate) == (3, 2, 0.5)
    assert (done.unsubscribes, done.unsubscribe_rate) == (1, 0.25)
    assert done.parts == 5


def test_e02_credits_are_what_the_ledger_took(bare: Shop) -> None:
    bare.set_up(credits=100)
    bare.add([number(index) for index in range(49)] + ["+14165550120", "+447911223450", number(3, 6)])
    bare.sms.send("ann", "owner", campaign())
    # The trial pays for fifty texts in order; the one from Britain costs 5, the one that was refused nothing.
    assert bare.sms.report("Sale").credits == 5
    assert bare.sms.balance().credits == 95


@pytest.mark.parametrize(
    ("after", "counts"),
    [(timedelta(0), True), (DAY, True), (DAY + timedelta(seconds=1), False), (timedelta(seconds=-1), False)],
)
def test_e03_an_order_within_the_window_after_a_click_is_a_conversion(
    shop: Shop, after: timedelta, counts: bool
) -> None:
    shop.add([number(1), number(2)])
    sent(shop)
    shop.sms.click(code(shop, number(1)))
    shop.order("c1", 80.25, shop.now + after)
    shop.order("c2", 99, shop.now)  # never clicked
    done = shop.sms.report("Sale")
    assert done.conversions == int(counts)
    assert done.revenue == (Decimal("80.25") if counts else 0)
    assert done.revenue_per_message == (Decimal("40.125") if counts else 0)


def test_e03_the_last_click_wins_and_no_order_counts_twice(shop: Shop) -> None:
    shop.add([number(1)])
    sent(shop, "First")
    shop.now += DAY
    sent(shop, "Second")
    shop.sms.click(code(shop, number(1), 0))
    shop.sms.click(code(shop, number(1), 1), at=shop.now + timedelta(minutes=1))
    shop.order("c1", 10, shop.now + timedelta(minutes=2))
    assert [shop.sms.report(name).conversions for name in ("First", "Second")] == [0, 1]


def test_e03_a_message_that_was_not_received_converts_nobody(shop: Shop) -> None:
    shop.add([number(1, UNDELIVERED)])
    sent(shop)
    shop.sms.click(code(shop, number(1, UNDELIVERED)))
    shop.order("c1", 10, shop.now)
    assert shop.sms.report("Sale").conversions == 0


def test_a11_the_conversion_window_is_read_at_report_time(shop: Shop) -> None:
    shop.add([number(1)])
    sent(shop)
    shop.sms.click(code(shop, number(1)))
    shop.order("c1", 10, shop.now + 2 * DAY)
    assert shop.sms.report("Sale").conversions == 0
    shop.sms.change_settings("ann", "owner", {"conversion_window_hours": 72})
    assert shop.sms.report("Sale").conversions == 1


def test_e02_an_opt_out_counts_for_the_last_message_before_it(shop: Shop) -> None:
    shop.add([number(1)])
    sent(shop, "First")
    shop.now += timedelta(hours=24)
    shop.sms.change_settings("ann", "owner", {"conversion_window_hours": 72})
    sent(shop, "Second")
    shop.text(number(1), "STOP")
    assert [shop.sms.report(name).unsubscribes for name in ("First", "Second")] == [0, 1]
    assert shop.now > NOON
