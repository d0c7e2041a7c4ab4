"""C07 to C09: coupons, pictures, plainer characters, links to unsubscribe, clicks that no person made."""

from datetime import timedelta

import pytest

from segql.sms import SmsError
from segql.sms.errors import SmsCode
from segql.sms.substitutes import SUBSTITUTES

from .shop import BAD, BUSY, NOON, Shop, campaign, number

HOUR = timedelta(hours=1)
COUPON = "Your code: {{ coupon('Spring') }}"


def codes(count: int) -> list[str]:
    return [f"SPRING-{index:03}" for index in range(count)]


def test_c08_each_recipient_gets_a_code_of_their_own_and_it_is_burnt_when_it_is_sent(shop: Shop) -> None:
    pool = shop.sms.outbound.add_coupons("ann", "owner", "Spring", codes(10))
    assert (pool.free, pool.reserved, pool.used) == (10, 0, 0)
    shop.add([number(1), number(2), number(3, BAD)])
    shop.sms.send("ann", "owner", campaign(COUPON))
    got = [text.body.removeprefix("Acme: Your code: ").split()[0] for text in shop.carrier.taken()]
    assert got == codes(2)
    (pool,) = shop.sms.outbound.coupons()
    assert (pool.free, pool.reserved, pool.used) == (7, 1, 2)


def test_c08_an_empty_pool_skips_with_that_reason_and_new_codes_send_the_rest(shop: Shop) -> None:
    shop.sms.outbound.add_coupons("ann", "owner", "Spring", codes(2))
    shop.add(number(index) for index in range(5))
    said = shop.sms.preview(campaign(COUPON))
    assert (said.gates["no_coupon"], said.remaining) == (3, 2)
    shop.sms.send("ann", "owner", campaign(COUPON))
    assert shop.sms.report("Sale").skipped == {"no_coupon": 3}
    shop.sms.outbound.add_coupons("ann", "owner", "Spring", codes(9))
    shop.sms.send("ann", "owner", campaign(COUPON))
    assert len(set(shop.taken())) == 5


def test_c08_a_text_that_is_tried_again_keeps_its_code(shop: Shop) -> None:
    shop.sms.outbound.add_coupons("ann", "owner", "Spring", codes(2))
    shop.add([number(1, BUSY), number(2)])
    shop.sms.send("ann", "owner", campaign(COUPON))
    shop.sms.advance(NOON + HOUR, since=NOON)
    assert sorted(shop.taken()) == [f"Acme: Your code: {code} Reply STOP to opt out" for code in codes(2)]


def test_c08_codes_that_cannot_be_used_are_refused_and_the_others_go_in(shop: Shop) -> None:
    pool = shop.sms.outbound.add_coupons(
        "ann", "owner", "Spring", ["AAAA", "BBBB", "AAAA", "CCC", "no space", "ß" * 4]
    )
    assert pool.free == 2
    assert [code for code, _ in pool.refused] == ["AAAA", "CCC", "no space", "ß" * 4]
    assert shop.sms.outbound.add_coupons("ann", "owner", "Spring", ["BBBB"]).refused == (
        ("BBBB", "the pool has it already"),
    )


def test_c07_the_parts_of_a_text_with_a_coupon_are_exact(shop: Shop) -> None:
    shop.sms.outbound.add_coupons("ann", "owner", "Spring", codes(1))
    shop.add([number(1)])
    frame = len("Acme:   Reply STOP to opt out") + len(codes(1)[0])
    for spare, parts in ((0, 1), (1, 2)):
        text = "x" * (160 - frame + spare) + " {{ coupon('Spring') }}"
        assert shop.sms.preview(campaign(text)).parts == parts
        assert len(shop.sms.preview(campaign(text)).samples[0]) == 160 + spare


def test_c08_a_pool_that_is_not_there_is_an_error(shop: Shop) -> None:
    shop.add([number(1)])
    with pytest.raises(SmsError) as caught:
        shop.sms.preview(campaign(COUPON))
    assert caught.value.code == SmsCode.UNKNOWN_POOL


def test_c08_a_text_has_one_code_however_often_it_says_it(shop: Shop) -> None:
    shop.sms.outbound.add_coupons("ann", "owner", "Spring", codes(3))
    shop.sms.outbound.add_coupons("ann", "owner", "Autumn", ["AUT-1"])
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign("{{ coupon('Spring') }}, I say {{ coupon('Spring') }}"))
    assert shop.taken() == ["Acme: SPRING-000, I say SPRING-000 Reply STOP to opt out"]
    with pytest.raises(SmsError, match="several pools"):
        shop.sms.preview(campaign("{{ coupon('Spring') }} {{ coupon('Autumn') }}"))


