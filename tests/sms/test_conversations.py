"""D01 to D04, D07, D09, D10: the list of conversations, threads, what is done with them, how fast they are answered."""

from datetime import timedelta

import pytest

from segql.sms import SmsError
from segql.sms.conversations.box import Answer
from segql.sms.conversations.listing import PAGE
from segql.sms.conversations.thread import PAGE as MESSAGES
from segql.sms.errors import SmsCode

from .shop import NOON, Shop, campaign, number

ANN, BOB, CAT = number(1), number(2), number(3)
OWNER = "owner"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def titles(shop: Shop, **how: object) -> list[str]:
    return [talk.title for talk in shop.sms.conversations.list(OWNER, **how)]  # type: ignore[arg-type]


def reply(shop: Shop, person: str, text: str = "Yes.", **more: object) -> None:
    seen = shop.sms.conversations.open(OWNER, person).seen
    shop.sms.reply("ann", OWNER, person, Answer(text, seen), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["analyst", "", "Owner", "owner\n", "owner' OR 1=1 --"])
def test_d02_only_owners_admins_and_managers_use_conversations(shop: Shop, role: str) -> None:
    shop.add([ANN])
    shop.text(ANN, "hello")
    talks = shop.sms.conversations
    for use in (
        lambda: talks.list(role),
        lambda: talks.unread(role),
        lambda: talks.open(role, ANN),
        lambda: talks.older(role, ANN, "0-0-0"),
        lambda: talks.draft(role, ANN, Answer("Hi", 1)),
        lambda: talks.read_to(role, ANN),
        lambda: talks.archive(role, ANN),
        lambda: talks.unarchive(role, ANN),
        lambda: talks.block("eve", role, ANN),
        lambda: talks.unblock("eve", role, ANN),
        lambda: talks.decide("eve", role, ANN, "unsubscribed"),
        lambda: talks.response_times(role, NOON),
        lambda: talks.position(role),
        lambda: talks.changes(role, 0),
        lambda: shop.sms.reply("eve", role, ANN, Answer("Hi", 1)),
    ):
        with pytest.raises(SmsError) as caught:
            use()
        assert caught.value.code == SmsCode.NOT_PERMITTED
    assert [entry.what for entry in talks.changes("manager", 0)] == ["text"]


def test_d01_only_customers_open_conversations(shop: Shop) -> None:
    shop.add([ANN])
    shop.text(BOB, "JOIN")
    for person in (ANN, BOB, "+19999999999", ""):
        with pytest.raises(SmsError) as caught:
            shop.sms.reply("ann", OWNER, person, Answer("Hi", 0))
        assert caught.value.code == SmsCode.NO_CONVERSATION
        with pytest.raises(SmsError) as caught:
            shop.sms.conversations.open(OWNER, person)
        assert caught.value.code == SmsCode.NO_CONVERSATION
    assert titles(shop) == []


def test_d03_newest_text_first_ten_at_a_time_by_name_or_number(shop: Shop) -> None:
    people = [number(index) for index in range(PAGE + 3)]
    shop.add(people, first_name=["Ann", *[None] * (PAGE + 2)], last_name=["Ode", *[None] * (PAGE + 2)])
    for index, person in enumerate(people):
        shop.text(person, f"text {index}", at=NOON + index * MINUTE)
    first = shop.sms.conversations.list(OWNER)
    assert [talk.number for talk in first] == people[:2:-1]
    rest = shop.sms.conversations.list(OWNER, before=first[-1].newest)
    assert [talk.title for talk in rest] == [people[2], people[1], "Ann Ode"]
    shop.text(people[0], "again", at=NOON + HOUR)
    assert titles(shop)[0] == "Ann Ode"


def test_d03_d04_opening_marks_read_for_everybody(shop: Shop) -> None:
    shop.text(ANN, "one")
    shop.text(BOB, "two", at=NOON + MINUTE)
    talks = shop.sms.conversations
    assert titles(shop, unread=True) == [BOB, ANN]
    assert talks.unread(OWNER) == 2
    talks.open("manager", ANN)
    assert titles(shop, unread=True) == [BOB]
    assert titles(shop) == [BOB, ANN]
    shop.text(ANN, "three", at=NOON + HOUR)
    assert titles(shop, unread=True) == [ANN, BOB]


def test_d04_the_archive_gives_back_who_texts_again(shop: Shop) -> None:
    for person in (ANN, BOB):
        shop.text(person, "hello")
    shop.sms.conversations.archive(OWNER, ANN)
    assert (titles(shop), titles(shop, box="archive")) == ([BOB], [ANN])
    shop.sms.conversations.unarchive(OWNER, ANN)
    assert titles(shop) == [BOB, ANN]
    shop.sms.conversations.archive(OWNER, ANN)
    shop.text(ANN, "hello?", at=NOON + MINUTE)
    assert (titles(shop), titles(shop, box="archive")) == ([ANN, BOB], [])
    assert titles(shop, unread=True) == [ANN, BOB]


