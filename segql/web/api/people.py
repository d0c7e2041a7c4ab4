"""People: finding them, what is known of one and what happened, what they consented to; merging two, erasing one."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from segql.runtime import people
from segql.runtime.store.by_person import ByPerson
from segql.runtime.store.search import Found
from segql.sms.consent import Status
from segql.sms.handwritten import Kind, Said
from segql.sms.history import Happening, What
from segql.sms.outlook import Outlook
from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Administrator, Converser, Exporter, Finder
from segql.web.api.operation import Body, api_router
from segql.web.api.tables import json_answer
from segql.web.desk import AtDesk

router = api_router()

_WHO = Field(min_length=1, max_length=300, description="An external id, a phone number or an e-mail address")
_Profile = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Person(Body):
    """Who is meant; a number is a profile_id. It is never a part of the address, which logs keep."""

    who: Annotated[str, _WHO] | _Profile


class Described(Person):
    """The instant as of which segments are asked: the present by default."""

    as_of: AwareDatetime | None = None


class Merging(Person):
    """Who becomes a part of whom."""

    into: Annotated[str, _WHO] | _Profile


class Merged(BaseModel):
    """Who stays."""

    profile_id: int


class Searching(Body):
    """The beginning of a name, an address or an external id, or digits of a number; nothing: the newest people. `after`:
    the profile_id of the last one that is known."""

    text: Annotated[str, Field(max_length=200)] = ""
    after: _Profile | None = None


class Timeline(Person):
    """`what`: all, messages, or the number of a kind of event. `before`: the `position` of the last that is known."""

    what: What = "all"
    before: Annotated[str | None, Field(max_length=100)] = None


class Evidence(Person):
    """What proves that a person said something: how (a form, a telephone call), and which."""

    method: Annotated[str, Field(min_length=1, max_length=200)]
    detail: Annotated[str | None, Field(max_length=2_000)] = None


class ConsentBody(Evidence):
    """What a person said, of which messages, and when: now by default. Who is `pending` is asked by text to confirm."""

    channel: Literal["sms", "email"] = "sms"
    kind: Kind = "marketing"
    status: Status
    at: AwareDatetime | None = None


@router.post("/people/search")
def search(desk: AtDesk, who: Finder, body: Searching) -> list[Found]:
    """Some people of whom a text is remembered; whoever has exactly it as an identifier comes first."""
    return people.search(desk.store, body.text, body.after)


@router.post("/people/timeline")
def timeline(desk: AtDesk, who: Finder, body: Timeline) -> list[Happening]:
    """What happened between the account and a person, the newest first: events, messages, texts."""
    profile_id = people.identify(desk.store, body.who)
    try:
        return desk.sms.people.history(profile_id, what=body.what, before=body.before)
    except ValueError as error:
        raise WebError(WebCode.INVALID_INPUT, "There is no such place.", "Begin at the newest.") from error


@router.post("/people/outlook", response_model=dict[str, Any])
def outlook(desk: AtDesk, who: Finder, body: Person) -> Response:
    """What would happen to a person if a campaign went out now: the gates that would stop the text, and until when."""
    found: Outlook = desk.sms.people.outlook(people.identify(desk.store, body.who))
    stops = [{"gate": gate.code, "words": gate.words} for gate in found.stops]
    return json_answer({"stops": stops, "opens_at": found.opens_at, "credits": found.credits})


@router.get("/people/by-person")
def by_person(desk: AtDesk, who: Administrator) -> ByPerson:
    """What becomes of the copy of the events that is ordered by person."""
    return desk.store.by_person()


@router.post("/people/by-person/keep", status_code=204)
def keep_by_person(desk: AtDesk, who: Administrator) -> None:
    """Keep a copy of the events ordered by person from now on, so that one person's are found at once in a large store. The
    server makes it beside everything else."""
    desk.store.begin_by_person()


@router.post("/people/by-person/drop", status_code=204)
def drop_by_person(desk: AtDesk, who: Administrator) -> None:
    """Keep that copy no longer."""
    desk.store.drop_by_person()


@router.post("/people/describe", response_model=dict[str, Any])
def describe(desk: AtDesk, who: Exporter, body: Described) -> Response:
    """Everything that is held about a person."""
    return json_answer(desk.store.describe(body.who, body.as_of or desk.clock()))


@router.post("/people/consents", response_model=dict[str, Any])
def consents(desk: AtDesk, who: Finder, body: Person) -> Response:
    """What a person consents to now (`holds`), and how it came about (`log`)."""
    person = people.read(desk.store, body.who)
    log = people.consent_log(desk.store, person.found.profile_id)
    return json_answer({"holds": person.consents, "log": log})


@router.post("/people/consent", status_code=204)
def write_consent(desk: AtDesk, who: Administrator, body: ConsentBody) -> None:
    """Write down what a person said elsewhere about the messages that they want."""
    said = Said(body.channel, body.status, body.method, body.detail, body.at or desk.clock(), kind=body.kind)
    desk.sms.people.write_down(who.actor, who.role, people.identify(desk.store, body.who), said)


@router.post("/people/unsubscribe", status_code=204)
def unsubscribe(desk: AtDesk, who: Converser, body: Evidence) -> None:
    """Let a person get no more texts, who said so elsewhere."""
    said = Said("sms", "unsubscribed", body.method, body.detail, desk.clock())
    desk.sms.people.write_down(who.actor, who.role, people.identify(desk.store, body.who), said)


@router.post("/people/merge")
def merge(desk: AtDesk, who: Administrator, body: Merging) -> Merged:
    """Make one person a part of another, who keeps their own identifiers and values."""
    return Merged(profile_id=desk.store.merge(body.who, body.into, who.actor, desk.clock()))


@router.post("/people/merge/foresee", response_model=dict[str, Any])
def foresee(desk: AtDesk, who: Administrator, body: Merging) -> Response:
    """What a merge would do: values that are taken over and dropped, consents that become stricter. Nothing is changed."""
    found = people.foresee_merge(desk.store, body.who, body.into)
    return json_answer(
        {
            "merged": asdict(found.merged),
            "survivor": asdict(found.survivor),
            "taken": found.taken,
            "dropped": {
                name: {"goes": goes, "stays": stays} for name, (goes, stays) in found.dropped.items()
            },
            "aliases": found.aliases,
            "stricter": [
                {"channel": channel, "kind": kind, "status": status}
                for (channel, kind), status in found.stricter.items()
            ],
        }
    )


@router.post("/people/erase", status_code=204)
def erase(desk: AtDesk, who: Administrator, body: Person) -> None:
    """Erase a person, for good; a hash of their addresses keeps them from being texted again."""
    desk.store.erase(body.who, who.actor, desk.clock())
