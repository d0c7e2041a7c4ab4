"""The API: answers in every form, problems with their codes, tokens with rights, keys by which a change is made once."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import get_args

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.testclient import TestClient

from segql.web.access.attempts import Attempts
from segql.web.access.rights import Right
from segql.web.access.tokens import make_token
from segql.web.api import APIS
from tests.web.office import Office

WOMEN = 'gender is "female"'


def program(office: Office, *rights: Right) -> TestClient:
    """A program with a token of the owner's."""
    secret = make_token(office.store.database, office.users["owner"], "a program", rights, office.clock())
    return TestClient(office.app, headers={"authorization": f"Bearer {secret}"})


def test_a_table_comes_in_the_form_that_is_asked_for(office: Office) -> None:
    client = program(office, Right.PEOPLE, Right.EXPORT)
    asked = {"text": WOMEN, "columns": ["external_id", "country"]}
    expected = office.store.show(WOMEN, ("external_id", "country"), as_of=office.clock()).to_pylist()
    assert client.post("/api/show", json=asked).json() == {"rows": expected, "as_of": "2026-06-01T16:00:00Z"}

    def body(kind: str) -> bytes:
        answer = client.post("/api/show", json=asked, headers={"accept": kind})
        assert answer.headers["content-type"].startswith(kind)
        return answer.content

    stream = pa.ipc.open_stream(body("application/vnd.apache.arrow.stream")).read_all()
    parquet = pyarrow.parquet.read_table(io.BytesIO(body("application/vnd.apache.parquet")))
    lines = [json.loads(line) for line in body("application/jsonl").splitlines()]
    assert stream.to_pylist() == parquet.to_pylist() == lines == expected
    assert pyarrow.csv.read_csv(io.BytesIO(body("text/csv"))).num_rows == len(expected)


def test_any_statement_is_answered(office: Office) -> None:
    client = program(office, Right.READ)
    rows = client.post("/api/ask", json={"text": f"count {WOMEN} by country"}).json()["rows"]
    assert sum(row["count"] for row in rows) == office.store.count(WOMEN, as_of=office.clock())
    earlier = {"text": f"trend {WOMEN} over the last 2 weeks by week", "as_of": "2026-05-01T00:00:00Z"}
    assert len(client.post("/api/ask", json=earlier).json()["rows"]) == 3


@pytest.mark.parametrize(
    "text",
    [
        WOMEN,
        "show email where everybody",
        "count everybody by email",
        f"compare {WOMEN} as of yesterday with today",
    ],
)
def test_what_names_people_is_not_for_who_may_see_numbers_only(office: Office, text: str) -> None:
    refused = program(office, Right.READ).post("/api/ask", json={"text": text})
    assert (refused.status_code, refused.json()["code"]) == (403, "W002")


def test_a_manager_looks_at_people_and_takes_them_not_away(office: Office) -> None:
    client = office.client("manager")
    assert client.post("/api/show", json={"text": WOMEN, "limit": 10}).status_code == 200
    assert client.post("/api/show", json={"text": WOMEN}).status_code == 403
    assert client.post("/api/ask", json={"text": WOMEN}).status_code == 403
    assert client.post("/api/people/describe", json={"who": "C000002"}).status_code == 403


def test_a_mistake_has_its_place_its_code_and_its_remedy(office: Office) -> None:
    wrong = office.client("analyst").post("/api/ask", json={"text": 'count did "Placed Ordr"'})
    assert wrong.status_code == 422
    assert wrong.headers["content-type"] == "application/problem+json"
    problem = wrong.json()
    assert problem["code"] == "SG202"
    assert problem["diagnostics"][0]["column"] == 11
    assert problem["diagnostics"][0]["fixes"][0]["edits"][0]["text"] == '"Placed Order"'
    unfit = office.client("analyst").post("/api/ask", json={"text": "", "as_of": "yesterday"})
    assert "body.as_of" in unfit.json()["detail"]
    nobody = office.client("owner").post("/api/why", json={"text": WOMEN, "who": "nobody@x.example"})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "S017")


def test_why_is_told_clause_by_clause(office: Office) -> None:
    found = office.client("analyst").post("/api/why", json={"text": WOMEN, "who": "C000002"}).json()
    assert found["clause"]["text"] == WOMEN


