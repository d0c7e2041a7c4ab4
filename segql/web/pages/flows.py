"""Flows: making and changing one, and one that runs."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.runtime.errors import StoreError
from segql.sms.campaigns import Campaign
from segql.sms.drafts import Written
from segql.sms.errors import SmsCode, SmsError
from segql.sms.flows import Flow, Trigger
from segql.sms.gates import BY_CODE
from segql.sms.messages import REASONS
from segql.web.access.rights import Right
from segql.web.access.visitors import Campaigner
from segql.web.composing import Mistake, look_at, told, written_text
from segql.web.desk import AtDesk, Desk
from segql.web.pages.variables import variables
from segql.web.rendering import fragment, go, render_page

router = APIRouter(prefix="/campaigns/flows")

UNITS = {"minutes": 60, "hours": 3600, "days": 86400}


@dataclass(frozen=True)
class FlowForm:
    """A flow as its form has it: kept as it was typed, whatever is wrong with it."""

    name: str = ""
    trigger: str = "event"
    event: str = ""
    segment: str = ""
    word: str = ""
    delay: str = "0"
    delay_unit: str = "hours"
    only: str = ""
    repeat: str = "once"
    again: str = "30"
    again_unit: str = "days"
    kind: str = "marketing"
    text: str = ""
    picture: str = ""

    def flow(self) -> Flow:
        """The flow. Raises `SmsError` where a length of time is none."""
        named = {kind: getattr(self, kind) if self.trigger == kind else None for kind in get_args(Trigger)}
        return Flow(
            self.name.strip(),
            written_text(self.text),
            delay=_length(self.delay, self.delay_unit),
            only=self.only.strip() or None,
            again_after=_length(self.again, self.again_unit) if self.repeat == "again" else None,
            transactional=self.kind == "transactional",
            picture=self.picture.strip() or None,
            **named,
        )

    @classmethod
    def of(cls, flow: Flow) -> "FlowForm":
        """The form that says what a flow says."""
        kind, name = flow.trigger
        delay, delay_unit = _in_words(flow.delay)
        again, again_unit = _in_words(flow.again_after or timedelta(days=30))
        values: dict[str, Any] = {kind: name}
        return cls(
            name=flow.name,
            trigger=kind,
            delay=delay,
            delay_unit=delay_unit,
            only=flow.only or "",
            repeat="once" if flow.again_after is None else "again",
            again=again,
            again_unit=again_unit,
            kind="transactional" if flow.transactional else "marketing",
            text=flow.text,
            picture=flow.picture or "",
            **values,
        )


def _length(number: str, unit: str) -> timedelta:
    if not (number.strip().isdecimal() and len(number.strip()) < 6 and unit in UNITS):
        raise SmsError(SmsCode.INVALID_FLOW, f'"{number}" is no length of time.', "Write a whole number.")
    return timedelta(seconds=int(number) * UNITS[unit])


def _in_words(length: timedelta) -> tuple[str, str]:
    seconds = int(length.total_seconds())
    for unit in ("days", "hours"):
        if seconds and seconds % UNITS[unit] == 0:
            return str(seconds // UNITS[unit]), unit
    return str(seconds // 60), "minutes" if seconds else "hours"


def flow_form(
    name: Annotated[str, Form()] = "",
    trigger: Annotated[str, Form()] = "event",
    event: Annotated[str, Form()] = "",
    segment: Annotated[str, Form()] = "",
    word: Annotated[str, Form()] = "",
    delay: Annotated[str, Form()] = "0",
    delay_unit: Annotated[str, Form()] = "hours",
    only: Annotated[str, Form()] = "",
    repeat: Annotated[str, Form()] = "once",
    again: Annotated[str, Form()] = "30",
    again_unit: Annotated[str, Form()] = "days",
    kind: Annotated[str, Form()] = "marketing",
    text: Annotated[str, Form()] = "",
    picture: Annotated[str, Form()] = "",
) -> FlowForm:
    """A flow's form as it was sent."""
    return FlowForm(
        name,
        trigger,
        event,
        segment,
        word,
        delay,
        delay_unit,
        only,
        repeat,
        again,
        again_unit,
        kind,
        text,
        picture,
    )


Filled = Annotated[FlowForm, Depends(flow_form)]


