"""Texts, names and senders that mean harm: nothing breaks, nothing is obeyed, and no opt-out is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.sms.harmless import harmless
from segql.sms.inbox import LONGEST_TEXT

from .shop import Shop, campaign, number

ANN = number(1)
OURS = "+18885550100"


def receive(shop: Shop, body: str, sender: str = ANN, carrier_id: str = "m1") -> bool:
    return shop.sms.receive(sender, OURS, body, carrier_id=carrier_id)


def meaning(shop: Shop) -> str:
    return shop.scalar("SELECT meaning FROM sms_inbound ORDER BY inbound_id DESC LIMIT 1")


def test_f03_a_text_of_ten_megabytes_is_cut_to_what_a_network_can_carry(shop: Shop) -> None:
    receive(shop, "x" * 10_000_000)
    assert shop.scalar("SELECT length(body) FROM sms_inbound") == LONGEST_TEXT
    (talk,) = shop.sms.conversations.list("owner")
    assert len(talk.text) == LONGEST_TEXT


@pytest.mark.parametrize("filler", ["\u200b", "“", "Liked “", "a ", "\u0301", "«»", "\U0001f6d1"])
def test_f03_a_long_text_of_any_kind_is_read(shop: Shop, filler: str) -> None:
    receive(shop, filler * 40_000)
    assert meaning(shop) in ("conversation", "reaction", "opt_out", "review")


@pytest.mark.parametrize(
    "body",
    [
        "S\x00T\x00O\x00P\x00",
        "\x00S\x00T\x00O\x00P",
        "\ufeffSTOP",
        "\u202eSTOP\u202c",
        "\x00A\x00R\x00R\x00Ê\x00T",
        "STOP\x00" + "\x00" * 1000,
    ],
)
def test_f03_an_opt_out_is_not_lost_to_nuls_marks_or_half_decoded_utf16(shop: Shop, body: str) -> None:
    shop.add([ANN])
    receive(shop, body)
    assert meaning(shop) == "opt_out"


def test_d11_what_is_shown_has_no_controls_and_no_marks_of_direction() -> None:
    assert harmless("a\x00b\x1b[31m\u202ec\u2066d\ne\u200d") == "a\ufffdb\ufffd[31m\ufffdc\ufffdd\ne\u200d"


TEMPLATES = [
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "{{ config }}",
    "{{ organization_prefix }}",
    "\x02https://evil.example\x03",
]


@pytest.mark.parametrize("evil", TEMPLATES)
def test_templates_in_a_name_are_no_templates(shop: Shop, evil: str) -> None:
    shop.add([ANN], first_name=[evil])
    shop.sms.send("ann", "owner", campaign("Hi {{ first_name }}"))
    (text,) = shop.taken(ANN)
    assert "49" not in text and "evil.example\x03" not in text
    assert shop.scalar("SELECT count(*) FROM sms_links") == 0


@pytest.mark.parametrize("evil", TEMPLATES)
def test_templates_in_a_text_are_no_templates(shop: Shop, evil: str) -> None:
    changes = {"auto_respond_to": "everybody", "auto_reply": "We got it.", "prefix": ""}
    shop.sms.change_settings("ann", "owner", changes)
    receive(shop, evil)
    assert shop.taken(ANN) == ["We got it."]
    assert shop.sms.conversations.open("owner", ANN).messages[0].text == evil


def test_sql_in_texts_and_searches_is_text(shop: Shop) -> None:
    evil = "'); DROP TABLE sms_inbound; --"
    receive(shop, evil)
    assert shop.sms.conversations.list("owner", search=evil)[0].text == evil


@pytest.mark.parametrize(
    "sender",
    ["1-800-FLOWERS", "+1212STOPNOW", "ACME", "", "+", "12345", "x" * 1_000_000, "+12125550100;+12125550101"],
)
def test_f03_a_sender_that_is_no_number_makes_no_profile_and_gets_nothing(shop: Shop, sender: str) -> None:
    receive(shop, "JOIN", sender)
    assert meaning(shop) == "ignored"
    assert shop.taken() == []
    assert shop.scalar("SELECT count(*) FROM profiles") == 0


def test_f03_a_number_written_otherwise_is_the_same_number(shop: Shop) -> None:
    shop.add([ANN])
    receive(shop, "STOP", "1 (212) 300-0010")
    assert shop.rows("SELECT DISTINCT address, status FROM consents WHERE status = 'unsubscribed'") == [
        (ANN, "unsubscribed")
    ]


def test_f03_a_text_to_a_number_that_is_not_ours_is_answered_from_ours(shop: Shop) -> None:
    shop.sms.receive(ANN, "+19998887777", "HELP", carrier_id="m1")
    assert [text.sender for text in shop.carrier.taken()] == [OURS]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_f03_any_text_is_stored_and_acted_on(shop: Shop, body: str) -> None:
    carrier_id = f"h{shop.scalar('SELECT count(*) FROM sms_inbound')}"
    assert receive(shop, body, carrier_id=carrier_id)
    assert meaning(shop) is not None
