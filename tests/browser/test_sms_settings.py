"""SMS settings in a browser: the story of the set-up from an empty account, then each section, mistakes, the log."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

import segql
from segql.sms.carriers.simulated import SimulatedCarrier, memory_beside
from tests.browser.served import NARROW, Served
from tests.web.office import Office


@pytest.fixture(scope="module")
def empty(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server upon a store in which there is nothing."""
    path = tmp_path_factory.mktemp("empty") / "empty.duckdb"
    segql.open(path, create=True).close()
    SimulatedCarrier(7, path=memory_beside(path)).close()
    office = Office(path)
    served = Served(office, chromium)
    yield served
    served.close_browsers()
    served.stop()
    office.close()


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Settings").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_a01_the_story_of_the_set_up(empty: Served) -> None:
    watched = empty.browser("owner")
    page = watched.page
    page.goto("/segments")
    expect(page.get_by_role("heading", name="To begin with")).to_be_visible()
    assert watched.accessibility_faults() == []
    page.get_by_role("link", name="Set up SMS").click()
    expect(page.get_by_role("heading", name="Set up SMS")).to_be_visible()
    expect(page.get_by_text("50 free messages")).to_be_visible()
    assert watched.accessibility_faults() == []
    page.get_by_label("Organization prefix").fill("Acme")
    page.get_by_text("Texts to United States").click()
    page.get_by_role("checkbox", name="Canada").check()
    page.get_by_role("button", name="Set up SMS").click()
    expect(page.get_by_role("heading", name="SMS is set up")).to_be_visible()
    expect(page.get_by_text("50 messages are free")).to_be_visible()
    expect(page.get_by_text("text JOIN to +")).to_be_visible()
    assert watched.accessibility_faults() == []
    page.get_by_role("link", name="To the settings").click()
    expect(page.get_by_role("cell", name="Canada, United States")).to_be_visible()
    tab(page, "Message add-ons")
    expect(page.get_by_label("Organization prefix", exact=True)).to_have_value("Acme")
    assert watched.faults == []


def test_a05_a_mistake_is_told_at_its_field_and_what_was_typed_in_others_stays(served: Served) -> None:
    watched = served.browser("owner")
    page = watched.page
    page.goto("/sms/add-ons")
    preview = page.get_by_role("group", name="Organization prefix on a phone")
    page.get_by_label("Organization prefix", exact=True).fill("Zed")
    expect(preview).to_contain_text("Zed: Our new coats")
    page.get_by_label("Opt-out language", exact=True).fill("Text us to leave")
    save(page)
    expect(page.get_by_text("The opt-out language has to contain the word STOP.")).to_be_visible()
    expect(page.get_by_label("Opt-out language", exact=True)).to_be_focused()
    expect(page.get_by_label("Organization prefix", exact=True)).to_have_value("Zed")
    page.get_by_label("Opt-out language", exact=True).fill("Text STOP to end")
    save(page)
    expect(page.get_by_text("Saved: Organization prefix, Opt-out language.")).to_be_visible()
    assert watched.faults == []


def test_a06_replies_and_keywords(served: Served) -> None:
    watched = served.browser("owner")
    page = watched.page
    page.goto("/sms/consent")
    page.get_by_label("Contact address").fill("care@acme.example")
    page.get_by_label("Reply to HELP and INFO", exact=True).fill(
        "Write to {{ email }}. Reply STOP to opt out."
    )
    help_preview = page.get_by_role("group", name="Reply to HELP and INFO on a phone")
    expect(help_preview).to_contain_text("Write to care@acme.example.")
    save(page)
    expect(page.get_by_text("Saved: Contact address, Reply to HELP and INFO.")).to_be_visible()
    page.get_by_role("button", name="Add a keyword").click()
    page.get_by_label("Word", exact=True).fill("STOP")
    page.get_by_label("List that it subscribes to").fill("Coat lovers")
    page.get_by_role("button", name="Save the keyword").click()
    expect(page.get_by_role("alert")).to_contain_text("means something already")
    page.get_by_label("Word", exact=True).fill("COATS")
    page.get_by_role("button", name="Save the keyword").click()
    expect(page.get_by_role("cell", name="COATS")).to_be_visible()
    assert watched.faults == []


