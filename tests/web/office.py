"""A server's desk upon a copy of the made-up shop, and people of each role who are signed in to it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from starlette.testclient import TestClient

import segql
from segql.cli.demo.home import new_store
from segql.cli.demo.story import Story, Times
from segql.sms import Sms
from segql.sms.carriers.simulated import SimulatedCarrier, memory_beside
from segql.web.access.rights import Role
from segql.web.access.sessions import begin
from segql.web.access.users import User, invite, join, read_users, welcome_link
from segql.web.access.visitors import COOKIE
from segql.web.app import create_app
from segql.web.desk import Desk

# A Monday, noon in New York, where the made-up shop is.
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
PASSWORD = "correct horse battery"
HOST = "http://testserver"


class Clock:
    """Noon at first. It runs when it is let run, and is set ahead when a test says so."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._started: float | None = None

    def run(self) -> None:
        """Go on as real time does."""
        self._started = monotonic()

    def pass_by(self, length: timedelta) -> None:
        """Let time pass at once."""
        self._ahead += length

    def __call__(self) -> datetime:
        ran = 0.0 if self._started is None else monotonic() - self._started
        return NOON + self._ahead + timedelta(seconds=ran)


def make_shop(path: Path, profiles: int = 500) -> None:
    """The made-up shop after its story: segments, a campaign that was sent, receipts, clicks, a conversation."""
    with new_store(path) as store:
        carrier = SimulatedCarrier(7, path=memory_beside(path))
        for _ in Story(store, carrier, Times.before(NOON), 7, profiles, _silent).chapters():
            pass
        carrier.close()


@contextmanager
def _silent(_: str) -> "Iterator[object]":
    yield lambda done, of: None


class Office:
    """The desk, its clock, and the application upon it; no jobs run by themselves."""

    def __init__(self, path: Path) -> None:
        self.clock = Clock()
        self.store = segql.open(path, create=True)
        self.carrier = SimulatedCarrier(7, path=memory_beside(path))
        self.sms = Sms(self.store, self.carrier, clock=self.clock)
        self.desk = Desk(self.store, self.sms, self.clock)
        self.app = create_app(self.desk, jobs=False)
        self.users = self._engage()

    def _engage(self) -> dict[Role, User]:
        database, now = self.store.database, self.clock()
        owner_link = welcome_link(database, now)
        assert owner_link is not None
        owner = join(database, owner_link, "olive@acme.example", "Olive Owner", PASSWORD, now)
        roles: tuple[Role, ...] = ("admin", "manager", "analyst")
        for role in roles:
            link = invite(database, owner, f"{role}@acme.example", role, now)
            join(database, link, "", f"Una {role.title()}", PASSWORD, now)
        return {user.role: user for user in read_users(database)}

    def session(self, role: Role) -> str:
        """What the cookie of somebody holds who is signed in."""
        return begin(self.store.database, self.users[role], self.clock())

    def client(self, role: Role | None = None) -> TestClient:
        """A browser without eyes; with a role, signed in. It follows no redirects, and says that it is our own page."""
        client = TestClient(self.app, HOST, follow_redirects=False, headers={"sec-fetch-site": "same-origin"})
        if role is not None:
            client.cookies.set(COOKIE, self.session(role), domain="testserver.local")
        return client

    def close(self) -> None:
        """Give the file free."""
        self.sms.close()
        self.store.close()


@contextmanager
def opened_office(shop: Path, folder: Path) -> Iterator[Office]:
    """An office upon a copy of a shop of its own."""
    path = folder / "shop.duckdb"
    shutil.copy(shop, path)
    shutil.copy(memory_beside(shop), memory_beside(path))
    office = Office(path)
    yield office
    office.close()
