"""`segql refresh` as a person runs it."""

import io
import json
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

import segql as library
from segql.cli.refresh import tell_all
from segql.runtime.refresh.upkeep import Upkeep
from tests.cli.command_line import segql
from tests.refresh.shop import DAY, NOON, order, stock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with library.open(path, create=True) as store:
        stock(store)
    return path


def test_it_says_how_many_are_in_and_came_and_went(path: Path) -> None:
    done = segql("refresh", "Big", "recent", "--store", path, "--as-of", "2026-06-01 12:00")
    assert done.code == 0, done.err
    assert [line.split() for line in done.out.splitlines()] == [
        ["segment", "members", "entered", "left"],
        ["Big", "1", "1", "0"],
        ["Recent", "2", "2", "0"],
    ]


def test_json_tells_each_change_after_the_first_refresh(path: Path) -> None:
    first = segql("refresh", "Lapsed", "--store", path, "--as-of", "2026-06-01 12:00", "--json").document
    assert first == {
        "as_of": "2026-06-01T12:00:00Z",
        "segments": [{"segment": "Lapsed", "members": 1, "entered": 1, "left": 0, "first": True}],
        "changes": [],
        "broken": [],
    }
    second = segql("refresh", "--store", path, "--as-of", "2026-06-04 12:00", "--json").document
    assert second["segments"][4] == {
        "segment": "Lapsed",
        "members": 2,
        "entered": 1,
        "left": 0,
        "first": False,
    }
    assert second["changes"] == [
        {
            "at": "2026-06-04T12:00:00Z", "segment": "Lapsed", "profile_id": 1, "change": "entered", "cause": "time",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nobody"], 1, 'error S030: There is no stored segment called "nobody".'),
        (["--watch", "--as-of", "2026-06-01"], 2, "--watch follows the clock"),
    ],
)
def test_what_is_refused(path: Path, arguments: list[str], code: int, said: str) -> None:
    done = segql("refresh", *arguments, "--store", path)
    assert done.code == code
    assert said in done.err
    assert done.out == ""


def test_a_segment_that_holds_no_more_is_told_and_the_others_are_refreshed(path: Path) -> None:
    with library.open(path) as store, store.database.transaction() as connection:
        connection.execute("UPDATE segments SET definition = 'did \"Nothing\"' WHERE name = 'Buyers'")
    done = segql("refresh", "--store", path, "--as-of", "2026-06-01 12:00")
    assert done.code == 1
    assert 'the segment "Buyers" was not refreshed' in done.err
    assert 'there is no event called "Nothing"' in done.err
    assert "Big" in done.out


@pytest.mark.parametrize("as_json", [False, True])
def test_a_line_for_each_change(path: Path, as_json: bool) -> None:
    out = io.StringIO()
    with library.open(path) as store, redirect_stdout(out):
        upkeep = Upkeep()
        first = upkeep.refresh(store.database, ["Big"], NOON)
        order(store, ("cyd", NOON, 1000))
        tell_all([first, upkeep.refresh(store.database, ["Big"], NOON + DAY)], as_json=as_json)
    lines = out.getvalue().splitlines()
    if as_json:
        assert [json.loads(line) for line in lines] == [
            {"at": "2026-06-01T12:00:00Z", "segment": "Big", "members": 1, "entered": 1, "left": 0, "first": True},
            {
                "at": "2026-06-02T12:00:00Z", "segment": "Big", "profile_id": 2, "change": "entered", "cause": "data",
            },
        ]  # fmt: skip
    else:
        assert lines == [
            "2026-06-01T12:00:00Z  Big: 1 people",
            "2026-06-02T12:00:00Z  Big: entered profile 2  (data)",
        ]


def test_watching_ends_cleanly_when_it_is_interrupted(path: Path) -> None:
    command = [sys.executable, "-m", "segql", "refresh", "Buyers", "--watch", "--json", "--store", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["members"] == 3
        watching.send_signal(signal.SIGINT)
        _, said = watching.communicate(timeout=60)
    assert (watching.returncode, said) == (0, "")
    with library.open(path) as store:
        assert store.count("Buyers") == 3