def test_segments_are_saved_all_or_none_and_have_versions(office: Office) -> None:
    client = program(office, Right.DEFINE, Right.READ, Right.PEOPLE, Right.EXPORT)
    text = f'segment "Women": {WOMEN}\nsegment "Men": gender is "male"'
    saved = client.post("/api/segments", json={"text": text})
    assert saved.json() == [{"name": "Women", "change": "new"}, {"name": "Men", "change": "new"}]
    wrong = client.post("/api/segments", json={"text": 'segment "A": everybody\nsegment "B": gendr is "x"'})
    assert wrong.status_code == 422
    assert client.get("/api/segments/A").status_code == 404
    client.post("/api/segments", json={"text": f'segment "Women": {WOMEN} and country is "France"'})
    versions = client.get("/api/segments/women/versions").json()
    assert [one["number"] for one in versions] == [1, 2]
    assert versions[0]["author"] == "olive@acme.example"
    rows = client.get("/api/segments/Men/members").json()["rows"]
    assert len(rows) == office.store.count('gender is "male"', as_of=office.clock())
    (refreshed,) = client.post("/api/segments/refresh", json={"names": ["Men"]}).json()["segments"]
    assert (refreshed["segment"], refreshed["members"], refreshed["first"]) == ("Men", len(rows), True)
    assert client.post("/api/segments/remove", json={"names": ["Men"]}).status_code == 204
    assert client.get("/api/segments/Men").status_code == 404


def test_a_file_is_imported_once(office: Office) -> None:
    client = program(office, Right.IMPORT)
    rows = b"external_id,email,country\nnew-1,new@x.example,France\n,,Spain\n"
    answers = [
        client.post("/api/import/profiles", files={"file": ("people.csv", rows, "text/csv")}).json()
        for _ in range(2)
    ]
    assert answers[0]["rows"] == 2
    assert sum(answers[0]["rejected"].values()) == 1
    assert len(answers[0]["rejects"]) == 1
    assert office.store.count('country is "France" and email is "new@x.example"') == 1
    orders = b'{"who": "new-1", "when": "2026-05-30T10:00:00Z", "total": 20}\n'
    said = '[events]\nevent = "Visited Stall"\ncolumns = {external_id = "who", occurred_at = "when"}\n'
    answer = client.post(
        "/api/import/events", files={"file": ("e.jsonl", orders, "application/jsonl")}, data={"map": said}
    )
    assert answer.status_code == 200, answer.text
    assert office.store.count('did "Visited Stall" once ever', as_of=office.clock()) == 1


def test_a_change_with_a_key_is_made_once(office: Office) -> None:
    client = program(office, Right.SETTINGS, Right.READ)
    asked = {"kind": "long_code", "countries": ["US"]}
    first, again = (
        client.post("/api/sms/numbers", json=asked, headers={"idempotency-key": "number 1"}) for _ in range(2)
    )
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = client.post(
        "/api/sms/numbers", json=asked | {"countries": ["CA"]}, headers={"idempotency-key": "number 1"}
    )
    assert (other.status_code, other.json()["code"]) == (409, "W011")
    pending = [one for one in client.get("/api/sms/numbers").json() if one["state"] == "pending"]
    assert len(pending) == 1
    office.clock.pass_by(timedelta(hours=25))
    later = client.post("/api/sms/numbers", json=asked, headers={"idempotency-key": "number 1"})
    assert later.json() != first.json()


def test_one_users_key_is_not_another_ones(office: Office) -> None:
    asked = {"kind": "short_code", "countries": ["US"]}
    answers = [
        office.client(role).post("/api/sms/numbers", json=asked, headers={"idempotency-key": "k"}).json()
        for role in ("owner", "admin")
    ]
    assert answers[0] != answers[1]


