"""SMS: set-up, settings, sending numbers, keywords, credits, the log of changes, and how a text would be taken."""

from typing import Annotated, Any

from pydantic import BaseModel, Field
from starlette.responses import Response

from segql.runtime.documents import json_text
from segql.sms import classify, count_parts
from segql.sms.audit import AuditEntry
from segql.sms.consent import Status
from segql.sms.credits import Balance, LedgerLine
from segql.sms.keywords.custom import Keyword, OptIn
from segql.sms.module import SetUp
from segql.sms.numbers import SendingNumber
from segql.sms.settings import SmsSettings
from segql.web.access.visitors import Administrator, Finder, Reader
from segql.web.api.operation import Body, api_router
from segql.web.desk import AtDesk

router = api_router()

_Text = Annotated[str, Field(max_length=10_000)]
_Country = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166, two letters")]


class Beginning(Body):
    """Where texts go, and settings that are to be other than usual."""

    countries: Annotated[list[_Country], Field(max_length=300)] = Field(default=[])
    changes: dict[str, Any] = Field(default={})


class NumberRequest(Body):
    """A further sending number. `name`: of a branded sender."""

    kind: Annotated[str, Field(max_length=40)]
    countries: Annotated[list[_Country], Field(min_length=1, max_length=300)]
    name: Annotated[str | None, Field(max_length=20)] = None


class Activation(Body):
    """The number as the carrier gave it, E.164; none for a branded sender."""

    number: Annotated[str | None, Field(max_length=20)] = None


class Requested(BaseModel):
    """The id of a request."""

    request_id: int


class KeywordBody(Body):
    """What a custom keyword does: the list it subscribes to, whether that is to be confirmed, a reply of its own."""

    list: Annotated[str, Field(min_length=1, max_length=200)]
    opt_in: OptIn = "single"
    reply: _Text | None = None


class NumberBody(Body):
    """A number in E.164."""

    number: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{4,14}$")]


class Subscription(NumberBody):
    """How the person agreed, and which form proves it. `double`: the number is asked to confirm first."""

    method: Annotated[str, Field(min_length=1, max_length=200)]
    detail: Annotated[str | None, Field(max_length=2_000)] = None
    double: bool = False


class Subscribed(BaseModel):
    """Whether the number is subscribed now."""

    subscribed: bool


class ConsentAnswer(BaseModel):
    """Nothing: the number never said anything."""

    marketing: Status | None


class TextBody(Body):
    """A text as a phone sends or gets it."""

    text: _Text
    country: _Country = "US"


class TextAnswer(BaseModel):
    """What a text costs, and what it would be taken for if a customer sent it: opt_out, opt_in, help, review, or none."""

    encoding: str
    units: int
    parts: int
    meaning: str | None


@router.post("/sms/setup")
def set_up(desk: AtDesk, who: Administrator, body: Beginning) -> SetUp:
    """Turn SMS on. A second set-up changes nothing."""
    return desk.sms.setup(who.actor, who.role, countries=tuple(body.countries), changes=body.changes)


@router.get("/sms/settings")
def settings(desk: AtDesk, who: Reader) -> SmsSettings:
    """The settings as they are."""
    return desk.sms.settings()


@router.patch("/sms/settings")
def change_settings(desk: AtDesk, who: Administrator, changes: dict[str, Any]) -> SmsSettings:
    """Change settings, all or none."""
    return desk.sms.change_settings(who.actor, who.role, changes)


@router.get("/sms/balance")
def balance(desk: AtDesk, who: Reader) -> Balance:
    """The credits and free messages that are left."""
    return desk.sms.balance()


@router.get("/sms/ledger")
def ledger(desk: AtDesk, who: Reader, limit: Annotated[int, Field(ge=1, le=1_000)] = 100) -> list[LedgerLine]:
    """What happened to the balance, day by day, the newest first."""
    return desk.sms.account.ledger(desk.zone.key, limit)


@router.post("/sms/consent")
def consent(desk: AtDesk, who: Finder, body: NumberBody) -> ConsentAnswer:
    """What a number said last about marketing."""
    return ConsentAnswer(marketing=desk.sms.inbound.consent(body.number))


@router.post("/sms/subscribe")
def subscribe(desk: AtDesk, who: Administrator, body: Subscription) -> Subscribed:
    """Subscribe a number whose owner agreed elsewhere, or ask it to confirm."""
    done = desk.sms.inbound.subscribe(
        who.actor, who.role, body.number, method=body.method, detail=body.detail, double=body.double
    )
    return Subscribed(subscribed=done)


@router.get("/sms/numbers")
def numbers(desk: AtDesk, who: Reader) -> list[SendingNumber]:
    """The sending numbers in use, then the requests that are pending."""
    return desk.sms.account.numbers()


@router.post("/sms/numbers", status_code=201)
def request_number(desk: AtDesk, who: Administrator, body: NumberRequest) -> Requested:
    """Ask for a further number."""
    request_id = desk.sms.account.request_number(
        who.actor, who.role, body.kind, body.countries, name=body.name
    )
    return Requested(request_id=request_id)


@router.post("/sms/numbers/{request_id}/activate", status_code=204)
def activate_number(
    desk: AtDesk,
    who: Administrator,
    request_id: Annotated[int, Field(ge=0, le=2**31 - 1)],
    body: Activation,
) -> None:
    """Take a requested number into use."""
    desk.sms.account.activate_number(who.actor, who.role, request_id, body.number)


@router.get("/sms/keywords")
def keywords(desk: AtDesk, who: Reader) -> list[Keyword]:
    """The custom keywords."""
    return desk.sms.account.keywords()


@router.put("/sms/keywords/{word}", status_code=204)
def save_keyword(desk: AtDesk, who: Administrator, word: str, body: KeywordBody) -> None:
    """Add a custom keyword, or change one."""
    desk.sms.account.save_keyword(who.actor, who.role, word, body.list, opt_in=body.opt_in, reply=body.reply)


@router.delete("/sms/keywords/{word}", status_code=204)
def remove_keyword(desk: AtDesk, who: Administrator, word: str) -> None:
    """Remove a custom keyword."""
    desk.sms.account.remove_keyword(who.actor, who.role, word)


@router.get("/sms/audit", response_model=list[AuditEntry])
def audit(desk: AtDesk, who: Administrator, limit: Annotated[int, Field(ge=1, le=1_000)] = 50) -> Response:
    """The newest changes of settings, numbers and keywords."""
    said = [vars(entry) for entry in desk.sms.account.audit(limit)]
    return Response(json_text(said), media_type="application/json")


@router.post("/sms/text")
def look_at_text(who: Reader, body: TextBody) -> TextAnswer:
    """Count the parts of a text, and say what it would be taken for."""
    parts = count_parts(body.text)
    meaning = classify(body.text, country=body.country)
    return TextAnswer(encoding=parts.encoding, units=parts.units, parts=parts.parts, meaning=meaning)
