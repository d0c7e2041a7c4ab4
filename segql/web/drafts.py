"""A segment while it is being written: its name and what is noted of it, its condition, its examples; saved as a whole."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel

from segql.compiler.catalog.model import Segment
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.format import format_segment, segment_parts
from segql.compiler.parse.parser import parse
from segql.compiler.pipeline import compile_all
from segql.compiler.source import Source
from segql.compiler.statements.definitions import segment_heading
from segql.runtime.api import Store
from segql.runtime.store.segments import Version

# Forms send line ends as the wire has them.
_Lines = Annotated[str, AfterValidator(lambda text: text.replace("\r\n", "\n"))]


class Draft(BaseModel, frozen=True):
    """What the fields of the page hold. `base`: the number of the version that it was made of, 0 for a new segment."""

    name: str = ""
    description: str = ""
    tags: str = ""
    owner: str = ""
    body: _Lines = ""
    examples: _Lines = ""
    base: int = 0

    @property
    def text(self) -> str:
        """The whole definition."""
        return f"{self._heading}\n{self.body}\n{self.examples}"

    @property
    def _heading(self) -> str:
        noted = Segment(
            name=self.name.strip(),
            definition="",
            description=self.description.strip() or None,
            tags=tuple(dict.fromkeys(tag.strip() for tag in self.tags.split(",") if tag.strip())),
            owner=self.owner.strip() or None,
        )
        return segment_heading(noted)

    def save(self, store: Store, at: datetime, author: str) -> str:
        """Store it; the name under which. Raises `DefinitionError`, and `StoreError` where somebody else saved it since."""
        compiled = compile_all(self.text, store.catalog)
        if len(compiled) > 1:
            other = compiled[1]
            message = "another statement begins here; a segment is one condition"
            remedy = "leave it out, and make a segment of its own of it"
            wrong = Diagnostic(Code.SG107, message, other.statement.span, other.scope.source, remedy)
            raise DefinitionError((wrong,))
        (saved,) = store.save_segments(self.text, at, author=author, expecting={self.name.strip(): self.base})
        return saved.name


def draft_of(version: Version, *, base: int | None = None) -> Draft:
    """What a version of a segment is edited as. `base`: the latest version, where this is an earlier one."""
    segment = version.segment
    body, examples = parts_of(segment)
    return Draft(
        name=segment.name,
        description=segment.description or "",
        tags=", ".join(segment.tags),
        owner=segment.owner or "",
        body=body,
        examples=examples,
        base=version.number if base is None else base,
    )


def parts_of(segment: Segment) -> tuple[str, str]:
    """The condition of a stored segment and its examples as they are edited; as they were stored where that can no longer
    be read."""
    try:
        return segment_parts(format_segment(segment))
    except DefinitionError:
        return segment.definition, "\n".join(segment.examples)


def format_body(text: str) -> str:
    """A condition as it is written in canonical text below the heading of its segment; as it stands where it cannot be
    read, or is more than a condition."""
    try:
        if len(parse(Source(f'segment "":\n{text}')).statements) > 1:
            return text
        return segment_parts(f'segment "":\n{text}')[0]
    except DefinitionError:
        return text
