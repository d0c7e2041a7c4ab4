"""Campaigns and flows: the list of all of them, one that was started, and what can be done about it."""

from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from segql.sms.drafts import Written
from segql.sms.errors import SmsCode, SmsError
from segql.sms.gates import BY_CODE
from segql.sms.lifecycle import Progress
from segql.sms.messages import REASONS, STATES, State
from segql.sms.reports import Figures
from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Campaigner, Finder, Reader
from segql.web.desk import AtDesk, Desk
from segql.web.pages.compose import compose_page
from segql.web.pages.flows import flow_page
from segql.web.pages.liveness import moves
from segql.web.rendering import fragment, go, render_page

router = APIRouter(prefix="/campaigns")

Filter = Literal["all", "campaigns", "flows", "drafts"]
Move = Literal["pause", "resume", "cancel", "withdraw"]
_SAID = {
    "pause": "It is paused: nothing more leaves.",
    "resume": "It goes on.",
    "cancel": "It is cancelled: nobody who waited is texted.",
    "withdraw": "It is a draft again.",
}


@router.get("")
def show_list(request: Request, desk: AtDesk, who: Reader, show: str = "all") -> Response:
    """All campaigns and flows, the newest first."""
    chosen = show if show in get_args(Filter) else "all"
    if not is_set_up(desk):
        return render_page(request, "campaigns/off.html")
    outbound = desk.sms.outbound
    figures, written = outbound.figures(), outbound.all_written()
    rows = [
        (progress, written[progress.campaign_id], figures.get(progress.campaign_id, Figures()))
        for progress in outbound.all_progress()
        if progress.campaign_id in written and _is_shown(progress, chosen)
    ]
    return render_page(
        request,
        "campaigns/list.html",
        rows=rows,
        show=chosen,
        any=bool(written),
        currency=desk.store.catalog.account.currency,
    )


def _is_shown(progress: Progress, chosen: str) -> bool:
    if chosen == "drafts":
        return progress.status == "draft"
    return chosen == "all" or progress.kind == chosen.removesuffix("s")


def is_set_up(desk: Desk) -> bool:
    """Whether SMS is on."""
    try:
        desk.sms.settings()
    except SmsError as error:
        if error.code != SmsCode.NOT_SET_UP:
            raise
        return False
    return True


@router.get("/advices")
def show_advices(request: Request, desk: AtDesk, who: Reader) -> Response:
    """Six checks on getting texts received."""
    return fragment(request, "campaigns/advices.html", advices=desk.sms.outbound.advices())


@router.get("/{campaign_id:int}")
def show(request: Request, desk: AtDesk, who: Reader, campaign_id: int) -> Response:
    """A draft to write at, for those who may; else how far it has come, and what came of it."""
    written = desk.sms.outbound.written(campaign_id)
    if written.kind == "flow":
        return flow_page(request, desk, written)
    if written.status == "draft":
        return compose_page(request, desk, who, written)
    return render_page(
        request,
        "campaigns/show.html",
        written=written,
        **progress_context(desk, written),
        has_report=bool(sum(desk.sms.outbound.progress(written.message.name).states.values())),
    )


@router.get("/{campaign_id:int}/progress")
def show_progress(request: Request, desk: AtDesk, who: Reader, campaign_id: int) -> Response:
    """How far it has come; while it runs, this asks for itself again."""
    written = desk.sms.outbound.written(campaign_id)
    context = progress_context(desk, written)
    answer = fragment(request, "campaigns/progress.html", written=written, **context)
    if not context["moves"]:
        answer.headers["hx-trigger"] = "campaign-rests"
    return answer


def progress_context(desk: Desk, written: Written) -> dict[str, Any]:
    """What the template of the progress asks for. `moves`: whether it changes by the second."""
    progress = desk.sms.outbound.progress(written.message.name)
    return {
        "progress": progress,
        "waiting": progress.states["held"] + progress.states["queued"],
        "away": progress.states["sending"] + progress.states["sent"],
        "people": sum(progress.states.values()),
        "moves": moves(desk, written, progress),
        "reasons": {**REASONS, **{code: gate.words for code, gate in BY_CODE.items()}},
        "gates": BY_CODE,
    }


@router.post("/{campaign_id:int}/move")
def do_move(
    request: Request, desk: AtDesk, who: Campaigner, campaign_id: int, move: Annotated[str, Form()] = ""
) -> Response:
    """Pause it, let it go on, end it, or make a scheduled one a draft again."""
    if move not in get_args(Move):
        raise WebError(
            WebCode.INVALID_INPUT, f'"{move}" is nothing to do.', f"Choose of: {', '.join(_SAID)}."
        )
    name = desk.sms.outbound.written(campaign_id).message.name
    getattr(desk.sms.outbound, move)(who.actor, who.role, name)
    return go(request, f"/campaigns/{campaign_id}", _SAID[move])


@router.get("/{campaign_id:int}/recipients")
def show_recipients(
    request: Request,
    desk: AtDesk,
    who: Finder,
    campaign_id: int,
    search: str = "",
    state: str = "",
    reason: str = "",
) -> Response:
    """People of it, by name or number, or such whose message is in a state for a reason."""
    asked: State | None = next((one for one in STATES if one == state), None)
    found = desk.sms.outbound.recipients(campaign_id, search, state=asked, reason=reason or None)
    return fragment(
        request,
        "campaigns/recipients.html",
        campaign_id=campaign_id,
        found=found,
        search=search,
        reasons={**REASONS, **{code: gate.words for code, gate in BY_CODE.items()}},
    )


@router.get("/{campaign_id:int}/why/{profile_id:int}")
def show_why(request: Request, desk: AtDesk, who: Finder, campaign_id: int, profile_id: int) -> Response:
    """Why somebody got the text, or did not, step by step."""
    name = desk.sms.outbound.written(campaign_id).message.name
    return fragment(request, "campaigns/why.html", outcome=desk.sms.why(name, profile_id))