def test_a07_to_a12_every_change_is_saved_and_logged(served: Served) -> None:
    watched = served.browser("owner")
    page = watched.page
    page.goto("/sms")
    tab(page, "Other texts")
    page.get_by_label("Answer texts that are no keywords").select_option(label="Answer everybody")
    save(page)
    expect(page.get_by_text("Saved: Answer texts that are no keywords.")).to_be_visible()

    tab(page, "Sending")
    page.get_by_label("Messages a month").fill("9")
    save(page)
    expect(page.get_by_text("Two to six messages a month are advised.")).to_be_visible()
    expect(page.get_by_role("cell", name="US, FL")).to_be_visible()

    tab(page, "Tracking")
    page.get_by_label("Conversion window").fill("72")
    save(page)
    expect(page.get_by_text("Saved: Conversion window.")).to_be_visible()

    tab(page, "Credits")
    page.get_by_role("button", name="Add credits").click()
    page.get_by_label("Credits that were bought").fill("1000")
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_role("cell", name="+1,000")).to_be_visible()

    tab(page, "Changes")
    row = page.get_by_role("row").filter(has_text="Conversion window").first
    expect(row).to_contain_text("olive@acme.example")
    expect(row).to_contain_text("24")
    expect(row).to_contain_text("72")
    assert watched.faults == []


def test_a02_a_number_is_requested_and_activated(served: Served) -> None:
    watched = served.browser("owner")
    page = watched.page
    page.goto("/sms")
    page.get_by_role("button", name="Request a number").click()
    page.get_by_label("Long code").check()
    page.get_by_role("checkbox", name="Ireland").check()
    page.get_by_role("button", name="Request it").click()
    expect(page.get_by_text("pending", exact=True)).to_be_visible()
    page.get_by_role("button", name="Activate").click()
    page.get_by_label("Number, as the carrier gave it").fill("+353871234567")
    page.get_by_role("dialog").get_by_role("button", name="Activate").click()
    expect(page.get_by_role("row").filter(has_text="+353871234567")).to_contain_text("active")
    assert watched.faults == []


def test_a12_a_manager_looks_and_an_analyst_does_not(served: Served) -> None:
    manager = served.browser("manager", viewport=NARROW)
    manager.page.goto("/sms/sending")
    expect(manager.page.get_by_role("link", name="Sending", exact=True)).to_be_in_viewport()
    expect(manager.page.get_by_label("Smart Sending window")).to_be_disabled()
    expect(manager.page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    analyst = served.browser("analyst")
    analyst.page.goto("/account")
    expect(analyst.page.get_by_role("link", name="SMS settings")).to_have_count(0)
    answer = analyst.page.goto("/sms")
    assert answer is not None
    assert answer.status == 403
    assert manager.faults == analyst.faults == []


def test_d11_hostile_words_stay_words(served: Served) -> None:
    watched = served.browser("owner")
    page = watched.page
    page.on("dialog", lambda dialog: watched.faults.append(f"a dialog appeared: {dialog.message}"))
    page.goto("/sms/consent")
    hostile = "<img src=x onerror=alert(1)>"
    page.get_by_label("Reply to JOIN", exact=True).fill(hostile)
    expect(page.get_by_role("group", name="Reply to JOIN on a phone")).to_contain_text(hostile)
    save(page)
    expect(page.get_by_text("Saved: Reply to JOIN.")).to_be_visible()
    page.goto("/sms/changes")
    expect(page.get_by_role("cell", name=hostile)).to_be_visible()
    assert watched.faults == []
