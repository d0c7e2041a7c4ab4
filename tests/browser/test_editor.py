"""Writing a segment as people do it: mistakes and their fixes, proposals, the count that follows, saving."""

import re

import pyarrow as pa
import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from tests.browser.served import NARROW, Served

# An attribute and values that a page must never take for more than text; they are wide in UTF-16, too.
HOSTILE_NAME = 'Fav "<img src=x onerror=alert(1)>" 🦔'
HOSTILE_VALUE = "<script>alert(2)</script> \u202eevil 🦔🦔"


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Who is meant")


def write(page: Page, text: str) -> None:
    """Put a text into the editor as one insertion, as by pasting."""
    editor(page).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def expect_text(page: Page, text: str) -> None:
    expect(body(page)).to_have_value(text)


def option(page: Page, text: str) -> Locator:
    """The first proposal with a text. It is taken with the pointer: of keys an editor takes none in the first moment."""
    return page.locator(".cm-tooltip-autocomplete li", has_text=text).first


def counted(served: Served, text: str) -> str:
    return f"{served.office.store.count(text, served.office.clock()):,}"


@pytest.fixture
def page(served: Served) -> Page:
    watched = served.browser("manager")
    watched.page.goto("/segments/new")
    return watched.page


def test_a_segment_is_written_mended_and_saved(served: Served) -> None:
    watched = served.browser("manager")
    page = watched.page
    page.goto("/segments/new")
    page.get_by_label("Name", exact=True).fill("Ladies who order")
    editor(page).click()
    page.keyboard.type('did "Placed Ordr')
    expect(page.locator(".cm-lintRange-error")).to_have_text('"Placed Ordr"')
    page.locator("#mistakes").get_by_role("button", name='Write "Placed Order"').click()
    expect_text(page, 'did "Placed Order"')
    expect(page.locator("#mistakes li")).to_have_count(0)
    expect(page.locator(".live-figure strong")).to_have_text(counted(served, 'did "Placed Order"'))
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(' and gender is "fem')
    option(page, '"female"').click()
    expect_text(page, 'did "Placed Order" and gender is "female"')
    wanted = 'did "Placed Order" and gender is "female"'
    count = counted(served, wanted)
    expect(page.locator(".live-figure strong")).to_have_text(count)
    expect(page.locator(".said")).to_contain_text("whose gender is")
    expect(page.locator(".some-people li")).not_to_have_count(0)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#saving")).to_contain_text(f"{count} people would be in it")
    page.locator("#saving").get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/segments/Ladies%20who%20order"))
    (version,) = served.office.store.versions("Ladies who order")
    assert version.segment.definition == wanted
    assert watched.faults == []


def test_names_are_proposed_with_what_they_are(served: Served) -> None:
    watched = served.browser("manager")
    page = watched.page
    page.goto("/segments/new")
    editor(page).click()
    page.keyboard.type("gend")
    expect(option(page, "gender")).to_contain_text(re.compile(r"text · \d+"))
    option(page, "gender").click()
    expect_text(page, "gender")
    page.keyboard.type(" is no")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("is not")
    assert watched.faults == []


