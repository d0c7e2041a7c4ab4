"""D05, D06, D10: answers to customers, and when they are refused."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from segql.runtime.store.merge import merge_people
from segql.sms import SmsError
from segql.sms.conversations.box import Answer
from segql.sms.errors import SmsCode

from .shop import NOON, Shop, campaign, number

ANN = number(1)
NIGHT = NOON + timedelta(hours=12)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def talking(shop: Shop) -> Shop:
    """Ann, who consented, has asked something."""
    shop.add([ANN])
    shop.text(ANN, "Do the coats come in green?")
    return shop


def reply(shop: Shop, text: str = "They do.", *, seen: int | None = None, at_night: bool = False) -> str:
    if seen is None:
        seen = shop.sms.conversations.open("owner", ANN).seen
    return shop.sms.reply("ann", "owner", ANN, Answer(text, seen, at_night)).state


def refused(shop: Shop, **how: object) -> SmsCode:
    before = shop.taken(ANN)
    with pytest.raises(SmsError) as caught:
        reply(shop, **how)  # type: ignore[arg-type]
    assert shop.taken(ANN) == before
    return caught.value.code


@pytest.mark.parametrize("consent", [None, "unsubscribed", "pending"])
def test_d05_no_reply_without_consent_and_the_box_says_why(shop: Shop, consent: str | None) -> None:
    shop.add([ANN], consent=consent)
    shop.text(ANN, "hello?")
    box = shop.sms.conversations.open("owner", ANN).box
    assert not box.open
    assert refused(shop) == box.code == SmsCode.NO_CONSENT
    with pytest.raises(SmsError) as caught:
        reply(shop)
    assert (caught.value.message, caught.value.remedy) == (box.reason, box.remedy)


def test_d05_transactional_consent_is_not_enough(shop: Shop) -> None:
    shop.add([ANN], consent=None)
    shop.consent([ANN], "subscribed", kind="transactional")
    shop.text(ANN, "hello?")
    assert refused(shop) == SmsCode.NO_CONSENT


def test_d05_a_stop_closes_the_box_at_once(talking: Shop) -> None:
    talking.text(ANN, "STOP", at=NOON + MINUTE)
    talking.now = NOON + 2 * MINUTE
    assert refused(talking) == SmsCode.NO_CONSENT
    assert "consent" in [entry.what for entry in talking.sms.conversations.changes("owner", 0)]


def test_b10_an_earlier_number_of_somebody_cannot_be_answered_and_still_gets_help(talking: Shop) -> None:
    """The person keeps another number: a text from the old one is theirs, and the old one has no consent."""
    talking.add([number(2)])
    with talking.database.transaction() as connection:
        merge_people(connection, 0, 1, NOON, "ann")
    assert refused(talking) == SmsCode.NO_CONSENT
    talking.text(ANN, "HELP", at=NOON + MINUTE)
    assert talking.taken(ANN) == [talking.sms.settings().reply("help")]


def test_b09_a_reply_that_waits_does_not_leave_after_a_stop(talking: Shop) -> None:
    """Even where it was queued before: the gates are asked again when it is handed over."""
    with talking.database.transaction() as connection:
        connection.execute("UPDATE sms_ledger SET trial_messages = 0, credits = 0")
    assert reply(talking) == "skipped"
    with talking.database.transaction() as connection:
        connection.execute("UPDATE sms_messages SET state = 'queued', due_at = queued_at")
    talking.text(ANN, "STOP", at=NOON + MINUTE)
    talking.sms.add_credits("ann", "owner", 10)
    talking.sms.advance(NOON + 2 * MINUTE)
    assert talking.taken(ANN) == [talking.sms.settings().reply("opt_out")]


def test_d06_a_reply_goes_from_the_number_that_was_texted_and_costs_credits(talking: Shop) -> None:
    before = talking.sms.balance()
    assert reply(talking) == "sent"
    (sent,) = talking.carrier.taken()
    assert (sent.body, sent.sender) == ("They do.", "+18885550100")
    assert talking.sms.balance().trial_messages == before.trial_messages - 1
    assert talking.events("Sent SMS Reply") == 1


def test_d06_without_credits_it_is_skipped_and_says_so(talking: Shop) -> None:
    with talking.database.transaction() as connection:
        connection.execute("DELETE FROM sms_ledger")
    seen = talking.sms.conversations.open("owner", ANN).seen
    done = talking.sms.reply("ann", "owner", ANN, Answer("They do.", seen))
    assert (done.state, done.reason) == ("skipped", "no_credits")
    shown = talking.sms.conversations.open("owner", ANN).messages[-1]
    assert (shown.text, shown.state, shown.reason) == ("They do.", "skipped", "no_credits")


def test_d06_several_in_a_row(talking: Shop) -> None:
    for text in ("They do.", "And in blue. 🧥", "Anything else?"):
        assert reply(talking, text) == "sent"
    assert talking.taken(ANN) == ["They do.", "And in blue. 🧥", "Anything else?"]


def test_d06_parts_and_credits_while_typing(talking: Shop) -> None:
    draft = talking.sms.conversations.draft("manager", ANN, Answer("x" * 161, 1))
    assert (draft.parts, draft.credits, draft.box.open) == (2, 2, True)
    assert talking.sms.conversations.draft("manager", ANN, Answer("🧥" * 36, 1)).parts == 2
    assert talking.taken(ANN) == []


@pytest.mark.parametrize("short", [True, False])
def test_d08_links_in_replies_are_shortened_and_clicks_counted_unless_that_is_off(
    talking: Shop, short: bool
) -> None:
    talking.sms.change_settings("ann", "owner", {"shorten_links": short})
    reply(talking, "See https://acme.example/green?who=x.")
    (text,) = talking.taken(ANN)
    assert ("https://links.example.com/" in text) is short
    assert text.endswith(".")
    if short:
        code = text.removesuffix(".").rpartition("/")[2]
        assert talking.sms.click(code, at=NOON + MINUTE).url == "https://acme.example/green?who=x"
        assert talking.events("Clicked SMS") == 1


def test_a11_links_of_campaigns_stay_as_they_are_where_shortening_is_off(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"shorten_links": False})
    shop.add([ANN])
    shop.sms.send("ann", "owner", campaign("{{ link('https://acme.example/sale') }}"))
    assert shop.taken(ANN)[0].startswith("Acme: https://acme.example/sale ")


def test_d06_at_night_it_asks_once(talking: Shop) -> None:
    talking.now = NIGHT
    thread = talking.sms.conversations.open("owner", ANN)
    assert thread.box.open
    assert thread.box.night == "It is 00:00 where they are."
    assert refused(talking) == SmsCode.AT_NIGHT
    assert reply(talking, at_night=True) == "sent"


def test_d10_a_reply_is_refused_when_a_newer_text_has_come(talking: Shop) -> None:
    seen = talking.sms.conversations.open("owner", ANN).seen
    talking.text(ANN, "or in blue?", at=NOON + MINUTE)
    assert refused(talking, seen=seen) == SmsCode.NEWER_TEXT
    assert reply(talking) == "sent"


def test_d10_two_who_answer_at_once_are_both_heard_and_in_order(talking: Shop) -> None:
    seen = talking.sms.conversations.open("owner", ANN).seen
    start, done = Barrier(4), []

    def answer(who: str) -> None:
        start.wait()
        done.append(talking.sms.reply(who, "manager", ANN, Answer(f"from {who}", seen)).state)

    threads = [Thread(target=answer, args=(who,)) for who in ("a", "b", "c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["sent"] * 4
    assert sorted(talking.taken(ANN)) == ["from a", "from b", "from c", "from d"]


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\x07"])
def test_d06_an_empty_reply_is_refused(talking: Shop, text: str) -> None:
    assert refused(talking, text=text) == SmsCode.EMPTY_REPLY


def test_d06_a_reply_is_no_template(talking: Shop) -> None:
    reply(talking, "{{ 7 * 7 }} {% raw %} \x02https://evil.example\x03")
    assert talking.taken(ANN)[0].startswith("{{ 7 * 7 }} {% raw %} https://links.example.com/")


def test_e01_a_reply_is_received_when_the_carrier_confirms_it(talking: Shop) -> None:
    reply(talking)
    talking.sms.advance(NOON + timedelta(hours=1))
    assert talking.events("Received SMS") == 1
    assert talking.sms.conversations.changes("owner", 0)[-1].what == "state"
    assert talking.sms.conversations.open("owner", ANN).messages[-1].state == "delivered"


def test_d06_a_coupon_is_put_behind_the_text_and_burnt(talking: Shop) -> None:
    talking.sms.outbound.add_coupons("ann", "owner", "Sorry", ["SORRY-1", "SORRY-2"])
    draft = talking.sms.conversations.draft("owner", ANN, Answer("x" * 153, 1, coupon="Sorry"))
    assert draft.parts == 2, "the code counts"
    talking.sms.reply("ann", "owner", ANN, Answer("For your trouble:", 1, coupon="Sorry"))
    assert talking.taken(ANN) == ["For your trouble: SORRY-1"]
    assert talking.rows("SELECT code FROM sms_coupons WHERE used_at IS NOT NULL") == [("SORRY-1",)]
    with pytest.raises(SmsError) as caught:
        talking.sms.reply("ann", "owner", ANN, Answer("Here:", 1, coupon="Nothing"))
    assert caught.value.code == SmsCode.UNKNOWN_POOL


def test_d06_without_a_code_left_the_reply_is_skipped_and_says_so(talking: Shop) -> None:
    talking.sms.outbound.add_coupons("ann", "owner", "Sorry", ["SORRY-1"])
    for expected in ("sent", "skipped"):
        done = talking.sms.reply("ann", "owner", ANN, Answer("Here:", 1, coupon="Sorry"))
        assert done.state == expected
    assert done.reason == "no_coupon"
    shown = talking.sms.conversations.open("owner", ANN).messages
    assert [message.text for message in shown][-2:] == ["Here: SORRY-1", "Here: [coupon]"]


def test_d06_a_picture_goes_with_the_text_where_that_is_possible(talking: Shop) -> None:
    address = "https://acme.example/receipt.gif"
    done = talking.sms.reply("ann", "owner", ANN, Answer("", 1, picture=address))
    assert (done.state, done.parts) == ("sent", 1)
    assert talking.scalar("SELECT picture FROM sms_messages WHERE purpose = 'conversation'") == address
    assert talking.sms.conversations.open("owner", ANN).messages[-1].pictures == 1
    with pytest.raises(SmsError) as caught:
        talking.sms.reply("ann", "owner", ANN, Answer("Look", 1, picture="javascript:alert(1)"))
    assert caught.value.code == SmsCode.INVALID_TEXT
