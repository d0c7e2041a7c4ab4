"""What a form consists of: parts, each with a kind, values by name and parts below it; and how they are sent."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

Path = tuple[int, ...]
ROOT: Path = (0,)
# The form's own fields beside those of the parts.
_SEPARATOR = ":"
# No definition is nested deeper.
_DEEPEST = 70
# Fields of one line cannot hold these.
_LINE_ENDS = ("\n", "\r")


class IncompleteError(ValueError):
    """What is missing in a part, or cannot be read, as its reader is told."""


@dataclass
class Part:
    """A group of conditions, or a row: one condition. The values of a name are in order; flags are there or not."""

    kind: str
    values: dict[str, list[str]] = field(default_factory=dict)
    children: list["Part"] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The one value of a name; nothing where there is none."""
        return next(iter(self.values.get(name, ())), "")

    def has(self, name: str) -> bool:
        """Whether a flag is set."""
        return bool(self.get(name))

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a name."""
        return tuple(self.values.get(name, ()))

    def fits_fields(self) -> bool:
        """Whether all values can stand in fields of one line, here and below."""
        lines = (value for values in self.values.values() for value in values)
        return not any(end in value for value in lines for end in _LINE_ENDS) and all(
            child.fits_fields() for child in self.children
        )


def walk(part: Part, path: Path = ROOT) -> Iterator[tuple[Path, Part]]:
    """A part and all below it, each with where it stands."""
    yield path, part
    for index, child in enumerate(part.children):
        yield from walk(child, (*path, index))


def part_at(root: Part, path: Path) -> Part:
    """The part that stands somewhere. Raises IncompleteError."""
    try:
        for index in path[1:]:
            root = root.children[index]
    except IndexError as error:
        raise IncompleteError("there is no such row") from error
    return root


def field_name(path: Path, name: str) -> str:
    """What the field of a part's value is called."""
    return f"{'.'.join(map(str, path))}{_SEPARATOR}{name}"


def path_of(text: str) -> Path:
    """A path as it is written. Raises IncompleteError."""
    indices = text.split(".")
    if len(indices) > _DEEPEST or not all(re.fullmatch("[0-9]{1,6}", index) for index in indices):
        raise IncompleteError("there is no such row")
    return tuple(map(int, indices))


def read_fields(fields: Iterable[tuple[str, str]]) -> Part:
    """The parts that fields stand for. Raises IncompleteError."""
    found: dict[Path, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, value in fields:
        at, separator, key = name.partition(_SEPARATOR)
        if separator:
            found[path_of(at)][key].append(value)
    if ROOT not in found:
        return Part("all")
    parts = {path: Part(values.pop("kind", ["text"])[0], dict(values)) for path, values in found.items()}
    for path in sorted(parts):
        if path != ROOT and path[:-1] in parts:
            parts[path[:-1]].children.append(parts[path])
    return parts[ROOT]