def test_the_keyboard_is_enough(page: Page) -> None:
    write(page, 'can   receive sms and did "Placed Ordr"')
    expect(page.locator(".cm-lintRange-error")).to_have_count(1)
    page.keyboard.press("ControlOrMeta+.")
    expect_text(page, 'can   receive sms and did "Placed Order"')
    page.keyboard.press("Shift+Alt+F")
    expect_text(page, 'can receive sms\nand did "Placed Order"')
    page.keyboard.press("ControlOrMeta+z")
    expect_text(page, 'can   receive sms and did "Placed Order"')
    page.keyboard.press("ControlOrMeta+f")
    expect(page.get_by_role("textbox", name="Find")).to_be_focused()
    page.keyboard.press("Escape")
    expect(editor(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(editor(page)).not_to_be_focused()


def test_wide_characters_move_nothing(served: Served) -> None:
    watched = served.browser("manager")
    page = watched.page
    page.goto("/segments/new")
    write(page, '-- 🦔🦔 first 👩‍👩‍👧\ngender is "🦔" and did "Placed Ordr"')
    expect(page.locator(".cm-lintRange-error")).to_have_text('"Placed Ordr"')
    expect(page.locator(".tok-event")).to_have_text('"Placed Ordr"')
    expect(page.locator(".tok-string")).to_have_text('"🦔"')
    page.locator("#mistakes").get_by_role("button", name='Write "Placed Order"').click()
    expect_text(page, '-- 🦔🦔 first 👩‍👩‍👧\ngender is "🦔" and did "Placed Order"')
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(' and "loyalty t')
    option(page, "Loyalty Tier").click()
    expect_text(page, '-- 🦔🦔 first 👩‍👩‍👧\ngender is "🦔" and did "Placed Order" and "Loyalty Tier"')
    page.locator(".tok-event").hover()
    expect(page.locator(".about")).to_contain_text("Its properties")
    assert watched.faults == []


def test_hostile_names_and_values_are_text(served: Served) -> None:
    table = pa.table({"external_id": ["h1", "h2"], HOSTILE_NAME: [HOSTILE_VALUE, "<b>plain</b>"]})
    served.office.store.upsert_profiles(table, served.office.clock())
    watched = served.browser("manager")
    page = watched.page
    page.on("dialog", lambda dialog: watched.faults.append(f"a dialog appeared: {dialog.message}"))
    page.goto("/segments/new")
    editor(page).click()
    page.keyboard.type("fav")
    option(page, "<img src=x onerror=alert(1)>").click()
    page.keyboard.type(' is "<scr')
    option(page, "<script>alert(2)</script>").click()
    name = HOSTILE_NAME.replace('"', '\\"')
    expect_text(page, f'"{name}" is "{HOSTILE_VALUE}"')
    expect(page.locator(".live-figure strong")).to_have_text("1")
    expect(page.locator(".said")).to_contain_text("<script>alert(2)</script>")
    page.locator(".tok-attribute").hover()
    expect(page.locator(".about")).to_contain_text("<b>plain</b>")
    assert watched.faults == []


def test_a_phone_is_enough(served: Served) -> None:
    watched = served.browser("manager", viewport=NARROW, has_touch=True, is_mobile=True)
    page = watched.page
    page.goto("/segments/new")
    editor(page).tap()
    page.keyboard.type("can receive ")
    page.get_by_role("button", name="Suggest").tap()
    option(page, "sms").tap()
    expect_text(page, "can receive sms")
    expect(page.locator(".live-figure strong")).not_to_have_text("–")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watched.faults == []


def test_two_people_save_and_nothing_is_lost(served: Served) -> None:
    una, olive = served.browser("manager"), served.browser("owner")
    for watched in (una, olive):
        watched.page.goto("/segments/SMS%20Women/edit")
    for watched, body in ((olive, "can receive sms"), (una, 'can receive sms and gender is "male"')):
        write(watched.page, body)
        watched.page.get_by_role("button", name="Save").click()
        expect(watched.page.locator("#saving .tile").first).to_be_visible()
        watched.page.locator("#saving").get_by_role("button", name="Save").click()
        watched.page.wait_for_load_state()
    expect(una.page.get_by_role("alert")).to_contain_text("olive@acme.example saved it meanwhile")
    expect_text(una.page, 'can receive sms\nand gender is "male"')
    una.page.get_by_role("button", name="Save").click()
    una.page.locator("#saving").get_by_role("button", name="Save").click()
    una.page.wait_for_url(re.compile("/segments/SMS%20Women$"))
    assert served.office.store.versions("SMS Women")[-1].author == "manager@acme.example"
    assert una.faults + olive.faults == []


def test_leaving_what_was_not_saved_is_asked_about(served: Served) -> None:
    watched = served.browser("manager")
    page = watched.page
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto("/segments/new")
    write(page, "everybody")
    page.goto("/account")
    assert asked == ["beforeunload"]
    page.goto("/segments/new")
    page.goto("/account")
    assert asked == ["beforeunload"]


def body(page: Page) -> Locator:
    return page.locator("textarea[name=body]")


def test_a_form_is_filled_in_and_read_as_text(served: Served) -> None:
    watched = served.browser("manager")
    page = watched.page
    page.goto("/segments/new")
    page.get_by_role("tab", name="Form").click()
    page.get_by_label("Add a condition").select_option(label="Permission")
    expect(body(page)).to_have_value("can receive sms")
    page.get_by_label("Add a condition").select_option(label="What they did")
    expect(page.get_by_label("Did or did not")).to_be_focused()
    page.get_by_label("Add where").select_option(label="A property")
    page.get_by_label("Property", exact=True).select_option("Total")
    expect(page.get_by_label("What is asked")).to_have_value("at least")
    page.get_by_label("Value", exact=True).fill("50")
    written = 'can receive sms\nand did "Placed Order" in the last 30 days where Total at least 50'
    expect(body(page)).to_have_value(written)
    expect(page.locator(".live-figure strong")).to_have_text(counted(served, written))
    page.get_by_label("Add a condition").last.select_option(label="A group: any of …")
    expect(page.locator("[data-problem]", has_text="Choose an attribute")).to_be_visible()
    page.get_by_label("Attribute", exact=True).select_option("gender")
    expect(page.locator("datalist option")).not_to_have_count(0)
    page.get_by_role("combobox", name="Value").last.fill("female")
    written += '\nand gender is "female"'
    expect(body(page)).to_have_value(written)
    page.get_by_role("tab", name="Text").click()
    expect(editor(page)).to_contain_text("where Total at least 50")
    write(page, 'gender is "female" or (predicted_clv + 1) * 2 more than historic_clv')
    page.get_by_role("tab", name="Form").click()
    expect(page.get_by_label("How many of these").first).to_have_value("any")
    as_text = page.get_by_role("textbox", name="Condition as text")
    expect(as_text.locator(".tok-attribute")).to_have_text(["predicted_clv", "historic_clv"])
    as_text.press("End")
    page.keyboard.type("x")
    expect(page.locator(".form-row.text .cm-lintRange-error")).to_have_text("historic_clvx")
    page.keyboard.press("ControlOrMeta+.")
    page.keyboard.type(" / 2")
    expect(body(page)).to_have_value(
        'gender is "female"\nor (predicted_clv + 1) * 2 more than historic_clv / 2'
    )
    page.get_by_role("button", name="Remove this condition").first.click()
    expect(body(page)).to_have_value("(predicted_clv + 1) * 2 more than historic_clv / 2")
    page.get_by_label("Add a condition").select_option(label="Numbers or dates compared with each other")
    expect(page.get_by_label("What it is", exact=True).first).to_be_focused()
    page.get_by_label("Attribute", exact=True).first.select_option("predicted_clv")
    page.get_by_label("Attribute", exact=True).last.select_option("historic_clv")
    page.get_by_role("button", name="Add a line below").last.click()
    expect(page.get_by_label("How it goes with the one before").last).to_be_focused()
    page.get_by_label("What it is", exact=True).last.select_option(label="the number")
    page.get_by_label("Number", exact=True).fill("10")
    expect(body(page)).to_have_value(
        "(predicted_clv + 1) * 2 more than historic_clv / 2\nor predicted_clv more than historic_clv + 10"
    )
    assert watched.accessibility_faults() == []
    assert watched.faults == []


def test_what_then_happened_and_who_is_first(served: Served) -> None:
    watched = served.browser("manager")
    page = watched.page
    page.goto("/segments/new")
    page.get_by_role("tab", name="Form").click()
    page.get_by_label("Add a condition").select_option(label="What they did")
    page.get_by_role("button", name="Then …").click()
    expect(page.get_by_label("Then, or then not")).to_be_focused()
    page.get_by_role("group", name="Then").get_by_label("Event").select_option("Clicked SMS")
    page.get_by_label("Within a time").select_option("within")
    page.get_by_role("group", name="Then").get_by_label("How many").fill("2")
    written = 'did "Placed Order" in the last 30 days then "Clicked SMS" within 2 days'
    expect(body(page)).to_have_value(written)
    page.get_by_label("Add a condition").select_option(label="The first or the last of them")
    page.get_by_label("What is measured").select_option("the sum of")
    page.get_by_role("button", name="Among …").click()
    page.get_by_label("Attribute", exact=True).select_option("accepts_cookies")
    written += '\nand top 10% by sum of Total from "Placed Order" among (accepts_cookies is true)'
    expect(body(page)).to_have_value(written)
    page.get_by_label("Add a condition").last.select_option(label="A group: so many of …")
    expect(page.get_by_label("Attribute", exact=True)).to_have_count(2)
    page.get_by_label("Attribute", exact=True).last.select_option("accepts_cookies")
    page.get_by_label("Add a condition").first.select_option(label="Permission")
    expect(body(page)).to_have_value(re.compile("among \\(accepts_cookies is true and can receive sms\\)"))
    assert watched.accessibility_faults() == []
    assert watched.faults == []


def test_a_form_needs_no_pointer(served: Served) -> None:
    watched = served.browser("manager")
    page = watched.page
    page.goto("/segments/Winback/edit")
    page.get_by_role("tab", name="Text").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Form")).to_be_focused()
    expect(page.get_by_label("How many of these")).to_be_visible()
    remove = page.get_by_role("button", name="Remove this condition")
    expect(remove).to_have_count(4)
    remove.first.focus()
    page.keyboard.press("Enter")
    expect(remove).to_have_count(3)
    expect(remove.first).to_be_focused()
    expect(body(page)).not_to_have_value(re.compile("SMS VIPs"))
    assert watched.faults == []


def test_what_is_missing_in_a_form_is_not_saved(served: Served) -> None:
    watched = served.browser("manager", viewport=NARROW)
    page = watched.page
    page.goto("/segments/new")
    page.get_by_label("Name", exact=True).fill("Half")
    page.get_by_role("tab", name="Form").click()
    page.get_by_label("Add a condition").select_option(label="What they are")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Attribute", exact=True)).to_be_focused()
    expect(page.locator("#saving")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Attribute", exact=True).select_option("accepts_cookies")
    expect(body(page)).to_have_value("accepts_cookies is true")
    page.get_by_role("button", name="Save").click()
    page.locator("#saving").get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/segments/Half"))
    assert watched.faults == []


def test_a_long_count_is_told_of_and_goes_on(served: Served) -> None:
    watched = served.browser("manager")
    page = watched.page
    page.goto("/segments/new")
    expect(page.locator(".live-figure")).to_be_visible()
    held: list[Route] = []
    page.route("**/editor/count", lambda route: held.append(route))
    write(page, "can receive sms")
    expect(page.get_by_text("Still counting")).to_be_visible()
    held.pop().continue_()
    expect(page.locator(".live-figure strong")).to_have_text(counted(served, "can receive sms"))
    expect(page.get_by_text("Still counting")).to_be_hidden()
    assert watched.faults == []