def flow_page(request: Request, desk: Desk, written: Written) -> Response:
    """A flow that runs, rests or has ended: what it does, and what came of it."""
    progress = desk.sms.outbound.progress(written.message.name)
    return render_page(
        request,
        "flows/show.html",
        written=written,
        flow=written.message,
        form=FlowForm.of(written.message) if isinstance(written.message, Flow) else None,
        progress=progress,
        reasons=REASONS | {code: gate.words for code, gate in BY_CODE.items()},
        has_report=bool(sum(progress.states.values())),
    )


@router.get("/new")
def show_new(request: Request, desk: AtDesk, who: Campaigner) -> Response:
    """An empty flow."""
    return _form_page(request, desk, FlowForm(), None)


@router.get("/{campaign_id:int}/edit")
def show_edit(request: Request, desk: AtDesk, who: Campaigner, campaign_id: int) -> Response:
    """A flow to change."""
    flow = _flow(desk, campaign_id)
    return _form_page(request, desk, FlowForm.of(flow), campaign_id)


def _flow(desk: Desk, campaign_id: int) -> Flow:
    message = desk.sms.outbound.written(campaign_id).message
    if not isinstance(message, Flow):
        raise SmsError(SmsCode.UNKNOWN_CAMPAIGN, f'"{message.name}" is no flow.', "See the list of flows.")
    return message


def _form_page(
    request: Request, desk: Desk, form: FlowForm, campaign_id: int | None, error: Mistake | None = None
) -> Response:
    catalog = desk.store.catalog
    return render_page(
        request,
        "flows/form.html",
        status=422 if error else 200,
        form=form,
        campaign_id=campaign_id,
        events=[event.name for event in catalog.events],
        segments=[segment.name for segment in catalog.segments],
        units=list(UNITS),
        variables=variables(desk),
        settings=desk.sms.settings(),
        told=error and told(error),
    )


@router.post("/look")
def do_look(
    request: Request, desk: AtDesk, who: Campaigner, form: Filled, turn: Annotated[int, Form()] = 0
) -> Response:
    """What some of those who can be texted would see of a flow's text."""
    include = form.only.strip() or "can receive sms"
    picture = form.picture.strip() or None
    campaign = Campaign(
        form.name, (include,), written_text(form.text), (), form.kind == "transactional", picture
    )
    faults, people, look = look_at(desk, campaign, turn % 1000)
    return fragment(
        request,
        "campaigns/look.html",
        campaign=campaign,
        faults=faults.by_field,
        people=people,
        look=look,
        settings=desk.sms.settings(),
        picture=picture,
        pictures=desk.sms.outbound.pictures((picture,)),
        names=who.may(Right.PEOPLE),
        turn=turn % 1000,
        include_help="Asked when the delay is over.",
    )


@router.post("")
def do_save_new(request: Request, desk: AtDesk, who: Campaigner, form: Filled) -> Response:
    """Save a new flow, which runs from then on."""
    outbound = desk.sms.outbound
    taken = {one.message.name.casefold() for one in outbound.all_written().values()}
    if form.name.strip().casefold() in taken:
        error = SmsError(
            SmsCode.CAMPAIGN_EXISTS,
            f'Another campaign or flow has the name "{form.name.strip()}".',
            "Give this one a name of its own.",
        )
        return _form_page(request, desk, form, None, error)
    return _save(request, desk, who.actor, who.role, form, None)


@router.post("/{campaign_id:int}")
def do_save(request: Request, desk: AtDesk, who: Campaigner, campaign_id: int, form: Filled) -> Response:
    """Change a flow; its name stays."""
    kept = replace(form, name=_flow(desk, campaign_id).name)
    return _save(request, desk, who.actor, who.role, kept, campaign_id)


def _save(
    request: Request, desk: Desk, actor: str, role: str, form: FlowForm, campaign_id: int | None
) -> Response:
    try:
        flow = form.flow()
        saved = desk.sms.outbound.save_flow(actor, role, flow)
    except (SmsError, StoreError, DefinitionError) as error:
        if isinstance(error, SmsError) and error.code == SmsCode.NOT_PERMITTED:
            raise
        return _form_page(request, desk, form, campaign_id, error)
    progress = desk.sms.outbound.progress(flow.name)
    said = "The flow runs." if saved.is_new else "The flow is changed."
    return go(request, f"/campaigns/{progress.campaign_id}", " ".join((said, *saved.warnings)))
