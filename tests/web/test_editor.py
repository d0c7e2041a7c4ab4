"""What editors ask of a text, and the pages on which a segment is written."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from starlette.testclient import TestClient

from segql.web.access.errors import WebCode, WebError
from segql.web.access.rights import Right
from segql.web.access.tokens import make_token
from segql.web.addresses import segment_path
from segql.web.drafts import format_body
from segql.web.newest import Newest
from tests.web.fields import fields_of
from tests.web.office import Office

ENDLESS = "SELECT count(*) FROM range(1000000000000) r(n) WHERE n * 2 > 3"
HOSTILE = '<script>alert(1)</script> "x" \u202e🦔'


def ask(office: Office, what: str, text: str, **more: object) -> dict[str, Any]:
    answer = office.client("manager").post(f"/api/{what}", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def draft(**fields: str) -> dict[str, str]:
    return {"name": "Tried", "body": "can receive sms", "base": "0"} | fields


# ---- The operations -------------------------------------------------------------------------------------------------


def test_a_mistake_is_told_with_its_place_and_its_fix(office: Office) -> None:
    text = '-- 🦔 first\ndid "Placed Ordr"'
    (found,) = ask(office, "check", text)["diagnostics"]
    assert text[found["start"] : found["end"]] == '"Placed Ordr"'
    assert (found["code"], found["severity"], found["line"], found["column"]) == ("SG202", "error", 2, 5)
    (edit,) = found["fixes"][0]["edits"]
    assert text[: edit["start"]] + edit["text"] + text[edit["end"] :] == '-- 🦔 first\ndid "Placed Order"'


def test_a_text_is_checked_as_the_definition_of_a_segment(office: Office) -> None:
    text = 'can receive sms and in segment "Winback"'
    assert ask(office, "check", text, segment="New")["diagnostics"] == []
    (found,) = ask(office, "check", text, segment="Winback")["diagnostics"]
    assert found["code"] == "SG207"
    assert text[found["start"] : found["end"]] == 'in segment "Winback"'
    (found, *_) = ask(office, "check", "count everybody", segment="New")["diagnostics"]
    assert (found["start"], found["line"]) == (0, 1)


def test_proposals_say_what_there_is_of_each(office: Office) -> None:
    (found, *_) = ask(office, "complete", '-- 🦔\ndid "placed', offset=16)["completions"]
    assert (found["text"], found["kind"], found["start"]) == ('"Placed Order"', "event", 9)
    assert found["count"] > 100
    found = next(one for one in ask(office, "complete", "gen", offset=3)["completions"])
    assert (found["text"], found["type"], found["count"] > 100) == ("gender", "text", True)
    values = ask(office, "complete", 'gender is "', offset=11)["completions"]
    counts = [one["count"] for one in values if one["kind"] == "value"]
    assert '"female"' in [one["text"] for one in values]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == office.store.count("gender is set")
    (found, *_) = ask(office, "complete", 'in list "VIP', offset=12)["completions"]
    assert found["count"] == office.store.count(f"in list {found['text']}", office.clock())


def test_colours_hovers_and_english(office: Office) -> None:
    text = 'did "Placed Order" today'
    kinds = [(text[one["start"] : one["end"]], one["kind"]) for one in ask(office, "tokens", text)["tokens"]]
    assert kinds[:2] == [("did", "keyword"), ('"Placed Order"', "event")]
    about = ask(office, "hover", text, offset=6)["hover"]
    assert about["title"] == 'event "Placed Order"'
    assert ask(office, "hover", text, offset=3)["hover"] is None
    explained = ask(office, "explain", text)
    assert explained["english"].startswith('People who did "Placed Order" today (2026-06-01')
    assert explained["events"] == ["Placed Order"]
    assert ask(office, "sql", text)["sql"].startswith("SELECT")


def test_canonical_text(office: Office) -> None:
    written = 'CAN   receive sms and  in list  "VIP newsletter" -- the best'
    assert (
        ask(office, "format", written)["text"]
        == 'can receive sms\nand in list "VIP newsletter" -- the best\n'
    )
    short = 'can receive sms and in list "VIP newsletter"'
    assert ask(office, "format", short)["text"] == f"{short}\n"
    assert ask(office, "format", short, segment="")["text"] == 'can receive sms\nand in list "VIP newsletter"'
    assert office.client("manager").post("/api/format", json={"text": "can"}).status_code == 422


def test_a_count(office: Office) -> None:
    found = ask(office, "count", "can receive sms")
    assert 0 < found["count"] < found["of"]
    assert ask(office, "count", "SMS Subscribers")["count"] == found["count"]
    wrong = office.client("manager").post("/api/count", json={"text": "can receive"})
    assert wrong.status_code == 422
    assert wrong.json()["diagnostics"][0]["code"] == "SG101"


@pytest.mark.parametrize("what", ["check", "complete", "hover", "tokens"])
def test_no_text_is_too_strange(office: Office, what: str) -> None:
    place = {"offset": 3} if what in ("complete", "hover") else {}
    for text in ("", "\x00", "🦔" * 50, '"', "(" * 300, "\ud800", "and " * 500, "\r\n\t"):
        body = json.dumps({"text": text} | place) if text == "\ud800" else None
        client = office.client("manager")
        answer = (
            client.post(f"/api/{what}", content=body, headers={"content-type": "application/json"})
            if body
            else client.post(f"/api/{what}", json={"text": text} | place)
        )
        assert answer.status_code == (422 if body else 200), text


def test_a_later_question_stops_the_earlier_one(office: Office) -> None:
    newest, is_asking = Newest(), Event()

    def ask_long() -> None:
        with newest.answering("page", 1), office.store.database.cursor() as cursor:
            is_asking.set()
            cursor.execute(ENDLESS).fetchall()

    with ThreadPoolExecutor(1) as others:
        asking = others.submit(ask_long)
        is_asking.wait()
        with newest.answering("another page", 0), office.store.database.cursor() as cursor:
            cursor.execute("SELECT 1").fetchall()
        assert not asking.done()
        with newest.answering("page", 2):
            assert asking.done()
            error = asking.exception()
            assert isinstance(error, WebError)
            assert error.code == WebCode.SUPERSEDED
            with pytest.raises(WebError), newest.answering("page", 1):
                pass
    with newest.answering("page", 1), office.store.database.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchall() == [(1,)]


def test_a_stop_that_came_from_elsewhere_is_no_later_question(office: Office) -> None:
    with pytest.raises(duckdb.InterruptException), Newest().answering("page", 1):
        raise duckdb.InterruptException("somebody stopped everything")


# ---- The pages ------------------------------------------------------------------------------------------------------


def test_a_segment_is_made_and_changed(office: Office) -> None:
    client = office.client("manager")
    made = client.post("/segments/new", data=draft(name="Made 🦔", tags="a, b,a", description="Why"))
    assert made.headers["location"] == f"/segments/{quote('Made 🦔')}"
    (version,) = office.store.versions("made 🦔")
    assert (version.author, version.segment.tags) == ("manager@acme.example", ("a", "b"))
    path = f"/segments/{quote('Made 🦔')}/edit"
    page = client.get(path).text
    assert 'value="a, b"' in page
    assert 'name="base" value="1"' in page
    body = 'can receive sms\r\nand gender is "female"'
    examples = 'expect in: { sms: subscribed, gender: "female" }\r\nexpect out: {}'
    changed = draft(name="Made 🦔", tags="a, b", body=body, examples=examples, base="1")
    assert client.post(path, data=changed).status_code == 303
    *_, version = office.store.versions("made 🦔")
    assert version.segment.definition == 'can receive sms and gender is "female"'
    assert len(version.segment.examples) == 2
    assert "can receive sms</textarea>" in client.get(f"{path}?version=1").text
    assert 'name="base" value="2"' in client.get(f"{path}?version=1").text


def test_a_name_with_a_slash_is_edited(office: Office) -> None:
    client = office.client("manager")
    assert client.post("/segments/new", data=draft(name="a/b?c")).status_code == 303
    assert "can receive sms" in client.get(segment_path("a/b?c", "edit")).text


def test_what_is_wrong_is_told_and_kept(office: Office) -> None:
    client = office.client("manager")
    unnamed = client.post("/segments/new", data=draft(name=" ", body=HOSTILE))
    assert unnamed.status_code == 422
    assert "Give it a name" in unnamed.text
    assert "<script>alert" not in unnamed.text
    wrong = client.post(
        "/segments/new", data=draft(name="Wrong", body='did "Placed Ordr"', examples="expect in: {}")
    )
    assert wrong.status_code == 422
    assert "there is no event called &#34;Placed Ordr&#34;" in wrong.text
    assert "did &#34;Placed Ordr&#34;" in wrong.text
    several = client.post("/segments/new", data=draft(name="One", body='everybody segment "Two": everybody'))
    assert several.status_code == 422
    assert {"One", "Two", "Wrong"}.isdisjoint(one.name for one in office.store.catalog.segments)


def test_a_name_that_is_taken_is_not_taken_over(office: Office) -> None:
    taken = office.client("manager").post("/segments/new", data=draft(name="winback", body="everybody"))
    assert taken.status_code == 409
    assert "There is a segment called &#34;Winback&#34; already." in taken.text
    assert "everybody" in taken.text


def test_somebody_else_saved_it_meanwhile(office: Office) -> None:
    una, olive = office.client("manager"), office.client("owner")
    una.post("/segments/new", data=draft(name="Shared"))
    theirs = draft(name="Shared", body='in list "VIP newsletter"', base="1")
    assert olive.post("/segments/Shared/edit", data=theirs).status_code == 303
    mine = draft(name="Shared", body='in list "Do not disturb"', base="1")
    told = una.post("/segments/Shared/edit", data=mine)
    assert told.status_code == 409
    assert "olive@acme.example saved it meanwhile" in told.text
    for text in (
        "VIP newsletter",
        "in list &#34;Do not disturb&#34;",
        'name="base" value="2"',
    ):
        assert text in told.text
    assert una.post("/segments/Shared/edit", data=mine | {"base": "2"}).status_code == 303
    assert [one.author for one in office.store.versions("Shared")][-2:] == [
        "olive@acme.example",
        "manager@acme.example",
    ]
    office.store.remove_segments(["Shared"], author="olive@acme.example")
    told = una.post("/segments/Shared/edit", data=mine | {"base": "3"})
    assert told.status_code == 409
    assert "removed it meanwhile" in told.text
    assert una.post("/segments/Shared/edit", data=mine | {"base": "0"}).status_code == 303


def test_what_stands_beside_the_text(office: Office) -> None:
    client = office.client("manager")

    def told(part: str, text: str) -> str:
        answer = client.post(f"/editor/{part}", data={"text": text, "asker": "a", "turn": "1"})
        assert answer.status_code == 200
        return answer.text

    count = f"{office.store.count('can receive sms', office.clock()):,}"
    assert count in told("count", "can receive sms")
    assert "see here how many" in told("count", " ")
    assert "Mend the mistake" in told("count", "SMS Subscribers")
    assert "People who can receive SMS." in told("meaning", "can receive sms")
    assert told("meaning", "can").strip() == ""
    assert f"{count}</strong> can be texted" in told("people", "everybody")
    assert "Some of them" in told("people", "everybody")
    assert told("people", "can").strip() == ""


def test_what_saving_would_change(office: Office) -> None:
    client = office.client("manager")
    subscribers = office.store.count("can receive sms", office.clock())
    everybody = office.store.population()
    made = client.post("/editor/changes", data=draft()).text
    assert f"{subscribers:,}</strong> people would be in it" in made
    changed = client.post(
        "/editor/changes", data=draft(name="SMS Subscribers", body="everybody", base="1")
    ).text
    assert f"<dt>Would enter</dt><dd>{everybody - subscribers:,}</dd>" in changed
    assert "<dt>Would leave</dt><dd>0</dd>" in changed
    assert "has a mistake" in client.post("/editor/changes", data=draft(body="can")).text
    tested = {"examples": 'expect in: { sms: subscribed }\nexpect out: { city: "<i>Bath" }'}
    assert "wrong" not in client.post("/editor/changes", data=draft() | tested).text
    wrong = client.post("/editor/changes", data=draft(body="everybody") | tested).text
    assert "1 of its tests would be wrong" in wrong
    assert "&lt;i&gt;Bath" in wrong and "This person is in." in wrong


def test_who_may_not_define_only_asks(office: Office) -> None:
    user = office.users["analyst"]
    token = make_token(office.store.database, user, "reads", [Right.READ], office.clock())
    client = TestClient(office.app, headers={"authorization": f"Bearer {token}"})
    assert client.post("/api/count", json={"text": "can receive sms"}).status_code == 200
    assert client.get("/segments/new").status_code == 403
    assert client.post("/segments/new", data=draft()).status_code == 403
    token = make_token(office.store.database, user, "defines", [Right.READ, Right.DEFINE], office.clock())
    client = TestClient(office.app, headers={"authorization": f"Bearer {token}"})
    seen = client.post("/editor/people", data={"text": "everybody", "asker": "b", "turn": "1"}).text
    assert "can be texted" in seen
    assert "Some of them" not in seen


def test_a_condition_as_it_stands_below_its_heading() -> None:
    assert format_body("everybody\n\n-- the end") == "everybody\n-- the end"
    assert format_body("can receive sms and everybody") == "can receive sms\nand everybody"
    assert format_body('everybody in time zone "UTC"') == 'everybody\nin time zone "UTC"'
    for text in ("can", 'everybody segment "x": everybody', ""):
        assert format_body(text) == text


def test_comments_are_kept_and_edited(office: Office) -> None:
    client = office.client("manager")
    body = "-- agreed with legal, March\ncan receive sms -- by law\nand everybody"
    examples = "-- Ann\nexpect in: { sms: subscribed }"
    assert client.post("/segments/new", data=draft(body=body, examples=examples)).status_code == 303
    edited = fields_of(client.get("/segments/Tried/edit").text)
    assert ("body", body) in edited
    assert ("examples", examples) in edited
    assert "agreed with legal, March" in client.get("/segments/Tried").text
    before = office.store.count('in segment "Tried"', office.clock())
    client.post("/segments/Tried/edit", data=draft(body=body.replace("March", "May"), base="1"))
    assert "agreed with legal, May" in client.get("/segments/Tried/versions/2").text
    assert "came by it" not in client.get("/segments/Tried/versions/2").text
    assert office.store.count('in segment "Tried"', office.clock()) == before
    told = client.get("/api/segments/Tried").json()
    assert "-- agreed with legal, May\n" in told["text"]
    assert told["definition"] == "can receive sms and everybody"
