"""plan, apply, pull and versions as a person runs them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pyarrow as pa
import pytest

import segql as library
from segql.sms import Flow, Sms
from segql.sms.carriers.simulated import SimulatedCarrier
from tests.cli.command_line import Done
from tests.cli.command_line import segql as command_line

AT = ("--as-of", "2026-06-01T12:00Z")
GOLD = 'segment "Gold": -- our best\n  tier is "gold"\n'
FLOW = {"name": "Welcome", "text": "Hi.", "segment": "Gold"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a store of three people, and definitions in folders of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGQL_STORE", "shop.duckdb")
    with library.open("shop.duckdb", create=True) as store:
        store.upsert_profiles(
            pa.table({"external_id": ["a", "b", "c"], "tier": ["gold", "silver", "gold"]}), None
        )
    (tmp_path / "segments" / "deep").mkdir(parents=True)
    (tmp_path / "segments" / "gold.segql").write_text(GOLD)
    (tmp_path / "segments" / "deep" / "other.segql").write_text('segment "Other": not in segment "Gold"\n')
    yield tmp_path


def run(*arguments: object) -> Done:
    return command_line(*arguments, *AT)


def outcomes(done: Done, what: str = "segments") -> dict[str, str]:
    return {one["name"]: one["change"] for one in done.document[what]}


def test_a_plan_says_what_apply_does(folder: Path) -> None:
    done = run("plan", "segments", "--people", 2)
    assert (done.code, done.err) == (0, "")
    assert (
        done.out
        == """+ new: Gold (segments/gold.segql)
    + segment "Gold": -- our best
    +   tier is "gold"
  2 would enter, 0 would leave: 2 of 3
  enter: a, c
  changes: on event
  reads at most 0 of 0 events
  used by the segment "Other"

+ new: Other (segments/deep/other.segql)
    + segment "Other":
    +   not in segment "Gold"
  1 would enter, 0 would leave: 1 of 3
  enter: b
  changes: on event
  reads at most 0 of 0 events

2 new, 0 changed, 0 affected, 0 removed, 0 unchanged
"""
    )
    assert outcomes(run("apply", "segments", "--json")) == {"Gold": "new", "Other": "new"}
    assert run("plan", "segments").out == "0 new, 0 changed, 0 affected, 0 removed, 2 unchanged\n"


def test_applying_says_who_moved(folder: Path) -> None:
    run("apply", "segments")
    (folder / "segments" / "gold.segql").write_text('segment "Gold": tier is set and tier is not "gold"')
    done = run("apply", "segments")
    assert done.out == (
        "changed   Gold: 1 entered, 2 left, 1 of 3 are in\naffected  Other: 2 entered, 1 left, 2 of 3 are in\n"
    )
    assert run("apply", "segments").out == "unchanged Gold\nunchanged Other\n"


def test_a_change_shows_its_lines_and_whom_it_affects(folder: Path) -> None:
    run("apply", "segments")
    (folder / "segments" / "gold.segql").write_text('segment "Gold": tier is set and tier is not "gold"')
    assert (
        run("plan", "segments", "--people", 9).out
        == """~ changed: Gold (segments/gold.segql)
    - segment "Gold": -- our best
    -   tier is "gold"
    + segment "Gold":
    +   tier is set
    +   and tier is not "gold"
  1 would enter, 2 would leave: 1 of 3
  enter: b
  leave: a, c
  changes: on event
  reads at most 0 of 0 events
  used by the segment "Other"

~ affected: Other (segments/deep/other.segql)
  its text stays; it means something else because of what it is made of
  2 would enter, 1 would leave: 2 of 3
  enter: a, c
  leave: b
  changes: on event
  reads at most 0 of 0 events

