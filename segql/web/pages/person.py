"""What is done about one person: consents written down, the whole document taken away, a merge, an erasure."""

import json
from datetime import datetime
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from segql.runtime import people
from segql.sms.handwritten import Kind, Said
from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Administrator, Converser, Exporter
from segql.web.desk import AtDesk
from segql.web.pages import telling
from segql.web.rendering import go, render_page

router = APIRouter(prefix="/people/{profile_id}")

Channel = Literal["sms", "email"]
Status = Literal["subscribed", "pending", "unsubscribed"]
# What is typed before somebody is erased.
ERASE = "erase"


@router.post("/consent")
def write_down(
    request: Request,
    desk: AtDesk,
    who: Administrator,
    profile_id: int,
    channel: Annotated[str, Form()] = "sms",
    kind: Annotated[str, Form()] = "marketing",
    status: Annotated[str, Form()] = "subscribed",
    method: Annotated[str, Form()] = "",
    detail: Annotated[str, Form()] = "",
    happened: Annotated[str, Form()] = "",
) -> Response:
    """Write down what the person said about the messages that they want."""
    if not (channel in get_args(Channel) and kind in get_args(Kind) and status in get_args(Status)):
        raise WebError(WebCode.INVALID_INPUT, "There is no such consent.", "Choose one of those offered.")
    now = desk.clock()
    try:
        at = datetime.fromisoformat(happened).replace(tzinfo=desk.zone) if happened else now
    except ValueError as error:
        raise WebError(WebCode.INVALID_INPUT, "When it happened is no time.", "Choose one.") from error
    said = Said(channel, status, method, detail.strip() or None, at, kind)  # type: ignore[arg-type]
    desk.sms.people.write_down(who.actor, who.role, profile_id, said)
    return go(request, f"/people/{profile_id}/consent", "It is written down.")


@router.post("/unsubscribe")
def unsubscribe(
    request: Request,
    desk: AtDesk,
    who: Converser,
    profile_id: int,
    method: Annotated[str, Form()] = "",
    detail: Annotated[str, Form()] = "",
) -> Response:
    """Let the person get no more texts."""
    said = Said("sms", "unsubscribed", method, detail.strip() or None, desk.clock())
    desk.sms.people.write_down(who.actor, who.role, profile_id, said)
    return go(request, f"/people/{profile_id}/consent", "They get no more texts.")


@router.get("/export")
def export(request: Request, desk: AtDesk, who: Exporter, profile_id: int) -> Response:
    """Everything that is held about the person, as one JSON document."""
    document = desk.store.describe(profile_id, desk.clock())
    return Response(
        json.dumps(document, ensure_ascii=False, indent=2, default=_written),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="person-{profile_id}.json"'},
    )


def _written(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@router.get("/merge")
def choose_other(request: Request, desk: AtDesk, who: Administrator, profile_id: int) -> Response:
    """Search for the other profile of the same person."""
    person = people.read(desk.store, profile_id)
    return render_page(request, "people/merge_search.html", person=person, beside=person.found.profile_id)


@router.get("/merge/{other_id}")
def foresee(request: Request, desk: AtDesk, who: Administrator, profile_id: int, other_id: int) -> Response:
    """What will happen when the other one becomes a part of this one."""
    foreseen = people.foresee_merge(desk.store, other_id, profile_id)
    return render_page(request, "people/merge.html", foreseen=foreseen, telling=telling)


@router.post("/merge/{other_id}")
def merge(request: Request, desk: AtDesk, who: Administrator, profile_id: int, other_id: int) -> Response:
    """Make the other one a part of this one."""
    survivor = desk.store.merge(other_id, profile_id, who.actor, desk.clock())
    return go(request, f"/people/{survivor}", "The two are one person now.")


@router.post("/erase")
def erase(
    request: Request, desk: AtDesk, who: Administrator, profile_id: int, word: Annotated[str, Form()] = ""
) -> Response:
    """Erase the person, for good."""
    if word.strip().lower() != ERASE:
        raise WebError(WebCode.INVALID_INPUT, "Nobody was erased.", f"Type the word {ERASE} to confirm.")
    desk.store.erase(profile_id, who.actor, desk.clock())
    return go(request, "/people", "The person was erased.")
