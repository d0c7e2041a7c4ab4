"""D01 to D10 as the pages of conversations do them: the list, threads, answers and their refusals, the gear."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.web.office import NOON, Office

HOSTILE = "<script>alert(1)</script> \u202eevil\u202c zero\u200bwidth \x07bell"
PART = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def _at_noon(office: Office) -> None:
    office.clock.pass_by(NOON + timedelta(minutes=1) - office.clock())


_texts = iter(range(100_000))


def write(office: Office, number: str, body: str, pictures: int = 0) -> int:
    """A customer's text; the id of the conversation."""
    to, nth = office.carrier.sending_number, next(_texts)
    office.sms.receive(number, to, body, carrier_id=f"page {nth}", pictures=pictures)
    found = office.sms.conversations.find("owner", [number])
    return found[0].id if found else 0


def phone(nth: int) -> str:
    return f"+1617555{2000 + nth}"


def subscribed(office: Office, nth: int, body: str = "Do you ship to Canada?") -> tuple[str, int]:
    """A subscriber who has texted: the number, and the conversation."""
    write(office, phone(nth), "JOIN")
    return phone(nth), write(office, phone(nth), body)


def seen(page: str) -> int:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return int(found[1])


def answer(client: TestClient, talk: int, text: str, **more: object) -> object:
    page = client.get(f"/conversations/{talk}").text
    return client.post(
        f"/conversations/{talk}/reply", data={"text": text, "seen": seen(page), **more}, headers=PART
    )


def test_d02_others_are_refused_and_see_no_way_there(office: Office) -> None:
    _, talk = subscribed(office, 1)
    analyst = office.client("analyst")
    for path in (
        "/conversations",
        f"/conversations/{talk}",
        "/conversations/stream",
        "/conversations/settings",
        "/phone",
    ):
        assert analyst.get(path).status_code == 403
    page = analyst.get("/account").text
    assert "/conversations" not in page
    assert "data-live" not in page


def test_d03_the_list_has_ten_and_then_the_next(office: Office) -> None:
    for nth in range(100, 113):
        write(office, phone(nth), f"List number {nth}")
    client = office.client("manager")
    first = client.get("/conversations").text
    assert re.findall(r"List number (\d+)", first) == [str(nth) for nth in range(112, 102, -1)]
    before = re.search(r'&#34;|"before": (\d+)', first)
    assert before is not None
    next_ones = client.post(
        "/conversations/list", data={"box": "inbox", "before": before[1]}, headers=PART
    ).text
    assert re.findall(r"List number (\d+)", next_ones)[:3] == ["102", "101", "100"]
    assert "<html" not in next_ones


def test_d10_search_is_by_words_and_numbers_and_is_in_no_address(office: Office) -> None:
    write(office, phone(120), "Where are the mittens?")
    client = office.client("manager")
    for words in ("mittens", "555 2120", phone(120)):
        found = client.post("/conversations/list", data={"words": words}, headers=PART).text
        assert found.count("talk-row") == 1
        assert "mittens" in found
    nothing = client.post("/conversations/list", data={"words": "no such words"}).text
    assert "Nothing here has these words" in nothing
    assert "<html" in nothing
    assert phone(120) not in re.sub(r">[^<]*<", "><", client.get("/conversations").text)


def test_d04_opening_reads_and_moving_moves(office: Office) -> None:
    number, talk = subscribed(office, 2)
    client = office.client("manager")
    assert office.sms.conversations.find("owner", [number])[0].unread
    assert client.get(f"/conversations/{talk}").status_code == 200
    assert not office.sms.conversations.find("owner", [number])[0].unread
    for what, box in (
        ("archive", "archive"),
        ("unarchive", "inbox"),
        ("block", "blocked"),
        ("unblock", "inbox"),
    ):
        office.clock.pass_by(timedelta(seconds=1))
        done = client.post(f"/conversations/{talk}/move", data={"what": what})
        assert done.headers["location"] == f"/conversations/{talk}"
        assert office.sms.conversations.find("owner", [number])[0].box == box
        assert f'id="talk-{talk}"' in client.get(f"/conversations?box={box}").text
    assert client.post(f"/conversations/{talk}/move", data={"what": "burn"}).status_code == 422


