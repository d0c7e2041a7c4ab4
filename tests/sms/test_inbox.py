"""B03 to B09 and B12: texts from customers."""

from datetime import datetime, timedelta

import pytest

from segql.sms import SmsError
from segql.sms.answers import REPLIES_AN_HOUR
from segql.sms.carriers.base import InboundText
from segql.sms.errors import SmsCode
from segql.sms.inbox import receive

from .shop import NOON, Shop, campaign, number

ANN = number(1)


def status(shop: Shop, person: str = ANN) -> str | None:
    rows = shop.rows(
        """SELECT status FROM consent_periods JOIN profiles USING (profile_id)
        WHERE phone_number = ? AND channel = 'sms' AND kind = 'marketing' AND until_at > TIMESTAMP '9000-01-01'""",
        person,
    )
    return rows[0][0] if rows else None


def replies(shop: Shop, person: str = ANN) -> list[str]:
    settings = shop.sms.settings()
    names = {settings.reply(kind): kind for kind in ("opt_in", "opt_out", "help")}
    return [names[body] for body in shop.taken(person) if body in names]


def test_b03_join_subscribes_and_replies_once(shop: Shop) -> None:
    shop.text(ANN, "join")
    shop.text(ANN, "JOIN!")
    assert status(shop) == "subscribed"
    assert replies(shop) == ["opt_in"]
    assert shop.events("Subscribed to SMS Marketing") == 1
    entry = shop.rows("SELECT address, status, method, detail, actor FROM consents WHERE kind = 'marketing'")
    assert entry == [(ANN, "subscribed", "keyword", "JOIN", "customer")]


def test_b04_stop_gets_exactly_one_confirmation(shop: Shop) -> None:
    shop.add([ANN])
    for body in ("Stop.", "STOP", "unsubscribe"):
        shop.text(ANN, body)
    assert status(shop) == "unsubscribed"
    assert replies(shop) == ["opt_out"]
    assert shop.events("Unsubscribed from SMS Marketing") == 1


def test_b04_after_a_new_opt_in_stop_works_again(shop: Shop) -> None:
    for minute, body in enumerate(["JOIN", "STOP", "START", "STOP"]):
        shop.text(ANN, body, at=NOON + timedelta(minutes=minute))
    assert replies(shop) == ["opt_in", "opt_out", "opt_in", "opt_out"]
    assert status(shop) == "unsubscribed"


def test_b05_yes_is_consent_only_after_a_keyword_opt_out(shop: Shop) -> None:
    shop.text(ANN, "YES")
    assert status(shop) is None
    assert [talk.text for talk in shop.sms.conversations.list("owner")] == ["YES"]
    shop.text(ANN, "STOP", at=NOON + timedelta(minutes=1))
    shop.text(ANN, "YES", at=NOON + timedelta(minutes=2))
    assert status(shop) == "subscribed"


def test_b06_help_is_answered_for_anyone_with_name_and_contact(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"contact_email": "care@acme.example"})
    shop.text(ANN, "help")
    assert shop.taken(ANN)[0].startswith("Acme: Write to care@acme.example")
    assert status(shop) is None
    shop.text(ANN, "STOP")
    shop.text(ANN, "info")
    assert replies(shop) == ["help", "opt_out", "help"]


def test_b07_a_stranger_s_text_makes_a_profile_with_no_consent(shop: Shop) -> None:
    shop.text("+442079460018", "do you ship to Leeds?")
    assert shop.rows("SELECT phone_number, phone_country FROM profiles") == [("+442079460018", "GB")]
    assert status(shop, "+442079460018") is None
    (talk,) = shop.sms.conversations.list("owner")
    assert (talk.number, talk.name, talk.text) == ("+442079460018", None, "do you ship to Leeds?")
    assert shop.events("Texted Us") == 1
    assert not shop.taken()
    assert shop.sms.preview(campaign()).gates["no_consent"] == 1


def test_f03_a_text_brought_twice_has_one_effect(shop: Shop) -> None:
    for expected in (True, False):
        assert shop.sms.receive(ANN, "+18885550100", "JOIN", carrier_id="m1") is expected
        assert shop.sms.receive(ANN, "+18885550100", "hello", carrier_id="m2") is expected
    assert replies(shop) == ["opt_in"]
    assert shop.events("Texted Us") == 1


