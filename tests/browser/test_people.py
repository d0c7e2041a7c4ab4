"""People in a browser: searching, the timeline, why, consent with its evidence, erasing; and hostile names."""

import re

import pyarrow as pa
import pytest
from playwright.sync_api import expect

from segql.web.access.rights import Role
from tests.browser.served import NARROW, WIDE, Served

HOSTILE = "<script>alert(1)</script>" + "\u202e" + "x" * 170 + "😀"


def add(served: Served, **values: str) -> int:
    table = pa.table({name: [value] for name, value in values.items()})
    return served.office.store.upsert_profiles(table, served.office.clock()).profile_ids[0].as_py()


def test_somebody_is_found_while_typing_and_with_the_keyboard(served: Served) -> None:
    ada = add(served, external_id="ada", first_name="Ada", last_name="Lovelace", phone_number="+16175550123")
    watched = served.browser("analyst")
    page = watched.page
    page.goto("/people")
    field = page.get_by_label("Search people")
    expect(field).to_be_focused()
    page.keyboard.type("lovel")
    expect(page.locator(".person-row")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/people/{ada}$"))
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    # What was searched for stands in no address, and is there when one comes back.
    page.get_by_role("main").get_by_role("link", name="People").click()
    expect(field).to_have_value("lovel")
    expect(page.locator(".person-row")).to_have_count(1)
    field.fill("nobody is called so")
    expect(page.get_by_text("Nobody is found for")).to_be_visible()
    field.fill("617 555-0123")
    expect(page.locator(".person-row")).to_have_count(1)
    assert watched.faults == []


def test_more_people_come_on_scrolling(served: Served) -> None:
    watched = served.browser("analyst")
    page = watched.page
    page.goto("/people")
    rows = page.locator(".person-row")
    expect(rows).to_have_count(40)
    rows.last.scroll_into_view_if_needed()
    page.keyboard.press("End")
    expect(rows).not_to_have_count(40)
    addresses = rows.evaluate_all("rows => rows.map(row => row.href)")
    assert len(addresses) == len(set(addresses))
    assert watched.faults == []


def test_the_timeline_is_filtered_opened_and_goes_on(served: Served) -> None:
    with served.office.store.database.cursor() as cursor:
        ((busy,),) = cursor.execute(
            "SELECT profile_id FROM events GROUP BY profile_id ORDER BY count(*) DESC LIMIT 1"
        ).fetchall()
    watched = served.browser("analyst")
    page = watched.page
    page.goto(f"/people/{busy}")
    entries = page.locator(".happening")
    expect(entries).to_have_count(40)
    page.keyboard.press("End")
    expect(entries).not_to_have_count(40)
    order = page.locator(".happening", has_text="Placed Order").first
    order.locator("summary").click()
    expect(order.get_by_text("Total")).to_be_visible()
    page.get_by_label("What is shown").select_option(index=2)
    expect(page).to_have_url(re.compile(r"what=\d+"))
    names = page.locator(".happening strong").all_inner_texts()
    assert len(set(names)) == 1
    assert watched.faults == []


def test_a_segment_tells_why_when_it_is_opened(served: Served) -> None:
    person = add(served, external_id="whom", first_name="Whom")
    watched = served.browser("analyst")
    page = watched.page
    page.goto(f"/people/{person}/segments")
    page.get_by_text("SMS Subscribers").click()
    expect(page.locator(".why-tree").first).to_be_visible()
    expect(page.locator(".why-tree .misses").first).to_be_visible()
    assert watched.accessibility_faults() == []
    assert watched.faults == []


def test_attributes_are_searched(served: Served) -> None:
    watched = served.browser("analyst")
    page = watched.page
    page.goto("/people/1/attributes")
    rows = page.locator("#attributes tr:visible")
    page.get_by_label("Search attributes").fill("first_n")
    expect(rows).to_have_count(1)
    page.get_by_label("Search attributes").fill("no such")
    expect(page.get_by_text("No attribute has that")).to_be_visible()
    assert watched.faults == []


def test_b01_a_consent_is_written_down_then_withdrawn_with_evidence(served: Served) -> None:
    person = add(served, external_id="connie", first_name="Connie", phone_number="+16175550177")
    owner = served.browser("owner")
    page = owner.page
    page.goto(f"/people/{person}")
    expect(page.get_by_text("They would be skipped")).to_be_visible()
    page.get_by_role("link", name="With evidence").click()
    page.get_by_role("button", name="Write down a consent").click()
    page.get_by_label("How they said it").first.fill("paper form")
    page.get_by_label("Detail").first.fill("Fair in Boston")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("It is written down.")).to_be_visible()
    log = page.get_by_role("region", name="The log")
    expect(log.get_by_role("row").nth(1)).to_contain_text("Fair in Boston")
    expect(log.get_by_role("row").nth(1)).to_contain_text("olive@acme.example")

    manager = served.browser("manager")
    manager.page.goto(f"/people/{person}/consent")
    expect(manager.page.get_by_role("button", name="Write down a consent")).to_have_count(0)
    manager.page.get_by_role("button", name="Unsubscribe from texts").click()
    dialog = manager.page.get_by_role("dialog")
    dialog.get_by_label("How they said it").fill("phone call")
    dialog.get_by_role("button", name="Unsubscribe").click()
    expect(manager.page.get_by_text("They get no more texts.")).to_be_visible()
    holds = manager.page.get_by_role("region", name="Table of what holds")
    expect(holds.get_by_text("unsubscribed").first).to_be_visible()
    assert owner.faults == manager.faults == []


