"""People: everything that is known of one, merging two, erasing one for good."""

from typing import Annotated, Any

from pydantic import BaseModel, Field
from starlette.responses import Response

from segql.web.access.visitors import Administrator, Exporter
from segql.web.api.operation import api_router
from segql.web.api.tables import json_answer
from segql.web.desk import AtDesk

router = api_router()

_WHO = Field(min_length=1, max_length=300, description="An external id, a phone number or an e-mail address")


class Person(BaseModel):
    """Who is meant. It is never a part of the address, which logs keep."""

    who: Annotated[str, _WHO]


class Merging(Person):
    """Who becomes a part of whom."""

    into: Annotated[str, _WHO]


class Merged(BaseModel):
    """Who stays."""

    profile_id: int


@router.post("/people/describe", response_model=dict[str, Any])
def describe(desk: AtDesk, who: Exporter, body: Person) -> Response:
    """Everything that is held about a person."""
    return json_answer(desk.store.describe(body.who, desk.clock()))


@router.post("/people/merge")
def merge(desk: AtDesk, who: Administrator, body: Merging) -> Merged:
    """Make one person a part of another, who keeps their own identifiers and values."""
    return Merged(profile_id=desk.store.merge(body.who, body.into, who.actor, desk.clock()))


@router.post("/people/erase", status_code=204)
def erase(desk: AtDesk, who: Administrator, body: Person) -> None:
    """Erase a person, for good; a hash of their addresses keeps them from being texted again."""
    desk.store.erase(body.who, who.actor, desk.clock())
