"""Drafts of campaigns, and what real people would see of one; campaigns as they were written."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from segql.sms.campaigns import Campaign, Status
from segql.sms.drafts import Written
from segql.sms.looking import Look
from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import Right
from segql.web.access.visitors import Campaigner, Reader
from segql.web.api.operation import Body, api_router
from segql.web.desk import AtDesk

router = api_router()

_Id = Annotated[int, Field(ge=0, le=2**31 - 1)]


class DraftBody(Body):
    """A campaign, finished or not."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    include: Annotated[list[Annotated[str, Field(max_length=100_000)]], Field(max_length=100)] = Field(
        default=[]
    )
    exclude: Annotated[list[Annotated[str, Field(max_length=100_000)]], Field(max_length=100)] = Field(
        default=[]
    )
    text: Annotated[str, Field(max_length=10_000)] = ""
    transactional: bool = False
    picture: Annotated[str | None, Field(max_length=2_000)] = None

    def campaign(self) -> Campaign:
        """As the module takes it."""
        return Campaign(
            self.name,
            tuple(self.include),
            self.text,
            exclude=tuple(self.exclude),
            transactional=self.transactional,
            picture=self.picture,
        )


class Keeping(DraftBody):
    """`campaign_id`: of the draft whose place it takes. `seen`: its `saves` as the writer knows them."""

    campaign_id: _Id | None = None
    seen: _Id | None = None


class Kept(Body):
    """The id of a draft."""

    campaign_id: _Id


class WrittenAnswer(DraftBody):
    """A campaign as it was written last, how often it was saved, by whom and when. `local_time`: the time of the recipients'
    clocks at which it is sent, where it is so."""

    campaign_id: int
    status: Status
    saves: int
    actor: str | None
    at: datetime
    local_time: datetime | None


class Looking(DraftBody):
    """`turn`: at each one other people are looked at."""

    turn: Annotated[int, Field(ge=0, le=1_000)] = 0


@router.get("/drafts")
def list_written(desk: AtDesk, who: Reader) -> list[WrittenAnswer]:
    """Every campaign as it was written last, the newest first: those whose status is draft are not sent yet."""
    written = desk.sms.outbound.all_written().values()
    return [_answer(one, one.message) for one in written if isinstance(one.message, Campaign)]


@router.post("/drafts")
def save_draft(desk: AtDesk, who: Campaigner, body: Keeping) -> Kept:
    """Keep a campaign that is not sent yet. Sending one of the same name takes its place."""
    kept = desk.sms.outbound.save_draft(
        who.actor, who.role, body.campaign(), campaign_id=body.campaign_id, seen=body.seen
    )
    return Kept(campaign_id=kept)


@router.post("/drafts/remove", status_code=204)
def remove_draft(desk: AtDesk, who: Campaigner, body: Kept) -> None:
    """Forget a draft."""
    desk.sms.outbound.remove_draft(who.actor, who.role, body.campaign_id)


@router.post("/drafts/look")
def look(desk: AtDesk, who: Campaigner, body: Looking) -> Look:
    """What a few real people would see. Nothing is changed."""
    if not who.may(Right.PEOPLE):
        raise WebError(WebCode.NOT_PERMITTED, "The answer names people.", "Ask for a preview.")
    return desk.sms.outbound.look(body.campaign(), body.turn)


def _answer(written: Written, campaign: Campaign) -> WrittenAnswer:
    return WrittenAnswer(
        **vars(campaign),
        campaign_id=written.campaign_id,
        status=written.status,
        saves=written.saves,
        actor=written.actor,
        at=written.at,
        local_time=written.local_time,
    )