def test_b05_a_possible_opt_out_holds_marketing_until_somebody_decides(shop: Shop) -> None:
    shop.add([ANN, number(2)])
    shop.text(ANN, "please stop texting me")
    assert status(shop) == "subscribed"
    shop.sms.send("ann", "owner", campaign())
    assert shop.taken(ANN) == []
    assert shop.states() == {"held": 1, "sent": 1}
    with pytest.raises(SmsError) as caught:
        shop.sms.conversations.decide("eve", "analyst", ANN, "dismissed")
    assert caught.value.code == SmsCode.NOT_PERMITTED
    shop.sms.conversations.decide("ann", "manager", ANN, "dismissed")
    shop.sms.advance(NOON + timedelta(minutes=1))
    assert len(shop.taken(ANN)) == 1
    with pytest.raises(SmsError) as caught:
        shop.sms.conversations.decide("ann", "manager", ANN, "dismissed")
    assert caught.value.code == SmsCode.NO_REVIEW


def test_b05_what_nobody_decided_about_for_a_day_is_not_sent_any_more(shop: Shop) -> None:
    day = timedelta(days=1)
    shop.add([ANN, number(2)])
    for person in (ANN, number(2)):
        shop.text(person, "please stop texting me")
    shop.sms.send("ann", "owner", campaign())
    shop.sms.conversations.decide("ann", "manager", ANN, "dismissed", at=NOON + day)
    shop.sms.advance(NOON + day)
    assert shop.taken(ANN) == [] and shop.states() == {"skipped": 2}
    shop.sms.conversations.decide("ann", "manager", number(2), "dismissed", at=NOON + 21 * day)
    shop.sms.advance(NOON + 21 * day)
    assert shop.taken() == []
    assert shop.sms.why("Sale", "c1").words == "wrote what may be an opt-out, and nobody decided for a day"
    assert shop.sms.outbound.progress("Sale").status == "finished"
    shop.sms.send("ann", "owner", campaign(name="The next"), at=NOON + 21 * day)
    assert len(shop.taken(ANN)) == 1


def test_b05_a_decision_about_a_campaign_by_local_time_does_not_hurry_it(shop: Shop) -> None:
    shop.add([ANN])
    shop.text(ANN, "please stop texting me")
    ten = datetime(2026, 6, 2, 10)  # noqa: DTZ001 - a time of their clocks
    shop.sms.outbound.schedule("ann", "owner", campaign(), ten)
    shop.sms.advance(NOON + timedelta(hours=9), since=NOON)
    assert shop.states() == {"queued": 1}
    shop.sms.conversations.decide("ann", "manager", ANN, "dismissed", at=NOON + timedelta(hours=9))
    shop.sms.advance(NOON + timedelta(days=2), since=NOON + timedelta(hours=9))
    assert [text.taken_at for text in shop.carrier.taken()] == [NOON.replace(day=2, hour=14)]


@pytest.mark.parametrize("by_text", [True, False])
def test_b05_a_possible_opt_out_that_was_one(shop: Shop, by_text: bool) -> None:
    shop.add([ANN])
    shop.text(ANN, "remove me")
    shop.sms.send("ann", "owner", campaign())
    if by_text:
        shop.text(ANN, "STOP")
    else:
        shop.sms.conversations.decide("ann", "owner", ANN, "unsubscribed")
        shop.sms.advance(NOON)
    assert status(shop) == "unsubscribed"
    assert shop.sms.why("Sale", ANN).reason == "no_consent"
    assert shop.sms.conversations.open("owner", ANN).messages[0].decision == "unsubscribed"


@pytest.mark.parametrize(("policy", "expected"), [("contains", "unsubscribed"), ("exact", "subscribed")])
def test_b05_the_account_s_policy_decides_about_sentences(shop: Shop, policy: str, expected: str) -> None:
    shop.sms.change_settings("ann", "owner", {"opt_out_policy": policy})
    shop.add([ANN])
    shop.text(ANN, "I want to cancel my order")
    assert status(shop) == expected


def test_b05_a_reaction_is_neither_keyword_nor_conversation(shop: Shop) -> None:
    shop.add([ANN])
    shop.sms.send("ann", "owner", campaign("Sale!"))
    ours = shop.taken(ANN)
    assert "STOP" in ours[0]
    for reaction in (
        f"Liked “{ours[0]}”",
        f"👍 to “{ours[0]}”",
        "Laughed at “STOP”",
        f"Gefällt „{ours[0]}“",
        f"Le gustó «{ours[0][:25]}…»",
    ):
        shop.text(ANN, reaction)
    assert status(shop) == "subscribed"
    assert shop.sms.conversations.list("owner") == []
    assert shop.taken(ANN) == ours
    assert {row[0] for row in shop.rows("SELECT meaning FROM sms_inbound")} == {"reaction"}


