"""People: finding them, and what is known of each: what happened, attributes, segments and why, consents."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from segql.runtime import people
from segql.runtime.predict.names import NAMES
from segql.sms.errors import SmsCode, SmsError
from segql.sms.history import PAGE, What
from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Finder
from segql.web.desk import AtDesk, Desk
from segql.web.pages import telling
from segql.web.rendering import fragment, go, render_page

router = APIRouter(prefix="/people")


@router.get("")
def show(request: Request, desk: AtDesk, who: Finder) -> Response:
    """The newest people, and the field to search for others."""
    return _page(request, desk, "", None)


@router.post("/search")
def search(
    request: Request,
    desk: AtDesk,
    who: Finder,
    text: Annotated[str, Form()] = "",
    after: Annotated[int | None, Form()] = None,
    beside: Annotated[int | None, Form()] = None,
) -> Response:
    """Whom a text finds, behind the last one that is known. What is searched for stands in no address. `beside`: for whom
    another profile is looked for."""
    if "hx-request" not in request.headers:
        return _page(request, desk, text, after)
    found = people.search(desk.store, text[:200], after)
    return fragment(
        request,
        "people/found.html",
        found=found,
        text=text,
        beside=beside,
        page=people.PAGE,
        is_first=after is None,
    )


def _page(request: Request, desk: Desk, text: str, after: int | None) -> Response:
    return render_page(
        request,
        "people/search.html",
        found=people.search(desk.store, text[:200], after),
        text=text,
        beside=None,
        page=people.PAGE,
        is_first=after is None,
        population=desk.store.population(),
    )


@router.get("/{profile_id}")
def show_timeline(
    request: Request, desk: AtDesk, who: Finder, profile_id: int, what: str = "all"
) -> Response:
    """What happened between the account and a person, and what matters most of them."""
    person = people.read(desk.store, profile_id)
    if person.found.profile_id != profile_id:  # merged since
        return go(request, f"/people/{person.found.profile_id}")
    return _person_page(
        request,
        desk,
        person,
        "people/timeline.html",
        **_timeline(desk, profile_id, what, None),
        kinds=desk.sms.people.event_kinds(profile_id),
        predicted={name: person.values[name] for name in NAMES if name in person.values},
    )


@router.get("/{profile_id}/timeline")
def show_older(
    request: Request, desk: AtDesk, who: Finder, profile_id: int, before: str, what: str = "all"
) -> Response:
    """What happened before."""
    return fragment(request, "people/happenings.html", **_timeline(desk, profile_id, what, before))


@router.get("/{profile_id}/outlook")
def show_outlook(request: Request, desk: AtDesk, who: Finder, profile_id: int) -> Response:
    """Whether a person could be texted now; nothing where SMS is not set up."""
    outlook = None
    try:
        outlook = desk.sms.people.outlook(profile_id)
    except SmsError as error:
        if error.code != SmsCode.NOT_SET_UP:
            raise
    return fragment(request, "people/outlook.html", outlook=outlook)


@router.get("/{profile_id}/attributes")
def show_attributes(request: Request, desk: AtDesk, who: Finder, profile_id: int) -> Response:
    """All that is known of a person by name, with its type."""
    person = people.read(desk.store, profile_id)
    known = [(one.name, one.type, person.values.get(one.name)) for one in desk.store.catalog.attributes]
    return _person_page(request, desk, person, "people/attributes.html", attributes=known)


@router.get("/{profile_id}/segments")
def show_segments(request: Request, desk: AtDesk, who: Finder, profile_id: int) -> Response:
    """The segments that a person is in, and the others."""
    person = people.read(desk.store, profile_id)
    inside = people.segments_of(desk.store, person.found.profile_id)
    known = {stay.name for stay in inside}
    others = [one.name for one in desk.store.catalog.segments if one.name not in known]
    return _person_page(request, desk, person, "people/segments.html", inside=inside, others=others)


@router.get("/{profile_id}/why")
def show_why(request: Request, desk: AtDesk, who: Finder, profile_id: int, segment: str) -> Response:
    """Why a person is in a segment or is not, clause by clause."""
    if desk.store.catalog.segment(segment) is None:
        raise WebError(WebCode.UNKNOWN, f'There is no segment "{segment}".', "It may have been removed.")
    why = desk.store.why(segment, profile_id, desk.clock())
    # That somebody is in the segment is what is asked: its clauses say why.
    return fragment(request, "people/why.html", verdicts=why.verdict.parts or (why.verdict,))


@router.get("/{profile_id}/consent")
def show_consent(request: Request, desk: AtDesk, who: Finder, profile_id: int) -> Response:
    """What a person agreed to, and how each of it came about."""
    person = people.read(desk.store, profile_id)
    log = people.consent_log(desk.store, person.found.profile_id)
    return _person_page(request, desk, person, "people/consent.html", log=log)


def _timeline(desk: Desk, profile_id: int, what: str, before: str | None) -> dict[str, Any]:
    """A page of what happened, as templates take it. `last`: its last position, where there may be more behind it."""
    try:
        found = desk.sms.people.history(profile_id, what=_kind(what), before=before)
    except ValueError as error:
        raise WebError(WebCode.INVALID_INPUT, "There is no such place.", "Begin at the newest.") from error
    return {
        "days": telling.by_day(found, desk.zone, desk.clock(), after=before),
        "last": found[-1].position if len(found) == PAGE else None,
        "what": what,
        "profile_id": profile_id,
        "zone": desk.zone,
        "account": desk.store.catalog.account,
        "telling": telling,
    }


def _person_page(
    request: Request, desk: Desk, person: people.Person, template: str, **context: Any
) -> Response:
    known: dict[str, Any] = {
        "profile_id": person.found.profile_id,
        "account": desk.store.catalog.account,
        "telling": telling,
        "names": NAMES,
        "times": desk.sms.people.local_times(person.found.profile_id),
    }
    return render_page(request, template, person=person, **(known | context))


def _kind(what: str) -> What:
    """What of the timeline is shown, as its address has it: all, messages, or the number of a kind of event."""
    if what in ("all", "messages"):
        return what  # type: ignore[return-value]
    if what.isdecimal() and len(what) < 6:
        return int(what)
    raise WebError(WebCode.INVALID_INPUT, "There is nothing of that kind.", "Choose another kind.")
