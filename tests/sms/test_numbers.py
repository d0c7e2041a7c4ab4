"""A02: sending numbers, requested and activated, and which of them texts whom."""

import pytest

from segql.sms import SmsError
from segql.sms.errors import SmsCode

from .shop import Shop, campaign, number

ANN, LEEDS = number(1), "+442079460010"


def request(shop: Shop, kind: str, countries: list[str], given: str | None = None, **more: str) -> None:
    """Ask for a number, and take it into use."""
    request_id = shop.sms.account.request_number("ann", "owner", kind, countries, **more)  # type: ignore[arg-type]
    shop.sms.account.activate_number("ann", "owner", request_id, given)


def senders(shop: Shop) -> dict[str, str]:
    shop.add([ANN, LEEDS])
    shop.sms.send("ann", "owner", campaign())
    return {text.number: text.sender for text in shop.carrier.taken()}


def test_a02_a_request_is_pending_until_it_is_activated(shop: Shop) -> None:
    request_id = shop.sms.account.request_number("ann", "admin", "short_code", ["US"])
    pending = shop.sms.account.numbers()[-1]
    assert (pending.state, pending.number, pending.countries) == ("pending", None, ("US",))
    assert senders(shop)[ANN] == "+18885550100"
    shop.sms.account.activate_number("bob", "owner", request_id, "24365")
    active = shop.sms.account.numbers()[-1]
    assert (active.state, active.number, active.kind) == ("active", "24365", "short_code")
    with pytest.raises(SmsError) as caught:
        shop.sms.account.activate_number("bob", "owner", request_id, "24366")
    assert caught.value.code == SmsCode.UNKNOWN_REQUEST
    assert [entry.actor for entry in shop.sms.account.audit(2)] == ["bob", "ann"]
    again = shop.sms.setup("ann", "owner")
    assert (again.number, again.kind, again.already) == ("+18885550100", "toll_free", True)


def test_a02_short_codes_come_before_toll_free_numbers(shop: Shop) -> None:
    request(shop, "short_code", ["US"], "24365")
    assert senders(shop) == {ANN: "24365", LEEDS: "+18885550100"}


def test_a02_long_codes_come_before_branded_senders(bare: Shop) -> None:
    bare.sms.setup("ann", "owner", countries=("US",))
    request(bare, "branded_sender_id", ["GB"], name="Acme Coats")
    request(bare, "long_code", ["GB"], "+447400000001")
    assert senders(bare)[LEEDS] == "+447400000001"


def test_a02_a_branded_sender_texts_where_nothing_else_does(bare: Shop) -> None:
    bare.sms.setup("ann", "owner", countries=("US",))
    request(bare, "branded_sender_id", ["GB"], name="Acme Coats")
    assert senders(bare)[LEEDS] == "Acme Coats"


def test_a02_no_number_for_a_country_skips_its_people_with_that_reason(bare: Shop) -> None:
    bare.sms.setup("ann", "owner", countries=("US",))
    assert LEEDS not in senders(bare)
    assert bare.sms.report("Sale").skipped == {"unsupported_country": 1}


@pytest.mark.parametrize(
    ("kind", "countries", "name", "code"),
    [
        ("pigeon", ["US"], None, SmsCode.INVALID_NUMBER),
        ("short_code", [], None, SmsCode.INVALID_NUMBER),
        ("short_code", ["KP"], None, SmsCode.UNPRICED_COUNTRY),
        ("short_code", ["US"], "Acme", SmsCode.INVALID_NUMBER),
        ("branded_sender_id", ["GB"], None, SmsCode.INVALID_NUMBER),
        ("branded_sender_id", ["GB"], "Acme and Sons", SmsCode.INVALID_NUMBER),
        ("branded_sender_id", ["GB"], "12345", SmsCode.INVALID_NUMBER),
        ("branded_sender_id", ["GB"], "Acme\n", SmsCode.INVALID_NUMBER),
    ],
)
def test_a02_what_cannot_be_a_number_is_refused(
    shop: Shop, kind: str, countries: list[str], name: str | None, code: SmsCode
) -> None:
    with pytest.raises(SmsError) as caught:
        shop.sms.account.request_number("ann", "owner", kind, countries, name=name)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("kind", "given"), [("short_code", "+16175550100"), ("long_code", "617"), ("toll_free", None)]
)
def test_a02_a_number_has_the_form_of_its_kind(shop: Shop, kind: str, given: str | None) -> None:
    with pytest.raises(SmsError) as caught:
        request(shop, kind, ["US"], given)
    assert caught.value.code == SmsCode.INVALID_NUMBER


@pytest.mark.parametrize("role", ["manager", "analyst", "root"])
def test_a01_only_owners_and_admins_ask_for_numbers_and_activate_them(shop: Shop, role: str) -> None:
    shop.sms.account.request_number("ann", "owner", "short_code", ["US"])
    for change in (
        lambda: shop.sms.account.request_number("eve", role, "short_code", ["US"]),
        lambda: shop.sms.account.activate_number("eve", role, 1, "24365"),
    ):
        with pytest.raises(SmsError) as caught:
            change()
        assert caught.value.code == SmsCode.NOT_PERMITTED
