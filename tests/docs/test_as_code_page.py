"""docs/segments-as-code.md: its commands work one after the other, so do those of the workflow, and git runs the hooks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
import yaml

from tests.docs.pages import DOCS, ROOT, blocks

PAGE = DOCS / "segments-as-code.md"
HOOKS, WORKFLOW = (yaml.safe_load(block.text) for block in blocks(PAGE, "yaml"))


class Machine:
    """A folder on a machine with segql, git and the made-up shop."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder = folder
        binaries = folder / "bin"
        binaries.mkdir()
        # The segql of this checkout, whatever else is installed.
        (binaries / "segql").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m segql "$@"\n')
        (binaries / "segql").chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{binaries}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "PREK_HOME": str(folder / "prek"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ann",
            "GIT_AUTHOR_EMAIL": "ann@example.com",
            "GIT_COMMITTER_NAME": "Ann",
            "GIT_COMMITTER_EMAIL": "ann@example.com",
            "SEGQL_STORE": str(store),
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        }

    def run(self, command: str, folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
        # As GitHub runs it where the shell is bash.
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", command],
            cwd=folder or self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def done(self, command: str, folder: Path | None = None) -> str:
        done = self.run(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def machine(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which the commands of the page were run, each of which printed what the page says."""
    folder = tmp_path_factory.mktemp("machine")
    made = Machine(folder, Path(copy(shop, folder)))
    for block in blocks(PAGE, "console"):
        for part in block.text.removeprefix("$ ").split("\n$ "):
            command, _, printed = part.partition("\n")
            found = made.done(command)
            assert not printed.strip() or found.rstrip() == printed.rstrip(), f"{block.place}: {command}"
    yield made


def steps(job: str) -> Iterator[str]:
    """The commands of a job of the workflow."""
    for step in WORKFLOW["jobs"][job]["steps"]:
        if "run" in step and not step["run"].startswith("pip install"):
            yield step["run"]


def test_the_workflow_checks_without_a_store(machine: Machine, tmp_path: Path) -> None:
    machine.environment["SEGQL_STORE"], store = str(tmp_path / "none"), machine.environment["SEGQL_STORE"]
    found = [machine.run(command) for command in steps("check")]
    machine.environment["SEGQL_STORE"] = store
    assert [one.returncode for one in found] == [0, 0, 0], found
    assert found[2].stdout.endswith("examples, 0 wrong\n") and not found[2].stdout.startswith("0 ")


def test_the_workflow_plans_into_the_summary_and_applies(machine: Machine) -> None:
    file = machine.folder / "segments" / "canada-by-number.segql"
    file.write_text(file.read_text().replace('"CA"', '"GB"'))
    (plan,) = steps("plan")
    said = machine.done(plan)
    assert "~ changed: Canada by number" in said
    assert (machine.folder / "summary.md").read_text() == said
    machine.environment["AUTHOR"] = "ann; touch hacked"
    (apply,) = steps("apply")
    machine.done(apply)
    assert "by ann; touch hacked" in machine.done('segql versions "Canada by number"')
    assert not (machine.folder / "hacked").exists()
    file.write_text("segment")
    assert machine.run(plan).returncode == 1


def test_the_workflow_may_read_only_and_runs_no_text_of_others() -> None:
    # YAML 1.1 reads the key `on` as true.
    assert set(WORKFLOW[True]) == {"pull_request", "push"}
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "${{" not in "".join(command for job in WORKFLOW["jobs"] for command in steps(job))


def test_git_runs_the_hooks_before_a_commit(machine: Machine, tmp_path: Path) -> None:
    hooks, shop = tmp_path / "hooks", tmp_path / "shop"
    for folder in (hooks, shop):
        folder.mkdir()
        machine.done("git init --quiet", folder)
    copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    machine.done("git add . && git commit --quiet --message hooks", hooks)
    config: dict[str, Any] = HOOKS["repos"][0] | {
        "repo": str(hooks), "rev": machine.done("git rev-parse HEAD", hooks).strip()
    }  # fmt: skip
    (shop / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [config]}))
    copy(machine.folder / "catalog.json", shop)
    (shop / "segments").mkdir()
    machine.done("prek install --quiet", shop)

    file = shop / "segments" / "women.segql"
    file.write_text('SEGMENT "Women": gender is "female" and can receive sms')
    commit = "git add . && git commit --quiet --message women"
    refused = machine.run(commit, shop)
    assert refused.returncode == 1
    assert "files were modified by this hook" in refused.stdout + refused.stderr
    assert file.read_text() == 'segment "Women":\n  gender is "female"\n  and can receive sms\n'
    machine.done(commit, shop)

    file.write_text(file.read_text().replace("gender", "gander"))
    refused = machine.run(commit, shop)
    assert refused.returncode == 1
    assert "SG201" in refused.stdout + refused.stderr
    assert machine.done("git log --oneline", shop).count("\n") == 1
