"""What the pages do with flows, drafts, people, consents and the simulated phone, done by programs."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from segql.web.access.rights import Right
from segql.web.access.tokens import make_token
from tests.web.office import Office

FLOW = {"name": "Thanks", "event": "Placed Order", "delay": 7200, "text": "Thank you. It is on its way."}


def program(office: Office, *rights: Right) -> TestClient:
    secret = make_token(office.store.database, office.users["owner"], "a program", rights, office.clock())
    return TestClient(office.app, headers={"authorization": f"Bearer {secret}"})


def test_c11_a_flow_is_made_listed_changed_stopped_and_reported(office: Office) -> None:
    client = office.client("manager")
    assert client.post("/api/flows", json=FLOW).json()["is_new"]
    changed = client.post("/api/flows", json=FLOW | {"again_after": 86_400, "transactional": True})
    assert changed.json()["is_new"] is False
    (found,) = [one for one in client.get("/api/flows").json() if one["name"] == "Thanks"]
    assert (found["delay"], found["again_after"], found["transactional"]) == (7200, 86_400, True)
    assert client.post("/api/campaigns/pause", json={"name": "Thanks"}).json()["status"] == "paused"
    assert client.post("/api/campaigns/resume", json={"name": "Thanks"}).json()["status"] != "paused"
    assert client.post("/api/campaigns/report", json={"name": "Thanks"}).json()["recipients"] == 0
    assert client.post("/api/campaigns/cancel", json={"name": "Thanks"}).json()["status"] == "cancelled"
    two = client.post("/api/flows", json=FLOW | {"name": "Two", "word": "THANKS"})
    assert (two.status_code, two.json()["code"]) == (422, "M019")
    assert office.client("analyst").post("/api/flows", json=FLOW).status_code == 403


def test_a_draft_is_kept_looked_at_and_forgotten(office: Office) -> None:
    client = office.client("manager")
    draft = {"name": "Spring", "include": ["SMS Subscribers"], "text": "Hi {{ first_name | default('you') }}"}
    kept = client.post("/api/drafts", json=draft).json()["campaign_id"]
    (found,) = [one for one in client.get("/api/drafts").json() if one["campaign_id"] == kept]
    assert (found["status"], found["include"], found["saves"]) == ("draft", ["SMS Subscribers"], 1)
    looked = client.post("/api/drafts/look", json=draft).json()
    assert looked["audience"] > 0 and looked["seen"][0]["text"].startswith("Harbor Lane: Hi ")
    known = {"campaign_id": kept, "seen": 1}
    assert client.post("/api/drafts", json=draft | known | {"text": "Hello"}).status_code == 200
    stale = client.post("/api/drafts", json=draft | known | {"text": "Hi"})
    assert stale.status_code == 409
    assert client.post("/api/drafts/remove", json={"campaign_id": kept}).status_code == 204
    assert kept not in [one["campaign_id"] for one in client.get("/api/drafts").json()]


def test_people_are_found_and_what_happened_is_told(office: Office) -> None:
    client = office.client("analyst")
    person = office.store.show("can receive sms", ("external_id", "email"), 1).to_pylist()[0]
    (found, *_) = client.post("/api/people/search", json={"text": person["external_id"]}).json()
    assert found["email"] == person["email"]
    said = client.post("/api/people/timeline", json={"who": person["external_id"]}).json()
    assert said == sorted(said, key=lambda one: one["at"], reverse=True) and said
    (*_, last) = said
    older = {"who": person["external_id"], "before": last["position"]}
    assert last not in client.post("/api/people/timeline", json=older).json()
    wrong = client.post("/api/people/timeline", json=older | {"before": "nowhere"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "W006")
    assert client.post("/api/people/outlook", json={"who": found["profile_id"]}).json()["credits"] >= 0
    foreseen = office.client("owner").post(
        "/api/people/merge/foresee", json={"who": "C000010", "into": "C000011"}
    )
    assert foreseen.json()["survivor"]["external_id"] == "C000011"


def test_b01_consents_are_written_down_with_their_evidence(office: Office) -> None:
    client = office.client("owner")
    made = b"external_id,phone_number\nby-hand,+16175550177\n"
    client.post("/api/import/profiles", files={"file": ("p.csv", made, "text/csv")})
    person = {"who": "by-hand"}
    evidence = {"method": "paper form", "detail": "the till in Boston"}

    def holds() -> dict[str, str]:
        found = client.post("/api/people/consents", json=person).json()
        assert found["log"][-1]["actor"] == "olive@acme.example"
        return {one["kind"]: one["status"] for one in found["holds"] if one["channel"] == "sms"}

    def write(**said: object) -> int:
        return client.post("/api/people/consent", json=person | evidence | said).status_code

    assert write(kind="transactional", status="subscribed") == 204
    assert holds() == {"transactional": "subscribed"}
    office.clock.pass_by(timedelta(minutes=1))
    assert write(status="subscribed") == 204
    assert holds()["marketing"] == "subscribed"
    # B02: opting out ends both, whichever of them it is said of.
    office.clock.pass_by(timedelta(minutes=1))
    assert write(kind="transactional", status="unsubscribed") == 204
    assert holds() == {"marketing": "unsubscribed", "transactional": "unsubscribed"}
    assert write(kind="transactional", status="pending") == 422
    later = (office.clock() + timedelta(days=1)).isoformat()
    assert write(status="subscribed", at=later) == 422
    assert write(status="subscribed", method="") == 422
    assert office.client("manager").post("/api/people/consent", json=person | evidence).status_code == 403
    out = office.client("manager").post("/api/people/unsubscribe", json=person | evidence)
    assert out.status_code == 204


def test_f01_a_phone_texts_and_gets_its_answer(office: Office) -> None:
    client = office.client("manager")
    number = {"number": "+16175550199"}
    answered = client.post("/api/phone/text", json=number | {"text": "JOIN"}).json()
    assert len(answered["answers"]) == 1 and answered["inbox"] is None
    assert office.client("owner").post("/api/sms/consent", json=number).json() == {"marketing": "subscribed"}
    kept = client.post("/api/phone/text", json=number | {"text": "Is the kite festival open?"}).json()
    assert kept["inbox"] == "conversation"
    (found,) = client.post("/api/conversations/search", json={"text": "kite festival"}).json()
    assert found["number"] == number["number"]
    assert client.get("/api/conversations/unread").json()["conversations"] >= 1


def test_a_segment_is_restored_planned_and_its_examples_tested(office: Office) -> None:
    client = office.client("analyst")
    for text in ('segment "Kept": everybody', 'segment "Kept": country is "France"'):
        planned = client.post("/api/segments/apply", json={"files": {"kept.segql": text}})
        assert planned.status_code == 200
    assert client.post("/api/segments/Kept/versions/1/restore").json() == {
        "name": "Kept",
        "change": "changed",
    }
    assert client.get("/api/segments/Kept").json()["definition"] == "everybody"
    assert client.post("/api/segments/Kept/versions/9/restore").status_code == 404
    text = 'segment "Kept": country is "France"\n\n  expect in: { country: "France" }\n  expect in: { country: "Spain" }'
    tested = client.post("/api/segments/test", json={"text": text})
    assert [one["holds"] for one in tested.json()] == [True, False]
    client.post("/api/segments/refresh", json={"names": ["Kept"]})
    assert client.get("/api/segment-sizes").json()["Kept"]["days"]


def test_who_moved_is_told_to_those_who_may_see_people(office: Office) -> None:
    client = program(office, Right.DEFINE)
    for path, asked in (
        ("plan", {"files": {"a.segql": 'segment "A": everybody'}, "people": 1}),
        ("refresh", {"people": True}),
    ):
        assert client.post(f"/api/segments/{path}", json=asked).status_code == 403
        assert client.post(f"/api/segments/{path}", json=asked | {"people": 0}).status_code == 200


@pytest.mark.parametrize("kind", ["orders", "profiles"])
def test_a_file_that_is_no_such_thing_is_told_by_its_own_name(office: Office, kind: str) -> None:
    client = office.client("owner")
    answer = client.post(
        f"/api/import/{kind}", files={"file": ("people of may.csv", b"PAR1....", "text/csv")}
    )
    assert answer.status_code == 422
    assert "/" not in answer.json()["title"]
    if kind == "profiles":
        assert answer.json()["title"].startswith("The file people of may.csv")


def test_reach_says_why_the_others_cannot_be_reached(office: Office) -> None:
    found = office.client("analyst").post("/api/reach", json={"text": "everybody"}).json()
    for channel in ("sms", "email"):
        one = found[channel]
        assert one["audience"] == one["reached"] + sum(count for _, count in one["stopped"])
