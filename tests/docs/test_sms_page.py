"""docs/sms.md and docs/campaigns.md: the gates are the gates, in their order; the states are the states; the commands
work, one after the other."""

import re
from pathlib import Path
from shutil import copy

import pytest

from segql.sms import events
from segql.sms.gates import GATES
from segql.sms.messages import NEXT
from tests.cli.command_line import segql as command_line
from tests.docs.pages import DOCS, blocks, commands

CAMPAIGNS = DOCS / "campaigns.md"
PAGE = CAMPAIGNS.read_text(encoding="utf-8")
SMS = (DOCS / "sms.md").read_text(encoding="utf-8")


def test_gates() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (skipped|waits) \|$", PAGE, re.MULTILINE)
    assert rows == [(gate.code, gate.words, "waits" if gate.holds else "skipped") for gate in GATES]


def test_states() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([a-z, ]*)\|$", PAGE, re.MULTILINE)
    assert {state: tuple(filter(None, following.strip().split(", "))) for state, following in rows} == NEXT


def test_events() -> None:
    written = (
        events.SUBSCRIBED,
        events.UNSUBSCRIBED,
        events.RECEIVED,
        events.FAILED,
        events.CLICKED,
        events.TEXTED_US,
    )
    assert [name for name in (*written, events.REPLIED) if f"`{name}`" not in SMS] == []


def test_commands_of_the_page_work_one_after_the_other(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGQL_STORE", copy(shop, tmp_path))
    copy(f"{shop}.carrier", tmp_path)
    for block in blocks(CAMPAIGNS, "console"):
        for command in commands(block):
            if command.words[0] == "printf":
                (tmp_path / command.words[-1]).write_text(command.words[1].replace("\\n", "\n"))
            else:
                done = command_line(*command.words[1:])
                assert done.code == 0, f"{command.place}: {done.err}"
