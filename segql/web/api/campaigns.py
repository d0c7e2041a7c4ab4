"""Campaigns and flows: previewed, begun, paused, cancelled; how far they are, what came of them; credits and coupons."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from segql.sms.advice import Advice
from segql.sms.coupons import Pool
from segql.sms.credits import Balance
from segql.sms.lifecycle import Progress
from segql.sms.messages import State
from segql.sms.preview import Preview
from segql.sms.recipients import Recipient
from segql.sms.reports import Figures, Report, Span, Unit
from segql.sms.why import Outcome
from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import Right
from segql.web.access.visitors import Administrator, Campaigner, Reader
from segql.web.api.drafts import DraftBody
from segql.web.api.operation import Body, api_router
from segql.web.desk import AtDesk

router = api_router()

_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Condition = Annotated[str, Field(min_length=1, max_length=100_000)]


class CampaignBody(DraftBody):
    """One message to everybody in any of `include` and none of `exclude`: conditions, or names of segments."""

    include: Annotated[list[_Condition], Field(min_length=1, max_length=100)]
    exclude: Annotated[list[_Condition], Field(default_factory=list, max_length=100)]
    text: Annotated[str, Field(min_length=1, max_length=10_000)]


class Start(CampaignBody):
    """`at`: an instant, or, without a zone, a time of each recipient's own clock; now where none is given."""

    at: datetime | None = None


class Named(Body):
    """A campaign or a flow."""

    name: _Name


class Asked(Named):
    """Somebody who is asked about: an external id, an e-mail address or a number."""

    who: Annotated[str, Field(min_length=1, max_length=300)]


class Recipients(Named):
    """Whom to look for in an audience: a name, an external id or digits of a number; whose message is in a state, for a
    reason."""

    search: Annotated[str, Field(max_length=200)] = ""
    state: State | None = None
    reason: Annotated[str | None, Field(max_length=100)] = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 20


class Spans(Named):
    """By day, or by hour."""

    unit: Unit = "day"


class Credits(Body):
    """Credits that were bought."""

    amount: Annotated[int, Field(ge=1, le=1_000_000_000)]


class Codes(Body):
    """Unique codes for a pool."""

    pool: _Name
    codes: Annotated[list[_Name], Field(min_length=1, max_length=100_000)]


class Refused(BaseModel):
    """A code that was not added, and why."""

    code: str
    reason: str


class PoolAnswer(BaseModel):
    """A pool of codes: how many are free, reserved by a message and used, and which were not added just now."""

    name: str
    free: int
    reserved: int
    used: int
    refused: list[Refused]


@router.post("/campaigns/preview")
def preview(desk: AtDesk, who: Campaigner, body: CampaignBody) -> Preview:
    """What a campaign would do: the funnel of gates, the cost, sample texts. Nothing is changed."""
    return desk.sms.preview(body.campaign())


@router.post("/campaigns", status_code=202)
def start(desk: AtDesk, who: Campaigner, body: Start) -> Progress:
    """Start a campaign, now or later. Nobody is texted twice by one campaign, however often it is started."""
    outbound, campaign = desk.sms.outbound, body.campaign()
    if body.at is None:
        outbound.start(who.actor, who.role, campaign)
    else:
        outbound.schedule(who.actor, who.role, campaign, body.at)
    return outbound.progress(campaign.name)


@router.get("/campaigns")
def all_progress(desk: AtDesk, who: Reader) -> list[Progress]:
    """How far every campaign and flow has come, the newest first."""
    return desk.sms.outbound.all_progress()


@router.post("/campaigns/pause")
def pause(desk: AtDesk, who: Campaigner, body: Named) -> Progress:
    """Let nothing more leave, from the moment of the answer on."""
    return desk.sms.outbound.pause(who.actor, who.role, body.name)


@router.post("/campaigns/resume")
def resume(desk: AtDesk, who: Campaigner, body: Named) -> Progress:
    """Let a campaign or flow go on."""
    return desk.sms.outbound.resume(who.actor, who.role, body.name)


@router.post("/campaigns/cancel")
def cancel(desk: AtDesk, who: Campaigner, body: Named) -> Progress:
    """End a campaign or flow: nobody who waits is texted."""
    return desk.sms.outbound.cancel(who.actor, who.role, body.name)


@router.post("/campaigns/withdraw")
def withdraw(desk: AtDesk, who: Campaigner, body: Named) -> Progress:
    """Make a draft again of a campaign that is scheduled."""
    return desk.sms.outbound.withdraw(who.actor, who.role, body.name)


@router.post("/campaigns/progress")
def progress(desk: AtDesk, who: Reader, body: Named) -> Progress:
    """How far a campaign or flow has come."""
    return desk.sms.outbound.progress(body.name)


@router.post("/campaigns/recipients")
def recipients(desk: AtDesk, who: Campaigner, body: Recipients) -> list[Recipient]:
    """Some of those in an audience, and where their message is."""
    if not who.may(Right.PEOPLE):
        raise WebError(WebCode.NOT_PERMITTED, "Recipients are people.", "Ask for the report.")
    outbound = desk.sms.outbound
    campaign_id = outbound.progress(body.name).campaign_id
    return outbound.recipients(
        campaign_id, body.search, state=body.state, reason=body.reason, limit=body.limit
    )


@router.post("/campaigns/days")
def over_time(desk: AtDesk, who: Reader, body: Spans) -> list[Span]:
    """A campaign or flow day by day of the account's calendar, or hour by hour."""
    return desk.sms.outbound.over_time(body.name, body.unit)


@router.get("/campaigns/figures")
def figures(desk: AtDesk, who: Reader) -> dict[int, Figures]:
    """What every campaign and flow that has messages came to, by its id."""
    return desk.sms.outbound.figures()


@router.post("/campaigns/report")
def report(desk: AtDesk, who: Reader, body: Named) -> Report:
    """What became of a campaign or flow."""
    return desk.sms.report(body.name)


@router.post("/campaigns/why")
def why(desk: AtDesk, who: Campaigner, body: Asked) -> Outcome:
    """Why somebody got a message, or did not."""
    return desk.sms.why(body.name, body.who)


@router.get("/campaigns/advices")
def advices(desk: AtDesk, who: Reader) -> list[Advice]:
    """Six advices on getting texts received, each as a check with figures of the account."""
    return list(desk.sms.outbound.advices())


@router.get("/coupons")
def coupons(desk: AtDesk, who: Campaigner) -> list[PoolAnswer]:
    """Every pool of codes."""
    return [_pool(pool) for pool in desk.sms.outbound.coupons()]


@router.post("/coupons")
def add_coupons(desk: AtDesk, who: Campaigner, body: Codes) -> PoolAnswer:
    """Add codes to a pool, made where there is none."""
    return _pool(desk.sms.outbound.add_coupons(who.actor, who.role, body.pool, body.codes))


@router.post("/sms/credits")
def add_credits(desk: AtDesk, who: Administrator, body: Credits) -> Balance:
    """Add bought credits."""
    return desk.sms.add_credits(who.actor, who.role, body.amount)


def _pool(pool: Pool) -> PoolAnswer:
    return PoolAnswer(
        name=pool.name,
        free=pool.free,
        reserved=pool.reserved,
        used=pool.used,
        refused=[Refused(code=code, reason=reason) for code, reason in pool.refused],
    )
