"""Storing definitions: the segments and the `define`s of a text, all or none."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from segql.compiler.catalog.model import Catalog, Segment
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.pipeline import compile_all
from segql.compiler.statements import Define, SegmentDefinition
from segql.compiler.text import fold, listing
from segql.runtime.store import segments

if TYPE_CHECKING:
    from segql.compiler.compiled import Compiled
    from segql.runtime.store.database import Database

Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class SegmentSaved:
    """What saving did to a segment."""

    name: str
    change: Change


def save_definitions(
    database: "Database", catalog: Catalog, text: str, at: datetime, name: str | None = None
) -> list[SegmentSaved]:
    """Check and store every segment and every `define` of a text; all or none; what became of each segment.

    Raises `DefinitionError`."""
    compiled = compile_all(text, catalog, name)
    _refuse_parameters(compiled)
    known = {fold(segment.name): segment for segment in catalog.segments}
    saved: list[SegmentSaved] = []
    with database.transaction() as connection:
        for one in compiled:
            match one.statement:
                case Define() as template:
                    segments.save_template(connection, template.name, template.text())
                case SegmentDefinition() as statement:
                    segment = Segment(
                        name=statement.name,
                        definition=statement.body(),
                        description=statement.description,
                        tags=statement.tags,
                        owner=statement.owner,
                    )
                    before = known.get(fold(segment.name))
                    change: Change = (
                        "new" if before is None else "unchanged" if before == segment else "changed"
                    )
                    if change != "unchanged":
                        segments.save_segment(connection, segment, at)
                    saved.append(SegmentSaved(segment.name, change))
                case _:
                    pass
    return saved


def _refuse_parameters(compiled: "tuple[Compiled, ...]") -> None:
    """A stored segment is asked by nobody who could give a parameter. Raises `DefinitionError`."""
    problems = tuple(
        Diagnostic(
            Code.SG213,
            f"{listing([f'${name}' for name in one.parameters], 'and')} cannot be given to a stored segment",
            one.statement.span,
            one.scope.source,
            "write the value, or make it a parameter of a `define`",
        )
        for one in compiled
        if one.parameters
    )
    if problems:
        raise DefinitionError(problems)
