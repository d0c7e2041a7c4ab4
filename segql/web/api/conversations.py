"""Conversations: the list, threads, replies, what is done with them, and the feed of changes. Numbers are never a part
of an address, which logs keep."""

from datetime import timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from segql.sms.conversations.box import Answer, Draft
from segql.sms.conversations.listing import Box, Conversation
from segql.sms.conversations.thread import Thread
from segql.sms.conversations.times import ResponseTimes
from segql.sms.feed import Entry
from segql.sms.module import Replied
from segql.sms.reviews import Decision
from segql.web.access.visitors import Converser
from segql.web.api.operation import Body, api_router
from segql.web.desk import AtDesk

router = api_router()

_Id = Annotated[int, Field(ge=0, le=2**63 - 1)]


class Numbered(Body):
    """With whom: a number in E.164."""

    number: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{4,14}$")]


class Search(Body):
    """A name, a number, or words of either side; in which box, and behind which conversation."""

    text: Annotated[str, Field(max_length=200)]
    box: Box = "inbox"
    unread: bool = False
    before: _Id | None = None


class ReadTo(BaseModel):
    """The id of a text; 0 where nobody has read any."""

    seen: int


class Unread(BaseModel):
    """How many conversations have a text that nobody has read."""

    conversations: int


class Opening(Numbered):
    """`before`: the position of a message, for what came before it."""

    before: Annotated[str | None, Field(max_length=100)] = None


class Reply(Numbered):
    """What a reply says. `seen`: the id of the newest text that its writer has seen; a newer one refuses it."""

    text: Annotated[str, Field(max_length=10_000)]
    seen: _Id
    at_night: bool = False
    coupon: Annotated[str | None, Field(max_length=200)] = None
    picture: Annotated[str | None, Field(max_length=2_000)] = None

    def answer(self) -> Answer:
        """As the module takes it."""
        return Answer(self.text, self.seen, self.at_night, self.coupon, self.picture)


class Decided(Numbered):
    """Whether a text that may be an opt-out was one."""

    decision: Decision


@router.get("/conversations")
def list_conversations(
    desk: AtDesk,
    who: Converser,
    box: Box = "inbox",
    unread: bool = False,
    before: _Id | None = None,
) -> list[Conversation]:
    """Ten conversations, the newest text first; `before`: the `newest` of the last one that is known."""
    return list(desk.sms.conversations.list(who.role, box=box, unread=unread, before=before))


@router.post("/conversations/search")
def search(desk: AtDesk, who: Converser, body: Search) -> list[Conversation]:
    """As the list, of those in which something is found."""
    found = desk.sms.conversations.list(
        who.role, box=body.box, unread=body.unread, search=body.text, before=body.before
    )
    return list(found)


@router.get("/conversations/unread")
def unread(desk: AtDesk, who: Converser) -> Unread:
    """How many conversations in the inbox are unread."""
    return Unread(conversations=desk.sms.conversations.unread(who.role))


@router.post("/conversations/open")
def open_conversation(desk: AtDesk, who: Converser, body: Opening) -> Thread:
    """A thread; without `before` its last fifty messages, and it is read by that."""
    conversations = desk.sms.conversations
    if body.before is None:
        return conversations.open(who.role, body.number)
    return conversations.older(who.role, body.number, body.before)


@router.post("/conversations/read-to")
def read_to(desk: AtDesk, who: Converser, body: Numbered) -> ReadTo:
    """The newest text of a number that somebody has read."""
    return ReadTo(seen=desk.sms.conversations.read_to(who.role, body.number))


@router.post("/conversations/draft")
def draft(desk: AtDesk, who: Converser, body: Reply) -> Draft:
    """What a reply would be: its parts, its price, and whether it can be sent."""
    return desk.sms.conversations.draft(who.role, body.number, body.answer())


@router.post("/conversations/reply")
def reply(desk: AtDesk, who: Converser, body: Reply) -> Replied:
    """Answer a customer."""
    return desk.sms.reply(who.actor, who.role, body.number, body.answer())


@router.post("/conversations/archive", status_code=204)
def archive(desk: AtDesk, who: Converser, body: Numbered) -> None:
    """Put a conversation into the archive, until a new text brings it back."""
    desk.sms.conversations.archive(who.role, body.number)


@router.post("/conversations/unarchive", status_code=204)
def unarchive(desk: AtDesk, who: Converser, body: Numbered) -> None:
    """Put a conversation back into the inbox."""
    desk.sms.conversations.unarchive(who.role, body.number)


@router.post("/conversations/block", status_code=204)
def block(desk: AtDesk, who: Converser, body: Numbered) -> None:
    """Block a number."""
    desk.sms.conversations.block(who.actor, who.role, body.number)


@router.post("/conversations/unblock", status_code=204)
def unblock(desk: AtDesk, who: Converser, body: Numbered) -> None:
    """Let a number's texts be seen again."""
    desk.sms.conversations.unblock(who.actor, who.role, body.number)


@router.post("/conversations/decide", status_code=204)
def decide(desk: AtDesk, who: Converser, body: Decided) -> None:
    """Decide whether a text that may be an opt-out was one."""
    desk.sms.conversations.decide(who.actor, who.role, body.number, body.decision)


@router.get("/conversations/responses")
def response_times(
    desk: AtDesk,
    who: Converser,
    days: Annotated[int, Field(ge=1, le=3_650)] = 30,
    since: AwareDatetime | None = None,
) -> ResponseTimes:
    """How fast customers were answered in the last days, or since an instant, and who waits."""
    begins = since or desk.clock() - timedelta(days=days)
    return desk.sms.conversations.response_times(who.role, begins)


@router.get("/conversations/changes")
def changes(desk: AtDesk, who: Converser, after: _Id = 0) -> list[Entry]:
    """What changed behind a position of the feed, in order."""
    return list(desk.sms.conversations.changes(who.role, after))
