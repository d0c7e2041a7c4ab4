"""Conversations with customers: the list and the open thread beside each other, both as they change."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Header, Query, Request
from starlette.responses import Response, StreamingResponse

from segql.sms.carriers.simulated import SimulatedCarrier
from segql.sms.conversations.box import Answer
from segql.sms.conversations.listing import PAGE, Box
from segql.sms.errors import SmsCode, SmsError
from segql.sms.reviews import Decision
from segql.web.access.users import read_users
from segql.web.access.visitors import Converser, Visitor
from segql.web.desk import AtDesk, Desk
from segql.web.live import hub_of
from segql.web.pages.threads import Talk, said
from segql.web.problems import problem_of
from segql.web.rendering import fragment, go, render_page

router = APIRouter(prefix="/conversations")

Move = Literal["archive", "unarchive", "block", "unblock"]
# The place of a message in a thread.
Place = Annotated[str, Query(pattern=r"^\d{1,12}-\d-\d{1,18}$")]
# How far back the response times look.
_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class _View:
    """What the list shows. `position`: how far the feed had come before it was read, so that nothing is missed."""

    position: int
    box: Box
    unread: bool
    words: str
    number: str | None
    simulated: bool


@dataclass(frozen=True)
class _Told:
    """What is told of an answer that did not go."""

    kind: str
    icon: str
    message: str
    remedy: str
    asks_night: bool = False


@router.get("")
def show(
    request: Request, desk: AtDesk, who: Converser, box: Box = "inbox", unread: bool = False
) -> Response:
    """The list, and how fast customers are answered."""
    try:
        desk.sms.settings()
    except SmsError as error:
        if error.code != SmsCode.NOT_SET_UP:
            raise
        return render_page(request, "conversations/off.html")
    view = _view(desk, who, box, unread)
    times = desk.sms.conversations.response_times(who.role, desk.clock() - _MONTH)
    return render_page(
        request, "conversations/page.html", view=view, talk=None, times=times, **_listed(desk, who, view)
    )


@router.post("/list")
def show_list(
    request: Request,
    desk: AtDesk,
    who: Converser,
    box: Annotated[Box, Form()] = "inbox",
    unread: Annotated[bool, Form()] = False,
    words: Annotated[str, Form(max_length=100)] = "",
    before: Annotated[int | None, Form()] = None,
) -> Response:
    """The list, or its next rows behind `before`. What is searched for is in no address, as it may be a number."""
    view = _view(desk, who, box, unread, words)
    listed = _listed(desk, who, view, before)
    if "hx-request" not in request.headers:
        times = desk.sms.conversations.response_times(who.role, desk.clock() - _MONTH)
        return render_page(request, "conversations/page.html", view=view, talk=None, times=times, **listed)
    template = "conversations/list.html" if before is None else "conversations/rows.html"
    return fragment(request, template, view=view, **listed)


@router.get("/times")
def show_times(request: Request, desk: AtDesk, who: Converser) -> Response:
    """How fast customers are answered, and who waits."""
    times = desk.sms.conversations.response_times(who.role, desk.clock() - _MONTH)
    return fragment(request, "conversations/nobody.html", times=times)


@router.get("/stream")
async def stream(
    request: Request,
    who: Converser,
    after: int | None = None,
    last_event_id: Annotated[int | None, Header()] = None,
) -> Response:
    """What changes from now on, or from behind the position that the browser has seen."""
    events = hub_of(request).stream(request, after if last_event_id is None else last_event_id)
    return StreamingResponse(events, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


@router.get("/{conversation:int}")
def show_conversation(
    request: Request, desk: AtDesk, who: Converser, conversation: int, before: Place | None = None
) -> Response:
    """A conversation; it is read by that. Beside the list of the box that it is in, or alone where only it is asked for."""
    return _conversation(request, desk, who, conversation, before=before)


def _conversation(
    request: Request,
    desk: Desk,
    who: Visitor,
    conversation: int,
    *,
    status: int = 200,
    before: str | None = None,
    draft: str = "",
    told: _Told | None = None,
) -> Response:
    number = desk.sms.conversations.number_of(who.role, conversation)
    position = desk.sms.conversations.position(who.role)
    context = _open(desk, who, number, before)
    context |= {"draft": draft, "told": told, "pools": desk.sms.outbound.coupons()}
    if "hx-request" in request.headers:
        return fragment(request, "conversations/talk.html", **context)
    view = _view(desk, who, context["talk"].conversation.box, unread=False, position=position)
    listed = _listed(desk, who, view)
    return render_page(request, "conversations/page.html", status=status, view=view, **listed, **context)


@router.get("/{conversation:int}/now")
def show_now(request: Request, desk: AtDesk, who: Converser, conversation: int) -> Response:
    """An open conversation as it is now, in parts."""
    return _now(request, desk, who, conversation)


def _now(
    request: Request,
    desk: Desk,
    who: Visitor,
    conversation: int,
    status: int = 200,
    told: _Told | None = None,
) -> Response:
    number = desk.sms.conversations.number_of(who.role, conversation)
    context = _open(desk, who, number)
    return fragment(request, "conversations/now.html", status=status, told=told, **context)


@router.get("/{conversation:int}/older")
def show_older(request: Request, desk: AtDesk, who: Converser, conversation: int, before: Place) -> Response:
    """Messages before one that is shown."""
    number = desk.sms.conversations.number_of(who.role, conversation)
    return fragment(request, "conversations/said.html", **_open(desk, who, number, before))


@router.post("/{conversation:int}/draft")
def show_cost(
    request: Request,
    desk: AtDesk,
    who: Converser,
    conversation: int,
    text: Annotated[str, Form()] = "",
    picture: Annotated[str, Form()] = "",
    coupon: Annotated[str, Form()] = "",
) -> Response:
    """What an answer would cost, while it is written."""
    number = desk.sms.conversations.number_of(who.role, conversation)
    answer = Answer(text, seen=0, coupon=coupon or None, picture=picture or None)
    try:
        draft = desk.sms.conversations.draft(who.role, number, answer)
    except SmsError as error:
        if error.code != SmsCode.INVALID_TEXT:
            raise
        # An address that is half written.
        return fragment(request, "conversations/cost.html", answer=answer, draft=None, wrong=error.message)
    return fragment(request, "conversations/cost.html", answer=answer, draft=draft, wrong=None)


@router.post("/{conversation:int}/reply")
def do_reply(
    request: Request,
    desk: AtDesk,
    who: Converser,
    conversation: int,
    seen: Annotated[int, Form()],
    text: Annotated[str, Form()] = "",
    at_night: Annotated[bool, Form()] = False,
    picture: Annotated[str, Form()] = "",
    coupon: Annotated[str, Form()] = "",
) -> Response:
    """Answer. Where it is refused the page keeps what was written, shows what came meanwhile, and tells why."""
    number = desk.sms.conversations.number_of(who.role, conversation)
    answer = Answer(text, seen, at_night, coupon or None, picture or None)
    try:
        desk.sms.reply(who.actor, who.role, number, answer)
    except SmsError as error:
        status, told = problem_of(error).status, _told(error)
        if "hx-request" in request.headers:
            return _now(request, desk, who, conversation, status, told)
        return _conversation(request, desk, who, conversation, status=status, draft=text, told=told)
    return _done(request, desk, who, conversation)


@router.post("/{conversation:int}/move")
def do_move(
    request: Request, desk: AtDesk, who: Converser, conversation: int, what: Annotated[Move, Form()]
) -> Response:
    """Put a conversation into the archive or back, block its number, or unblock it."""
    talks = desk.sms.conversations
    number = talks.number_of(who.role, conversation)
    match what:
        case "archive":
            talks.archive(who.role, number)
        case "unarchive":
            talks.unarchive(who.role, number)
        case "block":
            talks.block(who.actor, who.role, number)
        case "unblock":
            talks.unblock(who.actor, who.role, number)
    return _done(request, desk, who, conversation)


@router.post("/{conversation:int}/decide")
def do_decide(
    request: Request, desk: AtDesk, who: Converser, conversation: int, decision: Annotated[Decision, Form()]
) -> Response:
    """Decide whether a text was an opt-out."""
    number = desk.sms.conversations.number_of(who.role, conversation)
    desk.sms.conversations.decide(who.actor, who.role, number, decision)
    return _done(request, desk, who, conversation)


def _done(request: Request, desk: Desk, who: Visitor, conversation: int) -> Response:
    if "hx-request" in request.headers:
        return _now(request, desk, who, conversation)
    return go(request, f"/conversations/{conversation}")


def _view(
    desk: Desk, who: Visitor, box: Box, unread: bool, words: str = "", position: int | None = None
) -> _View:
    if position is None:
        position = desk.sms.conversations.position(who.role)
    number = next((one.number for one in desk.sms.account.numbers() if one.state == "active"), None)
    return _View(position, box, unread, words, number, isinstance(desk.sms.carrier, SimulatedCarrier))


def _listed(desk: Desk, who: Visitor, view: _View, before: int | None = None) -> dict[str, Any]:
    """A page of the list."""
    found = desk.sms.conversations.list(
        who.role, box=view.box, unread=view.unread, search=view.words, before=before
    )
    return {"found": found, "has_more": len(found) == PAGE}


def _open(desk: Desk, who: Visitor, number: str, before: str | None = None) -> dict[str, Any]:
    """A thread, read; or an older page of it."""
    talks = desk.sms.conversations
    thread = talks.older(who.role, number, before) if before else talks.open(who.role, number)
    (conversation,) = talks.find(who.role, [number])
    names = {user.email: user.name for user in read_users(desk.store.database)}
    pictures = desk.sms.outbound.pictures(message.picture for message in thread.messages)
    return {
        "talk": Talk(thread, conversation),
        "messages": list(said(thread, names, pictures, desk.zone, desk.clock())),
        "older": thread.messages[0].position if thread.has_older else None,
    }


def _told(error: SmsError) -> _Told:
    match error.code:
        case SmsCode.NEWER_TEXT:
            return _Told("warn", "info", "They have texted again.", "Read what came; what you wrote is kept.")
        case SmsCode.AT_NIGHT:
            return _Told("warn", "moon", error.message, "A text may wake them.", asks_night=True)
        case _:
            return _Told("bad", "circle-alert", error.message, error.remedy)