def test_somebody_is_merged_after_seeing_what_will_happen(served: Served) -> None:
    kept = add(served, external_id="keep-me", first_name="Kim", last_name="Keptperson", city="Boston")
    gone = add(served, external_id="merge-me", first_name="Kimberly", postal_code="02139")
    watched = served.browser("owner")
    page = watched.page
    page.goto(f"/people/{kept}")
    page.get_by_role("link", name="Merge").click()
    page.get_by_label("Search the other profile").fill("kimberly")
    page.locator(".person-row").click()
    expect(page).to_have_url(re.compile(f"/people/{kept}/merge/{gone}$"))
    expect(page.get_by_text("02139")).to_be_visible()
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("The two are one person now.")).to_be_visible()
    assert watched.faults == []


def test_somebody_is_erased_only_when_the_word_is_typed(served: Served) -> None:
    person = add(served, external_id="forget-me", first_name="Forget")
    watched = served.browser("owner")
    page = watched.page
    page.goto(f"/people/{person}")
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("under a salted hash")).to_be_visible()
    page.get_by_label("Type erase to confirm").fill("no")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Type erase to confirm").fill("erase")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("The person was erased.")).to_be_visible()
    answer = page.goto(f"/people/{person}")
    assert answer is not None
    assert answer.status == 404
    assert watched.faults == []


@pytest.mark.parametrize("role", ["manager", "analyst"])
def test_what_a_role_may_not_do_is_not_shown(served: Served, role: Role) -> None:
    watched = served.browser(role)
    watched.page.goto("/people/1")
    for name in ("Export", "Merge", "Erase"):
        expect(watched.page.get_by_role("main").get_by_text(name, exact=True)).to_have_count(0)
    assert watched.faults == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_hostile_names_stay_names(served: Served, size: dict[str, int]) -> None:
    person = add(
        served, external_id=HOSTILE, first_name=HOSTILE, city=HOSTILE, email=f"{'e' * 200}@example.com"
    )
    watched = served.browser("owner", viewport=size)
    page = watched.page
    page.on("dialog", lambda dialog: watched.faults.append(f"a dialog appeared: {dialog.message}"))
    for tail in ("", "/attributes", "/segments", "/consent", "/merge", "/merge/1"):
        page.goto(f"/people/{person}{tail}")
        expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tail
        assert watched.accessibility_faults() == []
    page.goto("/people")
    page.get_by_label("Search people").fill("<script>")
    expect(page.locator(".person-row")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watched.faults == []
