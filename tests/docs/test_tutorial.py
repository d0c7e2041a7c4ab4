"""docs/tutorial.md: its definitions mean as many people as it says, its commands print what it says."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

import segql
from tests.cli.command_line import segql as command_line
from tests.docs.conftest import NOW
from tests.docs.pages import DOCS, Block, blocks, commands

PAGE = DOCS / "tutorial.md"
BLOCKS = blocks(PAGE, "segql")
COUNT = re.compile(r"-- ([\d,]+) people$", re.MULTILINE)


@pytest.fixture(scope="module")
def told(store: segql.Store) -> Iterator[segql.Store]:
    """The shop with the segments of the whole page, whose memberships are kept."""
    for block in BLOCKS:
        if re.match("segment|define", block.text):
            store.save_segments(block.text, NOW)
    yield store


def counted(block: Block) -> list[tuple[str, int]]:
    """What is counted in a block, and what the page says of it: its segments, else the condition."""
    numbers = [int(number.replace(",", "")) for number in COUNT.findall(block.text)]
    names = re.findall(r'^segment "(.*?)"', block.text, re.MULTILINE)
    return list(zip(names or [block.text], numbers, strict=True)) if numbers else []


@pytest.mark.parametrize("block", BLOCKS, ids=[block.place for block in BLOCKS])
def test_definition_means_as_many_people_as_the_page_says(told: segql.Store, block: Block) -> None:
    assert [problem for problem in segql.check(block.text, told.catalog) if problem.severity != "hint"] == []
    assert {text: told.count(text, NOW) for text, _ in counted(block)} == dict(counted(block))
    if not re.match("segment|define", block.text):
        assert told.ask(block.text, NOW).num_rows >= 0


def test_commands_print_what_the_page_says(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("SEGQL_STORE", copy(shop, tmp_path))
    for block in blocks(PAGE, "segql", "console"):
        if block.language == "segql":
            if name := re.search(r"Write this into `([\w.]+)`", block.before):
                (tmp_path / name[1]).write_text(block.text, encoding="utf-8")
            continue
        for command in commands(block):
            if command.words[0] == "segql" and command.words[1] != "demo":
                done = command_line(*command.words[1:])
                wrong = command.output.startswith("error")
                assert done.code == (1 if wrong else 0), f"{command.place}: {done.err}"
                if command.output:
                    assert printed(done.err if wrong else done.out) == printed(command.output), command.place


def printed(text: str) -> str:
    """What is to be compared: without the blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
