"""Parts of a segment's page that take longer than the page may: sizes, growth, reach, overlap, tests, people, why."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from segql.compiler.format import format_segment
from segql.compiler.text import quoted
from segql.sms.errors import SmsCode, SmsError
from segql.sms.reach import Reach, email_reach, sms_reach
from segql.web.access.visitors import Finder, Reader
from segql.web.addresses import AskedSegment
from segql.web.desk import AtDesk, Desk
from segql.web.rendering import fragment

router = APIRouter(prefix="/segments/{name}")

By = Literal["day", "week", "month"]
# What each step of the growth chart looks back on.
_SPANS: dict[By, str] = {"day": "30 days", "week": "26 weeks", "month": "12 months"}
_SHOWN = ("profile_id", "external_id", "first_name", "last_name", "email", "phone_number")
_SAMPLE = 10
_COMPARED = 3


def _asked(name: str) -> str:
    return f"in segment {quoted(name)}"


@router.get("/size")
def show_size(request: Request, desk: AtDesk, _: Reader, segment: AskedSegment) -> Response:
    """How many there are now, and how many more than at the end of yesterday."""
    now = desk.clock()
    midnight = datetime.combine(now.astimezone(desk.zone), time(), desk.zone)
    count, before = (
        desk.store.count(_asked(segment.name), at) for at in (now, midnight - timedelta(seconds=1))
    )
    return fragment(
        request,
        "segments/size.html",
        segment=segment,
        fault=None,
        count=count,
        change=count - before,
        size=desk.store.sizes(now).get(segment.name),
        population=desk.store.population(),
    )


@router.get("/cost")
def show_cost(request: Request, desk: AtDesk, _: Reader, segment: AskedSegment) -> Response:
    """How much is read at most."""
    cost = desk.store.cost(desk.store.compile(segment.definition), desk.clock())
    return fragment(request, "segments/cost.html", cost=cost)


@router.get("/growth")
def show_growth(request: Request, desk: AtDesk, _: Reader, segment: AskedSegment, by: By = "day") -> Response:
    """How many there were at the end of each day, week or month, asked as of then."""
    asked = f"trend {_asked(segment.name)} over the last {_SPANS[by]} by {by}"
    table = desk.store.ask(asked, desk.clock())
    ends = [at.astimezone(desk.zone) for at in table["at"].to_pylist()]
    return fragment(
        request,
        "segments/growth.html",
        segment=segment,
        by=by,
        spans=_SPANS,
        counts=table["count"].to_pylist(),
        labels=[f"{end.day} {end:%b %Y}" for end in ends],
    )


@router.get("/reach")
def show_reach(request: Request, desk: AtDesk, _: Reader, segment: AskedSegment) -> Response:
    """Who can receive texts and e-mails, and why the rest cannot."""
    return fragment(
        request,
        "segments/reach.html",
        sms=_sms_reach(desk, segment.name),
        email=email_reach(desk.store, _asked(segment.name), desk.clock()),
    )


def _sms_reach(desk: Desk, name: str) -> Reach | None:
    """None where SMS is not set up."""
    try:
        return sms_reach(desk.store, _asked(name), desk.clock())
    except SmsError as error:
        if error.code != SmsCode.NOT_SET_UP:
            raise
        return None


@dataclass(frozen=True)
class Shared:
    """People of the segment who are in some of the others, and in none of the rest: which, and how many."""

    others: tuple[bool, ...]
    count: int


@router.get("/overlap")
def show_overlap(
    request: Request,
    desk: AtDesk,
    _: Reader,
    segment: AskedSegment,
    others: Annotated[list[str] | None, Query(alias="with")] = None,
) -> Response:
    """How many of the segment are in each combination of others."""
    known = (desk.store.catalog.segment(other) for other in dict.fromkeys(others or ()))
    chosen = [one.name for one in known if one is not None and one.name != segment.name][:_COMPARED]
    shared: list[Shared] = []
    if chosen:
        asked = ", ".join(map(_asked, (segment.name, *chosen)))
        table = desk.store.ask(f"overlap {asked}", desk.clock())
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        shared = [Shared(tuple(row[1:-1]), row[-1]) for row in rows if row[0]]
    return fragment(
        request,
        "segments/overlap.html",
        segment=segment,
        chosen=chosen,
        shared=shared,
        size=sum(one.count for one in shared),
        totals=[sum(one.count for one in shared if one.others[place]) for place in range(len(chosen))],
    )


@router.get("/examples")
def show_examples(request: Request, desk: AtDesk, _: Reader, segment: AskedSegment) -> Response:
    """The example people of the definition, and whether they are where they should be."""
    results = desk.store.test(format_segment(segment), desk.clock())
    return fragment(request, "segments/examples.html", results=results)


@router.get("/people")
def show_people(request: Request, desk: AtDesk, _: Finder, segment: AskedSegment) -> Response:
    """Some of the people."""
    catalog = desk.store.catalog
    columns = [name for name in _SHOWN if name == "profile_id" or catalog.attribute(name) is not None]
    table = desk.store.show(_asked(segment.name), columns, _SAMPLE, desk.clock())
    return fragment(request, "segments/people.html", segment=segment, people=table.to_pylist())


@router.get("/why/{profile_id}")
def show_why(request: Request, desk: AtDesk, _: Finder, segment: AskedSegment, profile_id: int) -> Response:
    """Why somebody is in the segment, or is not, clause by clause."""
    why = desk.store.why(segment.definition, profile_id, desk.clock())
    return fragment(request, "people/why.html", verdicts=[why.verdict])