0 new, 1 changed, 1 affected, 0 removed, 0 unchanged
"""
    )
    (found, _) = run("plan", "segments", "--json").document["segments"]
    assert (found["people"]["entered"], found["people"]["left"], found["used_by"]) == (
        1, 2, [{"kind": "segment", "name": "Other"}]
    )  # fmt: skip
    assert found["diff"][1] == '-   tier is "gold"'


def test_exit_codes_for_programs(folder: Path) -> None:
    assert [run("plan", "segments").code, run("plan", "segments", "--exit-code").code] == [0, 3]
    run("apply", "segments")
    assert run("plan", "segments", "--exit-code").code == 0
    (folder / "segments" / "gold.segql").write_text('segment "Gold": teir is "gold"')
    for command in ("plan", "apply"):
        wrong = run(command, "segments", "--json")
        assert (wrong.code, wrong.out) == (1, "")
        assert "SG201" in wrong.err and "segments/gold.segql:1:17" in wrong.err
    assert run("plan", "nothing").code == run("plan", "segments/gold.segql", "--prune").code == 2


def test_pruning_takes_what_stands_in_no_file_where_nothing_uses_it(folder: Path) -> None:
    run("apply", "segments")
    (folder / "segments" / "gold.segql").rename(folder / "gold.txt")
    refused = run("apply", "segments", "--prune")
    assert (refused.code, "S032" in refused.err) == (1, True)
    (folder / "segments" / "deep" / "other.segql").write_text('segment "Other": tier is set')
    with library.open("shop.duckdb") as store:
        sms = Sms(store, SimulatedCarrier(seed=1, path=":memory:"))
        sms.setup("ann", "owner", countries=("US",))
        sms.outbound.save_flow("ann", "owner", Flow(**FLOW))
    refused = run("plan", "segments", "--prune")
    assert (refused.code, 'The flow "Welcome" uses the segment "Gold"' in refused.err) == (1, True)
    with library.open("shop.duckdb") as store:
        Sms(store, SimulatedCarrier(seed=1, path=":memory:")).outbound.cancel("ann", "owner", "Welcome")
    assert outcomes(run("apply", "segments", "--prune", "--json")) == {"Gold": "removed", "Other": "changed"}
    assert run("count", "Gold").code == 1


def test_the_author_is_who_is_said_else_whom_git_commits_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "config", "user.name", "Ann Git"], check=True)
    run("apply", "segments")
    (folder / "segments" / "gold.segql").write_text('segment "Gold": tier is "silver"')
    run("apply", "segments", "--author", "bob")
    monkeypatch.setenv("PATH", "")  # no git
    monkeypatch.setenv("LOGNAME", "cyd")
    (folder / "segments" / "gold.segql").write_text('segment "Gold": tier is "bronze"')
    run("apply", "segments")
    assert [one["author"] for one in run("versions", "gold", "--json").document["versions"]] == [
        "Ann Git", "bob", "cyd"
    ]  # fmt: skip


def test_versions_tell_what_changed_and_what_was_said(folder: Path) -> None:
    run("apply", "segments", "--author", "ann")
    (folder / "segments" / "gold.segql").write_text('segment "Gold": tier is "silver"')
    run("apply", "segments", "--author", "bob")
    assert (
        run("versions", "Gold").out
        == """1  2026-06-01T12:00:00Z by ann
    + segment "Gold": -- our best
    +   tier is "gold"
2  2026-06-01T12:00:00Z by bob
    - segment "Gold": -- our best
    -   tier is "gold"
    + segment "Gold":
    +   tier is "silver"
"""
    )
    first = run("versions", "Gold", "--number", 1).out
    assert first == GOLD
    assert run("count", first).out.startswith("2 of 3")
    assert run("versions", "Gold", "--number", 3).code == 2
    assert "S030" in run("versions", "Gald").err


def test_pull_brings_a_folder_to_what_is_stored(folder: Path) -> None:
    run("apply", "segments")
    before = copytree("segments", "before")
    assert run("pull", "segments").out == ""
    with library.open("shop.duckdb") as store:
        store.save_segments(
            'segment "Gold" [tags: best]: -- our very best\n tier is "gold" segment "More": tier is set'
        )
        store.remove_segments(["Other"])
    done = run("pull", "segments")
    assert (done.code, done.out) == (
        0,
        "changed   segments/gold.segql\nnew       segments/more.segql\n"
        "kept      segments/deep/other.segql: Other is not stored\n",
    )
    assert (folder / "segments" / "gold.segql").read_text() == (
        'segment "Gold" [tags: best]: -- our very best\n  tier is "gold"\n'
    )
    assert (folder / "segments" / "deep" / "other.segql").read_text() == (
        before / Path("deep/other.segql")
    ).read_text()
    assert run("pull", "segments", "--json").document == {
        "files": [], "not_stored": [{"name": "Other", "file": "deep/other.segql"}]
    }  # fmt: skip
    assert outcomes(run("plan", "segments", "--json")) == {
        "Gold": "unchanged", "More": "unchanged", "Other": "new"
    }  # fmt: skip
    assert run("pull", "elsewhere").code == 0
    assert run("fmt", "--check", *(folder / "elsewhere").iterdir()).code == 0
    (folder / "segments" / "gold.segql").write_text("segment")
    assert "SG101" in run("pull", "segments").err


@pytest.mark.parametrize("command", ["plan", "apply", "pull", "versions"])
def test_help_has_an_example_and_the_common_options(command: str) -> None:
    done = command_line(command, "--help")
    assert f"Example: segql {command}" in done.out
    assert all(option in done.out for option in ("--store", "--as-of", "--json"))
