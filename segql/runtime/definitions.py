"""Storing definitions: the segments and the `define`s of a text, all or none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from segql.compiler.ast.walk import walk
from segql.compiler.catalog.model import Catalog, Segment
from segql.compiler.conditions import Parameter
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.folder import Folder
from segql.compiler.format import own_texts
from segql.compiler.parse.parser import parse
from segql.compiler.pipeline import compile_all
from segql.compiler.source import Source
from segql.compiler.statements import Define, SegmentDefinition, Statement
from segql.compiler.text import fold, listing, nearest, quoted
from segql.runtime import errors
from segql.runtime.store import segments
from segql.runtime.store.segments import Version
from segql.runtime.uses import User, Users, users_of_segments

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.store.database import Database

Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class SegmentSaved:
    """What saving did to a segment."""

    name: str
    change: Change


@dataclass(frozen=True)
class Writing:
    """What is to be written together: `define`s (their texts by their names) and segments, and the names of those that
    are to go."""

    defines: Mapping[str, str]
    segments: Sequence[Segment]
    removed_segments: Sequence[str] = ()
    removed_defines: Sequence[str] = ()
    expecting: Mapping[str, int] = field(default_factory=dict)
    """The versions that segments have to be (0: none is stored), as whoever changes them has read them."""


def write(database: "Database", writing: Writing, at: datetime, author: str | None = None) -> None:
    """Store what was checked and remove what nothing uses, in one transaction. `at`: the aware instant of it.

    Raises `StoreError` where a segment is another version than the one that is expected."""
    with database.transaction() as connection:
        for name, number in writing.expecting.items():
            _require_version(connection, name, number)
        for name, text in writing.defines.items():
            segments.save_template(connection, name, text)
        for segment in writing.segments:
            segments.save_segment(connection, segment, at, author)
        for name in writing.removed_segments:
            segments.remove_segment(connection, name, at, author)
        for name in writing.removed_defines:
            segments.remove_template(connection, name)


def save_definitions(
    database: "Database",
    catalog: Catalog,
    text: str,
    at: datetime,
    name: str | None = None,
    author: str | None = None,
    expecting: Mapping[str, int] | None = None,
) -> list[SegmentSaved]:
    """Check and store every segment and every `define` of a text; all or none; what became of each segment.

    Raises `DefinitionError`, and `StoreError` as `write` does."""
    compiled = compile_all(text, catalog, name)
    _refuse((one.statement, one.scope.source) for one in compiled)
    statements = [one.statement for one in compiled]
    written = [*zip(statements, own_texts(text, statements), strict=True)]
    changes = {
        segment: change_between(catalog.segment(segment.name), segment)
        for segment in (one.stored(own) for one, own in written if isinstance(one, SegmentDefinition))
    }
    writing = Writing(
        {one.name: own or one.text() for one, own in written if isinstance(one, Define)},
        [segment for segment, change in changes.items() if change != "unchanged"],
        expecting=expecting or {},
    )
    write(database, writing, at, author)
    return [SegmentSaved(segment.name, change) for segment, change in changes.items()]


def _require_version(connection: "duckdb.DuckDBPyConnection", name: str, number: int) -> None:
    versions = segments.read_versions(connection, name)
    latest = versions[-1] if versions else None
    if latest is None or latest.removed_at is not None:
        if number > 0:
            raise errors.StoreError(
                errors.Code.SEGMENT_CHANGED,
                f"The segment {quoted(name)} was removed meanwhile.",
                "Save it as a new one, or leave it.",
            )
    elif latest.number != number:
        by = f" by {latest.author}" if latest.author else ""
        raise errors.StoreError(
            errors.Code.SEGMENT_CHANGED,
            f"The segment {quoted(latest.segment.name)} was saved{by} meanwhile."
            if number > 0
            else f"There is a segment called {quoted(latest.segment.name)} already.",
            "Compare the two, and save again." if number > 0 else "Choose another name, or edit that one.",
        )


def change_between(before: object | None, after: object) -> Change:
    """What becomes of a definition that is stored (None: is not yet)."""
    if before is None:
        return "new"
    return "unchanged" if before == after else "changed"


def defines_of(catalog: Catalog) -> dict[str, str]:
    """The texts of a catalog's `define`s by their names; of two of one name the later one."""
    found: dict[str, tuple[str, str]] = {}
    for text in catalog.templates:
        statements = parse(Source(text, "a stored define")).statements
        for statement, own in zip(statements, own_texts(text, statements), strict=True):
            if isinstance(statement, Define):
                found[fold(statement.name)] = (statement.name, own or statement.text())
    return dict(found.values())


def remove_segments(
    database: "Database",
    catalog: Catalog,
    names: Iterable[str],
    at: datetime,
    author: str | None = None,
    others: Users | None = None,
) -> None:
    """Forget segments, by their names in any case, and who was in them; all or none. Their versions stay.

    `others`: who else uses stored segments. Raises `StoreError` for a name that there is not, and for a segment that
    something which stays uses."""
    going = []
    for name in names:
        segment = catalog.segment(name)
        if segment is None:
            raise unknown_segment(catalog, name)
        going.append(segment.name)
    users = users_of_segments(catalog)
    for name in going:
        staying = [user for user in users.get(name, ()) if user.name not in going]
        staying += (others or {}).get(name, ())
        if staying:
            raise segment_in_use(name, staying)
    write(database, Writing({}, (), going), at, author)


def segment_in_use(name: str, users: Sequence[User]) -> errors.StoreError:
    """What is wrong where a segment that is to be removed is used by something that stays."""
    told = listing(map(str, users), "and")
    return errors.StoreError(
        errors.Code.SEGMENT_IN_USE,
        f"{told[0].upper()}{told[1:]} {'uses' if len(users) == 1 else 'use'} the segment {quoted(name)}.",
        "Change or remove what uses it first.",
    )


def version_of(versions: Sequence[Version], number: int) -> Version:
    """The version of that number. Raises `StoreError` where there is none."""
    for version in versions:
        if version.number == number:
            return version
    raise errors.StoreError(
        errors.Code.UNKNOWN_VERSION,
        f"The segment {quoted(versions[-1].segment.name)} has no version {number}.",
        f"Its versions are 1 to {versions[-1].number}.",
    )


def unknown_segment(catalog: Catalog, name: str) -> errors.StoreError:
    """What is wrong where no stored segment has that name."""
    close = nearest(name, [known.name for known in catalog.segments])
    return errors.StoreError(
        errors.Code.UNKNOWN_SEGMENT,
        f"There is no stored segment called {quoted(name)}.",
        f"Did you mean {listing(map(quoted, close))}?" if close else "Store it with `segql apply` first.",
    )


def refuse_parameters(folder: Folder) -> None:
    """A stored segment is asked by nobody who could give a parameter. Raises `DefinitionError`."""
    _refuse((placed.statement, placed.source) for placed in folder.defined)


def _refuse(statements: Iterable[tuple[Statement, Source]]) -> None:
    problems = []
    for statement, source in statements:
        nodes = () if isinstance(statement, Define) else walk(statement)
        names = dict.fromkeys(node.text() for node in nodes if isinstance(node, Parameter))
        if names:
            message = f"{listing(names, 'and')} cannot be given to a stored segment"
            remedy = "write the value, or make it a parameter of a `define`"
            problems.append(Diagnostic(Code.SG213, message, statement.span, source, remedy))
    if problems:
        raise DefinitionError(tuple(problems))
