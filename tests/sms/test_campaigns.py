"""C01, C04, C07: previews and campaigns."""

import json
from datetime import timedelta
from functools import partial

import pytest

from segql.runtime.errors import Code, StoreError
from segql.sms import SmsError
from segql.sms.errors import SmsCode

from .shop import NOON, Shop, campaign, number


def test_c01_an_audience_is_what_is_included_minus_what_is_excluded(shop: Shop) -> None:
    shop.add(number(index) for index in range(5))
    some = campaign(
        include=("external_id IN ('c1', 'c2')", "external_id = 'c4'"), exclude=("external_id = 'c2'",)
    )
    assert shop.sms.preview(some).audience == 2
    shop.sms.send("ann", "owner", some)
    texted = shop.rows("SELECT profile_id FROM sms_messages ORDER BY profile_id")
    known = shop.rows("SELECT profile_id FROM profiles WHERE external_id IN ('c1', 'c4') ORDER BY profile_id")
    assert texted == known


def test_c01_the_preview_counts_parts_and_credits_by_country(bare: Shop) -> None:
    bare.set_up(credits=1000)
    bare.add([number(index) for index in range(50)])
    bare.sms.send("ann", "owner", campaign(name="Trial"))
    london = ["+447911223450", "+447911223451"]
    bare.add([number(60), "+14165550120", *london], first_name=["Al", "Al", "Al", "Zoë" + "x" * 160])
    found = bare.sms.preview(campaign("Hi {{ first_name }}", include=("first_name IS NOT NULL",)))
    costs = [(cost.country, cost.messages, cost.parts, cost.credits) for cost in found.countries]
    # Canada costs 3 a part, Britain 5; ë is no character of GSM 03.38, so the last text is three parts of UCS-2.
    assert costs == [("GB", 2, 4, 20), ("CA", 1, 1, 3), ("US", 1, 1, 1)]
    assert (found.remaining, found.parts, found.credits, found.trial_messages) == (4, 6, 24, 0)


def test_c01_the_samples_are_texts_as_people_see_them(shop: Shop) -> None:
    shop.add([number(1), number(2), number(3)], first_name=["Ann", "Bob", "Ann"])
    found = shop.sms.preview(campaign("Hi {{ first_name }} {{ link('https://a.example') }}"))
    assert found.samples == (
        "Acme: Hi Ann https://links.example.com/xxxxxxxx Reply STOP to opt out",
        "Acme: Hi Bob https://links.example.com/xxxxxxxx Reply STOP to opt out",
    )


def test_c01_a_preview_changes_nothing(shop: Shop) -> None:
    shop.add([number(1)])
    shop.sms.preview(campaign())
    assert shop.scalar("SELECT count(*) FROM sms_messages") == 0
    assert not shop.taken()


def test_c01_a_send_does_what_its_preview_said(shop: Shop) -> None:
    shop.add([number(1), number(1), None, number(2), "+33612345678"])
    shop.add([number(3)], consent=None)
    shop.add([number(4)], timezone=["Asia/Tokyo"])
    said = shop.sms.preview(campaign())
    shop.sms.send("ann", "owner", campaign())
    done = shop.sms.report("Sale")
    assert done.recipients == said.audience
    assert done.skipped == {
        code: count for code, count in said.gates.items() if count and code != "quiet_hours"
    }
    assert done.states["held"] == said.gates["quiet_hours"] == 1
    assert done.sent == said.remaining == 2


@pytest.mark.parametrize("text", ["Hi {{ frist_name }}", "Hi {{ first_name", " "])
def test_c07_a_mistake_in_the_text_sends_nothing(shop: Shop, text: str) -> None:
    shop.add([number(1)])
    for use in (shop.sms.preview, partial(shop.sms.send, "ann", "owner")):
        with pytest.raises(SmsError):
            use(campaign(text))
    assert shop.scalar("SELECT count(*) FROM sms_campaigns") == 0


def test_c07_a_hole_is_an_error_where_somebody_would_get_it(shop: Shop) -> None:
    shop.add([number(1), number(2)], first_name=["Ann", None])
    with pytest.raises(SmsError, match="people concerned: 1") as caught:
        shop.sms.send("ann", "owner", campaign("Hi {{ first_name }}"))
    assert caught.value.code == SmsCode.MISSING_VALUE
    shop.text(number(2), "STOP")
    shop.sms.send("ann", "owner", campaign("Hi {{ first_name }}"))
    assert shop.taken(number(1)) == ["Acme: Hi Ann Reply STOP to opt out"]


