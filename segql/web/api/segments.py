"""Stored segments: what they say and said, saving and removing them, who came and went."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from segql.compiler.format import format_segment
from segql.runtime.definitions import unknown_segment
from segql.runtime.refresh.changes import Changes, Moved, Summary
from segql.runtime.store.segments import Version
from segql.runtime.store.sizes import Size
from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import Right
from segql.web.access.visitors import Definer, Finder, Reader
from segql.web.api.operation import Body, api_router
from segql.web.api.tables import TABLE_ANSWERS, table_answer
from segql.web.desk import AtDesk

router = api_router()


class SegmentAnswer(BaseModel):
    """A stored segment. `definition`: the text of its condition; `text`: all of it in canonical form, with its comments."""

    name: str
    definition: str
    text: str
    description: str | None
    tags: list[str]
    owner: str | None
    examples: list[str]


class VersionAnswer(BaseModel):
    """What a segment said once."""

    number: int
    segment: SegmentAnswer
    author: str | None
    saved_at: AwareDatetime
    removed_at: AwareDatetime | None
    removed_by: str | None


class Definitions(Body):
    """A text with segments (`segment "Name": ...`) and defines. All of it is stored, or nothing."""

    text: Annotated[str, Field(min_length=1, max_length=1_000_000)]


class SavedAnswer(BaseModel):
    """What saving did to a segment: new, changed, unchanged."""

    name: str
    change: str


class Names(Body):
    """Names of stored segments; all of them where none is given."""

    names: Annotated[list[str], Field(max_length=10_000)] = Field(default=[])


class Refreshing(Names):
    """`people`: also tell who came and went, by their profile_id."""

    people: bool = False


class RefreshAnswer(BaseModel):
    """What became of each segment; `first`: it was never refreshed before. `broken`: those whose definitions hold no more.
    `moved`: who came and went, where it was asked, but for those who make up a segment that is refreshed first."""

    as_of: AwareDatetime
    segments: list[Summary]
    broken: list[str]
    moved: list[Moved]


@router.get("/segments")
def list_segments(desk: AtDesk, who: Reader) -> list[SegmentAnswer]:
    """All stored segments."""
    return [_segment(one) for one in desk.store.catalog.segments]


@router.post("/segments")
def save_segments(desk: AtDesk, who: Definer, body: Definitions) -> list[SavedAnswer]:
    """Check and store the segments of a text."""
    saved = desk.store.save_segments(body.text, desk.clock(), author=who.actor)
    return [SavedAnswer(name=one.name, change=one.change) for one in saved]


@router.post("/segments/remove", status_code=204)
def remove_segments(desk: AtDesk, who: Definer, body: Names) -> None:
    """Remove segments that nothing else uses; their versions stay."""
    desk.store.remove_segments(body.names, author=who.actor, at=desk.clock())


@router.post("/segments/refresh")
def refresh(desk: AtDesk, who: Definer, body: Refreshing) -> RefreshAnswer:
    """Bring memberships up to date. Who came and went is told to those who may see people."""
    if body.people and not who.may(Right.PEOPLE):
        raise WebError(
            WebCode.NOT_PERMITTED, "Who came and went are people.", "Ask without `people`, how many they are."
        )
    changes = desk.store.refresh(body.names or None, desk.clock())
    return RefreshAnswer(
        as_of=changes.at,
        segments=changes.summary(),
        broken=sorted(changes.broken),
        moved=list(_moved(changes)) if body.people else [],
    )


def _moved(changes: Changes) -> Iterator[Moved]:
    return (Moved.of(part) for part in changes.parts if part.segment not in changes.first)


@router.get("/segment-sizes")
def sizes(desk: AtDesk, who: Reader, days: Annotated[int, Field(ge=0, le=366)] = 30) -> dict[str, Size]:
    """How many people were in each segment as of its last refresh, and at the end of each of the last days."""
    return desk.store.sizes(desk.clock(), days)


@router.get("/segments/{name}")
def show_segment(desk: AtDesk, who: Reader, name: str) -> SegmentAnswer:
    """What a segment says."""
    found = desk.store.catalog.segment(name)
    if found is None:
        raise unknown_segment(desk.store.catalog, name)
    return _segment(found)


@router.get("/segments/{name}/versions")
def versions(desk: AtDesk, who: Reader, name: str) -> list[VersionAnswer]:
    """What a segment said, from its first version on."""
    return [_version(one) for one in desk.store.versions(name)]


@router.get("/removed-segments")
def removed(desk: AtDesk, who: Reader) -> list[VersionAnswer]:
    """What each segment said last that was removed, the one that was removed last first."""
    return [_version(one) for one in desk.store.removed_segments()]


@router.post("/segments/{name}/versions/{version}/restore")
def restore(
    desk: AtDesk, who: Definer, name: str, version: Annotated[int, Field(ge=1, le=2**31 - 1)]
) -> SavedAnswer:
    """Store a segment again as a version of it said, which makes a new version."""
    saved = desk.store.restore_segment(name, version, author=who.actor, at=desk.clock())
    return SavedAnswer(name=saved.name, change=saved.change)


@router.get("/segments/{name}/members", responses=TABLE_ANSWERS, response_model=None)
def members(
    request: Request, desk: AtDesk, who: Finder, name: str, as_of: AwareDatetime | None = None
) -> Response:
    """Who is in a segment: profile_id and external_id."""
    found = desk.store.catalog.segment(name)
    if found is None:
        raise unknown_segment(desk.store.catalog, name)
    at = as_of or desk.clock()
    return table_answer(request, desk.store.members(found.name, at), at)


def _segment(one: Any) -> SegmentAnswer:
    return SegmentAnswer(
        name=one.name,
        definition=one.definition,
        text=format_segment(one),
        description=one.description,
        tags=list(one.tags),
        owner=one.owner,
        examples=list(one.examples),
    )


def _version(one: Version) -> VersionAnswer:
    return VersionAnswer(
        number=one.number,
        segment=_segment(one.segment),
        author=one.author,
        saved_at=one.saved_at,
        removed_at=one.removed_at,
        removed_by=one.removed_by,
    )
