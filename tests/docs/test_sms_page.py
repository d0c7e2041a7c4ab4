"""docs/sms.md: its gates are the gates, in their order; its states are the states."""

import re
from pathlib import Path

from segql.sms import events
from segql.sms.gates import GATES
from segql.sms.messages import NEXT

PAGE = (Path(__file__).parents[2] / "docs" / "sms.md").read_text(encoding="utf-8")


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
    assert [name for name in (*written, events.REPLIED) if f"`{name}`" not in PAGE] == []
