"""Which campaigns and flows use a segment, so that nobody takes it from under them."""

from datetime import timedelta
from random import Random

import pytest

from segql.runtime.api import Store
from segql.runtime.errors import StoreError
from segql.runtime.uses import User
from segql.runtime.uses_in_sms import unreadable_in_sms, users_in_sms
from segql.sms import Flow, Sms

from .shop import NOON, Shop, campaign, number

FLOW = User("flow", "Welcome")
CAMPAIGN = User("campaign", "Sale")


@pytest.fixture
def store(shop: Shop) -> Store:
    made = Store(shop.database)
    shop.sms = Sms(made, shop.carrier, clock=lambda: shop.now, random=Random(7))
    shop.add([number(1)], first_name=["Ann"])
    made.save_segments(
        'segment "Anns": first_name is "ann" segment "Set": first_name is set and not in segment "Anns"',
        at=NOON,
    )
    return made


def test_c11_a_flow_uses_its_segment_and_what_it_is_held_to(shop: Shop, store: Store) -> None:
    shop.sms.outbound.save_flow(
        "ann", "owner", Flow("Welcome", "Hi.", segment="anns", only='not in segment "SET"')
    )
    assert users_in_sms(store) == {"Anns": (FLOW,), "Set": (FLOW,)}
    shop.sms.outbound.pause("ann", "owner", "Welcome")
    assert users_in_sms(store) == {"Anns": (FLOW,), "Set": (FLOW,)}
    shop.sms.outbound.cancel("ann", "owner", "Welcome")
    assert users_in_sms(store) == {}


def test_c08_a_campaign_uses_segments_until_its_audience_is_taken(shop: Shop, store: Store) -> None:
    to = campaign(include=("can receive sms",), exclude=("Set",))
    shop.sms.outbound.schedule("ann", "owner", to, NOON + timedelta(hours=2))
    assert users_in_sms(store) == {"Anns": (CAMPAIGN,), "Set": (CAMPAIGN,)}
    shop.sms.advance(NOON + timedelta(hours=3), since=NOON)
    assert shop.taken() and users_in_sms(store) == {}


def test_c08_a_condition_that_holds_no_more_uses_what_it_names(shop: Shop, store: Store) -> None:
    store.save_segments('define set(): in segment "Set"', at=NOON)
    to = campaign(include=("set() and can receive sms", "Anns"))
    shop.sms.outbound.schedule("ann", "owner", to, NOON + timedelta(hours=2))
    with store.database.transaction() as connection:
        connection.execute("UPDATE segments SET definition = 'nothing is 1' WHERE name = 'Anns'")
    assert users_in_sms(store) == {"Anns": (CAMPAIGN,), "Set": (CAMPAIGN,)}
    assert [one.campaign_id for one in users_in_sms(store)["Set"]] == [1]
    assert unreadable_in_sms(store) == ()
    with pytest.raises(StoreError, match='and the campaign "Sale" use the segment "Anns"'):
        store.remove_segments(["Anns"], at=NOON)


def test_c08_a_condition_that_cannot_be_read_is_told(shop: Shop, store: Store) -> None:
    to = campaign(include=('in segment "Anns"',))
    shop.sms.outbound.schedule("ann", "owner", to, NOON + timedelta(hours=2))
    with store.database.transaction() as connection:
        connection.execute(
            "UPDATE sms_campaigns SET definition = replace(definition::VARCHAR, 'in segment', 'among those of')"
        )
    assert users_in_sms(store) == {}
    assert unreadable_in_sms(store) == (CAMPAIGN,)