@pytest.mark.parametrize("changes", [{"name": " "}, {"include": ()}])
def test_c01_a_campaign_needs_a_name_and_somebody(shop: Shop, changes: dict[str, object]) -> None:
    with pytest.raises(SmsError) as caught:
        shop.sms.send("ann", "owner", campaign(**changes))
    assert caught.value.code == SmsCode.INVALID_CAMPAIGN


def test_c04_started_again_a_campaign_texts_nobody_twice(shop: Shop) -> None:
    shop.add([number(index) for index in range(5)] + [number(2)])
    for _ in range(3):
        shop.sms.send("ann", "owner", campaign())
    shop.sms.advance(NOON + timedelta(hours=1))
    shop.add([number(9)])
    shop.sms.send("ann", "owner", campaign())
    assert sorted(text.number for text in shop.carrier.taken()) == [number(index) for index in range(5)]


def test_c04_a_name_belongs_to_one_campaign(shop: Shop) -> None:
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign("One"))
    with pytest.raises(SmsError) as caught:
        shop.sms.send("ann", "owner", campaign("Two", name="SALE"))
    assert caught.value.code == SmsCode.CAMPAIGN_EXISTS
    assert len(shop.taken()) == 1


def test_c04_the_store_refuses_a_second_row_for_a_number(shop: Shop) -> None:
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign())
    with pytest.raises(Exception, match="Constraint"), shop.database.transaction() as connection:
        connection.execute("INSERT INTO sms_messages FROM sms_messages")


def test_c06_the_audience_is_the_sum_of_its_states_at_any_moment(shop: Shop) -> None:
    shop.add([number(index, index % 10) for index in range(30)] + [None, number(0)])
    shop.sms.send("ann", "owner", campaign())
    for minutes in (0, 1, 5, 30, 60 * 24 * 4):
        shop.sms.advance(NOON + timedelta(minutes=minutes))
        done = shop.sms.report("Sale")
        assert sum(done.states.values()) == done.recipients == 32
        assert sum(done.skipped.values()) == done.states["skipped"] == 2


def test_c10_the_audience_is_taken_at_send_time(shop: Shop) -> None:
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign())
    assert json.loads(shop.scalar("SELECT definition FROM sms_campaigns"))["include"] == ["true"]
    assert shop.scalar("SELECT started_at FROM sms_campaigns") == NOON.replace(tzinfo=None)


def test_why_names_the_gate_or_the_state(shop: Shop) -> None:
    shop.add([number(1), None, number(3, 1)], email=["A@example.com", "b@example.com", "c@example.com"])
    shop.sms.send("ann", "owner", campaign(include=("external_id <> 'c9'",)))
    shop.sms.advance(NOON + timedelta(hours=1))
    assert shop.sms.why("sale", "a@EXAMPLE.com").state == "delivered"
    without = shop.sms.why("Sale", "c2")
    assert (without.state, without.reason, without.words) == ("skipped", "no_number", "has no phone number")
    failed = shop.sms.why("Sale", number(3, 1))
    assert (failed.state, failed.reason) == ("failed", "unreachable")
    shop.add([number(8), number(9)])
    assert shop.sms.why("Sale", "c4").state == "outside"
    assert "came to light" in shop.sms.why("Sale", "c4").words
    some = campaign(
        name="Some", include=("external_id = 'c1'", "external_id = 'c2'"), exclude=("external_id = 'c2'",)
    )
    shop.sms.send("ann", "owner", some, at=NOON + timedelta(days=2))
    assert shop.sms.why("Some", "c2").words.endswith("which leaves out: external_id = 'c2'")
    assert shop.sms.why("Some", "c5").words.endswith("not external_id = 'c1' and not external_id = 'c2'")
    with pytest.raises(StoreError) as nobody:
        shop.sms.why("Sale", "c99")
    assert nobody.value.code == Code.UNKNOWN_PERSON
    with pytest.raises(SmsError) as caught:
        shop.sms.why("No", "c1")
    assert caught.value.code == SmsCode.UNKNOWN_CAMPAIGN