def test_d04_a_reaction_or_a_keyword_does_not_bring_it_back(shop: Shop) -> None:
    shop.add([ANN])
    shop.text(ANN, "hello")
    reply(shop, ANN, "Good morning to you")
    shop.sms.conversations.archive(OWNER, ANN)
    shop.text(ANN, "Liked “Good morning to you”", at=NOON + MINUTE)
    shop.text(ANN, "HELP", at=NOON + HOUR)
    assert titles(shop) == []


def test_d04_blocking_and_unblocking_within_a_second_is_taken_in_its_order(shop: Shop) -> None:
    shop.text(ANN, "hello")
    talks = shop.sms.conversations
    for times in range(3):
        talks.block("ann", OWNER, ANN)
        talks.block("bob", OWNER, ANN)  # at the same moment, on another screen
        assert titles(shop, box="blocked") == [ANN]
        talks.unblock("ann", OWNER, ANN)
        assert (titles(shop), titles(shop, box="blocked")) == ([ANN], [])
        entries = shop.scalar("SELECT count(*) FROM consents WHERE kind = 'block'")
        assert entries == 2 * (times + 1)


def test_d04_a_blocked_number_is_in_the_blocked_list_alone_and_gets_nothing(shop: Shop) -> None:
    shop.add([ANN, BOB])
    shop.text(ANN, "hello")
    shop.sms.conversations.block("ann", OWNER, ANN)
    shop.text(ANN, "let me in", at=NOON + MINUTE)
    assert (titles(shop), titles(shop, box="archive"), titles(shop, box="blocked")) == ([], [], [ANN])
    shop.sms.send("ann", "owner", campaign(), at=NOON + HOUR)
    assert shop.taken(ANN) == []
    thread = shop.sms.conversations.open(OWNER, ANN)
    assert [message.text for message in thread.messages] == ["hello", "let me in"]
    assert thread.box.code == SmsCode.BLOCKED
    shop.sms.conversations.unblock("ann", OWNER, ANN, at=NOON + HOUR)
    shop.now = NOON + 2 * HOUR
    assert titles(shop) == [ANN]
    assert shop.sms.conversations.open(OWNER, ANN).box.open


def test_d03_a_thread_has_everything_that_was_said(shop: Shop) -> None:
    shop.sms.change_settings(
        "ann", OWNER, {"auto_respond_to": "everybody", "contact_email": "a@acme.example"}
    )
    shop.add([ANN])
    shop.sms.send("ann", "owner", campaign("Sale! {{ link('https://acme.example') }}"))
    shop.text(ANN, "HELP", at=NOON + MINUTE)
    shop.text(ANN, "is it still on?", at=NOON + 2 * MINUTE)
    shop.now = NOON + 3 * MINUTE
    reply(shop, ANN)
    said = shop.sms.conversations.open(OWNER, ANN).messages
    assert [(message.direction, message.kind, message.campaign, message.actor) for message in said] == [
        ("out", "marketing", "Sale", None),
        ("in", "help", None, None),
        ("out", "reply", None, None),
        ("in", "conversation", None, None),
        ("out", "response", None, None),
        ("out", "conversation", None, "ann"),
    ]
    assert [message.text for message in said if message.direction == "out"] == shop.taken(ANN)


def test_d03_the_head_says_consent_location_and_local_time(shop: Shop) -> None:
    shop.add([ANN], city=["Santa Fe"], region=["NM"], country=["US"], first_name=["Ann"])
    shop.text(ANN, "hello")
    thread = shop.sms.conversations.open(OWNER, ANN)
    assert (thread.name, thread.consent, thread.location) == ("Ann", "subscribed", "Santa Fe, NM, US")
    assert [f"{time:%H:%M}" for time in thread.local_times] == ["10:00"]
    shop.text(ANN, "STOP", at=NOON + MINUTE)
    shop.now = NOON + HOUR
    after = shop.sms.conversations.open(OWNER, ANN)
    assert (after.consent, after.box.open, after.box.code) == ("unsubscribed", False, SmsCode.NO_CONSENT)


def test_d03_the_last_fifty_messages_and_older_ones_on_demand(shop: Shop) -> None:
    shop.add([ANN])
    for index in range(MESSAGES + 20):
        shop.sms.receive(
            ANN, "+18885550100", f"text {index}", carrier_id=f"m{index}", at=NOON + index * MINUTE
        )
    last = shop.sms.conversations.open(OWNER, ANN)
    assert [message.text for message in last.messages] == [
        f"text {index}" for index in range(20, MESSAGES + 20)
    ]
    assert last.has_older
    older = shop.sms.conversations.older(OWNER, ANN, last.messages[0].position)
    assert [message.text for message in older.messages] == [f"text {index}" for index in range(20)]
    assert not older.has_older


