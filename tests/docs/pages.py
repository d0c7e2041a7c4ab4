"""The pages of the docs, taken apart: fenced blocks, the definitions in them, the commands with what they print."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCS = ROOT / "docs"

# A line that goes on with the definition above it.
_GOES_ON = re.compile(r"\s|(?:and|or|then|by)\b|\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: the page and the line where it begins, its language, its text, and the words before it."""

    place: str
    language: str
    text: str
    before: str


@dataclass(frozen=True)
class Command:
    """A line of a console, and what the page says that it prints ("": anything)."""

    place: str
    words: tuple[str, ...]
    output: str


def blocks(page: Path, *languages: str) -> list[Block]:
    """The fenced blocks of a page in these languages, in order."""
    text = page.read_text("utf-8")
    found = []
    for match in re.finditer(r"^```([\w ]+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if match[1] in languages:
            before = text[: match.start()]
            line = before.count("\n") + 1
            found.append(
                Block(f"{page.name}:{line}", match[1], match[2], before.rstrip().rpartition("\n\n")[2])
            )
    return found


def definitions(block: Block) -> list[str]:
    """The texts of a block of the language. One with segments or templates is one text; otherwise every line is a
    definition of its own, but for those that go on with the line above."""
    if re.search(r"^(?:segment|define)\b", block.text, re.MULTILINE):
        return [block.text]
    found: list[str] = []
    for line in block.text.splitlines():
        if found and _GOES_ON.match(line):
            found[-1] += f"\n{line}"
        elif line.strip():
            found.append(line)
    return found


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console. Where lines begin with a `$`, those between them are what the command prints."""
    prompted = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    parts = prompted[1:] or block.text.splitlines()
    for part in parts:
        line, _, output = part.partition("\n")
        words = shlex.split(line, comments=True)
        if words:
            yield Command(block.place, tuple(words), output.strip())
