"""Before a campaign is sent: the funnel of gates, what it costs, what waits; and sending it, now or at a time to come."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.runtime.errors import StoreError
from segql.sms.campaigns import Campaign
from segql.sms.drafts import Written
from segql.sms.errors import SmsCode, SmsError
from segql.sms.gates import GATES
from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import Right
from segql.web.access.visitors import Campaigner, Visitor
from segql.web.desk import AtDesk, Desk
from segql.web.rendering import go, render_page

router = APIRouter(prefix="/campaigns")


@router.get("/{campaign_id:int}/review")
def show_review(request: Request, desk: AtDesk, who: Campaigner, campaign_id: int) -> Response:
    """What sending the draft would do now."""
    return _review(request, desk, who, campaign_id)


def _review(
    request: Request,
    desk: Desk,
    who: Visitor,
    campaign_id: int,
    *,
    when: str = "",
    error: SmsError | None = None,
) -> Response:
    written, campaign = draft_of(desk, campaign_id)
    try:
        preview = desk.sms.preview(campaign)
    except (SmsError, StoreError, DefinitionError) as mistake:
        # The page on which it is written shows it at its field.
        return go(request, f"/campaigns/{campaign_id}", f"It cannot be sent yet. {_told(mistake)}")
    left = preview.audience
    stages = []
    for gate in GATES:
        stopped = preview.gates[gate.code]
        left -= stopped
        stages.append((gate, stopped, left))
    return render_page(
        request,
        "campaigns/review.html",
        status=422 if error else 200,
        written=written,
        campaign=campaign,
        pictures=desk.sms.outbound.pictures((campaign.picture,)),
        preview=preview,
        stages=stages,
        waiting=sum(wait.people for wait in preview.waits.values()),
        balance=desk.sms.balance(),
        settings=desk.sms.settings(),
        names=who.may(Right.PEOPLE),
        zone=desk.zone.key,
        when=when,
        error=error,
        tomorrow=f"{desk.clock().astimezone(desk.zone):%Y-%m-%dT%H:%M}",
    )


def draft_of(desk: Desk, campaign_id: int) -> tuple[Written, Campaign]:
    """A draft by its id. Raises `SmsError` for what is none."""
    written = desk.sms.outbound.written(campaign_id)
    if written.status != "draft" or not isinstance(written.message, Campaign):
        raise SmsError(
            SmsCode.CAMPAIGN_RESTS,
            f'"{written.message.name}" is {written.status}, and no draft any more.',
            "See how far it has come on its own page.",
        )
    return written, written.message


def _told(error: SmsError | StoreError | DefinitionError) -> str:
    return error.diagnostics[0].message if isinstance(error, DefinitionError) else error.message


@router.post("/{campaign_id:int}/send")
def do_send(
    request: Request,
    desk: AtDesk,
    who: Campaigner,
    campaign_id: int,
    saves: Annotated[int, Form()],
    start: Annotated[str, Form()] = "now",
    when: Annotated[str, Form()] = "",
) -> Response:
    """Send the draft as it was looked at: now, at a time of the account's clock, or of each recipient's own."""
    written, campaign = draft_of(desk, campaign_id)
    if saves != written.saves:
        raise SmsError(
            SmsCode.DRAFT_CHANGED,
            f"{written.actor} has changed it since you looked, and nothing was sent.",
            "Look at it again, then send it.",
        )
    outbound = desk.sms.outbound
    if start == "now":
        outbound.start(who.actor, who.role, campaign)
        return go(request, f"/campaigns/{campaign_id}", "It is on its way.")
    try:
        local = datetime.fromisoformat(when).replace(tzinfo=None)
    except ValueError:
        mistake = SmsError(
            SmsCode.INVALID_INSTANT, "There is no time at which to send it.", "Choose day and time."
        )
        return _review(request, desk, who, campaign_id, when=when, error=mistake)
    if start not in ("at", "local"):
        raise WebError(WebCode.INVALID_INPUT, f'"{start}" is no way to send.', "Choose now, at or local.")
    try:
        instant = local if start == "local" else local.replace(tzinfo=desk.zone)
        outbound.schedule(who.actor, who.role, campaign, instant)
    except SmsError as mistake:
        if mistake.code != SmsCode.INVALID_INSTANT:
            raise
        return _review(request, desk, who, campaign_id, when=when, error=mistake)
    return go(request, f"/campaigns/{campaign_id}", "It is scheduled.")
