"""`segql serve` as a person starts it, and the command line against it instead of a file."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import segql
from segql.runtime.remote import RemoteError
from tests.lsp.editor import Editor
from tests.web.office import NOON, make_shop

AS_OF = ("--as-of", NOON.isoformat())


class Running:
    """A server in a process of its own, which a program has a token for, and a copy of the store that it serves."""

    def __init__(self, folder: Path) -> None:
        self.served, self.copy = folder / "served.duckdb", folder / "copy.duckdb"
        make_shop(self.served, 200)
        shutil.copy(self.served, self.copy)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        command = [
            sys.executable,
            "-m",
            "segql",
            "serve",
            "--store",
            str(self.served),
            "--port",
            str(self.port),
        ]
        # Behind a pipe, as a service has it.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        link = re.search(r"http://\S+", said)
        assert link is not None, said
        self.link = link[0]
        while "segql serves" not in self.process.stdout.readline():
            assert self.process.poll() is None
        self.token = self._come_in()

    def _come_in(self) -> str:
        """Become the owner by the link, and make a token."""
        import httpx2

        with httpx2.Client(headers={"sec-fetch-site": "same-origin"}, follow_redirects=True) as client:
            transport = httpx2.HTTPTransport(retries=100)
            with httpx2.Client(transport=transport) as waiting:
                waiting.get(self.link)
            form = {"email": "olive@acme.example", "name": "Olive", "password": "correct horse battery"}
            client.post(self.link, data=form)
            made = client.post(
                f"{self.address}/account/tokens",
                data={"name": "command line", "rights": list(segql_rights())},
            )
        found = re.search(r"segql_[\w-]{20,}", made.text)
        assert found is not None
        return found[0]

    def run(self, place: str, *arguments: str, token: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SEGQL_STORE": place, "SEGQL_TOKEN": token or self.token}
        command = [sys.executable, "-m", "segql", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    def both(self, *arguments: str) -> tuple[str, str]:
        """What a command says of the server, and of the file."""
        done = [self.run(place, *arguments) for place in (self.address, str(self.copy))]
        assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
        return done[0].stdout, done[1].stdout


def segql_rights() -> tuple[str, ...]:
    from segql.web.access.rights import Right

    return tuple(Right)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server = Running(tmp_path_factory.mktemp("served"))
    yield server
    server.process.terminate()
    server.process.communicate()


def test_proposals_of_a_server_say_how_much_there_is(running: Running) -> None:
    store = segql.connect(running.address, running.token)
    proposed = {
        one.text: one
        for text in ("did ", "gender is ")
        for one in segql.complete(text, len(text), store.catalog)
    }
    assert proposed['"Placed Order"'].count == store.cost(store.compile('did "Placed Order"')).events
    assert proposed['"female"'].count == store.count('gender is "female"')


@pytest.mark.parametrize(
    "arguments",
    [
        ("count", 'did "Placed Order" in the last 90 days', *AS_OF),
        ("count", "SMS Subscribers", "--json", *AS_OF),
        ("show", 'gender is "female"', "--columns", "external_id,created,historic_clv", "--limit", "5", *AS_OF),
        ("query", "count everybody by country", *AS_OF),
        ("query", 'trend did "Placed Order" over the last 4 weeks by week', "--json", *AS_OF),
        ("query", 'overlap "SMS Subscribers", gender is "female"', *AS_OF),
        ("query", 'funnel did "Viewed Product" then "Placed Order" within 3 days', "--json", *AS_OF),
        ("why", "C000002", "can receive sms and gender is \"female\"", *AS_OF),
        ("why", "C000002", "SMS Subscribers", "--json", *AS_OF),
        ("explain", 'did "Placed Order" in the last 90 days', *AS_OF),
        ("sql", 'gender is "female"', *AS_OF),
    ],
)  # fmt: skip
def test_a_command_says_of_a_server_what_it_says_of_a_file(
    running: Running, arguments: tuple[str, ...]
) -> None:
    remote, local = running.both(*arguments)
    assert remote == local
    assert remote


def test_a_file_of_answers_is_the_same(running: Running, tmp_path: Path) -> None:
    for place, name in ((running.address, "remote.csv"), (str(running.copy), "local.csv")):
        running.run(place, "export", "can receive sms", "--to", str(tmp_path / name), *AS_OF)
    assert (tmp_path / "remote.csv").read_bytes() == (tmp_path / "local.csv").read_bytes()


def test_the_prompt_works_in_a_pipe(running: Running) -> None:
    command = [sys.executable, "-m", "segql", "repl", "--store", running.address]
    environment = {**os.environ, "SEGQL_TOKEN": running.token}
    asked = subprocess.run(
        command, input="everybody\n\\sql\n", capture_output=True, text=True, env=environment, check=False
    )
    assert "201 of 201" in asked.stdout or "200 of 200" in asked.stdout, asked


def test_mistakes_are_told_as_ever(running: Running) -> None:
    wrong = running.run(running.address, "count", 'did "Placed Ordr"')
    assert (wrong.returncode, "SG202" in wrong.stderr, "^^^" in wrong.stderr) == (1, True, True)
    nobody = running.run(running.address, "why", "nobody@x.example", "everybody")
    assert (nobody.returncode, "error S017" in nobody.stderr) == (1, True)


def test_a_wrong_token_is_told(running: Running) -> None:
    refused = running.run(running.address, "count", "everybody", token="segql_wrong")
    assert (refused.returncode, "error W001: Nobody is signed in." in refused.stderr) == (1, True)


def test_what_needs_the_file_says_so(running: Running) -> None:
    for arguments in (("sms", "inbox"), ("import", "profiles", "x.csv"), ("refresh",)):
        done = running.run(running.address, *arguments)
        assert (done.returncode, "the store's file" in " ".join(done.stderr.split())) == (2, True), (
            done.stderr
        )


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(RemoteError, match="does not answer") as raised:
        segql.connect(f"http://127.0.0.1:{port}").count("everybody")
    assert raised.value.code == "S040"
    with pytest.raises(ValueError, match="no address of a server"):
        segql.connect("shop.duckdb")


def test_the_store_is_held_by_the_server(running: Running) -> None:
    held = running.run(str(running.served), "count", "everybody")
    assert (held.returncode, "S002" in held.stderr) == (1, True)


def test_the_catalog_is_sent_once(running: Running) -> None:
    store = segql.connect(running.address, running.token)
    first = store.catalog
    assert store.catalog is first
    assert json.loads(first.without_counts().to_json()) == _catalog(running.copy)


def test_the_language_server_knows_the_names(running: Running, tmp_path: Path) -> None:
    editor = Editor(tmp_path, "--store", running.address, token=running.token)
    editor.open("a.segql", 'did "Placed Ordr"')
    (found,) = editor.diagnostics("a.segql", {"SG202"})
    assert 'did you mean "Placed Order"' in found.message
    assert editor.close() == 0


def _catalog(path: Path) -> Any:
    with segql.open(path) as store:
        return json.loads(store.catalog.without_counts().to_json())
