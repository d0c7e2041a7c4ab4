"""A04 to A07: what is answered when no keyword is recognized, and in which words."""

from datetime import timedelta

import pytest

from segql.sms import SmsError
from segql.sms.answers import REPLIES_AN_HOUR
from segql.sms.errors import SmsCode

from .shop import BUSY, NOON, Shop, number

ANN, BOB, CAT = number(1), number(2), number(3)
# The simulated carrier is too busy for it once.
DAN = number(4, BUSY)
AUTO = "Acme: We are unable to respond. Write to care@acme.example"


@pytest.fixture
def answering(shop: Shop) -> Shop:
    words = "{{ organization_prefix }}: We are unable to respond. Write to {{ email }}"
    shop.sms.change_settings("ann", "owner", {"auto_reply": words, "contact_email": "care@acme.example"})
    shop.add([ANN])
    return shop


@pytest.mark.parametrize(
    ("to", "answered"), [("nobody", []), ("not_consented", [BOB]), ("everybody", [ANN, BOB])]
)
def test_a07_the_automatic_answer_goes_to_whom_the_account_says(
    answering: Shop, to: str, answered: list[str]
) -> None:
    answering.sms.change_settings("ann", "owner", {"auto_respond_to": to})
    for person in (ANN, BOB):
        answering.text(person, "hello?")
    assert [text.number for text in answering.carrier.taken()] == answered
    assert set(answering.taken()) <= {AUTO}
    assert len(answering.sms.conversations.list("owner")) == 2


def test_b04_nothing_follows_an_opt_out_not_even_an_automatic_answer(answering: Shop) -> None:
    answering.sms.change_settings("ann", "owner", {"auto_respond_to": "everybody"})
    answering.text(ANN, "STOP")
    answering.text(ANN, "hello?", at=NOON + timedelta(minutes=1))
    assert answering.taken(ANN) == [answering.sms.settings().reply("opt_out")]


@pytest.mark.parametrize("between", ["STOP", None])
def test_b08_b09_what_comes_in_between_wins_over_an_answer_that_waits(
    answering: Shop, between: str | None
) -> None:
    """The carrier is too busy for the answer; before it is tried again a STOP comes, or a request to confirm."""
    answering.sms.change_settings("ann", "owner", {"auto_respond_to": "everybody"})
    answering.text(DAN, "hello?")
    assert answering.taken(DAN) == []
    if between is None:
        answering.sms.inbound.subscribe("ann", "owner", DAN, method="form", detail="pop-up", double=True)
    else:
        answering.text(DAN, between)
    answering.sms.advance(NOON + timedelta(hours=1))
    said = answering.sms.settings().reply("double_opt_in" if between is None else "opt_out")
    assert answering.taken(DAN) == [said]


def test_an_answer_that_waited_for_a_busy_carrier_goes_out(answering: Shop) -> None:
    answering.sms.change_settings("ann", "owner", {"auto_respond_to": "everybody"})
    answering.text(DAN, "hello?")
    answering.sms.advance(NOON + timedelta(hours=1))
    assert answering.taken(DAN) == [AUTO]


def test_b05_what_may_be_an_opt_out_is_not_answered_by_a_machine(answering: Shop) -> None:
    answering.sms.change_settings("ann", "owner", {"auto_respond_to": "everybody"})
    answering.text(ANN, "please stop texting me")
    assert answering.taken() == []


def test_a04_an_automatic_answer_costs_credits(answering: Shop) -> None:
    answering.sms.change_settings("ann", "owner", {"auto_respond_to": "everybody"})
    before = answering.sms.balance()
    answering.text(BOB, "hello?")
    assert answering.sms.balance().trial_messages == before.trial_messages - 1
    assert answering.events("Sent SMS Reply") == 1


def test_b05a_automatic_answers_of_all_kinds_are_limited_together(answering: Shop) -> None:
    answering.sms.change_settings("ann", "owner", {"auto_respond_to": "everybody"})
    for index in range(REPLIES_AN_HOUR):
        answering.text(BOB, "HELP" if index % 2 else f"hello {index}?")
    answering.text(BOB, "HELP")
    assert len(answering.taken(BOB)) == REPLIES_AN_HOUR
    answering.text(CAT, "HELP")
    assert len(answering.taken(CAT)) == 1


def test_b05a_a_blocked_number_is_not_answered(answering: Shop) -> None:
    answering.sms.change_settings("ann", "owner", {"auto_respond_to": "everybody"})
    answering.consent([ANN], "blocked", kind="block")
    answering.text(ANN, "hello?")
    assert answering.taken() == []


def test_a06_every_reply_can_be_reworded_and_none_of_the_mandatory_ones_switched_off(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"opt_in_reply": "{{organization prefix}} says welcome"})
    shop.text(ANN, "JOIN")
    assert shop.taken(ANN) == ["Acme says welcome"]
    for name in ("opt_in_reply", "opt_out_reply", "help_reply", "double_opt_in_reply"):
        with pytest.raises(SmsError) as caught:
            shop.sms.change_settings("ann", "owner", {name: ""})
        assert caught.value.code == SmsCode.INVALID_SETTING


def test_a06_help_and_info_have_one_reply(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"help_reply": "Call us."})
    for word in ("HELP", "INFO"):
        shop.text(ANN, word)
    assert shop.taken(ANN) == ["Acme: Call us."] * 2


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("{{ first_name }}, hello", "no variable"),
        ("{{ 7 * 7 }}", "no variable"),
        ("{% for i in x %}", "braces"),
        ("Write to {{ email }}", "contact_email"),
    ],
)
def test_a07_a_reply_has_two_variables_and_no_others(shop: Shop, words: str, reason: str) -> None:
    with pytest.raises(SmsError, match=reason) as caught:
        shop.sms.change_settings("ann", "owner", {"auto_reply": words})
    assert caught.value.code == SmsCode.INVALID_SETTING


def test_a07_without_a_prefix_a_reply_begins_with_its_words(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"prefix": "", "auto_reply": "{{ organization_prefix }}: Hello"})
    assert shop.sms.settings().reply("auto") == "Hello"


@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({"forward_to": "a@b.example"}, 0),
        ({"forward_to": "a@b.example", "prefix": ""}, 1),
        ({"forward_to": "a@b.example", "frequency_cap": 7}, 1),
        ({"forward_to": "a@b.example", "frequency_cap": None, "quiet_hours": False}, 2),
        ({}, 1),
    ],
)
def test_a10_what_is_not_advised_is_warned_of(shop: Shop, changes: dict[str, object], warnings: int) -> None:
    assert len(shop.sms.change_settings("ann", "owner", changes).warnings) == warnings
