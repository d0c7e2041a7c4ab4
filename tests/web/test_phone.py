"""F01, B03 to B07: the simulated phone; C09, F04: short links and the page to unsubscribe, which nobody signs in for."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from segql.sms import Campaign
from segql.sms.consent import status_of
from segql.sms.render import CODE_LENGTH
from tests.web.office import Office

PART = {"hx-request": "true"}


def texts(page: str) -> list[str]:
    """What the phone shows, ours marked."""
    found = re.findall(
        r'class="message (\w+)">\s*<div class="bubble" dir="auto">(.*?)</div>', page, re.DOTALL
    )
    return [("> " if side == "in" else "") + re.sub(r"<[^>]+>", "", text) for side, text in found]


def with_phone(office: Office, number: str) -> TestClient:
    client = office.client("manager")
    assert client.post("/phone/number", data={"number": number}).headers["location"] == "/phone"
    return client


def test_f01_the_phone_texts_and_shows_what_comes_back(office: Office) -> None:
    client = with_phone(office, "(617) 555-3001")
    assert "+16175553001" in client.get("/phone").text
    joined = texts(client.post("/phone/text", data={"body": "JOIN"}, headers=PART).text)
    assert joined[0] == "JOIN"
    assert joined[1].startswith("> ")
    assert "You are subscribed" in joined[1]
    office.clock.pass_by(timedelta(seconds=5))
    client.post("/phone/text", data={"body": "Do the coats come in green?"})
    assert texts(client.get("/phone/texts").text)[-1] == "Do the coats come in green?"
    assert "Do the coats come in green?" in client.get("/conversations").text
    stopped = texts(client.post("/phone/text", data={"body": "STOP"}, headers=PART).text)
    assert "You are unsubscribed" in stopped[-1]
    # A number is in no address.
    assert "3001" not in str(client.get("/phone").url)


def test_f01_somebody_new_is_nobody_who_is_known(office: Office) -> None:
    client = with_phone(office, "")
    first = client.cookies["segql_phone"].strip('"')
    with office.store.database.cursor() as cursor:
        assert not cursor.execute("FROM profiles WHERE phone_number = ?", [first]).fetchall()
    client.post("/phone/text", data={"body": "Hello"})
    client.post("/phone/number")
    assert client.cookies["segql_phone"].strip('"') != first


@pytest.mark.parametrize("number", ["12", "VANITY", "+1", "<script>", "x" * 40])
def test_a_number_that_can_be_none_is_told_at_the_field(office: Office, number: str) -> None:
    answer = office.client("manager").post("/phone/number", data={"number": number})
    assert answer.status_code == 422
    assert "No phone has this number" in answer.text


def test_f01_several_numbers_of_ours_can_be_texted(office: Office) -> None:
    account = office.sms.account
    account.activate_number(
        "ann", "owner", account.request_number("ann", "owner", "short_code", ["US"]), "246810"
    )
    client = with_phone(office, "+16175553002")
    assert "<option>246810</option>" in client.get("/phone").text
    client.post("/phone/text", data={"body": "Is it you?", "to": "246810"})
    client.post("/phone/text", data={"body": "And here?", "to": "+19999999999"})
    with office.store.database.cursor() as cursor:
        query = "SELECT recipient FROM sms_inbound WHERE sender = '+16175553002' ORDER BY inbound_id"
        assert cursor.execute(query).fetchall() == [("246810",), (office.carrier.sending_number,)]


def test_the_phone_is_there_with_the_simulated_carrier_only(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.sms, "carrier", object())
    client = office.client("manager")
    assert client.get("/phone").status_code == 404
    assert "/phone" not in client.get("/account").text


def link_on(office: Office, text: str, number: str) -> str:
    """A short link in an answer to a number: its path."""
    client = with_phone(office, number)
    client.post("/phone/text", data={"body": "JOIN"})
    client.post("/phone/text", data={"body": "Where?"})
    (talk,) = office.sms.conversations.find("owner", [number])
    client.post(f"/conversations/{talk.id}/reply", data={"text": text, "seen": talk.newest}, headers=PART)
    found = re.search(rf'<a href="(/\w{{{CODE_LENGTH}}})"', client.get("/phone/texts").text)
    assert found is not None
    return found[1]


def standing(office: Office, number: str) -> str | None:
    with office.store.database.cursor() as cursor:
        return status_of(cursor, number, office.clock())


def clicks(office: Office) -> list[bool]:
    with office.store.database.cursor() as cursor:
        return [bot for (bot,) in cursor.execute("SELECT bot FROM sms_clicks ORDER BY rowid").fetchall()]


def test_c09_a_short_link_leads_on_and_previews_do_not_count(office: Office) -> None:
    path = link_on(office, "Here: https://shop.example/green?size=m", "+16175553003")
    before = len(clicks(office))
    stranger = office.client()
    office.clock.run()
    phone = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"}
    assert stranger.head(path, headers=phone).status_code == 302
    answer = stranger.get(path, headers=phone)
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://shop.example/green?size=m"
    assert clicks(office)[before] is True
    for unknown in ("/abcdefgh", "/ABCDEFGH", "/a.b", "/robots.txt"):
        assert stranger.get(unknown).status_code == 404


def test_f04_the_unsubscribe_link_is_a_page_with_a_button(office: Office) -> None:
    number = "+16175553004"
    with_phone(office, number).post("/phone/text", data={"body": "JOIN"})
    text = "Bye? {{ unsubscribe_link() }}"
    office.sms.send("ann", "owner", Campaign(name="Bye", include=(f'phone_number is "{number}"',), text=text))
    code = office.carrier.taken()[-1].body.rpartition("/")[2].split()[0]
    customer = office.client()
    for _ in range(2):
        assert f'action="/{code}/unsubscribe"' in customer.get(f"/{code}").text
        assert standing(office, number) == "subscribed"
    done = customer.post(f"/{code}/unsubscribe")
    assert "You are unsubscribed" in done.text
    assert standing(office, number) == "unsubscribed"
    assert customer.post("/abcdefgh/unsubscribe").status_code == 404
