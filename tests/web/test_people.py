"""The pages about people: finding them, what is told of them, and what is done about them."""

import json
import re
from datetime import timedelta
from urllib.parse import quote

import pyarrow as pa
import pytest

from segql.runtime import people
from segql.runtime.store.consents import CHANNELS
from segql.web.pages.telling import channel_words
from tests.web.office import Office

HTMX = {"hx-request": "true"}
HOSTILE = '<script>alert(1)</script>"\u202eevil'


@pytest.fixture(scope="module")
def ada(office: Office) -> int:
    """Somebody with everything."""
    people = {
        "external_id": ["ada"],
        "email": ["Ada@example.com"],
        "phone_number": ["+16175550123"],
        "first_name": ["Ada-Marie"],
        "last_name": ["Lovelace"],
        "city": ["Boston"],
        "region": ["Massachusetts"],
        "country": ["US"],
    }
    return office.store.upsert_profiles(pa.table(people), office.clock()).profile_ids[0].as_py()


def order(office: Office) -> None:
    """An order of hers, the day before; once more is the same one."""
    told = {
        "external_id": ["ada"],
        "occurred_at": [office.clock() - timedelta(days=1)],
        "event_id": ["o1"],
        "Total": [120.5],
        "Items": [["Coat"]],
    }
    office.store.append_events("Placed Order", pa.table(told))


def search(office: Office, text: str) -> str:
    return office.client("analyst").post("/people/search", data={"text": text}, headers=HTMX).text


@pytest.mark.parametrize(
    "text",
    ["ada", "ADA", "marie", "love", "lovelace ada", "ada@ex", "@example.com", "617 555-0123", "0123"],
)
def test_somebody_is_found_by_what_is_remembered(office: Office, ada: int, text: str) -> None:
    found = search(office, text)
    if "@example" in text:
        assert "person-row" in found
    else:
        assert f"/people/{ada}" in found, text


@pytest.mark.parametrize("text", ["velace", "lovelace bob", "%", "ada_", "<script>", "\x00", "a" * 500, "''"])
def test_nobody_is_found_by_what_nobody_has(office: Office, ada: int, text: str) -> None:
    assert f"/people/{ada}" not in search(office, text)


def test_an_external_id_comes_first(office: Office, ada: int) -> None:
    rows = re.findall(r'href="/people/(\d+)"', search(office, "ada"))
    assert rows[0] == str(ada)


def test_accents_do_not_matter(office: Office) -> None:
    office.store.upsert_profiles(pa.table({"external_id": ["zoe"], "first_name": ["Zoë"]}), office.clock())
    for text in ("zoe", "Zoë", "ZOË"):
        assert "Zoë" in search(office, text)


def test_more_people_come_behind_the_last_one(office: Office) -> None:
    first = search(office, "")
    after = re.findall(r'name="after" value="(\d+)"', first)
    assert len(after) == 1
    client = office.client("analyst")
    more = client.post("/people/search", data={"text": "", "after": after[0]}, headers=HTMX).text
    shown, next_shown = (set(re.findall(r'href="/people/(\d+)"', page)) for page in (first, more))
    assert next_shown
    assert not shown & next_shown


def test_a_search_works_without_script_and_stands_in_no_address(office: Office, ada: int) -> None:
    client = office.client("analyst")
    page = client.post("/people/search", data={"text": "lovelace"})
    assert f"/people/{ada}" in page.text
    assert "<html" in page.text
    assert 'method="get"' not in client.get("/people").text


def test_a_person_is_told_with_everything(office: Office, ada: int) -> None:
    order(office)
    page = office.client("analyst").get(f"/people/{ada}").text
    for words in ("Ada-Marie Lovelace", "12:00 there", "Yesterday", "Placed Order", "120.50 USD", "Coat"):
        assert words in page, words
    assert "<code>no_consent</code>" in office.client("analyst").get(f"/people/{ada}/outlook").text
    attributes = office.client("analyst").get(f"/people/{ada}/attributes").text
    assert "Massachusetts" in attributes
    assert "not set" in attributes


