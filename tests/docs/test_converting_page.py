"""docs/converting.md: its commands work one after the other, and print what the page says."""

import json
from pathlib import Path
from shutil import copy

from tests.docs.pages import DOCS, blocks
from tests.docs.test_as_code_page import Machine

PAGE = DOCS / "converting.md"


def test_the_commands_print_what_the_page_says(shop: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path, Path(copy(shop, tmp_path)))
    for name, block in zip(("vips.json", "names.json"), blocks(PAGE, "json"), strict=True):
        (tmp_path / name).write_text(block.text)
    for block in blocks(PAGE, "console"):
        for part in block.text.removeprefix("$ ").split("\n$ "):
            command, _, printed = part.partition("\n")
            found = machine.done(command)
            assert not printed.strip() or found.rstrip() == printed.rstrip(), f"{block.place}: {command}"
    (there,) = json.loads((tmp_path / "vips.json").read_text())["condition_groups"][1:]
    (back,) = json.loads((tmp_path / "back.json").read_text())
    assert back["definition"]["condition_groups"][1] == there
