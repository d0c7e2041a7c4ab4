"""What a segment said before: what a version changed, who came and went by it, and going back to it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.format import format_segment
from segql.runtime.as_code.moves import Moves
from segql.runtime.as_code.planning import text_diff
from segql.runtime.definitions import version_of
from segql.runtime.store.segments import Version
from segql.web.access.rights import Right
from segql.web.access.visitors import Definer, Reader
from segql.web.addresses import SegmentName, segment_path
from segql.web.desk import AtDesk, Desk
from segql.web.rendering import fragment, go

router = APIRouter(prefix="/segments/{name}/versions")

# So many of those who came, and of those who went, are named.
_NAMED = 5


@router.get("")
def show_all(request: Request, desk: AtDesk, _: Reader, name: SegmentName) -> Response:
    """What a segment said, the last first, also where it was removed."""
    return fragment(request, "segments/history.html", name=name, versions=desk.store.versions(name)[::-1])


@router.get("/{number}")
def show(request: Request, desk: AtDesk, who: Reader, name: SegmentName, number: int) -> Response:
    """What a version changed in the one before it, and what the two mean now."""
    versions = desk.store.versions(name)
    version = version_of(versions, number)
    before = next((one for one in versions if one.number == number - 1), None)
    moves, fault = _moves(desk, before, version, _NAMED if who.may(Right.PEOPLE) else 0)
    return fragment(
        request,
        "segments/version.html",
        name=name,
        version=version,
        before=before,
        is_now=number == versions[-1].number and versions[-1].removed_at is None,
        lines=text_diff(*(format_segment(one.segment) if one else "" for one in (before, version))),
        moves=moves,
        fault=fault,
    )


def _moves(
    desk: Desk, before: Version | None, after: Version, named: int
) -> tuple[Moves | None, DefinitionError | None]:
    """Who came and went; nothing where the condition is the same, or one of the two holds no more."""
    if before is None or before.segment.definition == after.segment.definition:
        return None, None
    try:
        return desk.store.moves(
            before.segment.definition, after.segment.definition, desk.clock(), named
        ), None
    except DefinitionError as error:
        return None, error


@router.post("/{number}/restore")
def do_restore(request: Request, desk: AtDesk, who: Definer, name: SegmentName, number: int) -> Response:
    """Say again what a version said; a segment that was removed is back by that."""
    saved = desk.store.restore_segment(name, number, author=who.actor, at=desk.clock())
    said = {"unchanged": "said that already", "new": "is back"}.get(
        saved.change, f"says what version {number} said again"
    )
    return go(request, segment_path(saved.name), f"{saved.name} {said}.")
