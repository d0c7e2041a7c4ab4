"""F01: the whole loop that a newcomer sees within two minutes, in two browsers; and links on the phone."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.served import NARROW, Served
from tests.sms.pictures import png


def send(page: Page, words: str) -> None:
    page.get_by_label("Text message").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message.out").last).to_contain_text(words)
    expect(page.get_by_label("Text message")).to_have_value("")


def test_f01_a_newcomer_sees_the_whole_loop(served: Served) -> None:
    customer, shop, other = (served.browser(role) for role in ("manager", "manager", "admin"))
    phone, inbox, second = customer.page, shop.page, other.page
    phone.goto("/phone")
    phone.get_by_role("button", name="Somebody new").click()
    number = phone.get_by_label("Number", exact=True).input_value()
    inbox.goto("/conversations")

    phone.get_by_role("button", name="JOIN", exact=True).click()
    expect(phone.locator(".message.in")).to_contain_text("You are subscribed")
    phone.get_by_role("button", name="Do the coats come in green?").click()

    row = inbox.locator(".talk-row", has_text=number)
    expect(row).to_contain_text("Do the coats come in green?")
    row.click()
    expect(inbox.locator(".facts-line")).to_contain_text("Subscribed")
    second.goto(urlsplit(inbox.url).path)
    inbox.locator("#reply-text").fill("They do: https://shop.example/green")
    inbox.get_by_role("button", name="Send").click()
    expect(phone.locator(".message.in").last).to_contain_text("They do: https://links.example.com/")

    link = phone.locator(".message.in a").last
    assert (link.get_attribute("href") or "").startswith("/")
    customer.page.context.route("https://shop.example/**", lambda route: route.fulfill(body="A green coat"))
    with phone.context.expect_page() as popup:
        link.click()
    expect(popup.value.locator("body")).to_have_text("A green coat")

    send(phone, "STOP")
    expect(phone.locator(".message.in").last).to_contain_text("You are unsubscribed")
    for page in (inbox, second):
        expect(page.locator(".note.closed")).to_contain_text("has not consented")
        expect(page.locator("#reply-text")).to_be_hidden()
    assert customer.faults + shop.faults + other.faults == []


def test_hostile_texts_are_shown_as_they_are_on_the_phone(served: Served) -> None:
    watched = served.browser("manager", viewport=NARROW)
    page = watched.page
    page.goto("/phone")
    for words in ("<img src=x onerror=alert(1)>", "y" * 400, "\u202eabc", "\U0001f600"):
        page.get_by_label("Text message").fill(words)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Text message")).to_have_value("")
    expect(page.locator(".message.out")).to_have_count(4)
    expect(page.locator(".message.out").first).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator(".bubble img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watched.accessibility_faults() == []
    assert watched.faults == []


def test_a_number_that_is_none_keeps_what_was_typed(served: Served) -> None:
    watched = served.browser("manager")
    watched.page.goto("/phone")
    watched.page.get_by_label("Number", exact=True).fill("12")
    watched.page.get_by_role("button", name="Take it").click()
    expect(watched.page.locator("#number-about")).to_contain_text("No phone has this number")
    expect(watched.page.get_by_label("Number", exact=True)).to_have_value("12")
    assert watched.faults == []


def test_d06_and_d07_pictures_go_both_ways(served: Served) -> None:
    customer, shop = served.browser("manager", viewport=NARROW), served.browser("manager")
    phone, inbox = customer.page, shop.page
    phone.goto("/phone")
    phone.get_by_role("button", name="Somebody new").click()
    phone.get_by_role("button", name="JOIN", exact=True).click()
    expect(phone.locator(".message.in")).to_contain_text("You are subscribed")
    phone.get_by_label("Picture", exact=True).set_input_files(
        {"name": "torn.png", "mimeType": "image/png", "buffer": png(60, 40)}
    )
    expect(phone.locator("#chosen")).to_contain_text("torn.png")
    phone.get_by_role("button", name="Take the picture out").click()
    expect(phone.locator("#chosen")).to_be_hidden()
    phone.get_by_label("Picture", exact=True).set_input_files(
        {"name": "torn.png", "mimeType": "image/png", "buffer": png(60, 40)}
    )
    send(phone, "It came like this")
    expect(phone.locator("#chosen")).to_be_hidden()
    expect(phone.get_by_alt_text("The picture that was sent")).to_have_js_property("naturalWidth", 60)
    phone.get_by_label("Picture", exact=True).set_input_files(
        {"name": "evil.svg", "mimeType": "image/svg+xml", "buffer": b"<svg onload='alert(1)'/>"}
    )
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator("#notices")).to_contain_text("is no PNG, JPEG or GIF")

    inbox.goto("/conversations")
    inbox.locator(".talk-row", has_text="It came like this").click()
    expect(inbox.locator("#said")).to_contain_text("With a picture, which is not kept")
    inbox.get_by_role("button", name="Picture or coupon").click()
    inbox.get_by_label("Picture or GIF", exact=True).set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    )
    expect(inbox.locator("#picture-wrong")).to_contain_text("is no PNG, JPEG or GIF")
    inbox.get_by_label("What it shows").fill("A green coat")
    inbox.get_by_label("Picture or GIF", exact=True).set_input_files(
        {"name": "coat.png", "mimeType": "image/png", "buffer": png(80, 50)}
    )
    expect(inbox.locator("#cost")).to_have_text("1 part, 3 credits, with a picture")
    inbox.keyboard.press("Escape")
    expect(inbox.locator("#chosen img")).to_have_js_property("naturalWidth", 80)
    assert shop.accessibility_faults() == []
    inbox.get_by_role("button", name="Send", exact=True).click()
    for page in (inbox, phone):
        expect(page.get_by_alt_text("A green coat")).to_have_js_property("naturalWidth", 80)
    expect(inbox.locator("#chosen")).to_be_hidden()
    assert customer.accessibility_faults() == []
    assert customer.faults + shop.faults == []
