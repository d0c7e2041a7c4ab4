"""A real server upon the made-up shop, with its jobs, and real browsers in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from segql.web.access.rights import Role
from segql.web.access.visitors import COOKIE
from segql.web.app import create_app
from tests.web.listening import Listening
from tests.web.office import Office, opened_office

WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 390, "height": 844}


class Served:
    """An office whose application is served on a port of its own, in a thread."""

    def __init__(self, office: Office, browser: Browser) -> None:
        self.office = office
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        office.clock.run()
        self._listening = Listening(create_app(office.desk), patience=1)
        self.address = self._listening.address

    def browser(self, role: Role | None = "owner", **options: Any) -> "Watched":
        """A browser of its own, in which somebody of the role is signed in, with an empty page."""
        context = self._browser.new_context(base_url=self.address, **({"viewport": WIDE} | options))
        self._contexts.append(context)
        if role is not None:
            secret = self.office.session(role)
            context.add_cookies([{"name": COOKIE, "value": secret, "url": self.address}])
        return Watched(context.new_page())

    def close_browsers(self) -> None:
        """Close all that were opened."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def stop(self) -> None:
        """End the server."""
        self._listening.stop()


class Watched:
    """A page in a browser, and all that went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", self._hear)
        page.on("request", self._see)

    def _hear(self, message: Any) -> None:
        # That an answer was no 200 is the test's own business.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"{message.type}: {message.text}")

    def _see(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.hostname != "127.0.0.1":
            self.faults.append(f"a request left the host: {request.url}")

    def settle(self) -> None:
        """Wait until the page and its parts are there. The network is never idle: a page listens to what changes."""
        self.page.wait_for_load_state("load")
        expect(self.page.locator(".htmx-request")).to_have_count(0)

    def accessibility_faults(self) -> list[str]:
        """What axe-core finds: rule, and where."""
        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


@contextmanager
def served_office(shop: Path, folder: Path, browser: Browser) -> Iterator[Served]:
    """A server for the tests of one file."""
    with opened_office(shop, folder) as office:
        served = Served(office, browser)
        yield served
        served.close_browsers()
        served.stop()
