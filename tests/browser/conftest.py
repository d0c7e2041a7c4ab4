"""A browser and a server for each file of tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.served import Served, served_office
from tests.web.conftest import shop

__all__ = ["shop"]

# What is expected is waited for; a busy machine needs longer than the five seconds that are Playwright's own.
expect.set_options(timeout=20_000)

# Without them, Chromium asks its maker's hosts for this and that.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Its event loop runs for as long as it is open, and tests of other files have loops of their own.
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path is not None, "the tests of the pages need Chromium: install the package chromium"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)


@pytest.fixture(scope="module")
def served(shop: Path, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_office(shop, tmp_path_factory.mktemp("served"), chromium) as server:
        yield server


@pytest.fixture(autouse=True)
def _closed_browsers(served: Served) -> Iterator[None]:
    yield
    served.close_browsers()