def test_c08_pictures_go_where_they_can_be_sent(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    send, given = shop.carrier.send, []

    def watched(batch, now):  # type: ignore[no-untyped-def]
        given.extend(batch)
        return send(batch, now)

    monkeypatch.setattr(shop.carrier, "send", watched)
    shop.add([number(1), "+447911223450"])
    with_picture = campaign("Look. " + "x" * 300, picture="https://shop.example/coat.gif")
    said = shop.sms.preview(with_picture)
    assert (said.gates["no_pictures"], said.remaining, said.parts) == (1, 1, 1)
    shop.sms.send("ann", "owner", with_picture)
    assert [text.picture for text in given] == ["https://shop.example/coat.gif"]
    assert shop.scalar("SELECT credits FROM sms_messages WHERE state = 'sent'") == 3
    with pytest.raises(SmsError, match="picture"):
        shop.sms.preview(campaign(picture="coat.gif"))


def test_c07_a_character_that_makes_the_text_longer_is_named_with_what_could_stand_for_it(shop: Shop) -> None:
    shop.add([number(1), number(2)])
    found = shop.sms.preview(campaign("It’s on – “everything” must go, all of it, today 😀"))
    assert [(one.character, one.substitute, one.count) for one in found.costly] == [
        ("’", "'", 1),
        ("–", "-", 1),
        ("“", '"', 1),
        ("”", '"', 1),
        ("😀", None, 1),
    ]
    assert found.plainer is None  # the emoji needs the costlier alphabet all the same
    found = shop.sms.preview(campaign("It’s on: everything must go, all of it, today, says {{ 'Ann’s' }}"))
    assert found.plainer is None  # what is inside braces is left alone
    found = shop.sms.preview(campaign("It’s on: everything must go, all of it, today."))
    assert found.plainer is not None
    assert found.plainer.text == "It's on: everything must go, all of it, today."
    assert (found.parts, found.plainer.parts) == (4, 2)
    shop.sms.send("ann", "owner", campaign("It’s on: everything must go, all of it, today."))
    assert "It’s" in shop.taken()[0]  # nothing is changed unasked


def test_c07_no_letter_is_replaced_by_another() -> None:
    assert not [character for character in SUBSTITUTES if character.isalpha()]


def test_c07_what_people_wrote_about_themselves_has_no_marks_of_ours(shop: Shop) -> None:
    shop.sms.outbound.add_coupons("ann", "owner", "Spring", codes(1))
    shop.add(
        [number(1)], first_name=["\x02https://evil.example\x03\x04Spring\x05 {{ link('https://e.example') }}"]
    )
    shop.sms.send("ann", "owner", campaign("Hi {{ first_name }}"))
    (text,) = shop.taken()
    assert "https://links.example.com" not in text and "SPRING" not in text and "{{ link" in text
    assert shop.scalar("SELECT count(*) FROM sms_links") == 0


def link_in(text: str) -> str:
    return text.split("https://links.example.com/")[1].split()[0]


def test_f04_following_a_link_to_unsubscribe_changes_nothing_and_its_button_does(shop: Shop) -> None:
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign("Bye? {{ unsubscribe_link() }}"))
    code = link_in(shop.taken()[0])
    followed = shop.sms.click(code, at=NOON + HOUR)
    assert followed.url is None
    assert shop.events("Unsubscribed from SMS Marketing") == shop.events("Clicked SMS") == 0
    for _ in range(2):
        assert shop.sms.outbound.unsubscribe(code) == number(1)
    assert shop.events("Unsubscribed from SMS Marketing") == 1
    shop.sms.send("ann", "owner", campaign(name="Next"), at=NOON + 48 * HOUR)
    assert shop.sms.why("Next", "c1").reason == "no_consent"


def test_f04_only_a_link_to_unsubscribe_unsubscribes(shop: Shop) -> None:
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign("{{ link('https://a.example') }}"))
    for code in (link_in(shop.taken()[0]), "nosuchcd"):
        with pytest.raises(SmsError) as caught:
            shop.sms.outbound.unsubscribe(code)
        assert caught.value.code == SmsCode.UNKNOWN_LINK


@pytest.mark.parametrize(
    ("agent", "seconds", "counts"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", 60, True),
        ("", 60, True),
        ("facebookexternalhit/1.1 Facebot Twitterbot/1.0", 60, False),
        ("WhatsApp/2.23", 60, False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", 60, False),
        ("", 1, False),
        ("", 2, True),
    ],
)
def test_c09_clicks_that_no_person_made_are_kept_and_not_counted(
    shop: Shop, agent: str, seconds: int, counts: bool
) -> None:
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign("{{ link('https://a.example') }}"))
    found = shop.sms.click(link_in(shop.taken()[0]), agent=agent, at=NOON + timedelta(seconds=seconds))
    assert (found.url, found.bot) == ("https://a.example", not counts)
    assert shop.scalar("SELECT count(*) FROM sms_clicks") == 1
    assert shop.sms.report("Sale").clicks == shop.events("Clicked SMS") == int(counts)


def test_c09_several_links_of_a_text_in_one_second_are_a_programs_work(shop: Shop) -> None:
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign("{{ link('https://a.example') }} {{ link('https://b.example') }}"))
    first, second = (part.split()[0] for part in shop.taken()[0].split("https://links.example.com/")[1:])
    at = NOON + HOUR
    assert [shop.sms.click(code, at=at).bot for code in (first, second)] == [False, True]