def test_the_timeline_tells_each_message_once(office: Office) -> None:
    with office.store.database.cursor() as cursor:
        ((profile, campaign),) = cursor.execute(
            """SELECT profile_id, c.name FROM sms_messages m JOIN sms_campaigns c USING (campaign_id)
            WHERE state = 'delivered' AND finished_at <= handed_at + INTERVAL 1 HOUR ORDER BY message_id LIMIT 1"""
        ).fetchall()
    page = office.client("analyst").get(f"/people/{profile}?what=messages").text
    assert page.count(f"<bdi>{campaign}</bdi>") == 1
    assert "delivered" in page
    everything = office.client("analyst").get(f"/people/{profile}").text
    newest = everything.split('class="happenings"')[1]
    assert "Received SMS" not in newest.split("</ol>")[0]


def test_older_happenings_come_behind_and_none_twice(office: Office) -> None:
    with office.store.database.cursor() as cursor:
        ((profile, count),) = cursor.execute(
            """SELECT profile_id, count(*) FROM events GROUP BY profile_id ORDER BY count(*) DESC LIMIT 1"""
        ).fetchall()
    client = office.client("analyst")
    seen, page = [], client.get(f"/people/{profile}").text
    while True:
        seen += re.findall(r'<time class="[^"]*" datetime="([^"]+)"', page)
        more = re.findall(r'hx-get="([^"]+)"', page)
        if not more:
            break
        page = client.get(more[0].replace("&amp;", "&"), headers=HTMX).text
    assert seen == sorted(seen, reverse=True)
    with office.store.database.cursor() as cursor:
        told = """SELECT (SELECT count(*) FROM sms_messages WHERE profile_id = $id),
          (SELECT count(*) FROM sms_inbound WHERE profile_id = $id)"""
        ((messages, texts),) = cursor.execute(told, {"id": profile}).fetchall()
    assert count <= len(seen) <= count + messages + texts
    for wrong in ("x", "1-2-3", "20260101000000-9"):
        assert client.get(f"/people/{profile}/timeline?before={wrong}", headers=HTMX).status_code == 422
    assert client.get(f"/people/{profile}?what=nothing").status_code == 422


def test_a_segment_says_why(office: Office, ada: int) -> None:
    client = office.client("analyst")
    page = client.get(f"/people/{ada}/segments").text
    assert "SMS Subscribers" in page
    why = client.get(f"/people/{ada}/why?segment={quote('SMS Subscribers')}", headers=HTMX).text
    assert "Does not hold:" in why
    assert client.get(f"/people/{ada}/why?segment=None", headers=HTMX).status_code == 404


def test_where_somebody_is_no_more_is_not_told(office: Office) -> None:
    store = office.store

    def live_in(city: str) -> list[str]:
        told = pa.table({"external_id": ["mover"], "city": [city]})
        (mover,) = store.upsert_profiles(told, office.clock()).profile_ids.to_pylist()
        office.clock.pass_by(timedelta(minutes=1))
        store.refresh(now=office.clock())
        return [stay.name for stay in people.segments_of(store, mover)]

    store.save_segments('segment "Bostonians": city is "Boston"', office.clock())
    assert live_in("Boston") == ["Bostonians"]
    assert live_in("Salem") == []


def test_b01_a_consent_is_written_down_with_its_evidence(office: Office, ada: int) -> None:
    owner = office.client("owner")
    form = {"channel": "sms", "status": "subscribed", "method": "paper form", "detail": "Fair in Boston"}
    assert owner.post(f"/people/{ada}/consent", data=form | {"method": " "}).status_code == 422
    assert (
        owner.post(f"/people/{ada}/consent", data=form | {"happened": "2027-01-01T00:00"}).status_code == 422
    )
    assert owner.post(f"/people/{ada}/consent", data=form | {"status": "maybe"}).status_code == 422
    orders = form | {"kind": "transactional"}
    assert owner.post(f"/people/{ada}/consent", data=orders | {"status": "pending"}).status_code == 422
    assert owner.post(f"/people/{ada}/consent", data=form | {"kind": "block"}).status_code == 422
    assert owner.post(f"/people/{ada}/consent", data=orders).status_code == 303
    assert owner.post(f"/people/{ada}/consent", data=form).status_code == 303
    page = owner.get(f"/people/{ada}/consent").text
    for words in ("paper form", "Fair in Boston", "olive@acme.example", "subscribed"):
        assert words in page
    email = {
        "channel": "email",
        "status": "unsubscribed",
        "method": "phone call",
        "happened": "2026-05-01T10:00",
    }
    assert owner.post(f"/people/{ada}/consent", data=email).status_code == 303
    assert "ada@example.com" in owner.get(f"/people/{ada}/consent").text


