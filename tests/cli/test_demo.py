"""`segql demo`: the same story for the same seed, figures that add up, and never a person's data lost."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import segql as library
from segql.cli.demo.home import example_segments, new_store
from segql.cli.demo.story import Times
from segql.sms import Sms
from segql.sms.carriers.simulated import memory_beside

from .command_line import segql

SEGQL = Path(sys.executable).with_name("segql")
NEW_YORK = ZoneInfo("America/New_York")
STORY = ("demo", "--profiles", "400", "--seed", "3", "--as-of", "2026-06-02 09:00")
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)


def surroundings(hash_seed: int) -> dict[str, str]:
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    environment.pop("SEGQL_STORE", None)
    return environment


def in_a_pipe(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder, with everything that it writes going into pipes."""
    return subprocess.run(
        [SEGQL, *arguments], cwd=folder, env=surroundings(1), capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    """The story as JSON, its store left in the folder."""
    done = in_a_pipe(folder, *STORY, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture
def store(folder: Path, told: dict[str, Any]) -> Iterator[library.Store]:
    """The store that the story left."""
    with library.open(folder / "segql-demo.duckdb") as opened:
        yield opened


def test_the_store_that_is_left_says_the_same(told: dict[str, Any], store: library.Store) -> None:
    evening = datetime.fromisoformat(told["segments"]["as_of"])
    assert told["shop"]["people"] == told["segments"]["of"] == 400
    assert store.population() == 401, "the one who texted JOIN has come"
    for segment in told["segments"]["segments"]:
        # A rank is among everybody, of whom there is one more by now.
        if store.compile(segment["definition"]).refresh != "needs everybody":
            assert store.count(segment["name"], evening) == segment["count"], segment["name"]
        assert segment["share"] == segment["count"] / 400
        assert segment["english"].startswith("People ")
    for change in told["next_segments"]["changes"]:
        assert store.count(change["name"], NOON) == change["after"]
    with closing(Sms(store)) as sms:
        report = sms.report(told["report"]["report"]["campaign"])
        assert (report.states, report.clicks) == (
            told["report"]["report"]["states"],
            told["report"]["report"]["clicks"],
        )


def test_every_example_segment_is_told(told: dict[str, Any]) -> None:
    written = [
        name for _, text in example_segments() for name in re.findall(r'^segment "([^"]+)"', text, re.M)
    ]
    assert len(written) >= 10
    assert [segment["name"] for segment in told["segments"]["segments"]] == written


def test_c01_audience_is_who_the_gates_take_out_and_who_remains(told: dict[str, Any]) -> None:
    for preview in (told["preview"]["preview"], told["next_preview"]["preview"]):
        assert preview["audience"] == sum(preview["gates"].values()) + preview["remaining"] > 0
        for figure in ("parts", "credits"):
            assert preview[figure] == sum(country[figure] for country in preview["countries"])
        assert preview["remaining"] == sum(country["messages"] for country in preview["countries"])
    assert told["preview"]["preview"]["remaining"] > 0


def test_c06_report_accounts_for_everybody_in_the_audience(told: dict[str, Any]) -> None:
    preview, report, night = told["preview"]["preview"], told["report"]["report"], told["night"]
    assert report["recipients"] == sum(report["states"].values()) == preview["audience"]
    assert report["states"]["skipped"] == sum(report["skipped"].values())
    assert report["states"]["failed"] == sum(report["failed"].values()) == sum(night["failed"].values())
    assert report["received"] == night["delivered"] > 0
    assert report["clicks"] == night["clicks"]
    assert report["conversions"] == night["orders"]
    assert report["revenue"] == pytest.approx(night["revenue"])


def test_a09_people_in_quiet_hours_wait_and_get_theirs_by_morning(told: dict[str, Any]) -> None:
    assert told["sent"]["held"] == told["preview"]["preview"]["gates"]["quiet_hours"] > 0
    assert told["sent"]["handed_over"] == told["preview"]["preview"]["remaining"]
    assert told["report"]["report"]["states"]["held"] == 0


def test_b03_b04_d01_customers_texts_are_answered_as_their_words_ask(told: dict[str, Any]) -> None:
    stop, question, join = told["night"]["exchanges"]
    assert len(stop["answers"]) == len(join["answers"]) == 1
    assert "unsubscribed" in stop["answers"][0] and "subscribed" in join["answers"][0]
    assert question["answers"] == []
    assert [text["inbox"] for text in (stop, question, join)] == [None, "conversation", None]


def test_the_next_segment_sees_what_happened(told: dict[str, Any]) -> None:
    changes = {change["name"]: change for change in told["next_segments"]["changes"]}
    for change in changes.values():
        assert change["after"] == change["before"] + change["entered"] - change["left"]
    assert changes["SMS Subscribers"]["entered"] == changes["SMS Subscribers"]["left"] == 1
    # The new subscriber is one of the engaged; who clicked may have been one before.
    assert 1 <= changes["SMS Engaged (30 days)"]["entered"] <= 1 + told["night"]["clicks"]


def test_a08_second_campaign_leaves_those_alone_who_were_just_texted(told: dict[str, Any]) -> None:
    assert told["preview"]["preview"]["gates"]["smart_sending"] == 0
    assert told["next_preview"]["preview"]["gates"]["smart_sending"] > 0


def test_a_pipe_gets_plain_text_and_no_progress_bar(tmp_path: Path) -> None:
    done = in_a_pipe(tmp_path, "demo", "--profiles", "100", "--as-of", "2026-06-02 09:00")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout and "\r" not in done.stdout
    lines = done.stdout.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    assert [int(line[0]) for line in lines if re.match(r"\d  \S", line)] == list(range(1, 10))
    assert max(map(len, lines)) <= 110


def test_same_story_again_made_anew_with_progress_bars_on_a_terminal(
    folder: Path, told: dict[str, Any]
) -> None:
    master, slave = pty.openpty()
    with subprocess.Popen(
        [SEGQL, *STORY, "--json"],
        cwd=folder,
        env=surroundings(2),
        stdout=subprocess.PIPE,
        stderr=slave,
    ) as process:
        os.close(slave)
        shown = b"".join(read_all(master))
        assert process.stdout is not None
        assert json.loads(process.stdout.read()) == told
    assert b"loading" in shown and b"counting segments" in shown


def read_all(master: int) -> Iterator[bytes]:
    """What a terminal shows, until its last writer is gone."""
    try:
        while part := os.read(master, 65536):
            yield part
    except OSError:
        return  # Linux says so where other systems give nothing more to read
    finally:
        os.close(master)


def test_a_persons_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.duckdb"
    with library.open(path, create=True):
        pass
    before = path.read_bytes()
    done = segql("demo", "--store", path)
    assert done.code == 2
    assert "was not made by the demo" in done.err and "--store" in done.err
    assert path.read_bytes() == before


def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada")
    done = segql("demo", "--store", path)
    assert (done.code, done.out) == (1, "")
    assert "S003" in done.err
    assert path.read_text() == "Dear Ada"


def test_a_carriers_memory_without_its_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    memory_beside(path).write_text("who knows")
    assert segql("demo", "--store", path).code == 2
    assert memory_beside(path).read_text() == "who knows"
    assert not path.exists()


def test_a_store_of_the_demo_is_made_anew_with_what_belongs_to_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    with new_store(path) as store:
        store.save_segments('segment "Mine": email is set')
    memory_beside(path).write_text("texts of the earlier story")
    with new_store(path) as store:
        assert store.catalog.segments == ()
    assert not memory_beside(path).exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--profiles", "5"), "--profiles"),
        (("--profiles", "many"), "--profiles"),
        (("--seed", "-1"), "--seed"),
        (("--as-of", "yesterdayish"), "--as-of"),
    ],
)
def test_wrong_use_is_said_before_anything_is_made(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = segql("demo", "--store", tmp_path / "demo.duckdb", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = segql("demo", "--store", tmp_path / "nowhere" / "demo.duckdb")
    assert done.code == 1
    assert "S004" in done.err and "nowhere" in done.err


@given(st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_story_ends_at_the_last_noon_and_begins_the_evening_before(present: datetime) -> None:
    times = Times.before(present)
    assert times.evening < times.morning < times.noon <= present
    assert present - times.noon < timedelta(hours=25)
    assert times.evening.astimezone(NEW_YORK).time() == time(20, 30)
    assert times.noon.astimezone(NEW_YORK).time() == time(12)
    assert times.noon - times.evening < timedelta(hours=17)
