"""The list of segments, and the page of one: what it says, who uses it; removing it, and taking its members away."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from segql.compiler.catalog.model import Segment
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.text import quoted
from segql.runtime.exports import FORMATS
from segql.runtime.uses_in_sms import unreadable_in_sms, users_in_sms
from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Definer, Exporter, Reader
from segql.web.addresses import AskedSegment
from segql.web.desk import AtDesk, Desk
from segql.web.drafts import parts_of
from segql.web.rendering import fragment, go, render_page
from segql.web.segment_list import Wanted, read_list

router = APIRouter(prefix="/segments")

# In what forms members are taken away.
_FORMS = {"csv": "CSV", "parquet": "Parquet", "arrow": "Arrow"}


@router.get("")
def show_list(request: Request, desk: AtDesk, _: Reader, wanted: Annotated[Wanted, Query()]) -> Response:
    """All segments, or those that are searched for."""
    listed = read_list(desk, wanted)
    if request.headers.get("hx-target", "").endswith("#listed"):
        return fragment(request, "segments/listed.html", listed=listed, wanted=wanted)
    is_set_up = desk.sms.account.is_set_up()
    return render_page(
        request,
        "segments/list.html",
        listed=listed,
        wanted=wanted,
        is_set_up=is_set_up,
        removed=len(desk.store.removed_segments()),
    )


@router.get("/{name}")
def show(request: Request, desk: AtDesk, _: Reader, segment: AskedSegment) -> Response:
    """One segment. What takes longer is asked by the page, part by part."""
    store, now = desk.store, desk.clock()
    users = (*store.uses().users.get(segment.name, ()), *users_in_sms(store).get(segment.name, ()))
    try:
        compiled, fault = store.compile(segment.definition), None
    except DefinitionError as error:
        compiled, fault = None, error.diagnostics[0]
    return render_page(
        request,
        "segments/segment.html",
        segment=segment,
        text=parts_of(segment)[0],
        fault=fault,
        english=compiled and compiled.english(now),
        facts=compiled.facts_told(now) if compiled else (),
        warnings=compiled.warnings if compiled else (),
        reads=compiled.reads if compiled else None,
        size=store.sizes(now).get(segment.name),
        population=store.population(),
        name=segment.name,
        users=users,
        unreadable=unreadable_in_sms(store),
        versions=store.versions(segment.name)[::-1],
        others=[one.name for one in store.catalog.segments if one.name != segment.name],
        forms=_FORMS,
    )


@router.get("/{name}/members")
def take_away(
    desk: AtDesk, _: Exporter, segment: AskedSegment, form: Annotated[str, Query(alias="as")] = "csv"
) -> Response:
    """Everybody who is in the segment now, with their identifiers, as a file."""
    if form not in _FORMS:
        raise WebError(
            WebCode.INVALID_INPUT, f'There is no form "{form}".', f"Choose one of {', '.join(_FORMS)}."
        )
    return _file(desk, segment, form)


def _file(desk: Desk, segment: Segment, form: str) -> Response:
    from io import BytesIO
    from urllib.parse import quote

    columns = ("profile_id", "external_id", "email", "phone_number")
    table = desk.store.show(f"in segment {quoted(segment.name)}", columns, as_of=desk.clock())
    file = BytesIO()
    written = FORMATS[f".{form}"]
    written.write(table, file)
    name = quote(f"{segment.name}{written.ending}".replace("/", "-"), safe="")
    return Response(
        file.getvalue(),
        media_type=written.media_type,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.post("/{name}/remove")
def do_remove(request: Request, desk: AtDesk, who: Definer, segment: AskedSegment) -> Response:
    """Remove a segment that nothing uses; what it said is kept."""
    desk.store.remove_segments([segment.name], author=who.actor, at=desk.clock())
    return go(request, "/segments", f"{segment.name} was removed.")
