"""Questions: who is meant, any statement of the language, why, what the store knows."""

from typing import Annotated, Any

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from segql.compiler.compiled import Compiled
from segql.compiler.conditions.values import Attribute
from segql.compiler.statements import Count, Explain, Funnel, Overlap, Show, Trend
from segql.compiler.statements import Why as WhyStatement
from segql.compiler.text import fold
from segql.sms.reach import Reach, email_reach, sms_reach
from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import Right
from segql.web.access.visitors import Finder, Reader, Visitor
from segql.web.api.operation import Body, Reading, api_router
from segql.web.api.tables import TABLE_ANSWERS, json_answer, table_answer
from segql.web.desk import AtDesk

router = api_router(Reading)

_LONGEST = 100_000
_TEXT = Field(min_length=1, max_length=_LONGEST, description="In the language: docs/language.md")


class Question(Body):
    """A text of the language, and the instant as of which it is asked: the present by default."""

    text: Annotated[str, _TEXT]
    as_of: AwareDatetime | None = None


class Listing(Question):
    """Whom to list, with which attributes, and how many at most."""

    columns: Annotated[list[str], Field(min_length=1, max_length=1_000)] = Field(
        default=["profile_id", "external_id"]
    )
    limit: Annotated[int | None, Field(ge=0)] = None


class PersonQuestion(Question):
    """Of whom to say why: an external id, a phone number or an e-mail address; a number is a profile_id."""

    who: Annotated[str, Field(min_length=1, max_length=300)] | int


class CostAnswer(BaseModel):
    """How many events are read at most, of how many; how many people there are."""

    events: int
    of: int
    people: int


class ReachAnswer(BaseModel):
    """Whom texts and e-mails reach."""

    sms: Reach
    email: Reach


@router.get("/catalog", response_model=dict[str, Any])
def catalog(request: Request, desk: AtDesk, who: Reader) -> Response:
    """What names there are: a catalog, against which definitions can be compiled elsewhere."""
    known = desk.store.known()
    headers = {"etag": f'"{desk.name}-{known.version}"', "cache-control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(known.catalog.to_json(), media_type="application/json", headers=headers)


@router.post("/show", responses=TABLE_ANSWERS, response_model=None)
def show(request: Request, desk: AtDesk, who: Finder, body: Listing) -> Response:
    """Attributes of the people whom a condition means."""
    _require_export(who, body.limit)
    at = body.as_of or desk.clock()
    table = desk.store.show_compiled(desk.store.compile(body.text), body.columns, body.limit, at)
    return table_answer(request, table, at)


@router.post("/ask", responses=TABLE_ANSWERS, response_model=None)
def ask(request: Request, desk: AtDesk, who: Reader, body: Question) -> Response:
    """The answer to any statement of the language. One that names people asks for more rights."""
    at = body.as_of or desk.clock()
    compiled = desk.store.compile(body.text)
    _require_people(who, compiled)
    return table_answer(request, desk.store.ask_compiled(compiled, at), at)


@router.post("/why", response_model=dict[str, Any])
def why(desk: AtDesk, who: Finder, body: PersonQuestion) -> Response:
    """Why somebody is among the people of a condition or is not, clause by clause."""
    return json_answer(desk.store.why(body.text, body.who, body.as_of or desk.clock()).document())


@router.post("/cost")
def cost(desk: AtDesk, who: Reader, body: Question) -> CostAnswer:
    """What a question reads at most."""
    found = desk.store.cost(desk.store.compile(body.text), body.as_of or desk.clock())
    return CostAnswer(events=found.events, of=found.of, people=desk.store.population())


@router.post("/reach")
def reach(desk: AtDesk, who: Reader, body: Question) -> ReachAnswer:
    """How many of those whom a condition means can receive marketing by each channel, and why the others cannot."""
    at = body.as_of or desk.clock()
    return ReachAnswer(sms=sms_reach(desk.store, body.text, at), email=email_reach(desk.store, body.text, at))


# Statements whose answers are numbers, and attributes by which one would know the people that they count.
_NUMBERS = (Count, Explain, Funnel, Overlap, Trend)
_IDENTIFIERS = ("email", "external_id", "phone_number", "profile_id")

# So many people may be looked at who may not be taken away.
_LOOKED_AT = 1_000


def _require_export(who: Visitor, limit: int | None) -> None:
    if not who.may(Right.EXPORT) and (limit is None or limit > _LOOKED_AT):
        raise WebError(
            WebCode.NOT_PERMITTED,
            f"Without the right to export, at most {_LOOKED_AT:,} people are shown.",
            f"Give a limit of {_LOOKED_AT:,} or less.",
        )


def _require_people(who: Visitor, compiled: Compiled) -> None:
    """What gives people and not numbers is for those who may see them, and take them away where they are all given."""
    statement = compiled.statement
    if isinstance(statement, _NUMBERS) and not any(
        isinstance(term, Attribute) and fold(term.name) in _IDENTIFIERS for term in statement.terms()
    ):
        return
    if not who.may(Right.PEOPLE):
        raise WebError(WebCode.NOT_PERMITTED, "The answer names people.", "Ask how many they are: count ...")
    if not isinstance(statement, WhyStatement):
        _require_export(who, statement.limit if isinstance(statement, Show) else None)
