"""A hundred open inboxes: how long it takes from a customer's text until every one of them shows it.

    python benchmarks/inbox.py [--profiles 100000] [--events 1000000] [--conversations 500] [--inboxes 100]

Asked for: one second. The text is sent from the simulated phone; the time ends when the last stream has brought its row.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from shop import filled
from web import Client, measure, served

from segql.sms import Sms
from segql.web.access.sessions import begin
from segql.web.access.users import join, welcome_link
from segql.web.access.visitors import COOKIE

TEXTS = 20


def prepare(folder: Path, profiles: int, events: int, conversations: int) -> tuple[Path, str]:
    """A shop with conversations; and the owner's session."""
    now = datetime.now(UTC)
    with filled(folder, profiles, events) as store:
        sms = Sms(store, clock=lambda: now)
        sms.setup("owner", "owner", countries=("US",))
        ours = sms.account.numbers()[0].number or ""
        for number in range(conversations):
            sender = f"+1512{2_000_000 + number}"
            sms.receive(sender, ours, f"Is number {number} in stock?", carrier_id=f"benchmark {number}")
        sms.close()
        link = welcome_link(store.database, now)
        assert link is not None, "the folder was used before: take another one"
        user = join(store.database, link, "owner@example.com", "Owner", "correct horse battery", now)
        return folder / "shop.duckdb", begin(store.database, user, now)


class Inbox:
    """A browser's stream of changes, and what it has brought."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        # The connection lasts as long as its writer.
        self._writer = writer

    @classmethod
    async def open(cls, port: int, session: str) -> "Inbox":
        """An inbox that listens."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET /conversations/stream HTTP/1.1\r\nHost: x\r\nCookie: {COOKIE}={session}\r\n\r\n".encode()
        )
        inbox = cls(reader, writer)
        await inbox.until(b"event: hello")
        return inbox

    async def until(self, words: bytes) -> None:
        """Wait for a line with these words."""
        while words not in await self._reader.readline():
            pass


async def send(port: int, session: str, words: str) -> None:
    """Text from the simulated phone."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = urlencode({"body": words})
    writer.write(
        f"POST /phone/text HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n"
        f"Cookie: {COOKIE}={session}; segql_phone=+15125550177\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 303"), answer[:300]
    writer.close()


async def watch(port: int, session: str, inboxes: int) -> None:
    """Let texts come, and print how long they took to be in all inboxes."""
    opened = await asyncio.gather(*(Inbox.open(port, session) for _ in range(inboxes)))
    taken = []
    for nth in range(TEXTS):
        start = time.perf_counter()
        seen = [inbox.until(f"text {nth} of many".encode()) for inbox in opened]
        await asyncio.gather(send(port, session, f"text {nth} of many"), *seen)
        taken.append(1000 * (time.perf_counter() - start))
    print(
        f"{f'a text in {inboxes} inboxes':<40} {statistics.median(taken):7.1f} ms   longest {max(taken):7.1f} ms",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--inboxes", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        path, session = prepare(Path(temporary), options.profiles, options.events, options.conversations)
        with served(path) as port:
            asyncio.run(watch(port, session, options.inboxes))
            client = Client(port, session)
            for page in ("/conversations", "/conversations/10", "/conversations/10/now", "/phone"):
                measure(page, [lambda page=page: client.get(page)])  # type: ignore[misc]


if __name__ == "__main__":
    main()
