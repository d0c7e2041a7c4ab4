"""What is stored, written into a folder of files: into the file that defines it already, else into one of its own."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from segql.compiler.catalog.model import Catalog
from segql.compiler.folder import Folder
from segql.compiler.format import format, format_segment, rewritten
from segql.compiler.parse.parser import parse_text
from segql.compiler.text import fold
from segql.runtime.definitions import defines_of

# File systems take names of 255 bytes at least.
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Pulled:
    """The texts of files that are to be written, by their names in the folder; and the names of segments and `define`s
    that stand in files and are not stored, which are left there, with their files."""

    files: dict[str, str]
    not_stored: dict[str, str]


def pull(catalog: Catalog, texts: Mapping[str, str], taken: Collection[str]) -> Pulled:
    """Bring files (their texts by their names) to what a catalog has stored, comments included. Statements that say it
    already stay as they are, and so does everything between them.

    `taken`: the names of all files of the folder. Raises `DefinitionError` where a file cannot be read."""
    for name, text in texts.items():
        parse_text(text, name)
    stored: dict[tuple[str, str], tuple[object, str]] = {
        ("segment", fold(one.name)): (one, format_segment(one)) for one in catalog.segments
    }
    for name, text in defines_of(catalog).items():
        stored["define", fold(name)] = (text, format(text))
    changes: dict[str, dict[int, str]] = defaultdict(dict)
    not_stored: dict[str, str] = {}
    found = set()
    for placed in Folder(texts).defined:
        statement = placed.statement
        if placed.key not in stored:
            not_stored[statement.name] = placed.file
            continue
        found.add(placed.key)
        meant, canonical = stored[placed.key]
        if placed.stored != meant:
            changes[placed.file][placed.index] = canonical.rstrip("\n")
    files = {name: rewritten(texts[name], changed, name) for name, changed in changes.items()}
    used = {fold(name) for name in taken}
    for key in sorted(stored.keys() - found):
        name = _file_name(key, used)
        used.add(fold(name))
        files[name] = stored[key][1]
    return Pulled(files, not_stored)


def _file_name(key: tuple[str, str], used: Collection[str]) -> str:
    """A name that every file system takes and no other file has, such as `sms-vips.segql`."""
    kind, name = key
    words = re.sub(r"\W+", "-", name).strip("-")[:_LONGEST_NAME] or "segment"
    stem = words if kind == "segment" else f"define-{words}"
    candidates = (f"{stem}{f'-{number}' if number else ''}.segql" for number in range(len(used) + 1))
    return next(candidate for candidate in candidates if fold(candidate) not in used)
