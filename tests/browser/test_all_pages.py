"""Every place as people see it: without a fault in the browser, accessible, and as wide as the screen."""

from pathlib import Path

import pytest

from segql.sms.settings import SECTIONS
from segql.web.navigation import PLACES
from tests.browser.served import NARROW, WIDE, Served

PATHS = [
    *(place.path for place in PLACES),
    *("/campaigns/1", "/campaigns/new", "/campaigns/flows/new"),
    "/segments/Winback",
    *("/segments/new", "/segments/removed"),
    "/segments/Winback/edit",
    *("/people/1", "/people/1/attributes", "/people/1/segments", "/people/1/consent", "/people/1/merge/2"),
    *(f"/sms/{name}" for name in ("ready", "credits", "changes", *SECTIONS)),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_and_fits(served: Served, path: str, size: dict[str, int], scheme: str) -> None:
    watched = served.browser(viewport=size, color_scheme=scheme)
    answer = watched.page.goto(path)
    assert answer is not None
    assert answer.status == 200
    watched.settle()
    assert watched.accessibility_faults() == []
    assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watched.faults == []


def test_the_first_thing_a_keyboard_reaches_leads_to_the_page(served: Served, tmp_path: Path) -> None:
    watched = served.browser()
    watched.page.goto("/account")
    watched.page.keyboard.press("Tab")
    watched.page.keyboard.press("Enter")
    assert watched.page.evaluate("document.activeElement.id") == "main"
