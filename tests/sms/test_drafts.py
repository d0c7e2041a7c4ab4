"""C07, C10, A12: drafts; who may write and send campaigns; what people will see while a text is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from segql.sms import Flow, SmsError
from segql.sms.errors import SmsCode

from .shop import NOON, Shop, campaign, number


def caught(doing: Callable[[], object]) -> SmsCode:
    with pytest.raises(SmsError) as error:
        doing()
    return error.value.code


def test_c10_a_draft_is_kept_however_unfinished(shop: Shop) -> None:
    outbound = shop.sms.outbound
    draft = outbound.save_draft("ann", "manager", campaign("{{ oops", name="Draft", include=()))
    written = outbound.written(draft)
    assert (written.status, written.actor, written.saves) == ("draft", "ann", 1)
    assert written.message == campaign("{{ oops", name="Draft", include=())
    assert outbound.progress("draft").status == "draft"
    shop.sms.advance(NOON + timedelta(days=2), since=NOON)
    assert outbound.progress("draft").status == "draft"
    outbound.remove_draft("ann", "manager", draft)
    assert caught(lambda: outbound.written(draft)) == SmsCode.UNKNOWN_CAMPAIGN


def test_c10_a_draft_becomes_the_campaign_that_is_sent(shop: Shop) -> None:
    shop.add([number(1)])
    outbound = shop.sms.outbound
    draft = outbound.save_draft("ann", "manager", campaign("Old.", name="Older"))
    outbound.save_draft("bob", "admin", campaign(), campaign_id=draft, seen=1)
    shop.sms.send("ann", "manager", campaign())
    assert outbound.written(draft).status == "running"
    assert len(shop.taken()) == 1
    for late in (
        lambda: outbound.save_draft("ann", "manager", campaign("New."), campaign_id=draft),
        lambda: outbound.remove_draft("ann", "manager", draft),
    ):
        assert caught(late) == SmsCode.CAMPAIGN_RESTS


def test_c10_two_who_write_at_once_do_not_undo_each_other(shop: Shop) -> None:
    outbound = shop.sms.outbound
    draft = outbound.save_draft("ann", "manager", campaign("One."))
    outbound.save_draft("bob", "manager", campaign("Two."), campaign_id=draft, seen=1)
    again = campaign("Three.")
    assert (
        caught(lambda: outbound.save_draft("ann", "manager", again, campaign_id=draft, seen=1))
        == SmsCode.DRAFT_CHANGED
    )
    assert outbound.written(draft).message.text == "Two."


def test_c10_a_scheduled_campaign_can_be_made_a_draft_again(shop: Shop) -> None:
    shop.add([number(1)])
    outbound = shop.sms.outbound
    draft = outbound.save_draft("ann", "manager", campaign())
    outbound.schedule("ann", "manager", campaign(), NOON + timedelta(hours=1))
    assert outbound.withdraw("ann", "manager", "sale").status == "draft"
    shop.sms.advance(NOON + timedelta(days=1), since=NOON)
    assert not shop.taken()
    outbound.save_draft("ann", "manager", campaign("Better."), campaign_id=draft)
    shop.sms.send("ann", "manager", campaign("Better."))
    assert len(shop.taken()) == 1
    assert caught(lambda: outbound.withdraw("ann", "manager", "sale")) == SmsCode.CAMPAIGN_RESTS


def test_c10_names_are_taken_once(shop: Shop) -> None:
    outbound = shop.sms.outbound
    outbound.save_draft("ann", "manager", campaign())
    assert (
        caught(lambda: outbound.save_draft("ann", "manager", campaign(name="SALE")))
        == SmsCode.CAMPAIGN_EXISTS
    )
    assert (
        caught(lambda: outbound.save_draft("ann", "manager", campaign(name=" "))) == SmsCode.INVALID_CAMPAIGN
    )


def test_d02_an_analyst_writes_sends_and_stops_nothing(shop: Shop) -> None:
    shop.add([number(1)])
    outbound = shop.sms.outbound
    draft = outbound.save_draft("ann", "manager", campaign())
    flow = Flow("Menu", "Soup.", word="menu")
    for doing in (
        lambda: shop.sms.send("eve", "analyst", campaign()),
        lambda: outbound.start("eve", "analyst", campaign()),
        lambda: outbound.schedule("eve", "analyst", campaign(), NOON + timedelta(hours=1)),
        lambda: outbound.save_draft("eve", "analyst", campaign("Evil."), campaign_id=draft),
        lambda: outbound.remove_draft("eve", "analyst", draft),
        lambda: outbound.pause("eve", "analyst", "Sale"),
        lambda: outbound.resume("eve", "analyst", "Sale"),
        lambda: outbound.cancel("eve", "analyst", "Sale"),
        lambda: outbound.withdraw("eve", "analyst", "Sale"),
        lambda: outbound.save_flow("eve", "analyst", flow),
        lambda: outbound.add_coupons("eve", "analyst", "Spring", ["A1B2"]),
        lambda: shop.sms.add_credits("eve", "manager", 5),
    ):
        assert caught(doing) == SmsCode.NOT_PERMITTED
    assert outbound.written(draft).message == campaign()
    assert not shop.taken()


def test_a12_who_sent_and_stopped_a_campaign_is_in_the_log(shop: Shop) -> None:
    shop.add([number(1)])
    outbound = shop.sms.outbound
    outbound.save_draft("ann", "manager", campaign())
    outbound.schedule("bob", "admin", campaign(), NOON + timedelta(hours=1))
    outbound.withdraw("bob", "admin", "SALE")
    outbound.start("cat", "owner", campaign())
    outbound.cancel("dan", "manager", "Sale")
    outbound.save_flow("eve", "manager", Flow("Menu", "Soup.", word="menu"))
    log = [(one.actor, one.what, one.after) for one in reversed(shop.sms.account.audit())]
    assert [one for one in log if one[1] == "campaign Sale"] == [
        ("ann", "campaign Sale", "draft"),
        ("bob", "campaign Sale", "scheduled for 2026-06-01T17:00:00+00:00"),
        ("bob", "campaign Sale", "draft"),
        ("cat", "campaign Sale", "sent"),
        ("dan", "campaign Sale", "cancelled"),
    ]
    assert log[-1][:2] == ("eve", "campaign Menu")


def test_c07_a_look_shows_what_three_people_will_see(shop: Shop) -> None:
    shop.add([number(index) for index in range(1, 5)], first_name=["Ann", "Bo" + "b" * 160, "Zoë", "Cy"])
    shop.add([None, number(6)], consent=None, first_name=["Nobody", "Not yet"])
    look = shop.sms.outbound.look(campaign("Hi {{ first_name }}"))
    assert (look.audience, len(look.seen)) == (6, 3)
    longest = max(look.seen, key=lambda one: one.parts.units)
    assert longest.person.name == "Bo" + "b" * 160
    assert longest.parts.parts == longest.credits == 2
    assert all(one.text.startswith("Acme: Hi ") and one.gate is None for one in look.seen)
    encodings = {
        one.person.name: one.parts.encoding
        for turn in range(20)
        for one in shop.sms.outbound.look(campaign("Hi {{ first_name }}"), turn).seen
    }
    assert encodings["Ann"] == "gsm7"
    assert encodings["Zoë"] == "ucs2"
    assert "Not yet" not in encodings


def test_c07_a_look_says_who_cannot_be_texted_where_nobody_can(shop: Shop) -> None:
    shop.add([number(1)], consent=None)
    (seen,) = shop.sms.outbound.look(campaign()).seen
    assert seen.gate == "no_consent"


def test_c07_a_look_tells_a_mistake_and_offers_plainer_characters(shop: Shop) -> None:
    shop.add([number(1), number(2)], first_name=["Ann", None])
    outbound = shop.sms.outbound
    assert caught(lambda: outbound.look(campaign("Hi {{ frist_name }}"))) == SmsCode.UNKNOWN_VARIABLE
    assert caught(lambda: outbound.look(campaign("Hi {{ first_name }}"))) == SmsCode.MISSING_VALUE
    look = outbound.look(campaign("It’s here: " + "x" * 60))
    assert look.plainer is not None
    assert look.plainer.text == "It's here: " + "x" * 60


def test_c01_the_preview_says_until_when_people_wait_and_who_is_stopped(shop: Shop) -> None:
    shop.add([number(1), number(2)], timezone=["America/New_York", "Asia/Tokyo"], first_name=["Ann", "Ben"])
    shop.add([number(3)], consent=None)
    found = shop.sms.preview(campaign())
    wait = found.waits["quiet_hours"]
    # It is eight in Tokyo at eleven at night of the first of June, in UTC.
    assert (wait.people, wait.since, wait.until) == (1, NOON.replace(hour=23), NOON.replace(hour=23))
    assert [one.name for one in found.stopped["quiet_hours"]] == ["Ben"]
    assert [one.number for one in found.stopped["no_consent"]] == [number(3)]


def test_c01_who_wrote_what_may_be_an_opt_out_waits_until_somebody_decides(shop: Shop) -> None:
    shop.add([number(1)])
    shop.text(number(1), "please stop texting me")
    wait = shop.sms.preview(campaign()).waits["in_review"]
    assert (wait.people, wait.until) == (1, None)
