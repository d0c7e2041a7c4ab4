"""SMS upon the real store: audiences written in the language, and events that the language sees again."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pyarrow as pa
import pytest

from segql.runtime.api import Store
from segql.sms import Sms

from .shop import NOON, Shop, campaign, number

HOUR = timedelta(hours=1)


@pytest.fixture
def store(shop: Shop) -> Iterator[Store]:
    """The store of a shop, whose `sms` is upon it."""
    made = Store(shop.database)
    shop.sms = Sms(made, shop.carrier, clock=lambda: shop.now, random=Random(7))
    yield made


def test_c01_an_audience_is_a_sentence_or_a_segment(shop: Shop, store: Store) -> None:
    shop.add([number(index) for index in range(4)], first_name=["Ann", "Bob", "Ann", "Cy"])
    shop.consent([number(2)], "unsubscribed", at=NOON - HOUR)
    store.save_segments('segment "Anns": first_name is "ann"', at=NOON)
    to = campaign(include=("Anns", 'first_name is "bob"'), exclude=('first_name is "bob"',))
    found = shop.sms.preview(to)
    assert (found.audience, found.gates["no_consent"], found.remaining) == (2, 1, 1)


def test_b12_segments_see_what_sms_did(shop: Shop, store: Store) -> None:
    shop.add([number(index) for index in range(3)])
    shop.sms.send(
        "ann", "owner", campaign("{{ link('https://acme.example') }}", include=("can receive sms",))
    )
    shop.now = NOON + HOUR
    shop.sms.advance()
    code = shop.taken(number(1))[0].split("https://links.example.com/")[1].split()[0]
    shop.sms.click(code)
    shop.text(number(2), "STOP")
    shop.now += HOUR
    for condition, count in (
        ('did "Received SMS" where Campaign is "Sale"', 3),
        ('did "Clicked SMS"', 1),
        ('did "Unsubscribed from SMS Marketing"', 1),
        ("can receive sms", 2),
    ):
        assert store.count(condition, shop.now) == count, condition


def test_b12_segments_can_ask_for_sms_events_before_the_first_has_happened(shop: Shop, store: Store) -> None:
    for event in ("Received SMS", "Failed to Deliver SMS", "Clicked SMS", "Texted Us", "Sent SMS Reply"):
        assert store.count(f'did "{event}"', shop.now) == 0


def test_b12_texts_from_customers_are_also_called_sent_sms(shop: Shop, store: Store) -> None:
    shop.add([number(1), number(2)])
    shop.text(number(1), "in green?")
    for condition in ('did "Sent SMS"', 'did "sent sms" where Text contains "green"', 'did "Texted Us"'):
        assert store.count(condition, NOON + HOUR) == 1, condition
    store.append_events("Sent SMS", pa.table({"external_id": ["c1", "c2"], "occurred_at": [NOON, NOON]}))
    assert store.count('did "Sent SMS"', NOON + HOUR) == 2, "an event of the account's own comes first"
