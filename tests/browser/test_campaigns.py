"""Campaigns and flows as a marketer makes them: a mistake and its mending, three people, sending, progress, reports."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pyarrow as pa
import pytest
from playwright.sync_api import Page, expect

from segql.sms import Campaign
from tests.browser.served import NARROW, Served, Watched
from tests.sms.pictures import png

# By then the simulated carrier has brought the receipts.
_LATER = timedelta(minutes=20)
READY = "can receive sms"


@contextmanager
def manager(served: Served, **options: object) -> Iterator[tuple[Watched, Page]]:
    watched = served.browser("manager", **options)
    yield watched, watched.page
    assert watched.faults == []


@pytest.fixture(autouse=True)
def _credits(served: Served) -> None:
    served.office.sms.add_credits("una", "owner", 1_000)


def write(page: Page, name: str, text: str, condition: str = READY) -> None:
    page.goto("/campaigns/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("tab", name="A condition").first.click()
    page.get_by_role("textbox", name="Who gets it: a condition").click()
    page.keyboard.insert_text(condition)
    page.get_by_label("Text", exact=True).fill(text)


def draft(served: Served, name: str, **changes: object) -> int:
    said: dict[str, object] = {"name": name, "include": (READY,), "text": "It has begun."}
    campaign = Campaign(**(said | changes))  # type: ignore[arg-type]
    return served.office.sms.outbound.save_draft("una", "manager", campaign)


def test_c07_a_mistake_is_mended_and_three_people_are_shown(served: Served) -> None:
    with manager(served) as (watched, page):
        write(page, "Mended", "Hi {{ frist_name }}, it is here.")
        about = page.locator("#text-about")
        expect(about).to_contain_text("Did you mean first_name?")
        expect(page.get_by_label("Text", exact=True)).to_have_attribute("aria-invalid", "true")
        assert watched.accessibility_faults() == []
        page.get_by_label("Text", exact=True).fill("Hi ")
        page.get_by_label("Text", exact=True).press("End")
        page.keyboard.type("{{ first")
        expect(page.get_by_role("option", name="first_name")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_label("Text", exact=True)).to_have_value("Hi {{ first_name | default('there') }}")
        expect(page.locator(".text-phone")).to_have_count(3)
        expect(page.locator(".text-phone").first).to_contain_text("Harbor Lane: Hi ")
        expect(page.locator(".text-phone").first).to_contain_text("Reply STOP to opt out")
        expect(page.locator("#audience-count")).to_contain_text("people before the gates")
        expect(page.get_by_label("Text", exact=True)).not_to_have_attribute("aria-invalid", "true")
        names = page.locator(".text-phone header strong").all_inner_texts()
        page.get_by_role("button", name="Others").click()
        expect(page.locator(".text-phone header strong").first).not_to_have_text(names[0])
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_text("The draft is saved.")).to_be_visible()


def test_c07_a_character_that_costs_is_replaced_by_a_click(served: Served) -> None:
    with manager(served) as (_, page):
        write(page, "Plain", "It’s here: " + "x" * 70)
        expect(page.get_by_text("right single quotation mark")).to_be_visible()
        expect(page.locator(".text-phone").first).to_contain_text("2 parts")
        page.get_by_role("button", name="Use plain characters").click()
        expect(page.get_by_label("Text", exact=True)).to_have_value("It's here: " + "x" * 70)
        expect(page.locator(".text-phone").first).to_contain_text("1 part")
        page.get_by_text("Emoji").click()
        page.get_by_role("button", name="Put in 🔥").click()
        expect(page.locator(".text-phone").first).to_contain_text("Unicode")


def test_whom_it_is_for_is_chosen_and_left_out(served: Served) -> None:
    with manager(served) as (_, page):
        page.goto("/campaigns/new")
        who = page.get_by_role("group", name="Who gets it")
        who.get_by_label("Find a segment or list").fill("vip")
        who.get_by_role("checkbox", name="VIP newsletter").check()
        expect(who.locator(".audience-chip")).to_have_text(["List: VIP newsletter×"])
        expect(page.locator("#audience-count")).to_contain_text("before the gates")
        who.get_by_role("button", name="Leave out List: VIP newsletter").click()
        expect(who.locator(".audience-chip")).to_have_count(0)
        expect(page.locator("#audience-count")).to_have_text("")


def test_a_condition_is_written_with_help_and_without_a_pointer(served: Served) -> None:
    with manager(served) as (watched, page):
        page.goto("/campaigns/new")
        who = page.get_by_role("group", name="Who gets it")
        who.get_by_role("tab", name="Segments and lists").focus()
        page.keyboard.press("ArrowRight")
        expect(who.get_by_role("tab", name="A condition")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.type('did "Placed Ordr')
        expect(who.locator(".cm-lintRange-error")).to_have_text('"Placed Ordr"')
        expect(page.locator("#include-about .error")).to_have_text(
            re.compile('^There is no event called "Placed Ordr"[.] Did you mean "Placed Order"')
        )
        page.keyboard.press("ControlOrMeta+.")
        expect(page.locator("#include-count-1")).to_have_text(re.compile("^[0-9]+ people fulfil it$"))
        expect(who.locator(".audience-chip")).to_have_text(['did "Placed Order"×'])
        expect(page.locator("#audience-count")).to_contain_text("before the gates")
        who.locator(".tok-event").hover()
        expect(page.locator(".cm-tooltip .about strong")).to_contain_text('event "Placed Order"')
        assert watched.accessibility_faults() == []
        who.get_by_role("button", name="Leave out did").click()
        expect(who.get_by_role("textbox", name="Who gets it: a condition")).to_have_text(re.compile("^did"))
        expect(page.locator("#include-count-1")).to_have_text("")
        page.get_by_text("But not").first.click()
        page.get_by_role("group", name="But not").get_by_role("checkbox").first.check()
        expect(page.get_by_role("group", name="But not").locator(".audience-chip")).to_have_count(1)


def test_a_flow_has_a_condition_with_colours_and_a_count(served: Served) -> None:
    with manager(served) as (watched, page):
        page.goto("/campaigns/flows/new")
        page.get_by_text("Only if they then fulfil").click()
        page.keyboard.insert_text("Winback")
        expect(page.locator("#only-count")).to_contain_text("fulfil")
        expect(page.locator(".cm-lintRange")).to_have_count(0)
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text("can receive sms")
        expect(page.locator(".tok-keyword").first).to_have_text(re.compile("can"))
        expect(page.locator("#only")).to_have_value("can receive sms")
        assert watched.accessibility_faults() == []


def test_leaving_with_unsaved_work_asks(served: Served) -> None:
    with manager(served) as (_, page):
        write(page, "Unsaved", "Words.")
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.get_by_role("link", name="Campaigns").first.click()
        expect(page).to_have_url(re.compile(r"/campaigns$"))
        assert asked == ["beforeunload"]


def test_c10_sent_watched_to_its_end_and_the_report_adds_up(served: Served) -> None:
    with manager(served) as (watched, page):
        write(
            page,
            "Winter",
            "{{ first_name | default('Hello') }}, it is here: {{ link('https://shop.example/w') }}",
        )
        page.get_by_role("button", name="Review").click()
        expect(page.get_by_role("heading", name="Who gets it")).to_be_visible()
        texted = int(page.locator(".funnel .final strong").inner_text().replace(",", ""))
        assert texted > 0
        page.locator(".funnel .gate summary").first.click()
        expect(page.locator(".funnel .gate details[open] p").first).to_be_visible()
        assert watched.accessibility_faults() == []
        page.get_by_role("button", name="Send …").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(f"{texted}")
        dialog.get_by_role("button", name="Not yet").click()
        assert "Winter" not in {
            one.name for one in served.office.sms.outbound.all_progress() if one.status != "draft"
        }
        page.get_by_role("button", name="Send …").click()
        dialog.get_by_role("button", name="Send to").click()
        expect(page.get_by_text("It is on its way.")).to_be_visible()
        outbound = served.office.sms.outbound
        received = page.locator(".state-list div", has_text="Received").locator("dd")
        expect(page.locator(".progress-words")).to_contain_text("All are handed over")
        served.office.clock.pass_by(_LATER)
        served.office.sms.advance()
        states = outbound.progress("Winter").states
        assert states["delivered"] > 0
        assert states["queued"] == states["held"] == 0
        expect(
            page.get_by_text(re.compile("Receipts are coming in|Everybody has been dealt with"))
        ).to_be_visible()
        expect(received).to_have_text(str(states["delivered"]))
        report = served.office.sms.report("Winter")
        assert report.recipients - states["skipped"] == texted
        expect(page.locator("#report .tile").first).to_contain_text(
            f"{report.received} of {report.sent} sent", timeout=10_000
        )
        counts = page.locator("#report .reason-list summary strong").all_inner_texts()
        assert sum(int(one) for one in counts) == states["skipped"] + states["failed"]
        assert watched.accessibility_faults() == []
        (somebody, *_) = outbound.recipients(outbound.progress("Winter").campaign_id, state="delivered")
        page.get_by_label("Name or number").fill(str(somebody.person.number)[-7:])
        page.locator("#recipients summary").first.click()
        expect(page.locator("#recipients .why").first).to_contain_text(re.compile("Delivered|Skipped|Failed"))


def test_c10_paused_resumed_and_cancelled(served: Served) -> None:
    office = served.office
    office.carrier.rates = {"toll_free": 1.0}  # a text a second, so that there is something to pause
    try:
        number = draft(served, "Slow", transactional=True)
        with manager(served) as (_, page):
            page.goto(f"/campaigns/{number}/review")
            page.get_by_role("button", name="Send …").click()
            page.get_by_role("dialog").get_by_role("button", name="Send to").click()
            page.get_by_role("button", name="Pause").click()
            expect(page.get_by_text("It is paused")).to_be_visible()
            taken = len(office.carrier.taken())
            office.clock.pass_by(_LATER)
            page.reload()
            expect(page.locator(".progress-words")).to_contain_text("wait until you resume it")
            assert len(office.carrier.taken()) == taken
            page.get_by_role("button", name="Resume").click()
            expect(page.get_by_role("button", name="Pause")).to_be_visible()
            page.get_by_role("button", name="Cancel").click()
            page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
            page.get_by_role("button", name="Cancel").click()
            page.get_by_role("dialog").get_by_role("button", name="Cancel the campaign").click()
            expect(page.locator(".progress-words")).to_contain_text("Cancelled")
            assert office.sms.outbound.progress("Slow").status == "cancelled"
    finally:
        office.carrier.rates = {}


def test_c10_scheduled_on_a_phone_and_changed_again(served: Served) -> None:
    number = draft(served, "Later")
    with manager(served, viewport=NARROW) as (watched, page):
        page.goto(f"/campaigns/{number}")
        page.get_by_role("button", name="Review").click()
        page.get_by_label("At a time of each one's own clock").check()
        page.get_by_label("Day and time").fill("2026-07-01T10:00")
        assert watched.accessibility_faults() == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="Send …").click()
        page.get_by_role("dialog").get_by_role("button", name=re.compile("Schedule")).click()
        expect(page.locator(".progress-words")).to_contain_text(
            "Each gets it at 10:00 on 01 Jul of their own clock"
        )
        page.get_by_role("button", name="Change it").click()
        expect(page.get_by_role("heading", name="Draft")).to_be_visible()


def test_d02_an_analyst_reads_and_cannot_send(served: Served) -> None:
    number = draft(served, "Not theirs")
    watched = served.browser("analyst")
    watched.page.goto("/campaigns")
    expect(watched.page.get_by_role("link", name="New campaign")).to_have_count(0)
    watched.page.goto(f"/campaigns/{number}")
    expect(watched.page.get_by_text("It has begun.")).to_be_visible()
    expect(watched.page.get_by_role("button", name="Review")).to_have_count(0)
    watched.page.goto(f"/campaigns/{number}/review")
    expect(watched.page.get_by_text("may not do this")).to_be_visible()


def test_hostile_names_are_words(served: Served) -> None:
    hostile = (
        '<img src=x onerror="document.title=1"><script>alert(1)</script>\u202eevil {{ 7 * 7 }}' + "🦄" * 30
    )
    table = pa.table(
        {
            "external_id": ["bad"],
            "first_name": [hostile],
            "last_name": ["n" * 200],
            "phone_number": ["+12125550144"],
        }
    )
    served.office.store.upsert_profiles(table)
    with manager(served) as (_, page):
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        write(page, "<script>alert(2)</script>", "Hi {{ first_name }}", 'external_id is "bad"')
        phone = page.locator(".text-phone")
        expect(phone).to_contain_text("<script>alert(1)</script>")
        expect(phone).to_contain_text("{{ 7 * 7 }}")
        assert "\u202e" not in phone.inner_text()
        assert page.locator(".text-phone img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_text("The draft is saved.")).to_be_visible()
        page.goto("/campaigns")
        expect(page.get_by_text("<script>alert(2)</script>")).to_be_visible()


def test_c11_a_flow_is_made_warned_about_paused_and_set_off(served: Served) -> None:
    with manager(served) as (watched, page):
        page.goto("/campaigns/flows/new")
        page.get_by_label("Name", exact=True).fill("Menu")
        page.get_by_label("They text").check()
        page.get_by_label("Word", exact=True).fill("MENU")
        page.get_by_label("Text", exact=True).fill("Soup, {{ frist_name }}.")
        page.get_by_role("button", name="Save, and let it run").click()
        expect(page.get_by_role("alert").first).to_contain_text("Did you mean first_name?")
        expect(page.get_by_label("Word", exact=True)).to_have_value("MENU")
        page.get_by_label("Text", exact=True).fill("Soup, and apple pie.")
        page.get_by_role("button", name="Save, and let it run").click()
        expect(page.get_by_text("whoever texts it also opens a conversation")).to_be_visible()
        assert watched.accessibility_faults() == []
        page.get_by_role("button", name="Pause").click()
        expect(page.locator(".page-head .mark")).to_have_text("Paused")
        page.get_by_role("button", name="Resume").click()
        expect(page.locator(".page-head .mark")).to_have_text("Live")
        page.get_by_role("link", name="Change").click()
        page.get_by_label("Again after", exact=True).check()
        page.get_by_role("button", name="Save the change").click()
        expect(page.get_by_text("Again after 30 days.")).to_be_visible()


def test_c08_a_picture_is_chosen_seen_on_the_phones_and_taken_out(served: Served) -> None:
    with manager(served) as (watched, page):
        write(page, "With a coat", "Look at this")
        page.get_by_text("Picture or GIF (optional)").click()
        page.get_by_label("What it shows").fill("A green coat")
        page.get_by_label("Picture or GIF", exact=True).set_input_files(
            {"name": "coat.png", "mimeType": "image/png", "buffer": png(80, 50)}
        )
        expect(page.locator("#chosen img")).to_have_js_property("naturalWidth", 80)
        expect(page.get_by_alt_text("A green coat")).to_have_count(3)
        assert watched.accessibility_faults() == []
        page.get_by_role("button", name="Take the picture out").click()
        expect(page.get_by_alt_text("A green coat")).to_have_count(0)
        expect(page.get_by_label("Or the address of one")).to_have_value("")