def test_d05_a_stranger_cannot_be_answered_and_the_reason_is_one(office: Office) -> None:
    talk = write(office, phone(3), "Who is this?")
    client = office.client("manager")
    page = client.get(f"/conversations/{talk}").text
    assert "Never subscribed" in page
    assert re.search(r'<fieldset id="reply-box" disabled>', page)
    refused = client.post(
        f"/conversations/{talk}/reply", data={"text": "Us", "seen": seen(page)}, headers=PART
    )
    assert refused.status_code == 422
    for said in (page, refused.text):
        assert "has not consented to SMS marketing" in said


def test_d06_an_answer_is_sent_with_its_links_short(office: Office) -> None:
    number, talk = subscribed(office, 4)
    client = office.client("manager")
    cost = client.post(f"/conversations/{talk}/draft", data={"text": "x" * 161}).text
    assert "2 parts, 2 credits" in cost
    assert client.post(f"/conversations/{talk}/draft", data={"text": " "}).text.strip() == ""
    done = answer(client, talk, "Yes: https://shop.example/canada?a=1")
    assert done.status_code == 200  # type: ignore[attr-defined]
    assert "Una Manager" in done.text  # type: ignore[attr-defined]
    last = office.carrier.taken()[-1]
    assert last.number == number
    assert re.fullmatch(r"Yes: https://links\.example\.com/\w{8}", last.body)
    wrong = client.post(f"/conversations/{talk}/draft", data={"text": "x", "picture": "no address"})
    assert "A picture needs an address" in wrong.text


def test_d06_a_coupon_and_a_picture_go_along(office: Office) -> None:
    office.sms.outbound.add_coupons("ann", "owner", "Thanks", ["THANK-1", "THANK-2"])
    number, talk = subscribed(office, 5)
    client = office.client("manager")
    assert "Thanks (2 left)" in client.get(f"/conversations/{talk}").text
    draft = {"text": "For you", "coupon": "Thanks", "picture": "https://shop.example/coat.gif"}
    assert "with a picture, with a coupon" in client.post(f"/conversations/{talk}/draft", data=draft).text
    answer(client, talk, **draft)
    assert office.carrier.taken()[-1].body == "For you THANK-1"
    assert office.carrier.taken()[-1].number == number
    assert f'href="{draft["picture"]}"' in client.get(f"/conversations/{talk}").text


def test_d06_at_night_it_asks(office: Office) -> None:
    _, talk = subscribed(office, 6)
    office.clock.pass_by(timedelta(hours=12))
    client = office.client("manager")
    before = len(office.carrier.taken())
    asked = answer(client, talk, "Sleep well")
    assert asked.status_code == 422  # type: ignore[attr-defined]
    assert "where they are" in asked.text  # type: ignore[attr-defined]
    assert "Send it now" in asked.text  # type: ignore[attr-defined]
    assert len(office.carrier.taken()) == before
    assert answer(client, talk, "Sleep well", at_night="1").status_code == 200  # type: ignore[attr-defined]
    assert office.carrier.taken()[-1].body == "Sleep well"


def test_d07_a_picture_of_theirs_is_noted(office: Office) -> None:
    talk = write(office, phone(7), "Look", pictures=2)
    thread = office.client("manager").get(f"/conversations/{talk}").text
    assert "With 2 pictures, which are not kept" in thread


def test_d08_admins_change_the_gear_and_managers_see_it(office: Office) -> None:
    changes = {
        "forward_to": "texts@acme.example",
        "auto_respond_to": "not_consented",
        "auto_reply": "Hello {{ email }}",
    }
    admin, manager = office.client("admin"), office.client("manager")
    assert "Save" not in manager.get("/conversations/settings").text
    assert manager.post("/conversations/settings", data=changes).status_code == 403
    wrong = admin.post("/conversations/settings", data=changes)
    assert wrong.status_code == 422
    assert "there is no contact_email" in wrong.text
    assert 'value="texts@acme.example"' in wrong.text
    assert admin.post("/conversations/settings", data={**changes, "auto_reply": "Hello"}).status_code == 303
    settings = office.sms.settings()
    assert (settings.shorten_links, settings.forward_to, settings.auto_reply) == (
        False,
        "texts@acme.example",
        "Hello",
    )
    assert "texts@acme.example" in manager.get("/conversations/settings").text
    back = {"shorten_links": "1", "forward_to": "", "auto_respond_to": "nobody", "auto_reply": "Hello"}
    admin.post("/conversations/settings", data=back)


