"""`segql serve` as a person starts it, and questions of the command line to it instead of a file."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import segql
from segql.runtime.server import RemoteError
from tests.lsp.editor import Editor
from tests.web.office import NOON
from tests.web.running import Running

AS_OF = ("--as-of", NOON.isoformat())


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
    assert re.search(r"50\d of 50\d", asked.stdout), asked


def test_mistakes_are_told_as_ever(running: Running) -> None:
    wrong = running.run(running.address, "count", 'did "Placed Ordr"')
    assert (wrong.returncode, "SG202" in wrong.stderr, "^^^" in wrong.stderr) == (1, True, True)
    nobody = running.run(running.address, "why", "nobody@x.example", "everybody")
    assert (nobody.returncode, "error S017" in nobody.stderr) == (1, True)


def test_a_wrong_token_is_told(running: Running) -> None:
    refused = running.run(running.address, "count", "everybody", token="segql_wrong")
    assert (refused.returncode, "error W001: Nobody is signed in." in refused.stderr) == (1, True)


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
