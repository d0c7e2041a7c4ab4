"""Segments that were removed, from where each can be brought back."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from segql.web.access.visitors import Reader
from segql.web.desk import AtDesk
from segql.web.drafts import parts_of
from segql.web.rendering import render_page

router = APIRouter(prefix="/segments/removed")


@router.get("")
def show(request: Request, desk: AtDesk, _: Reader) -> Response:
    """All of them, the one that was removed last first."""
    removed = [(version, parts_of(version.segment)[0]) for version in desk.store.removed_segments()]
    return render_page(request, "segments/removed.html", removed=removed)
