"""D03 to D11 with real browsers: what one sees, the other sees within a second; cut off and back, once; closed at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from segql.web.access.rights import Role
from tests.browser.served import NARROW, Served, Watched

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\u202eright to left\u202c \u2066isolate\u2069 zero\u200bwidth \x1b[31mred\x07",
    "x" * 1600,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f600\U0001f3f3\ufe0f",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324a\u0305" * 30,
    "{{ 7 * 7 }} ${alert(1)} {% raw %}",
)
_count = iter(range(100_000))
_watched: list[Watched] = []


@pytest.fixture(autouse=True)
def _without_faults() -> Iterator[None]:
    _watched.clear()
    yield
    assert [watched.faults for watched in _watched if watched.faults] == []


def browser(served: Served, role: Role = "manager", **options: Any) -> Page:
    """A browser whose faults are looked for at the end."""
    _watched.append(served.browser(role, **options))
    return _watched[-1].page


def text(served: Served, number: str, body: str) -> None:
    """A customer texts: the carrier brings it as it does when the server runs."""
    served.office.carrier.text(number, body, served.office.clock())


def customer(served: Served, *bodies: str) -> str:
    """A new subscriber, who has texted."""
    number = f"+1617555{4000 + next(_count)}"
    sms = served.office.sms
    for body in ("JOIN", *bodies):
        sms.receive(number, sms.carrier.sending_number, body, carrier_id=f"browser {next(_count)}")
    return number


def opened(served: Served, number: str, role: Role = "manager", **options: Any) -> Page:
    """A browser with the conversation with a number open."""
    (talk,) = served.office.sms.conversations.find("owner", [number])
    page = browser(served, role, **options)
    page.goto(f"/conversations/{talk.id}")
    expect(page.locator(".talk-open")).to_be_visible()
    return page


def connected(page: Page) -> None:
    """Wait until the page hears what changes."""
    expect(page.locator("#unconnected[data-connected]")).to_be_attached()


def message(page: Page, words: str) -> Locator:
    return page.locator(".message", has_text=words)


def answer(page: Page, words: str) -> None:
    page.locator("#reply-text").fill(words)
    page.keyboard.press("Control+Enter")


def test_d03_a_new_text_is_in_both_lists_within_a_second(served: Served) -> None:
    customer(served, "An older question")
    one, two = browser(served, "manager"), browser(served, "admin")
    for page in (one, two):
        page.goto("/conversations")
        connected(page)
    two.goto("/account")
    connected(two)
    unread = int(two.locator("[data-unread-count]").inner_text())
    number = f"+1617555{4000 + next(_count)}"
    text(served, number, "Do the coats come in green?")
    expect(one.locator(".talk-row").first).to_contain_text("Do the coats come in green?")
    expect(one.locator(".talk-row").first.locator(".dot")).to_be_attached()
    expect(two.locator("[data-unread-count]")).to_have_text(str(unread + 1))
    one.locator(".talk-row").first.click()
    expect(one.locator(".note.closed")).to_contain_text("has not consented to SMS marketing")
    expect(one.locator("#reply-text")).to_be_hidden()
    expect(two.locator("[data-unread-count]")).to_have_text(str(unread))


def test_d10_both_see_the_thread_and_each_others_answers(served: Served) -> None:
    number = customer(served, "Where is my parcel?")
    one, two = opened(served, number), opened(served, number, "admin")
    connected(two)
    answer(one, "It is on its way.")
    expect(message(two, "It is on its way.")).to_have_count(1)
    expect(message(two, "It is on its way.").locator(".source")).to_have_text("Una Manager")
    expect(one.locator("#reply-text")).to_have_value("")
    answer(one, "It comes tomorrow.")
    expect(message(two, "It comes tomorrow.")).to_have_count(1)
    two.locator("#reply-text").fill("I am writing this")
    text(served, number, "Thank you!")
    for page in (one, two):
        expect(message(page, "Thank you!")).to_have_count(1)
    expect(two.locator("#reply-text")).to_have_value("I am writing this")
    assert [taken.body for taken in served.office.carrier.taken() if taken.number == number][1:] == [
        "It is on its way.",
        "It comes tomorrow.",
    ]


def test_d10_who_did_not_see_the_newer_text_is_told_and_keeps_the_draft(served: Served) -> None:
    number = customer(served, "Do you ship to Canada?")
    (talk,) = served.office.sms.conversations.find("owner", [number])
    page = browser(served)
    page.route("**/conversations/stream*", lambda route: route.abort())
    page.goto(f"/conversations/{talk.id}")
    expect(page.locator("#unconnected")).to_have_text("Not connected, trying again")
    served.office.sms.receive(number, served.office.carrier.sending_number, "Never mind!", carrier_id="newer")
    answer(page, "We do, for nothing.")
    expect(page.locator("#reply-note")).to_contain_text("They have texted again.")
    expect(message(page, "Never mind!")).to_have_count(1)
    expect(page.locator("#reply-text")).to_have_value("We do, for nothing.")
    page.unroute("**/conversations/stream*")
    page.locator("#send").click()
    expect(message(page, "We do, for nothing.")).to_have_count(1)
    expect(page.locator("#reply-note .note")).to_have_count(0)


def test_d11_what_was_missed_while_cut_off_appears_once(served: Served) -> None:
    number = customer(served, "First")
    page = opened(served, number)
    connected(page)
    rows = page.locator(".talk-row").count()
    page.context.set_offline(True)
    expect(page.locator("#unconnected")).to_have_text("Not connected, trying again")
    sms, ours = served.office.sms, served.office.carrier.sending_number
    for nth in range(3):
        sms.receive(number, ours, f"Missed {nth}", carrier_id=f"missed {nth}")
    other = customer(served, "Missed, too")
    page.context.set_offline(False)
    for nth in range(3):
        expect(message(page, f"Missed {nth}")).to_have_count(1)
    expect(page.locator("#unconnected")).to_be_empty()
    expect(page.locator(".talk-row", has_text=other)).to_have_count(1)
    expect(page.locator(".talk-row")).to_have_count(rows + 1)
    text(served, number, "And after")
    expect(message(page, "And after")).to_have_count(1)


def test_d11_an_opt_out_closes_the_box_for_everybody(served: Served) -> None:
    number = customer(served, "A question")
    one, two = opened(served, number), opened(served, number, "owner")
    for page in (one, two):
        connected(page)
        page.locator("#reply-text").fill("I was about to say")
    text(served, number, "Stop!")
    for page in (one, two):
        expect(page.locator(".note.closed")).to_contain_text("has not consented")
        expect(page.locator("#reply-text")).to_be_hidden()
        expect(page.locator("#said-scroll")).to_be_focused()
        expect(page.locator(".facts-line")).to_contain_text("Unsubscribed")
    text(served, number, "START")
    for page in (one, two):
        expect(page.locator("#reply-text")).to_have_value("I was about to say")
        expect(page.locator("#reply-text")).to_be_visible()


def test_b05_one_click_decides(served: Served) -> None:
    number = customer(served, "please stop texting me")
    one, two = opened(served, number), opened(served, number, "owner")
    connected(two)
    one.get_by_role("button", name="Unsubscribe").click()
    for page in (one, two):
        expect(page.locator(".asks")).to_have_count(0)
        expect(page.locator(".facts-line")).to_contain_text("Unsubscribed")


def test_d04_archive_and_block_by_keys_and_clicks(served: Served) -> None:
    first, second = customer(served, "To the archive"), customer(served, "To be blocked")
    page = browser(served, "manager")
    page.goto("/conversations")
    connected(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".talk-row", has_text=first).locator("a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#reply-text")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("#said-scroll").focus()
    page.keyboard.press("e")
    expect(page.locator(".talk-row", has_text=first)).to_have_count(0)
    expect(page.get_by_role("button", name="To the inbox")).to_be_visible()
    page.locator(".talk-row", has_text=second).click()
    expect(page.locator(".talk-who")).to_contain_text(second)
    page.get_by_role("button", name="Block").click()
    page.get_by_role("dialog").get_by_role("button", name="Block").click()
    expect(page.locator(".note.closed")).to_contain_text("is blocked")
    expect(page.locator(".talk-row", has_text=second)).to_have_count(0)
    text(served, first, "I am back")
    expect(page.locator(".talk-row").first).to_contain_text("I am back")
    page.goto("/conversations?box=blocked")
    expect(page.locator(".talk-row")).to_contain_text([second])


def test_d03_older_messages_come_when_one_scrolls_and_the_place_is_kept(served: Served) -> None:
    number = customer(served, *[f"Number {nth}." for nth in range(60)])
    page = opened(served, number)
    expect(page.locator(".message")).to_have_count(50)
    scroll = page.locator("#said-scroll")
    assert scroll.evaluate("s => s.scrollHeight - s.scrollTop - s.clientHeight") < 5
    below = scroll.evaluate("s => { s.scrollTop = 150; return s.scrollHeight - s.scrollTop }")
    expect(page.locator(".message")).to_have_count(62)
    expect(page.locator("#older")).to_have_count(0)
    assert abs(scroll.evaluate("s => s.scrollHeight - s.scrollTop") - below) < 80
    connected(page)
    text(served, number, "The newest")
    expect(page.locator("#newer")).to_be_visible()
    page.locator("#newer").click()
    expect(page.locator("#newer")).to_be_hidden()
    expect(page.locator(".message")).to_have_count(63)
    expect(page.locator(".day")).to_have_count(1)


def test_d03_the_list_goes_on_when_one_scrolls(served: Served) -> None:
    for nth in range(12):
        customer(served, f"Row {nth}")
    page = browser(served, "manager")
    page.goto("/conversations")
    page.locator(".talk-list .more").scroll_into_view_if_needed()
    expect(page.locator(".talk-row", has_text="Row 0")).to_have_count(1)
    page.locator("#words").fill("Row 7")
    expect(page.locator(".talk-row")).to_have_count(1)
    customer(served, "Not what is searched for")
    number = customer(served, "Row 7 of another")
    expect(page.locator(".talk-row").first).to_contain_text(number)
    expect(page.locator(".talk-row")).to_have_count(2)
    assert page.url.endswith("/conversations")


def test_d06_the_box_counts_picks_emoji_and_asks_at_night_once(served: Served) -> None:
    number = customer(served, "Hello?")
    with served.office.store.database.transaction() as connection:
        connection.execute("UPDATE profiles SET timezone = 'Asia/Tokyo' WHERE phone_number = ?", [number])
    page = opened(served, number)
    page.locator("#reply-text").press_sequentially("Good night")
    expect(page.locator("#cost")).to_have_text("1 part, 1 credit")
    page.get_by_role("button", name="Emoji").click()
    page.get_by_label("Search emoji").fill("sleep")
    page.keyboard.press("Enter")
    expect(page.locator("#reply-text")).to_have_value("Good night\U0001f634")
    page.locator("#reply-text").fill("x" * 71 + "\U0001f634")
    expect(page.locator("#cost")).to_have_text("2 parts, 2 credits")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply-note")).to_contain_text("where they are")
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator(".message.out.conversation")).to_have_count(1)
    answer(page, "One more")
    expect(page.locator(".message.out.conversation")).to_have_count(2)
    expect(page.locator("#reply-note .note")).to_have_count(0)


def test_d11_hostile_texts_are_shown_as_they_are(served: Served) -> None:
    number = customer(served, *HOSTILE)
    with served.office.store.database.transaction() as connection:
        connection.execute(
            "UPDATE profiles SET first_name = ?, last_name = ?, city = ? WHERE phone_number = ?",
            [HOSTILE[0], "\u202e" + "long " * 40, "<b>Boston</b>", number],
        )
    for size in ({}, {"viewport": NARROW}):
        page = opened(served, number, **size)
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        expect(message(page, HOSTILE[0])).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("#said b, #said img, #said script").count() == 0
        assert "\u202e" not in page.content()
        assert _watched[-1].accessibility_faults() == []


def test_on_a_phone_there_is_one_pane_and_a_way_back(served: Served) -> None:
    number = customer(served, "From a small screen")
    page = browser(served, "manager", viewport=NARROW)
    page.goto("/conversations")
    page.locator(".talk-row", has_text=number).click()
    expect(page.locator("#said")).to_contain_text("From a small screen")
    expect(page.locator("#talks")).to_be_hidden()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#talks")).to_be_visible()
    page.go_back()
    expect(page.locator("#said")).to_be_visible()


def test_a_session_that_ends_is_told(served: Served) -> None:
    page = browser(served)
    page.goto("/conversations")
    connected(page)
    with served.office.store.database.transaction() as connection:
        connection.execute("DELETE FROM sessions")
    customer(served, "Nobody is to see this")
    expect(page.locator("#unconnected")).to_contain_text("load the page again")
    assert page.locator(".talk-row", has_text="Nobody is to see this").count() == 0
