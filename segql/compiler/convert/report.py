"""What a conversion gives: texts or documents, and what of them could not be said, or means something else, with place."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeVar

from segql.compiler.statements import SegmentDefinition
from segql.compiler.text import fold

_Named = TypeVar("_Named")


class ConvertCode(StrEnum):
    """The stable codes of `ConvertError`. The value never changes its meaning."""

    UNREADABLE = "T001"
    """What is to be converted is no definition of that system."""
    NOT_CARRIED = "T002"
    """Something cannot be said exactly in the other language."""


class ConvertError(Exception):
    """What cannot be converted at all. `str()` is the message followed by the remedy."""

    def __init__(self, code: ConvertCode, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.code = code.value
        self.message = message
        self.remedy = remedy


class NotCarriedError(Exception):
    """Raised within a conversion where something cannot be said; it becomes a `Remark`. `place`: where in the part."""

    def __init__(self, why: str, place: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.place = place


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody has to know of a conversion: that a part was left out, or is asked in a way that may differ.

    `file` and `place` say where: a path in a document, or a line and a column. `part` is the part, in short."""

    kind: Literal["left out", "may differ"]
    file: str
    place: str
    part: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.kind}: {self.part}: {self.why}"


@dataclass(frozen=True)
class IntoText:
    """The definition of another system in this language. `segment` is None where nothing of it could be said."""

    name: str
    segment: SegmentDefinition | None
    remarks: tuple[Remark, ...]

    @property
    def text(self) -> str:
        """The definition in canonical form, behind comments that name what was left out."""
        from segql.compiler.format import format

        left_out = [one for one in self.remarks if one.kind == "left out"]
        lines = [_comment(f"left out: {one.part} at {one.place}: {one.why}") for one in left_out]
        if self.segment is None:
            lines.append(_comment(f'nothing of "{self.name}" is left'))
            return "\n".join(lines) + "\n"
        return "\n".join([*lines, format(self.segment.text())])


@dataclass(frozen=True)
class FromText:
    """A segment in the form of another system; None where nothing of it could be said."""

    name: str
    definition: dict[str, Any] | None
    remarks: tuple[Remark, ...]


def found_in(words: dict[str, _Named], name: str) -> _Named | None:
    """What a table has under a name in any case."""
    return {fold(key): value for key, value in words.items()}.get(fold(name))


def _comment(text: str) -> str:
    return f"-- {' '.join(text.split())}"