def test_b09_a_manager_unsubscribes_and_the_person_is_not_told(office: Office, ada: int) -> None:
    before = len(office.carrier.taken())
    manager = office.client("manager")
    done = manager.post(f"/people/{ada}/unsubscribe", data={"method": "phone call", "detail": "asked Tom"})
    assert done.status_code == 303
    page = manager.get(f"/people/{ada}/consent").text
    assert "asked Tom" in page
    assert len(office.carrier.taken()) == before


def test_b10a_an_older_consent_undoes_no_later_opt_out(office: Office, ada: int) -> None:
    older = {"channel": "sms", "status": "subscribed", "method": "form", "happened": "2026-01-01T10:00"}
    before = len(office.carrier.taken())
    assert office.client("owner").post(f"/people/{ada}/consent", data=older).status_code == 303
    assert "no_consent" in office.client("owner").get(f"/people/{ada}/outlook").text
    assert len(office.carrier.taken()) == before


def test_everything_is_exported_by_those_who_may(office: Office, ada: int) -> None:
    order(office)
    answer = office.client("owner").get(f"/people/{ada}/export")
    assert f"person-{ada}.json" in answer.headers["content-disposition"]
    document = json.loads(answer.text)
    assert document["profile"]["email"] == "Ada@example.com"
    assert any(one["event"] == "Placed Order" for one in document["events"])
    for role in ("manager", "analyst"):
        assert office.client(role).get(f"/people/{ada}/export").status_code == 403
        assert "/export" not in office.client(role).get(f"/people/{ada}").text


def test_a_merge_is_foreseen_then_done(office: Office, ada: int) -> None:
    table = pa.table({"external_id": ["ada-2"], "city": ["Cambridge"], "postal_code": ["02139"]})
    other = office.store.upsert_profiles(table, office.clock()).profile_ids[0].as_py()
    owner = office.client("owner")
    foreseen = owner.get(f"/people/{ada}/merge/{other}").text
    for words in ("Cambridge", "Boston", "02139", "ada-2"):
        assert words in foreseen
    assert owner.get(f"/people/{ada}/merge/{ada}").status_code == 422
    assert owner.post(f"/people/{ada}/merge/{other}").headers["location"] == f"/people/{ada}"
    assert "02139" in owner.get(f"/people/{ada}/attributes").text
    # Who kept the address of the one that is gone is led on.
    assert owner.get(f"/people/{other}").headers["location"] == f"/people/{ada}"


def test_what_a_merge_foresees_of_consent_comes_true(office: Office) -> None:
    table = pa.table({"external_id": ["m1", "m2"], "phone_number": ["+16175550161", "+16175550162"]})
    kept, gone = office.store.upsert_profiles(table, office.clock()).profile_ids.to_pylist()
    owner = office.client("owner")
    for person, status in ((kept, "subscribed"), (gone, "unsubscribed")):
        owner.post(f"/people/{person}/consent", data={"channel": "sms", "status": status, "method": "form"})
    assert "Texts, marketing: unsubscribed" in owner.get(f"/people/{kept}/merge/{gone}").text
    office.clock.pass_by(timedelta(minutes=1))
    owner.post(f"/people/{kept}/merge/{gone}")
    assert "no_consent" in owner.get(f"/people/{kept}/outlook").text


def test_somebody_is_erased_when_the_word_is_typed(office: Office) -> None:
    table = pa.table({"external_id": ["gone"], "first_name": ["Gone"]})
    gone = office.store.upsert_profiles(table, office.clock()).profile_ids[0].as_py()
    owner = office.client("owner")
    assert owner.post(f"/people/{gone}/erase", data={"word": "yes"}).status_code == 422
    assert owner.get(f"/people/{gone}").status_code == 200
    assert owner.post(f"/people/{gone}/erase", data={"word": "Erase"}).headers["location"] == "/people"
    assert owner.get(f"/people/{gone}").status_code == 404


def test_what_people_wrote_is_shown_as_it_is(office: Office) -> None:
    table = pa.table({"external_id": [HOSTILE], "first_name": [HOSTILE], "city": [HOSTILE * 8]})
    hostile = office.store.upsert_profiles(table, office.clock()).profile_ids[0].as_py()
    client = office.client("owner")
    for tail in ("", "/attributes", "/segments", "/consent", "/merge"):
        page = client.get(f"/people/{hostile}{tail}").text
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_every_channel_has_its_words() -> None:
    assert all(channel_words(channel) != channel for channel in CHANNELS)