def test_too_many_requests_are_told_when_to_come_again(office: Office) -> None:
    before = office.desk.requests
    office.desk.requests = Attempts(3, timedelta(minutes=1), office.clock)
    client = program(office, Right.READ)
    assert [client.get("/api/segments").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/api/segments")
    assert refused.headers["retry-after"] == "60"
    assert refused.json()["code"] == "W004"
    assert program(office, Right.READ).get("/api/segments").status_code == 200
    office.clock.pass_by(timedelta(minutes=1))
    assert client.get("/api/segments").status_code == 200
    office.desk.requests = before


def test_a_conversation_is_answered(office: Office) -> None:
    client = office.client("manager")
    (first, *_) = client.get("/api/conversations").json()
    thread = client.post("/api/conversations/open", json={"number": first["number"]}).json()
    assert thread["messages"]
    reply = {"number": first["number"], "text": "Hello", "seen": thread["seen"], "at_night": True}
    assert client.post("/api/conversations/draft", json=reply).json()["parts"] == 1
    answered = client.post("/api/conversations/reply", json=reply)
    assert answered.status_code == (200 if thread["box"]["open"] else 422), answered.text
    stale = client.post("/api/conversations/reply", json=reply | {"seen": 0})
    if thread["box"]["open"]:
        assert (stale.status_code, stale.json()["code"]) == (409, "M038")
    assert client.get("/api/conversations/changes").json()
    assert office.client("analyst").get("/api/conversations").status_code == 403


def test_settings_are_changed_all_or_none(office: Office) -> None:
    client = office.client("admin")
    before = client.get("/api/sms/settings").json()
    wrong = client.patch("/api/sms/settings", json={"prefix": "New", "opt_out_language": "Leave"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "M003")
    assert client.get("/api/sms/settings").json() == before
    assert client.patch("/api/sms/settings", json={"prefix": "New"}).json()["prefix"] == "New"
    assert client.get("/api/sms/audit?limit=1").json()[0]["after"] == "New"


def test_a_text_is_counted_and_classified(office: Office) -> None:
    answer = office.client("analyst").post("/api/sms/text", json={"text": "Stop!"}).json()
    assert answer == {"encoding": "gsm7", "units": 5, "parts": 1, "meaning": "opt_out"}


def test_no_address_holds_an_address_of_somebody(office: Office) -> None:
    document = office.client().get("/api/openapi.json").json()
    names = {
        parameter["name"]
        for path in document["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", ())
    }
    assert names.isdisjoint({"number", "phone", "email", "who", "search"})


def test_a_campaign_is_previewed_started_and_reported(office: Office) -> None:
    client = office.client("manager")
    body = {"name": "By program", "include": ["SMS Subscribers"], "text": "Hello, the shop is open again"}
    looked = client.post("/api/campaigns/preview", json=body).json()
    assert looked["audience"] == sum(looked["gates"].values()) + looked["remaining"]
    begun = client.post("/api/campaigns", json=body)
    assert (begun.status_code, sum(begun.json()["states"].values())) == (202, looked["audience"])
    office.sms.advance()
    found = client.post("/api/campaigns/report", json={"name": "By program"}).json()
    assert found["recipients"] == sum(found["states"].values()) == looked["audience"]
    assert client.post("/api/campaigns", json=body | {"text": "Another text"}).json()["code"] == "M011"
    later = body | {
        "include": ["Needed"],
        "name": "Later",
        "at": (office.clock() + timedelta(hours=2)).isoformat(),
    }
    client.post("/api/segments", json={"text": f'segment "Needed": {WOMEN}'})
    assert client.post("/api/campaigns", json=later).json()["status"] == "scheduled"
    kept = client.post("/api/segments/remove", json={"names": ["Needed"]})
    assert (kept.status_code, kept.json()["code"]) == (409, "S032")
    assert client.post("/api/campaigns/cancel", json={"name": "Later"}).json()["status"] == "cancelled"
    wrong = client.post("/api/campaigns/preview", json=body | {"text": "Hi {{ frist_name }}"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "M009")
    analyst = office.client("analyst")
    assert analyst.post("/api/campaigns", json=body).status_code == 403
    assert analyst.get("/api/campaigns").status_code == 200
    assert client.post("/api/sms/credits", json={"amount": 10}).status_code == 403


def bodies() -> set[type[BaseModel]]:
    """What the operations take as JSON."""

    def models(kind: object) -> Iterator[type[BaseModel]]:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield kind
        for part in get_args(kind):
            yield from models(part)

    routes = [route for api in APIS for route in api.router.routes if isinstance(route, APIRoute)]
    parts = [part for route in routes for part in route.dependant.body_params]
    return {model for part in parts for model in models(part.field_info.annotation)}


def test_what_is_misspelled_is_refused_and_does_nothing(office: Office) -> None:
    assert len(bodies()) > 40
    assert [body.__name__ for body in bodies() if body.model_config.get("extra") != "forbid"] == []
    campaign = {"name": "Misspelled", "include": ["everybody"], "exlude": ['in list "Staff"'], "text": "Hi"}
    answer = office.client("manager").post("/api/campaigns", json=campaign)
    assert (answer.status_code, answer.json()["code"]) == (422, "W006")
    assert "exlude" in answer.json()["detail"]
    assert "Misspelled" not in [one.name for one in office.sms.outbound.all_progress()]
