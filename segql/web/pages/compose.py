"""Writing a campaign: its draft, whom it is for, and what real people will see, while it is written."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from segql.compiler.text import quoted
from segql.sms.campaigns import Campaign
from segql.sms.drafts import Written
from segql.sms.errors import SmsCode, SmsError
from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import Right
from segql.web.access.visitors import Campaigner, Visitor
from segql.web.composing import SIDES, look_at, written_text
from segql.web.desk import AtDesk, Desk
from segql.web.pages.variables import variables
from segql.web.rendering import fragment, go, render_page

router = APIRouter(prefix="/campaigns")


@dataclass(frozen=True)
class Choice:
    """A segment or list that can be chosen: what is written for it, its name, and how many it has, where that is known."""

    value: str
    name: str
    size: int | None


def composed(
    name: Annotated[str, Form()] = "",
    include: Annotated[list[str] | None, Form()] = None,
    include_condition: Annotated[list[str] | None, Form()] = None,
    exclude: Annotated[list[str] | None, Form()] = None,
    exclude_condition: Annotated[list[str] | None, Form()] = None,
    text: Annotated[str, Form()] = "",
    picture: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "marketing",
) -> Campaign:
    """A campaign as a form says it, finished or not."""
    return Campaign(
        name.strip(),
        _told(include, include_condition),
        written_text(text),
        _told(exclude, exclude_condition),
        kind == "transactional",
        picture.strip() or None,
    )


def _told(chosen: list[str] | None, conditions: list[str] | None) -> tuple[str, ...]:
    typed = (condition.strip() for condition in conditions or ())
    return tuple(dict.fromkeys([*(chosen or ()), *(condition for condition in typed if condition)]))


Composed = Annotated[Campaign, Depends(composed)]
Saves = Annotated[int | None, Form()]


def choices(desk: Desk) -> list[Choice]:
    """The segments and lists of the catalog."""
    catalog = desk.store.catalog
    lists, segments = desk.store.list_sizes(desk.clock()), desk.store.sizes(desk.clock(), days=1)
    return [
        *(
            Choice(
                f"in segment {quoted(segment.name)}",
                segment.name,
                segments[segment.name].now if segment.name in segments else None,
            )
            for segment in catalog.segments
        ),
        *(Choice(f"in list {quoted(name)}", f"List: {name}", lists.get(name)) for name in catalog.lists),
    ]


@router.get("/new")
def show_new(request: Request, desk: AtDesk, who: Campaigner, segment: str = "") -> Response:
    """An empty campaign. `segment`: whom it is for, where one comes from a segment."""
    return compose_page(request, desk, who, None, Campaign("", (segment,) if segment else (), ""))


def compose_page(
    request: Request,
    desk: Desk,
    who: Visitor,
    written: Written | None,
    campaign: Campaign | None = None,
    *,
    error: SmsError | None = None,
) -> Response:
    """The page on which a campaign is written; who may not write sees a draft and can change nothing."""
    if campaign is None:
        assert written is not None
        assert isinstance(written.message, Campaign)
        campaign = written.message
    if not who.may(Right.CAMPAIGNS):
        return render_page(request, "campaigns/draft.html", written=written, campaign=campaign)
    desk.sms.settings()
    all_choices = choices(desk)
    known = {said for choice in all_choices for said in (choice.value, choice.name)}
    return render_page(
        request,
        "campaigns/compose.html",
        status=422 if error else 200,
        written=written,
        campaign=campaign,
        choices=all_choices,
        chosen={side: [one for one in getattr(campaign, side) if one in known] for side in SIDES},
        typed={side: [one for one in getattr(campaign, side) if one not in known] or [""] for side in SIDES},
        variables=variables(desk),
        settings=desk.sms.settings(),
        error=error,
    )


@router.post("/look")
def do_look(
    request: Request, desk: AtDesk, who: Campaigner, campaign: Composed, turn: Annotated[int, Form()] = 0
) -> Response:
    """What real people will see of what is in the form, how many there are, and the mistakes at their fields."""
    faults, people, look = look_at(desk, campaign, turn % 1000)
    settings = desk.sms.settings()
    return fragment(
        request,
        "campaigns/look.html",
        campaign=campaign,
        faults=faults.by_field,
        people=people,
        look=look,
        settings=settings,
        picture=campaign.picture,
        pictures=desk.sms.outbound.pictures((campaign.picture,)),
        names=who.may(Right.PEOPLE),
        turn=turn % 1000,
        include_help="Everybody in any of these.",
    )


@router.post("")
def do_save_new(
    request: Request, desk: AtDesk, who: Campaigner, campaign: Composed, then: Annotated[str, Form()] = ""
) -> Response:
    """Keep a new draft."""
    return _save(request, desk, who, campaign, None, None, then)


@router.post("/{campaign_id:int}")
def do_save(
    request: Request,
    desk: AtDesk,
    who: Campaigner,
    campaign_id: int,
    campaign: Composed,
    saves: Saves = None,
    then: Annotated[str, Form()] = "",
) -> Response:
    """Keep a draft as it is now, and go on to look at it before it is sent, where that was asked."""
    return _save(request, desk, who, campaign, campaign_id, saves, then)


def _save(
    request: Request,
    desk: Desk,
    who: Visitor,
    campaign: Campaign,
    campaign_id: int | None,
    saves: int | None,
    then: str,
) -> Response:
    outbound = desk.sms.outbound
    try:
        kept = outbound.save_draft(who.actor, who.role, campaign, campaign_id=campaign_id, seen=saves)
    except SmsError as error:
        if error.code not in (SmsCode.INVALID_CAMPAIGN, SmsCode.CAMPAIGN_EXISTS, SmsCode.DRAFT_CHANGED):
            raise
        # Nothing that was typed is lost.
        written = None if campaign_id is None else outbound.written(campaign_id)
        return compose_page(request, desk, who, written, campaign, error=error)
    if then == "review":
        return go(request, f"/campaigns/{kept}/review")
    return go(request, f"/campaigns/{kept}", "The draft is saved.")


@router.post("/{campaign_id:int}/remove")
def do_remove(request: Request, desk: AtDesk, who: Campaigner, campaign_id: int) -> Response:
    """Forget a draft."""
    desk.sms.outbound.remove_draft(who.actor, who.role, campaign_id)
    return go(request, "/campaigns", "The draft is gone.")


@router.post("/{campaign_id:int}/copy")
def do_copy(request: Request, desk: AtDesk, who: Campaigner, campaign_id: int) -> Response:
    """Make a draft that says the same as a campaign."""
    outbound = desk.sms.outbound
    copied = outbound.written(campaign_id).message
    if not isinstance(copied, Campaign):
        raise WebError(WebCode.INVALID_INPUT, "A flow cannot be copied.", "Make a new one.")
    taken = {one.message.name.casefold() for one in outbound.all_written().values()}
    names = (f"{copied.name} ({number})" for number in range(2, len(taken) + 3))
    name = next(name for name in names if name.casefold() not in taken)
    kept = outbound.save_draft(who.actor, who.role, replace(copied, name=name))
    return go(request, f"/campaigns/{kept}", "This is a copy: nothing of it was sent.")
