"""Flows: texts that something sets off. What is under way is paused, resumed and cancelled as campaigns are."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from segql.sms.campaigns import Status
from segql.sms.drafts import Written
from segql.sms.flows import Flow, FlowSaved
from segql.web.access.visitors import Campaigner, Reader
from segql.web.api.operation import Body, api_router
from segql.web.desk import AtDesk

router = api_router()

_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Condition = Annotated[str, Field(min_length=1, max_length=100_000)]
_Seconds = Annotated[int, Field(ge=0, le=10 * 366 * 86_400, description="In seconds")]


class FlowBody(Body):
    """A text that an `event`, the entry into a stored `segment` or a `word` that is texted sets off: one of these. It
    leaves after `delay`, where the person then fulfils `only`; again for the same person when `again_after` has passed,
    and once where that is null."""

    name: _Name
    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    event: _Name | None = None
    segment: _Name | None = None
    word: _Name | None = None
    delay: _Seconds = 0
    only: _Condition | None = None
    again_after: _Seconds | None = None
    transactional: bool = False
    picture: Annotated[str | None, Field(max_length=2_000)] = None

    def flow(self) -> Flow:
        """As the module takes it."""
        said = self.model_dump(exclude={"delay", "again_after"})
        again = None if self.again_after is None else timedelta(seconds=self.again_after)
        return Flow(**said, delay=timedelta(seconds=self.delay), again_after=again)


class FlowAnswer(FlowBody):
    """A flow as it was written last, by whom and when."""

    campaign_id: int
    status: Status
    actor: str | None
    at: datetime


@router.get("/flows")
def list_flows(desk: AtDesk, who: Reader) -> list[FlowAnswer]:
    """Every flow, the newest first."""
    written = desk.sms.outbound.all_written().values()
    return [_answer(one, one.message) for one in written if isinstance(one.message, Flow)]


@router.post("/flows")
def save_flow(desk: AtDesk, who: Campaigner, body: FlowBody) -> FlowSaved:
    """Store a flow, or change the one of that name; it is set off by what happens from then on."""
    return desk.sms.outbound.save_flow(who.actor, who.role, body.flow())


def _answer(written: Written, flow: Flow) -> FlowAnswer:
    again = flow.again_after
    said = vars(flow) | {
        "delay": int(flow.delay.total_seconds()),
        "again_after": None if again is None else int(again.total_seconds()),
    }
    return FlowAnswer(
        **said, campaign_id=written.campaign_id, status=written.status, actor=written.actor, at=written.at
    )
