"""Segments as code: what storing a folder of definitions would do, and doing it."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from segql.runtime.as_code.planning import Plan
from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import Right
from segql.web.access.visitors import Definer, Reader
from segql.web.api.operation import Body, Reading, api_router
from segql.web.desk import AtDesk

router = api_router(Reading)


class Files(Body):
    """Files of definitions, their texts by their names. `prune`: what is stored and stands in none of them is removed."""

    files: Annotated[
        dict[str, Annotated[str, Field(max_length=1_000_000)]], Field(min_length=1, max_length=10_000)
    ]
    prune: bool = False


class Planning(Files):
    """`people`: name so many of those who would enter, and of those who would leave."""

    people: Annotated[int, Field(ge=0, le=1_000)] = 0
    as_of: AwareDatetime | None = None


class TestedExample(BaseModel):
    """An example person: where in the text (its line, from 1), where the segment is expected to have them, and has them."""

    segment: str
    line: int
    text: str
    expected: Literal["in", "out"]
    found: Literal["in", "out"]
    holds: bool


class Testing(Body):
    """A text with segments, and the instant as of which they are asked."""

    text: Annotated[str, Field(min_length=1, max_length=1_000_000)]
    as_of: AwareDatetime | None = None


@router.post("/segments/plan", response_model=dict[str, Any])
def plan(desk: AtDesk, who: Definer, body: Planning) -> Response:
    """What storing files would do: what is new, changed and removed, how many would enter and leave. Nothing is
    changed."""
    if body.people and not who.may(Right.PEOPLE):
        raise WebError(
            WebCode.NOT_PERMITTED, "Who would enter and leave are people.", "Ask without `people`."
        )
    at = body.as_of or desk.clock()
    return _answer(desk.store.plan(body.files, at, prune=body.prune, people=body.people))


@router.post("/segments/apply", response_model=dict[str, Any])
def apply(desk: AtDesk, who: Definer, body: Files) -> Response:
    """Store the segments of files, all or none, and say what was done as `plan` does."""
    return _answer(desk.store.apply(body.files, who.actor, desk.clock(), prune=body.prune))


@router.post("/segments/test")
def test(desk: AtDesk, who: Reader, body: Testing) -> list[TestedExample]:
    """Ask each segment of a text about the example people in it (`expect in: ...`)."""
    tested = desk.store.test(body.text, body.as_of or desk.clock())
    return [TestedExample(**asdict(one), holds=one.holds) for one in tested]


def _answer(planned: Plan) -> Response:
    return Response(msgspec.json.encode(planned), media_type="application/json")