@pytest.mark.parametrize("text", ["Liked “reply STOP to leave us”", "Laughed at “you stop”"])
def test_b05_a_reaction_to_what_we_never_said_is_read_like_any_text(shop: Shop, text: str) -> None:
    shop.add([ANN])
    shop.text(ANN, text)
    assert shop.sms.conversations.list("owner")[0].may_be_opt_out


def test_b05_an_opt_out_that_quotes_us_is_an_opt_out(shop: Shop) -> None:
    shop.add([ANN])
    shop.sms.send("ann", "owner", campaign("Sale!"))
    shop.text(ANN, f"STOP “{shop.taken(ANN)[0]}”")
    assert status(shop) == "unsubscribed"


def test_b05_please_stop_with_our_word_in_quotes_waits_for_a_person(shop: Shop) -> None:
    shop.add([ANN])
    shop.sms.send("ann", "owner", campaign("Sale!"))
    shop.text(ANN, "please “stop”")
    assert shop.sms.conversations.list("owner")[0].may_be_opt_out


def test_b05a_automatic_replies_come_to_an_end(shop: Shop) -> None:
    for _ in range(REPLIES_AN_HOUR + 4):
        shop.text(ANN, "HELP")
    assert len(shop.taken(ANN)) == REPLIES_AN_HOUR
    shop.text(ANN, "HELP", at=NOON + timedelta(hours=1))
    assert len(shop.taken(ANN)) == REPLIES_AN_HOUR + 1


@pytest.mark.parametrize("sender", ["12345", "+18885550100"])
def test_b05a_short_codes_and_our_own_numbers_get_no_reply(shop: Shop, sender: str) -> None:
    shop.text(sender, "HELP")
    assert shop.taken() == []
    assert shop.scalar("SELECT count(*) FROM profiles") == 0


def test_b05a_a_stop_that_is_also_a_text_of_ours_counts(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"help_reply": "stop", "prefix": ""})
    shop.add([ANN])
    shop.text(ANN, "HELP")
    shop.text(ANN, "Stop")
    assert status(shop) == "unsubscribed"


def test_b05a_an_echo_of_our_own_text_gets_no_reply(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"help_reply": "help", "prefix": ""})
    shop.text(ANN, "INFO")
    shop.text(ANN, "help")
    assert shop.taken(ANN) == ["help"]


def test_a04_replies_are_free_and_go_at_night(bare: Shop) -> None:
    bare.set_up(credits=0)
    bare.now = NOON + timedelta(hours=12)
    bare.text(ANN, "JOIN")
    assert replies(bare) == ["opt_in"]
    assert bare.sms.balance().trial_messages == 50


def test_d04_a_blocked_number_gets_nothing_but_its_stop_counts(shop: Shop) -> None:
    shop.add([ANN])
    shop.consent([ANN], "blocked", kind="block")
    shop.text(ANN, "STOP")
    assert status(shop) == "unsubscribed"
    assert shop.taken() == []


def test_b10_two_profiles_with_one_number_share_its_consent(shop: Shop) -> None:
    shop.add([ANN, ANN])
    shop.text(ANN, "STOP")
    stopped = {code: count for code, count in shop.sms.preview(campaign()).gates.items() if count}
    assert stopped == {"duplicate_number": 1, "no_consent": 1}
    assert replies(shop) == ["opt_out"]


def test_b09_an_opt_out_from_a_clock_ahead_of_ours_holds_at_once(shop: Shop) -> None:
    shop.add([ANN])
    text = InboundText("m1", ANN, "+18885550100", "STOP", NOON + timedelta(minutes=1))
    receive(shop.sms._line, text, NOON)
    shop.sms.send("ann", "owner", campaign(), at=NOON)
    assert replies(shop) == ["opt_out"]
    assert len(shop.taken(ANN)) == 1


def test_f03_a_text_stored_before_a_crash_is_acted_on_after_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.add([ANN])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("segql.sms.inbox._act_on_texts", lambda line, at: None)
        shop.sms.receive(ANN, "+18885550100", "STOP", carrier_id="m1")
    assert status(shop) == "subscribed"
    shop.sms.advance(NOON)
    assert status(shop) == "unsubscribed"
    assert replies(shop) == ["opt_out"]


def test_b12_a_reply_is_an_event(shop: Shop) -> None:
    shop.text(ANN, "HELP")
    assert shop.events("Sent SMS Reply") == 1
