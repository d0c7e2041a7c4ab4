"""C08, D06, D07: pictures on pages: kept when they are added, shown as what they are, and nothing else is let in."""

import re

import pytest
from starlette.testclient import TestClient

from tests.sms.pictures import gif, jpeg, png
from tests.web.office import Office

PART = {"hx-request": "true"}


def add(client: TestClient, content: bytes, about: str = "") -> str:
    answer = client.post("/api/pictures", files={"file": ("coat.png", content)}, data={"about": about})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["address"])


def test_c08_whoever_has_its_key_sees_a_picture_as_what_it_is(office: Office) -> None:
    address = add(office.client("manager"), gif())
    path = address.removeprefix("https://links.example.com")
    answer = office.client().get(path)
    assert (answer.status_code, answer.content) == (200, gif())
    assert answer.headers["content-type"] == "image/gif"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "private" in answer.headers["cache-control"]
    for unknown in ("/pictures/" + "0" * 32, "/pictures/1", path.upper(), "/pictures/..%2f..%2fetc"):
        assert office.client().get(unknown).status_code == 404, unknown


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"", png() + b"x" * 600_000])
def test_c08_what_phones_do_not_show_is_refused(office: Office, content: bytes) -> None:
    answer = office.client("owner").post("/api/pictures", files={"file": ("coat.png", content)})
    assert (answer.status_code, answer.json()["code"]) == (422, "M042")
    phone = office.client("owner")
    sent = phone.post(
        "/phone/text", data={"body": "Look"}, files={"picture": ("a.png", content)}, headers=PART
    )
    assert sent.status_code == 422
    assert sent.headers["hx-retarget"] == "#notices"


def test_d06_and_d07_pictures_in_the_thread_and_on_the_phone(office: Office) -> None:
    manager = office.client("manager")
    manager.post("/phone/number", data={"number": "+16175557001"})
    manager.post("/phone/text", data={"body": "JOIN"})
    sent = manager.post(
        "/phone/text", data={"body": ""}, files={"picture": ("torn.jpg", jpeg())}, headers=PART
    )
    (shown,) = re.findall(r'src="(/phone/pictures/\d+)"', sent.text)
    assert manager.get(shown).content == jpeg()
    # It is on that phone alone.
    other = office.client("manager")
    other.post("/phone/number", data={"number": "+16175557002"})
    assert other.get(shown).status_code == 404

    (talk,) = office.sms.conversations.find("owner", ["+16175557001"])
    thread = manager.get(f"/conversations/{talk.id}").text
    assert "With a picture, which is not kept" in thread
    assert 'class="shown"' not in thread
    address = add(manager, png(40, 30), 'A "green" coat <b>')
    seen = re.findall(r'name="seen" value="(\d+)"', thread)[0]
    for picture in (address, "https://elsewhere.example/coat.gif"):
        reply = {"seen": seen, "text": "", "picture": picture, "at_night": "1"}
        assert manager.post(f"/conversations/{talk.id}/reply", data=reply, headers=PART).status_code == 200
    path = address.removeprefix("https://links.example.com")
    for page in (manager.get(f"/conversations/{talk.id}").text, manager.get("/phone").text):
        assert f'src="{path}" alt="A &#34;green&#34; coat &lt;b&gt;" width="40" height="30"' in page
        assert 'href="https://elsewhere.example/coat.gif" target="_blank" rel="noopener noreferrer"' in page
        assert 'src="https:' not in page


def test_c08_a_campaigns_picture_is_seen_before_it_is_sent(office: Office) -> None:
    manager = office.client("manager")
    address = add(manager, png(40, 30), "A coat")
    form = {
        "name": "With a picture",
        "include_condition": "can receive sms",
        "text": "Look",
        "picture": address,
    }
    shown = f'src="{address.removeprefix("https://links.example.com")}" alt="A coat"'
    assert manager.post("/campaigns/look", data=form).text.count(shown) == 3
    page = manager.post("/campaigns", data=form | {"then": "review"}).headers["location"]
    assert shown in manager.get(page).text
    manager.post(f"{page.removesuffix('/review')}/remove")
