"""A text and the places in it: code points inside; at the edge lines and columns (from 1), or what editors count."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple


class Span(NamedTuple):
    """A half-open range of code points in a source text."""

    start: int
    end: int

    def to(self, other: "Span") -> "Span":
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


NOWHERE = Span(0, 0)


class Position(NamedTuple):
    """A line and a column, both counted from 1; columns count characters."""

    line: int
    column: int


# What editors count in a line: code units of one of these.
Encoding = Literal["utf-8", "utf-16", "utf-32"]
_UNIT = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
_LINE_END = re.compile(r"\r\n?|\n")


class EditorPlace(NamedTuple):
    """A line and a number of code units in it, both counted from 0."""

    line: int
    unit: int


@dataclass(frozen=True)
class Source:
    """A text with the name that messages call it by."""

    text: str
    name: str | None = None

    @property
    def end(self) -> Span:
        """The place behind the last character."""
        return Span(len(self.text), len(self.text))

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> Position:
        """Where an offset stands."""
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def editor_place(self, offset: int, encoding: Encoding = "utf-16") -> EditorPlace:
        """Where an offset stands, as editors count."""
        line = bisect_right(self._line_starts, offset)
        return EditorPlace(line - 1, _units(self.text[self._line_starts[line - 1] : offset], encoding))

    def offset(self, place: EditorPlace, encoding: Encoding = "utf-16") -> int:
        """The offset of a place as editors count; of one behind the end of its line that end, of one in the middle of a
        character its beginning."""
        if place.line >= len(self._line_starts):
            return len(self.text)
        start, line, units = self._line_starts[place.line], self.line(place.line + 1), 0
        for index, character in enumerate(line):
            units += _units(character, encoding)
            if units > place.unit:
                return start + index
        return start + len(line)


def _units(text: str, encoding: Encoding) -> int:
    # Half a pair, which is no character, is one that editors can send.
    codec = encoding if encoding == "utf-8" else f"{encoding}-le"
    return len(text.encode(codec, "surrogatepass")) // _UNIT[encoding]
