"""The pages about segments in a real browser: by mouse, by keyboard alone, and with names that would do harm."""

from playwright.sync_api import Page, expect

from segql.web.addresses import segment_path
from tests.browser.served import NARROW, Served

HOSTILE = '<img src=x onerror="alert(1)">\u202e' + "very long " * 16


def item(page: Page, name: str) -> None:
    expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()


def test_a_list_is_searched_and_walked_by_keyboard(served: Served) -> None:
    served.office.store.refresh(now=served.office.clock())
    watched = served.browser("analyst")
    page = watched.page
    page.goto("/segments")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("sms vip")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url("/segments?q=sms+vip&tag=&sort=name&up=true")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("b")
    expect(page.locator("tbody tr").nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    item(page, "Basket left behind")
    page.keyboard.press("ArrowDown")
    item(page, "Canada by number")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Basket left behind")
    assert watched.faults == []


def test_keys_are_told(served: Served) -> None:
    watched = served.browser("manager")
    page = watched.page
    page.goto("/segments")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Make a segment")
    expect(dialog).to_contain_text("Search")
    assert watched.accessibility_faults() == []
    # Nothing happens behind it.
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    # A key that is typed is no command.
    page.keyboard.press("/")
    page.keyboard.type("n?")
    expect(page.get_by_role("searchbox")).to_have_value("n?")
    expect(page).to_have_url("/segments?q=n%3F&tag=&sort=name&up=true")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    # A browser that is closed while it sets out for a page may stay open for ever.
    page.wait_for_url("**/segments/new")
    assert watched.faults == []


def test_a_segment_from_top_to_bottom(served: Served) -> None:
    office = served.office
    office.store.save_segments(
        'segment "Winback" "Who were good": in segment "SMS VIPs"', office.clock(), author="ann@acme.example"
    )
    watched = served.browser("owner")
    page = watched.page
    page.goto("/segments/Winback")
    count = office.store.count("Winback", office.clock())
    expect(page.locator("#size dd").first).to_have_text(f"{count:,}")
    expect(page.get_by_role("img", name="People at the end of each day, the last 30 days")).to_be_visible()
    page.get_by_role("link", name="Months").click()
    expect(
        page.get_by_role("img", name="People at the end of each month, the last 12 months")
    ).to_be_visible()
    expect(page.get_by_role("heading", name="SMS")).to_be_visible()
    page.get_by_label("Segment 1 to compare with").select_option("SMS Women")
    expect(page.get_by_role("region", name="Combinations")).to_contain_text("SMS Women")
    page.get_by_text("Version 2").click()
    expect(page.get_by_text("came by it and")).to_be_visible()
    page.get_by_role("heading", name="People", exact=True).scroll_into_view_if_needed()
    page.locator(".persons summary").first.click()
    expect(page.locator(".persons .why-tree").first).to_contain_text("can receive sms")
    assert watched.accessibility_faults() == []
    page.get_by_text("Version 1").click()
    page.get_by_role("button", name="Go back to version 1").click()
    expect(page.locator("#notices")).to_contain_text("says what version 1 said again")
    expect(page.get_by_text("Version 3")).to_be_visible()
    assert watched.faults == []


def test_exporting(served: Served) -> None:
    watched = served.browser("admin")
    page = watched.page
    page.goto("/segments/Winback")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "Winback.csv"
    assert download.value.path().read_text().startswith('"profile_id","external_id"')
    assert watched.faults == []


def test_removing_asks_and_says_why_not(served: Served) -> None:
    served.office.store.save_segments('segment "Gone": everybody', served.office.clock())
    watched = served.browser("manager")
    page = watched.page
    page.goto(segment_path("SMS VIPs"))
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("dialog")).to_contain_text(
        'It cannot be removed while it is used: by the segment "Winback"'
    )
    page.goto("/segments/Gone")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page).to_have_url("/segments")
    expect(page.locator("#notices")).to_contain_text("Gone was removed.")
    page.get_by_role("link", name="removed segment").click()
    gone = page.get_by_role("region", name="Gone", exact=True)
    gone.get_by_text("1 version", exact=True).click()
    gone.get_by_text("Version 1").click()
    expect(gone.locator(".version[open] .diff")).to_contain_text("everybody")
    assert watched.accessibility_faults() == []
    gone.get_by_role("button", name="Bring back").click()
    expect(page.locator("#notices")).to_contain_text("Gone is back.")
    expect(page).to_have_url("/segments/Gone")
    assert watched.faults == []


def test_texts_that_would_do_harm_are_shown_as_they_are(served: Served) -> None:
    office = served.office
    name = HOSTILE.strip()
    written = name.replace('"', '\\"')
    office.store.save_segments(
        f'segment "{written}" "{written}" [tags: "{written}"; owner: "{written}"]: in segment "SMS VIPs" '
        f'or first_name is "{written}"',
        office.clock(),
        author=name,
    )
    office.store.refresh(now=office.clock())
    for size in (None, NARROW):
        watched = served.browser("owner", **({"viewport": size} if size else {}))
        page = watched.page
        page.on("dialog", lambda dialog, faults=watched.faults: faults.append(f"dialog: {dialog.message}"))
        page.goto("/segments")
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.goto(segment_path(name))
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        page.get_by_text("Looking for some").scroll_into_view_if_needed()
        page.locator(".persons summary").first.click()
        expect(page.locator(".persons .why-tree").first).to_be_visible()
        page.get_by_text("Version 1").click()
        expect(page.locator(".diff")).to_contain_text("onerror")
        watched.settle()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("main img[src=x]").count() == 0
        assert watched.accessibility_faults() == []
        assert watched.faults == []