def test_d07_a_picture_is_noted_and_not_shown(shop: Shop) -> None:
    shop.add([ANN])
    shop.sms.receive(ANN, "+18885550100", "like this one", carrier_id="m1", pictures=2)
    (message,) = shop.sms.conversations.open(OWNER, ANN).messages
    assert (message.text, message.pictures) == ("like this one", 2)
    assert shop.sms.conversations.list(OWNER)[0].pictures == 2


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ann", [ANN]),
        ("ODE", [ANN]),
        ("(212) 300-0020", [BOB]),
        ("+1 212", [CAT, BOB, ANN]),
        ("green", [ANN]),
        ("Straße", [BOB]),
        ("of course", [ANN]),
        ("%", [CAT]),
        ("x' OR '1'='1", []),
        ("  ", [CAT, BOB, ANN]),
    ],
)
def test_d10_search_by_name_number_or_words(shop: Shop, search: str, found: list[str]) -> None:
    shop.add([ANN, BOB, CAT], first_name=["Ann", None, None], last_name=["Ode", None, None])
    for person, words in ((ANN, "in green, please"), (BOB, "to Hauptstraße 5"), (CAT, "50% off?")):
        shop.text(person, words)
    reply(shop, ANN, "Of course!")
    assert [talk.number for talk in shop.sms.conversations.list(OWNER, search=search)] == found


def test_d09_response_times(shop: Shop) -> None:
    """Ann waits half an hour and then two, Bob still waits, for three hours; a second question starts no new wait."""
    shop.add([ANN, BOB, CAT])
    shop.text(ANN, "hello?")
    shop.text(ANN, "anybody?", at=NOON + 10 * MINUTE)
    shop.text(BOB, "hello?", at=NOON + 30 * MINUTE)
    shop.now = NOON + 30 * MINUTE
    reply(shop, ANN)
    reply(shop, ANN, "Anything else?")
    shop.text(ANN, "and blue?", at=NOON + HOUR)
    shop.now = NOON + 3 * HOUR
    reply(shop, ANN)
    shop.text(CAT, "hello?", at=NOON + 3 * HOUR)
    found = shop.sms.conversations.response_times("manager", NOON, NOON + 3.5 * HOUR)
    assert (found.answered, found.median_seconds) == (2, 75 * 60)
    assert found.within_hour == pytest.approx(1 / 3)
    assert (found.waiting, found.waiting_since) == (2, NOON + 30 * MINUTE)
    waits = {talk.number: talk.waiting_since for talk in shop.sms.conversations.list(OWNER)}
    assert waits == {ANN: None, BOB: NOON + 30 * MINUTE, CAT: NOON + 3 * HOUR}
    shop.sms.conversations.archive(OWNER, BOB)
    assert shop.sms.conversations.response_times(OWNER, NOON, NOON + 3.5 * HOUR).waiting == 1


def test_d09_without_texts_there_are_no_figures(shop: Shop) -> None:
    found = shop.sms.conversations.response_times(OWNER, NOON - HOUR)
    assert (found.answered, found.median_seconds, found.within_hour, found.waiting) == (0, None, None, 0)


def test_d11_the_feed_gives_exactly_what_was_missed(shop: Shop) -> None:
    shop.add([ANN])
    shop.text(ANN, "hello")
    seen = shop.sms.conversations.position(OWNER)
    reply(shop, ANN)
    shop.text(ANN, "please stop texting me", at=NOON + MINUTE)
    shop.sms.conversations.decide("ann", OWNER, ANN, "unsubscribed")
    shop.sms.conversations.archive(OWNER, ANN)
    missed = shop.sms.conversations.changes(OWNER, seen)
    assert [entry.what for entry in missed] == ["read", "reply", "text", "decided", "consent", "archived"]
    assert [entry.position for entry in missed] == list(range(seen + 1, seen + 7))
    parts = [
        *shop.sms.conversations.changes(OWNER, seen, limit=4),
        *shop.sms.conversations.changes(OWNER, seen + 4),
    ]
    assert parts == missed
    assert shop.sms.conversations.changes(OWNER, seen + 6) == []


def test_d11_a_position_is_never_used_again_when_a_person_is_erased(shop: Shop) -> None:
    from segql.runtime.store.erasure import erase_person

    shop.add([ANN])
    shop.text(ANN, "hello")
    before = shop.sms.conversations.position(OWNER)
    erase_person(shop.database, shop.scalar("SELECT profile_id FROM profiles"), NOON, "ann", b"x" * 32)
    shop.text(BOB, "hello")
    missed = shop.sms.conversations.changes(OWNER, before)
    assert [(entry.position, entry.number) for entry in missed] == [(before + 1, BOB)]
