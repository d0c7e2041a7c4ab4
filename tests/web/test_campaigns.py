"""The pages of campaigns and flows as a program sees them: roles, mistakes at their fields, files, hostile names."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from segql.sms import Campaign
from segql.web.rendering import audience_name
from tests.web.office import Office, opened_office

EVERYBODY = "can receive sms"
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def own(shop: Path, tmp_path: Path) -> Iterator[Office]:
    """An office for one test that changes it."""
    with opened_office(shop, tmp_path) as opened:
        yield opened


def draft(office: Office, **changes: object) -> int:
    said: dict[str, object] = {"name": "Sale", "include": (EVERYBODY,), "text": "It has begun."}
    campaign = Campaign(**(said | changes))  # type: ignore[arg-type]
    return office.sms.outbound.save_draft("una", "manager", campaign)


def look(client: TestClient, **form: object) -> str:
    answer = client.post("/campaigns/look", data={"name": "x", "include_condition": EVERYBODY, **form})
    assert answer.status_code == 200
    return answer.text


def faulty(page: str) -> list[str]:
    """The fields at which a mistake is told."""
    return re.findall(r'hx-target="#(\w+)-about">\s*<p class="error"', page)


def test_d02_an_analyst_sees_reports_and_no_way_to_send(own: Office) -> None:
    number = draft(own)
    client = own.client("analyst")
    page = client.get("/campaigns").text
    assert "Autumn launch" in page
    assert "New campaign" not in page
    assert client.get("/campaigns/1/report").status_code == 200
    assert "Copy" not in client.get("/campaigns/1").text
    assert "It has begun." in client.get(f"/campaigns/{number}").text
    assert "Review" not in client.get(f"/campaigns/{number}").text
    assert client.post(f"/campaigns/{number}/send", data={"saves": "1"}).status_code == 403
    assert client.post("/campaigns/1/move", data={"move": "pause"}).status_code == 403
    assert own.sms.outbound.written(number).status == "draft"


def test_c07_mistakes_are_told_at_their_fields(office: Office) -> None:
    client = office.client("manager")
    assert faulty(look(client, text="Hi {{ frist_name }}")) == ["text"]
    assert "Did you mean first_name?" in look(client, text="Hi {{ frist_name }}")
    assert faulty(look(client, include_condition="phone_nummer is set", text="Hi")) == ["include"]
    assert faulty(look(client, exclude_condition="is nothing like it", text="Hi")) == ["exclude"]
    assert faulty(look(client, text="Hi", picture="coat.gif")) == ["picture"]
    assert 'class="error"' not in look(client, text="Hi")


def test_c07_a_look_shows_three_people_their_prefix_and_the_offer(office: Office) -> None:
    page = look(
        office.client("manager"), text="Hi {{ first_name | default('there') }}, it’s here: " + "x" * 70
    )
    assert page.count('class="text-phone"') == 3
    assert page.count('<span class="ours">Harbor Lane: </span>') == 3
    assert page.count("Reply STOP to opt out") == 3
    assert "Use plain characters" in page


def test_lines_are_ended_by_one_character(own: Office) -> None:
    client = own.client("manager")
    kept = client.post(
        "/campaigns", data={"name": "Lines", "text": "One\r\nTwo", "include_condition": EVERYBODY}
    )
    number = int(kept.headers["location"].rpartition("/")[2])
    assert own.sms.outbound.written(number).message.text == "One\nTwo"


def test_what_was_typed_is_kept_where_it_cannot_be_saved(own: Office) -> None:
    draft(own)
    answer = own.client("manager").post(
        "/campaigns", data={"name": "SALE", "text": "Typed.", "include_condition": EVERYBODY}
    )
    assert answer.status_code == 422
    assert "Typed." in answer.text
    assert EVERYBODY in answer.text
    assert "Give this one a name of its own." in answer.text


def test_a_draft_that_somebody_else_changed_is_neither_overwritten_nor_sent(own: Office) -> None:
    number = draft(own)
    changed = Campaign("Sale", (EVERYBODY,), "Changed.")
    own.sms.outbound.save_draft("una", "manager", changed, campaign_id=number)
    client = own.client("admin")
    form = {"name": "Sale", "text": "Mine.", "include_condition": EVERYBODY, "saves": "1"}
    kept = client.post(f"/campaigns/{number}", data=form)
    assert (kept.status_code, "Mine." in kept.text) == (422, True)
    assert client.post(f"/campaigns/{number}/send", data={"saves": "1"}).status_code == 409
    assert own.sms.outbound.written(number).message == changed


def test_c01_the_review_adds_up_and_is_what_sending_does(own: Office) -> None:
    number = draft(own, include=("phone_number is set",))
    client = own.client("manager")
    preview = own.sms.preview(own.sms.outbound.written(number).message)  # type: ignore[arg-type]
    page = client.get(f"/campaigns/{number}/review").text
    assert f"{preview.audience:,}" in page
    assert preview.audience == sum(preview.gates.values()) + preview.remaining
    sent = client.post(f"/campaigns/{number}/send", data={"saves": "1"})
    assert sent.headers["location"] == f"/campaigns/{number}"
    states = own.sms.outbound.progress("Sale").states
    assert states["queued"] == preview.remaining
    own.sms.advance()
    assert own.sms.outbound.progress("Sale").states["sent"] > 0
    (entry, *_) = own.sms.account.audit()
    assert (entry.actor, entry.role, entry.what, entry.after) == (
        "manager@acme.example",
        "manager",
        "campaign Sale",
        "sent",
    )


def test_a_draft_that_cannot_be_sent_leads_back_to_where_it_is_written(own: Office) -> None:
    number = draft(own, text="Hi {{ frist_name }}")
    answer = own.client("manager").get(f"/campaigns/{number}/review")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/campaigns/{number}")


def test_c10_scheduled_by_the_accounts_clock_and_by_each_ones_own(own: Office) -> None:
    client = own.client("manager")
    number = draft(own)
    for when in ("", "2026-05-01T10:00", "soon"):
        answer = client.post(f"/campaigns/{number}/send", data={"saves": "1", "start": "at", "when": when})
        assert answer.status_code == 422, when
    assert own.sms.outbound.written(number).status == "draft"
    client.post(f"/campaigns/{number}/send", data={"saves": "1", "start": "at", "when": "2026-06-02T10:00"})
    assert own.sms.outbound.progress("Sale").starts_at.isoformat() == "2026-06-02T14:00:00+00:00"
    assert "Starts 2 Jun 10:00" in client.get(f"/campaigns/{number}").text
    client.post(f"/campaigns/{number}/move", data={"move": "withdraw"})
    client.post(
        f"/campaigns/{number}/send", data={"saves": "1", "start": "local", "when": "2026-06-02T10:00"}
    )
    assert "of their own clock" in client.get(f"/campaigns/{number}").text


def test_c10_pause_resume_cancel_copy_and_remove(own: Office) -> None:
    client = own.client("manager")
    number = draft(own)
    client.post(f"/campaigns/{number}/send", data={"saves": "1"})
    for move, status in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        client.post(f"/campaigns/{number}/move", data={"move": move})
        assert own.sms.outbound.progress("Sale").status == status
    assert client.post(f"/campaigns/{number}/move", data={"move": "resume"}).status_code == 409
    assert client.post(f"/campaigns/{number}/move", data={"move": "erase"}).status_code == 422
    copied = client.post(f"/campaigns/{number}/copy").headers["location"]
    assert own.sms.outbound.written(int(copied.rpartition("/")[2])).message.name == "Sale (2)"
    client.post(f"{copied}/remove")
    assert client.get(copied).status_code == 404


def test_a_stopped_campaign_says_the_fault_and_what_to_do(own: Office) -> None:
    number = draft(own)
    client = own.client("manager")
    client.post(f"/campaigns/{number}/send", data={"saves": "1", "start": "at", "when": "2026-06-02T10:00"})
    own.clock.pass_by(timedelta(days=4))
    own.sms.advance()
    page = client.get(f"/campaigns/{number}").text
    assert "It was stopped: Its time passed more than a day ago" in page
    assert "Resume" in page


def test_c06_a_campaign_that_paused_itself_says_why_and_can_be_resumed(own: Office) -> None:
    number = draft(own)
    own.client("owner").post(
        f"/campaigns/{number}/send", data={"saves": "1", "start": "at", "when": "2026-06-02T12:00"}
    )
    with own.store.database.transaction() as connection:
        connection.execute(
            "UPDATE sms_campaigns SET status = 'paused', fault = 'carriers took 8 of its last 20 texts for spam' "
            "WHERE campaign_id = ?",
            [number],
        )
    page = own.client("manager").get(f"/campaigns/{number}").text
    assert "It has paused itself: carriers took 8 of its last 20 texts for spam." in page
    assert 'value="resume"' in page
    assert "It was stopped" not in page
    own.client("manager").post(f"/campaigns/{number}/move", data={"move": "resume"})
    assert "It has paused itself" not in own.client("manager").get(f"/campaigns/{number}").text


def test_c11_flows_are_made_changed_paused_and_warned_about(own: Office) -> None:
    client = own.client("manager")
    form = {
        "name": "Menu",
        "trigger": "word",
        "word": "MENU",
        "text": "Soup.",
        "delay": "2",
        "repeat": "again",
    }
    made = client.post("/campaigns/flows", data=form)
    path = made.headers["location"]
    assert "opens a conversation" in client.get(path).text.replace("%20", " ") or "segql_said" in str(
        made.headers
    )
    page = client.get(path).text
    assert "Again after 30 days." in page
    assert "2 hours later" in page
    edit = client.get(f"/campaigns/flows/{path.rpartition('/')[2]}/edit").text
    assert 'value="MENU"' in edit
    flow_id = path.rpartition("/")[2]
    client.post(f"/campaigns/flows/{flow_id}", data=form | {"name": "Other", "text": "Bread."})
    flow = own.sms.outbound.written(int(flow_id)).message
    assert (flow.name, flow.text) == ("Menu", "Bread.")
    client.post(f"/campaigns/{flow_id}/move", data={"move": "pause"})
    assert "Resume" in client.get(path).text
    again = client.post("/campaigns/flows", data=form)
    assert (again.status_code, "Soup." in again.text) == (422, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"word": ""},
        {"trigger": "event", "event": "Nothing Of The Kind"},
        {"trigger": "segment", "segment": ""},
        {"delay": "-3"},
        {"delay": "soon"},
        {"only": "phone_nummer is set"},
        {"text": "{{ frist_name }}"},
        {"text": ""},
        {"name": ""},
    ],
)
def test_c11_a_flow_with_a_mistake_is_not_saved_and_not_lost(office: Office, changes: dict[str, str]) -> None:
    form = {"name": "Broken", "trigger": "word", "word": "XYZ", "text": "Kept text."} | changes
    answer = office.client("manager").post("/campaigns/flows", data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert form["text"] in answer.text
    assert "Broken" not in {one.name for one in office.sms.outbound.all_progress()}


def test_names_of_people_and_campaigns_are_shown_as_they_are(own: Office) -> None:
    table = pa.table(
        {
            "external_id": ["hostile"],
            "first_name": [HOSTILE + "\u202e" + "n" * 200],
            "phone_number": ["+12125550147"],
        }
    )
    own.store.upsert_profiles(table)
    client = own.client("manager")
    shown = look(client, text=HOSTILE + " {{ first_name }}", include_condition='external_id is "hostile"')
    assert HOSTILE not in shown
    assert "\u202e" not in shown
    assert "&lt;script&gt;" in shown
    number = draft(own, name=HOSTILE, text=HOSTILE, include=('external_id is "hostile"',))
    for path in ("/campaigns", f"/campaigns/{number}", f"/campaigns/{number}/review"):
        page = client.get(path).text
        assert HOSTILE not in page, path
        assert "&lt;script&gt;" in page, path
    client.post(f"/campaigns/{number}/send", data={"saves": "1"})
    for path in ("", "/recipients?search=hostile", "/recipients?search=alert", "/report"):
        assert HOSTILE not in client.get(f"/campaigns/{number}{path}").text, path


def test_e02_files_hold_the_figures_and_nothing_that_is_reckoned(own: Office) -> None:
    draft(own, name="=1+1")
    client = own.client("analyst")
    table = client.get("/campaigns/all.csv").text.splitlines()
    assert table[0] == "name,kind,status,audience,sent,received,clicked,revenue"
    assert table[1].startswith("'=1+1,campaign,draft")
    days = client.get("/campaigns/1/report.csv").text.splitlines()
    report = own.sms.report("Autumn launch")
    assert sum(int(line.split(",")[1]) for line in days[1:]) == report.sent


def test_e02_why_of_one_recipient(office: Office) -> None:
    client = office.client("manager")
    (recipient, *_) = office.sms.outbound.recipients(1, state="delivered")
    assert recipient.person.number is not None
    found = client.get(f"/campaigns/1/recipients?search={recipient.person.number[-6:]}").text
    assert f"/campaigns/1/why/{recipient.person.profile_id}" in found
    told = client.get(f"/campaigns/1/why/{recipient.person.profile_id}").text
    assert "Delivered" in told
    assert "receipt" in told


def test_an_account_without_sms_is_told_what_to_do(tmp_path: Path) -> None:
    import segql

    segql.open(tmp_path / "bare.duckdb", create=True).close()
    office = Office(tmp_path / "bare.duckdb")
    try:
        assert "SMS is not set up yet" in office.client("owner").get("/campaigns").text
        assert office.client("owner").get("/campaigns/new").status_code == 409
    finally:
        office.close()


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ('in segment "SMS \\"VIPs\\""', 'SMS "VIPs"'),
        ('in list "Staff"', "Staff"),
        ('in list "Staff" and email is set', 'in list "Staff" and email is set'),
        ("can receive sms", "can receive sms"),
    ],
)
def test_an_audience_has_the_name_of_its_segment(condition: str, name: str) -> None:
    assert audience_name(condition) == name
