"""Each command works at a server, or says that it needs the file: every one is run as its help shows it, at a server that
is not there."""

import io
import re
import shlex
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from segql.cli.main import app
from tests.cli.command_line import segql as run

# What works on the file, as it must be there, or as a server does it by itself.
NEEDS_FILE = {
    "backup", "restore", "demo", "serve", "refresh --watch",
    "sms advance", "sms forward", "sms click", "sms unsubscribe",
}  # fmt: skip
# What asks no store, or the store of the example only where it has to.
NEEDS_NOTHING = {"fmt", "convert", "lsp"}


def examples() -> Iterator[tuple[str, list[str]]]:
    """The name of each command, and the arguments of its example."""
    yield from _below("", typer.main.get_command(app))


def _below(name: str, command: Any) -> Iterator[tuple[str, list[str]]]:
    if below_it := getattr(command, "commands", None):
        for each, below in below_it.items():
            yield from _below(f"{name} {each}".strip(), below)
        return
    shown = re.search(r"Example: segql (.+)", command.help or "")
    assert shown is not None, name
    words = shlex.split(shown[1].partition(" > ")[0])
    if "--store" in words:
        at = words.index("--store")
        del words[at : at + 2]
    yield f"{name} --watch" if "--watch" in words else name, words


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a server that is not there, and the files that the examples name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("everybody\n"))
    Path("segments").mkdir()
    Path("segments/all.segql").write_text('segment "All": everybody\n')
    Path("codes.txt").write_text("ABCD\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize(("name", "arguments"), [pytest.param(*one, id=one[0]) for one in examples()])
def test_a_command_reaches_the_server_or_says_that_it_needs_the_file(
    nowhere: str, name: str, arguments: list[str]
) -> None:
    if name in NEEDS_NOTHING:
        return
    done = run(*arguments, "--store", nowhere)
    expected = "error S041" if name in NEEDS_FILE else "error S040"
    assert (done.code, done.err.startswith(expected)) == (1, True), done.err


def test_what_is_said_of_commands_is_said_of_some() -> None:
    assert {name for name, _ in examples()} >= NEEDS_FILE | NEEDS_NOTHING
