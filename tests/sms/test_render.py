"""C07: each recipient's own text, made in a sandbox."""

import pytest

from segql.sms import SmsError
from segql.sms.errors import SmsCode
from segql.sms.render import as_seen, read_text, shortened
from segql.sms.settings import SmsSettings

ATTRIBUTES = ["first_name", "Loyalty Tier", "points"]
SETTINGS = SmsSettings(prefix="Acme")


def rendered(source: str, **values: object) -> str:
    return read_text(source, ATTRIBUTES, SETTINGS).render(values)


@pytest.mark.parametrize(
    ("source", "values", "body"),
    [
        ("Hi {{ first_name }}", {"first_name": "Zoë"}, "Hi Zoë"),
        ("Hi {{ first_name | default('there') }}", {"first_name": None}, "Hi there"),
        ("{{ loyalty_tier }} has {{ points }}", {"loyalty_tier": "Gold", "points": 3.0}, "Gold has 3"),
        ("{% if points > 2 %}Much{% else %}Little{% endif %}", {"points": 2.5}, "Much"),
        ("e\u0301", {}, "é"),
    ],
)
def test_c07_a_text_over_attributes(source: str, values: dict[str, object], body: str) -> None:
    assert rendered(source, **values) == f"Acme: {body} Reply STOP to opt out"


def test_c07_only_what_is_used_is_asked_for() -> None:
    text = read_text("{{ loyalty_tier }} {{ link('https://a.example') }}", ATTRIBUTES, SETTINGS)
    assert text.attributes == {"loyalty_tier": "Loyalty Tier"}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", SmsCode.INVALID_CAMPAIGN),
        ("Hi {{ frist_name }}", SmsCode.UNKNOWN_VARIABLE),
        ("Hi {{ first_name", SmsCode.INVALID_TEXT),
        ("{{ first_name | nosuch }}", SmsCode.INVALID_TEXT),
        ("{{ range(9) }}", SmsCode.UNKNOWN_VARIABLE),
    ],
)
def test_c07_a_mistake_is_an_error_before_anything_is_sent(source: str, code: SmsCode) -> None:
    with pytest.raises(SmsError) as caught:
        read_text(source, ATTRIBUTES, SETTINGS)
    assert caught.value.code == code
    assert caught.value.remedy


def test_c07_a_misspelt_variable_names_the_nearest() -> None:
    with pytest.raises(SmsError, match="first_name"):
        read_text("{{ frist_name }}", ATTRIBUTES, SETTINGS)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ first_name }}", SmsCode.MISSING_VALUE),
        ("{{ points.__class__.__mro__ }}", SmsCode.INVALID_TEXT),
        ("{{ 1 / 0 }}", SmsCode.INVALID_TEXT),
        ("{{ link('javascript:alert(1)') }}", SmsCode.INVALID_TEXT),
        ("{{ link(points) }}", SmsCode.INVALID_TEXT),
    ],
)
def test_c07_a_hole_or_an_escape_from_the_sandbox_is_an_error(source: str, code: SmsCode) -> None:
    with pytest.raises(SmsError) as caught:
        rendered(source, first_name=None, points=1.0)
    assert caught.value.code == code


def test_c09_a_shortened_link_is_as_long_as_the_preview_says() -> None:
    text = rendered("Go {{ link('https://a.example/1') }} or {{ link('https://a.example/2') }}")
    seen = as_seen(text, "l.example")
    sent = shortened(text, "l.example", ["abcdefgh", "ijkmnpqr"])
    assert "https://l.example/abcdefgh or https://l.example/ijkmnpqr" in sent
    assert len(seen) == len(sent)


def test_c07_the_message_about_a_text_is_one_line() -> None:
    with pytest.raises(SmsError) as raised:
        read_text("Hi {{ first_name | foo }}", ["first_name"], SmsSettings())
    assert raised.value.message == "The text cannot be read: No filter named 'foo'."
