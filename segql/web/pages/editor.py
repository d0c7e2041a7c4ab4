"""The pages on which a segment is written: a new one, and one that is stored."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.segments import Version
from segql.web.access.visitors import Definer, Visitor
from segql.web.addresses import SegmentName, segment_path
from segql.web.desk import AtDesk, Desk
from segql.web.drafts import Draft, draft_of
from segql.web.rendering import go, render_page

router = APIRouter(prefix="/segments")


@router.get("/new")
def show_new(request: Request, _: Definer, text: str = "") -> Response:
    """A new segment; `text`: what it begins with."""
    return _page(request, Draft(body=text))


@router.post("/new")
def do_make(request: Request, desk: AtDesk, who: Definer, draft: Annotated[Draft, Form()]) -> Response:
    """Store a new segment."""
    return _save(request, desk, who, draft)


@router.get("/{name}/edit")
def show_edit(
    request: Request, desk: AtDesk, _: Definer, name: SegmentName, version: int | None = None
) -> Response:
    """A stored segment; `version`: as an earlier one of it was."""
    versions = desk.store.versions(name)
    latest = versions[-1]
    chosen = next((one for one in versions if one.number == version), latest)
    return _page(request, draft_of(chosen, base=_number(latest)))


@router.post("/{name}/edit")
def do_change(
    request: Request, desk: AtDesk, who: Definer, name: SegmentName, draft: Annotated[Draft, Form()]
) -> Response:
    """Store what was changed."""
    return _save(request, desk, who, draft)


def _save(request: Request, desk: Desk, who: Visitor, draft: Draft) -> Response:
    if not draft.name.strip():
        return _page(request, draft, status=422, name_error="Give it a name: others find it by that.")
    try:
        name = draft.save(desk.store, desk.clock(), who.actor)
    except DefinitionError as error:
        return _page(request, draft, status=422, problems=error.diagnostics)
    except StoreError as error:
        if error.code != Code.SEGMENT_CHANGED:
            raise
        if draft.base == 0:
            return _page(request, draft, status=409, name_error=error.message)
        return _told_of_other(request, desk, draft)
    return go(request, segment_path(name), f"{name} was saved.")


def _told_of_other(request: Request, desk: Desk, draft: Draft) -> Response:
    """Somebody saved it meanwhile: both texts, and saving once more takes the place of theirs."""
    theirs = desk.store.versions(draft.name.strip())[-1]
    again = draft.model_copy(update={"base": _number(theirs)})
    return _page(request, again, status=409, theirs=theirs, theirs_draft=draft_of(theirs))


def _number(latest: Version) -> int:
    """What the next save has to expect."""
    return 0 if latest.removed_at else latest.number


def _page(request: Request, draft: Draft, *, status: int = 200, **told: object) -> Response:
    told = {"name_error": None, "problems": (), "theirs": None, "theirs_draft": None} | told
    is_new = request.url.path == "/segments/new"
    return render_page(request, "editor/edit.html", status=status, draft=draft, is_new=is_new, **told)
