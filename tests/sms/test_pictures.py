"""C08, D06, D07: pictures of the account's own that go with texts, and those that customers send."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.sms import SmsError
from segql.sms.conversations.box import Answer
from segql.sms.errors import SmsCode
from segql.sms.pictures import LARGEST_BYTES, Form, form_of
from tests.sms.pictures import gif, jpeg, png

from .shop import NOON, Shop, campaign, number

ANN = number(1)
OWNER = "owner"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (png(7, 8), Form("image/png", 7, 8)),
        (gif(), Form("image/gif", 3, 4)),
        (jpeg(), Form("image/jpeg", 5, 6)),
    ],
)
def test_c08_what_a_picture_is_stands_in_its_bytes(content: bytes, form: Form) -> None:
    assert form_of(content) == form


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a",
        png()[:20],
        jpeg()[:12],
        png(0, 5),
        png(60_000, 1)[:40],
        png() + b"x" * LARGEST_BYTES,
    ],
)
def test_c08_what_no_phone_shows_is_refused(shop: Shop, content: bytes) -> None:
    with pytest.raises(SmsError) as caught:
        shop.sms.outbound.add_picture("ann", OWNER, content)
    assert caught.value.code == SmsCode.INVALID_PICTURE
    with pytest.raises(SmsError):
        shop.carrier.text(ANN, "Look", NOON, picture=content)


@given(st.binary(max_size=60).map(lambda rest: b"\xff\xd8\xff" + rest) | st.binary(max_size=60))
def test_c08_any_bytes_are_a_picture_or_are_refused(content: bytes) -> None:
    try:
        assert form_of(content).type.startswith("image/")
    except SmsError as error:
        assert error.code == SmsCode.INVALID_PICTURE


def test_d06_a_picture_goes_with_an_answer_by_its_address(shop: Shop) -> None:
    shop.add([ANN])
    shop.text(ANN, "Have you a photo of it?")
    address = shop.sms.outbound.add_picture("ann", OWNER, png(7, 8), "A green coat")
    assert address.startswith("https://links.example.com/pictures/")
    seen = shop.sms.conversations.open(OWNER, ANN).seen
    shop.sms.reply("ann", OWNER, ANN, Answer("", seen, picture=address))
    (message,) = [one for one in shop.sms.conversations.open(OWNER, ANN).messages if one.picture]
    found = shop.sms.outbound.pictures([message.picture, "https://elsewhere.example/coat.gif", None])
    assert [(one.about, one.width, one.height) for one in found.values()] == [("A green coat", 7, 8)]
    assert [text.picture for text in shop.carrier.phone(ANN, NOON) if not text.sent] == [address]
    key = address.rpartition("/")[2]
    assert shop.sms.outbound.picture(key) == ("image/png", png(7, 8))
    # Another host of short links does not lose it.
    shop.sms.change_settings("ann", OWNER, {"link_host": "go.example.com"})
    assert list(shop.sms.outbound.pictures([address])) == [address]


@pytest.mark.parametrize("role", ["analyst", ""])
def test_d02_who_may_not_send_adds_no_picture(shop: Shop, role: str) -> None:
    with pytest.raises(SmsError) as caught:
        shop.sms.outbound.add_picture("eve", role, png())
    assert caught.value.code == SmsCode.NOT_PERMITTED


def test_c08_a_picture_that_no_text_has_is_removed_a_day_later(shop: Shop) -> None:
    shop.add([ANN])
    kept = shop.sms.outbound.add_picture("ann", OWNER, png())
    drafted = shop.sms.outbound.add_picture("ann", OWNER, png())
    given_up = shop.sms.outbound.add_picture("ann", OWNER, png())
    shop.sms.send("ann", OWNER, campaign(picture=kept))
    shop.sms.outbound.save_draft("ann", OWNER, campaign(name="Later", picture=drafted))
    fresh = shop.sms.outbound.add_picture("ann", OWNER, png(), at=NOON + timedelta(hours=25))
    assert set(shop.sms.outbound.pictures([kept, drafted, given_up, fresh])) == {kept, drafted, fresh}


def test_d07_a_picture_that_a_customer_sends_is_kept_out_of_the_thread(shop: Shop) -> None:
    shop.carrier.text(ANN, "It came like this", NOON, picture=jpeg())
    shop.sms.advance()
    (message,) = shop.sms.conversations.open(OWNER, ANN).messages
    assert (message.text, message.pictures, message.picture) == ("It came like this", 1, None)
    assert shop.scalar("SELECT count(*) FROM sms_pictures") == 0
    (text,) = shop.carrier.phone(ANN, NOON)
    assert text.sent_picture is not None
    assert shop.carrier.picture(ANN, text.sent_picture) == ("image/jpeg", jpeg())
    assert shop.carrier.picture(number(2), text.sent_picture) is None
