"""Storing definitions: the segments and the `define`s of a text, all or none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from segql.compiler.catalog.model import Catalog, Segment
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.pipeline import compile_all
from segql.compiler.statements import Define, SegmentDefinition
from segql.compiler.text import fold, listing, nearest, quoted
from segql.runtime import errors
from segql.runtime.store import segments
from segql.runtime.uses import users_of_segments

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
    database: "Database",
    catalog: Catalog,
    text: str,
    at: datetime,
    name: str | None = None,
    author: str | None = None,
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
                    segment = statement.stored()
                    change = _change(known.get(fold(segment.name)), segment)
                    if change != "unchanged":
                        segments.save_segment(connection, segment, at, author)
                    saved.append(SegmentSaved(segment.name, change))
                case _:
                    pass
    return saved


def _change(before: Segment | None, after: Segment) -> Change:
    if before is None:
        return "new"
    return "unchanged" if before == after else "changed"


def remove_segments(
    database: "Database", catalog: Catalog, names: Iterable[str], at: datetime, author: str | None = None
) -> None:
    """Forget segments, by their names in any case, and who was in them; all or none. Their versions stay.

    Raises `StoreError` for a name that there is not, and for a segment that one which stays uses."""
    going = {fold(name): name for name in names}
    for name in going.values():
        if catalog.segment(name) is None:
            raise unknown_segment(catalog, name)
    users = users_of_segments(catalog)
    for key, name in going.items():
        staying = [quoted(user) for user in users.get(key, ()) if fold(user) not in going]
        if staying:
            raise errors.StoreError(
                errors.Code.SEGMENT_IN_USE,
                f"{listing(staying, 'and')} {'uses' if len(staying) == 1 else 'use'} the segment {quoted(name)}.",
                "Change or remove what uses it first.",
            )
    with database.transaction() as connection:
        for key in going:
            segments.remove_segment(connection, key, at, author)


def unknown_segment(catalog: Catalog, name: str) -> errors.StoreError:
    """What is wrong where no stored segment has that name."""
    close = nearest(name, [known.name for known in catalog.segments])
    return errors.StoreError(
        errors.Code.UNKNOWN_SEGMENT,
        f"There is no stored segment called {quoted(name)}.",
        f"Did you mean {listing(map(quoted, close))}?" if close else "Store it with `segql apply` first.",
    )


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
