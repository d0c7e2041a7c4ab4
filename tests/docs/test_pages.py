"""Every example in the docs and the README: definitions and Python run, commands and options exist, maps are read."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.main import get_command

import segql
from segql.cli.demo.loading import load
from segql.cli.demo.shop import make_shop

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str, *pages: Path) -> list[tuple[str, str]]:
    """The fenced blocks of a language: where, and what."""
    found = []
    for page in pages or PAGES:
        for match in re.finditer(
            rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        ):
            found.append(
                (f"{page.name}:{page.read_text('utf-8')[: match.start()].count(chr(10)) + 1}", match[1])
            )
    return found


@pytest.fixture(scope="module")
def store() -> Iterator[segql.Store]:
    with segql.open(":memory:") as store:
        shop = make_shop(seed=7, until=datetime(2026, 6, 1, tzinfo=UTC), profiles=300)
        load(store.database, shop, lambda what, rows: None)
        yield store


TUTORIAL = blocks("segql", ROOT / "docs" / "tutorial.md", ROOT / "docs" / "sms.md", ROOT / "README.md")


@pytest.mark.parametrize("text", [text for _, text in TUTORIAL], ids=[place for place, _ in TUTORIAL])
def test_definitions_of_the_tutorial_run_in_the_made_up_shop(store: segql.Store, text: str) -> None:
    assert segql.check(text, store.catalog) == ()
    if text.startswith("segment"):
        store.save_segments(text)
    else:
        assert 0 <= store.count(text, datetime(2026, 6, 1, tzinfo=UTC)) < 300


def test_python_of_every_page_runs() -> None:
    for page in PAGES:
        names: dict[str, object] = {}
        for place, code in blocks("python", page):
            exec(compile(code, place, "exec"), names)


def test_commands_exist_with_the_options_that_are_shown() -> None:
    from segql.cli.main import app

    commands = get_command(app)
    for place, text in blocks("console"):
        for line in text.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if not words or words[0] != "segql":
                continue
            command = commands
            for word in words[1:]:
                if not hasattr(command, "commands"):
                    break
                assert word in command.commands, f"{place}: {line}"
                command = command.commands[word]
            options = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= options, f"{place}: {line}"


def test_maps_are_read(tmp_path: Path) -> None:
    from segql.runtime.imports.map import read_map

    for _, text in blocks("toml"):
        path = tmp_path / "map.toml"
        path.write_text(text, encoding="utf-8")
        assert read_map(path).account is not None


def test_the_example_program_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = (ROOT / "examples" / "embed" / "audience.py").read_text(encoding="utf-8")
    exec(compile(code, "audience.py", "exec"), {"__name__": "__main__"})
    assert "1 of 2" in capsys.readouterr().out


def test_example_segments_are_canonical_and_right(store: segql.Store) -> None:
    paths = sorted((ROOT / "examples" / "segments").glob("*.segql"))
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert segql.format(text) == text
        store.save_segments(text, name=str(path))
    for segment in store.catalog.segments:
        assert 0 <= store.count(segment.name, datetime(2026, 6, 1, tzinfo=UTC)) < 300