def test_d10_a_newer_text_is_read_first_and_the_draft_is_kept(office: Office) -> None:
    number, talk = subscribed(office, 8)
    client = office.client("manager")
    was = seen(client.get(f"/conversations/{talk}").text)
    write(office, number, "Never mind")
    data = {"text": "We do ship", "seen": was}
    part = client.post(f"/conversations/{talk}/reply", data=data, headers=PART)
    assert part.status_code == 409
    assert "They have texted again" in part.text
    assert "Never mind" in part.text
    whole = client.post(f"/conversations/{talk}/reply", data=data)
    assert whole.status_code == 409
    assert "We do ship</textarea>" in whole.text
    again = client.post(f"/conversations/{talk}/reply", data={**data, "seen": seen(whole.text)})
    assert again.headers["location"] == f"/conversations/{talk}"
    assert office.carrier.taken()[-1].body == "We do ship"


@pytest.mark.parametrize(
    ("decision", "consent"), [("unsubscribed", "Unsubscribed"), ("dismissed", "Subscribed")]
)
def test_b05_one_click_decides_what_may_be_an_opt_out(office: Office, decision: str, consent: str) -> None:
    nth = 9 if decision == "dismissed" else 10
    _, talk = subscribed(office, nth, "please stop texting me")
    client = office.client("manager")
    page = client.get(f"/conversations/{talk}").text
    assert "This may be an opt-out." in page
    assert "May be an opt-out</span>" in page
    done = client.post(f"/conversations/{talk}/decide", data={"decision": decision}, headers=PART)
    assert consent in done.text
    assert "This may be an opt-out." not in done.text


def test_d03_the_thread_tells_what_is_what_and_older_ones_come_after(office: Office) -> None:
    number, talk = subscribed(office, 11)
    write(office, number, "HELP")
    office.clock.pass_by(timedelta(seconds=1))
    for nth in range(50):
        write(office, number, f"Thread text {nth}")
    client = office.client("manager")
    page = client.get(f"/conversations/{talk}").text
    thread = page[page.index('id="said"') :]
    assert re.findall(r"Thread text (\d+)<", thread) == [str(nth) for nth in range(50)]
    older = re.search(r'data-older="([^"]+)"', thread)
    assert older is not None
    before = client.get(older[1], headers=PART).text
    for word in ("Opt-in", "Keyword reply", "Asked for help"):
        assert word in before
        assert word not in thread
    assert client.get(f"/conversations/{talk}/older?before=1-2-x").status_code == 422
    assert client.get(f"/conversations/{talk}?before={older[1].rpartition('=')[2]}").status_code == 200


def test_d11_hostile_texts_are_harmless(office: Office) -> None:
    _, talk = subscribed(office, 12, HOSTILE)
    for path in ("/conversations", f"/conversations/{talk}", f"/conversations/{talk}/now"):
        page = office.client("manager").get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert not any(sign in page for sign in "\u202e\u202c\u200b\x07")


def test_what_is_no_conversation_is_not_found(office: Office) -> None:
    client = office.client("manager")
    assert client.get("/conversations/999999").status_code == 404
    assert client.post("/conversations/999999/move", data={"what": "archive"}).status_code == 404
    assert client.get("/conversations?box=elsewhere").status_code == 422


def test_d09_how_long_somebody_waits_is_told_as_it_changes(office: Office) -> None:
    client = office.client("manager")
    office.clock.pass_by(timedelta(minutes=1))  # what began in this one was before
    before = office.sms.conversations.response_times("owner", office.clock() - timedelta(days=30))
    _, talk = subscribed(office, 31)
    office.clock.pass_by(timedelta(minutes=25))
    assert "Waits <span" in client.get("/conversations").text
    assert f"<dd>{before.waiting + 1}" in client.get("/conversations/times", headers=PART).text
    answer(client, talk, "We do.", at_night="1")
    told = client.get("/conversations/times", headers=PART).text
    assert f"<dt>Answered</dt><dd>{before.answered + 1}" in told
    assert "<script" not in told
