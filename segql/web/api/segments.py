"""Stored segments: what they say and said, saving and removing them, who came and went."""

from typing import Annotated, Any

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from segql.compiler.format import format_segment
from segql.runtime.definitions import unknown_segment
from segql.sms.uses import users_in_sms
from segql.web.access.visitors import Definer, Finder, Reader
from segql.web.api.operation import api_router
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


class VersionAnswer(SegmentAnswer):
    """What a segment said once."""

    number: int
    author: str | None
    saved_at: AwareDatetime
    removed_at: AwareDatetime | None
    removed_by: str | None


class Definitions(BaseModel):
    """A text with segments (`segment "Name": ...`) and defines. All of it is stored, or nothing."""

    text: Annotated[str, Field(min_length=1, max_length=1_000_000)]


class SavedAnswer(BaseModel):
    """What saving did to a segment: new, changed, unchanged."""

    name: str
    change: str


class Names(BaseModel):
    """Names of stored segments; all of them where none is given."""

    names: Annotated[list[str], Field(max_length=10_000)] = []


class RefreshAnswer(BaseModel):
    """How many people entered and left since the memberships were refreshed last; how many are in each segment."""

    entered: int
    left: int
    sizes: dict[str, int]
    broken: list[str]


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
    store = desk.store
    store.remove_segments(body.names, author=who.actor, at=desk.clock(), others=users_in_sms(store))


@router.post("/segments/refresh")
def refresh(desk: AtDesk, who: Definer, body: Names) -> RefreshAnswer:
    """Bring memberships up to date."""
    changes = desk.store.refresh(body.names or None, desk.clock())
    entered = sum(len(part.flips.profile_ids) for part in changes.parts if part.entered)
    return RefreshAnswer(
        entered=entered,
        left=len(changes) - entered,
        sizes=dict(changes.sizes),
        broken=sorted(changes.broken),
    )


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
    return [
        VersionAnswer(
            **_segment(one.segment).model_dump(),
            number=one.number,
            author=one.author,
            saved_at=one.saved_at,
            removed_at=one.removed_at,
            removed_by=one.removed_by,
        )
        for one in desk.store.versions(name)
    ]


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
    )
