"""Every example in the docs and the README: definitions and Python run, commands and options exist, maps are read."""

import os
import re
import runpy
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.main import get_command

import segql
from tests.docs.conftest import NOW
from tests.docs.pages import PAGES, ROOT, blocks, commands, definitions

# These pages have tests of their own, which ask more.
_TESTED_ELSEWHERE = {"errors.md", "language.md", "peers.md", "predictions.md", "tutorial.md"}
DEFINITIONS = [
    (block.place, text)
    for page in PAGES
    if page.name not in _TESTED_ELSEWHERE
    for block in blocks(page, "segql")
    for text in definitions(block)
]


@pytest.mark.parametrize("text", [text for _, text in DEFINITIONS], ids=[place for place, _ in DEFINITIONS])
def test_definitions_run_in_the_made_up_shop(store: segql.Store, text: str) -> None:
    assert segql.check(text, store.catalog) == ()
    if text.startswith("segment"):
        store.save_segments(text, NOW)
    else:
        assert 0 <= store.count(text, NOW) < store.population()


def test_python_of_every_page_runs() -> None:
    for page in PAGES:
        names: dict[str, object] = {}
        for block in blocks(page, "python"):
            exec(compile(block.text, block.place, "exec"), names)


def test_commands_exist_with_the_options_that_are_shown() -> None:
    from segql.cli.main import app

    known = get_command(app)
    for block in (block for page in PAGES for block in blocks(page, "console")):
        for command in commands(block):
            if command.words[0] != "segql":
                continue
            found = known
            for word in command.words[1:]:
                if not hasattr(found, "commands"):
                    break
                assert word in found.commands, f"{command.place}: {command.words}"
                found = found.commands[word]
            options = {option for parameter in found.params for option in parameter.opts}
            shown = {word for word in command.words if word.startswith("--")}
            assert shown <= options, f"{command.place}: {command.words}"


def test_maps_are_read(tmp_path: Path) -> None:
    from segql.runtime.imports.map import read_map

    for block in (block for page in PAGES for block in blocks(page, "toml")):
        path = tmp_path / "map.toml"
        path.write_text(block.text, encoding="utf-8")
        assert read_map(path).account is not None


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            target, _, heading = link.partition("#")
            if "://" in target:
                continue
            file = page if not target else (page.parent / target)
            assert file.exists(), f"{page.name}: {link}"
            assert not heading or heading in anchors(file), f"{page.name}: {link}"


def anchors(page: Path) -> set[str]:
    """What the headings of a page are linked by."""
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_the_example_program_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = (ROOT / "examples" / "embed" / "audience.py").read_text(encoding="utf-8")
    exec(compile(code, "audience.py", "exec"), {"__name__": "__main__"})
    assert "1 of 2" in capsys.readouterr().out


def test_own_tables_are_asked(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "examples" / "embed" / "own_tables.py"), run_name="__main__")
    assert "[('u-ada',)]" in capsys.readouterr().out


def test_sqlalchemy_asks_postgresql(
    postgresql: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgresql.replace("postgresql:", "postgresql+psycopg:", 1)
    monkeypatch.setattr("sys.argv", ["with_sqlalchemy.py", address])
    runpy.run_path(str(ROOT / "examples" / "embed" / "with_sqlalchemy.py"), run_name="__main__")
    assert capsys.readouterr().out == "['Ada']\n"


def test_django_asks_postgresql(postgresql: str) -> None:
    """The example's own tests, run as a developer of it runs them."""
    folder = ROOT / "examples" / "django"
    environment = {**os.environ, "DATABASE": postgresql, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "test"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Ran 5 tests" in done.stderr) == (0, True), done.stderr


def test_example_segments_are_canonical_and_right(store: segql.Store) -> None:
    paths = sorted((ROOT / "examples" / "segments").glob("*.segql"))
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert segql.format(text) == text
        assert segql.check(text, store.catalog) == ()
        assert [
            result for result in store.test(text, datetime(2026, 6, 1, tzinfo=UTC)) if not result.holds
        ] == []
        store.save_segments(text, NOW, name=str(path))
    for segment in store.catalog.segments:
        assert 0 <= store.count(segment.name, NOW) < store.population()
