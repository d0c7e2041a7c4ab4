"""Pages and counts of a running server upon a large shop, while a campaign runs: how long the server takes.

    python benchmarks/web.py [--profiles 1000000] [--events 2000000] [--segments 100] [--folder FOLDER]

Asked for: a page in 100 ms (95th percentile), a count 300 ms after the last key, of which the editor waits 150. The server
is a process of its own; each page is asked one time after the other, as somebody does who clicks. Events are kept by person,
too (`segql people index`), as a store of this size should.
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path

from refresh import definitions
from shop import filled

from segql.sms import Campaign, Sms
from segql.web.access.sessions import begin
from segql.web.access.users import join, welcome_link
from segql.web.access.visitors import COOKIE

TIMES = 60
CAMPAIGN = Campaign("Sale", ("can receive sms",), "Hi, it has begun: {{ link('https://shop.example/sale') }}")
CONDITIONS = (
    'did "Placed Order" in the last {} days',
    'can receive sms and did "Opened Email" at least twice in the last {} days',
    'country is "France" and did not "Placed Order" in the last {} days and clv more than 60',
)


def prepare(folder: Path, profiles: int, events: int, segments: int) -> tuple[Path, str]:
    """A shop with segments, memberships, conversations and a campaign that was begun; and the owner's session."""
    now = datetime.now(UTC)
    with filled(folder, profiles, events) as store:
        if not store.catalog.segments:
            texts = (
                f'segment "Segment {number}": {text}' for number, text in enumerate(definitions(segments))
            )
            store.save_segments("\n".join(texts), now)
        store.refresh(now=now)
        store.keep_by_person()
        sms = Sms(store, clock=lambda: now)
        sms.setup("owner", "owner", countries=("US",))
        sms.add_credits("owner", "owner", 10 * profiles)
        for number in range(50):
            sender = f"+1512{2_000_000 + number}"
            sms.receive(sender, "+18335550100", f"Is number {number} in stock?", carrier_id=f"{now} {number}")
        sms.outbound.start("owner", "owner", CAMPAIGN)
        sms.close()
        link = welcome_link(store.database, now)
        assert link is not None, "the folder was used before: take another one"
        user = join(store.database, link, "owner@example.com", "Owner", "correct horse battery", now)
        return folder / "shop.duckdb", begin(store.database, user, now)


@contextmanager
def served(path: Path) -> Iterator[int]:
    """A server upon a store, in a process of its own; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "segql", "serve", "--store", str(path), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        try:
            yield port
        finally:
            process.terminate()


class Client:
    """Somebody who is signed in."""

    def __init__(self, port: int, session: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port)
        self._headers = {"cookie": f"{COOKIE}={session}", "sec-fetch-site": "same-origin"}

    def get(self, path: str) -> bytes:
        """A page."""
        return self._ask("GET", path, None)

    def count(self, text: str) -> int:
        """What the editor shows."""
        return int(json.loads(self._ask("POST", "/api/count", json.dumps({"text": text})))["count"])

    def _ask(self, method: str, path: str, body: str | None) -> bytes:
        headers = self._headers | ({} if body is None else {"content-type": "application/json"})
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status == 200, (path, answer.status, said[:500])
        return said


def measure(what: str, asks: Sequence[Callable[[], object]]) -> None:
    """Ask again and again, and print the median and the 95th percentile."""
    asks[0]()
    taken = []
    for _, ask in zip(range(TIMES), cycle(asks), strict=False):
        start = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - start))
    cut = statistics.quantiles(taken, n=20)
    print(f"{what:<40} {statistics.median(taken):7.1f} ms   95th percentile {cut[-1]:7.1f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--segments", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        path, session = prepare(folder, options.profiles, options.events, options.segments)
        with served(path) as port:
            client = Client(port, session)
            for page in (
                "/segments",
                "/segments/Segment%200",
                "/segments/new",
                "/people",
                f"/people/{options.profiles // 2}",
                "/people/1",  # who has more events than anybody
                "/people/1/outlook",
                "/campaigns",
                "/conversations",
                "/sms",
                "/account",
            ):
                measure(page, [lambda page=page: client.get(page)])  # type: ignore[misc]
            # Another number each time: nothing is remembered.
            texts = [text.format(days) for days in range(20, 20 + TIMES) for text in CONDITIONS]
            measure("a count in the editor", [lambda text=text: client.count(text) for text in texts])  # type: ignore[misc]


if __name__ == "__main__":
    main()
