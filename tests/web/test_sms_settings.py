"""SMS settings on pages: the set-up from an empty account, every section, what does not fit, the log of changes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import segql
from segql.sms.carriers.simulated import SimulatedCarrier, memory_beside
from segql.sms.settings import SECTIONS, SmsSettings
from segql.sms.showing import shown
from segql.web.pages import settings_form
from tests.web.office import Office

HTMX = {"hx-request": "true"}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in which nothing is set up."""
    path: Path = tmp_path_factory.mktemp("bare") / "bare.duckdb"
    segql.open(path, create=True).close()
    SimulatedCarrier(7, path=memory_beside(path)).close()
    office = Office(path)
    yield office
    office.close()


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the first form with settings, as it is."""
    form = page.split('class="card"', 1)[1].split("</form>", 1)[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' in tag and " checked" in tag:
            sent[name[1]] = "on"
        elif name and 'type="checkbox"' not in tag:
            sent[name[1]] = value[1] if value else ""
    sent |= dict(re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)<', form))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return {name: value.replace("&amp;", "&") for name, value in sent.items()}


def save(client: TestClient, section: str, **changes: str | None) -> tuple[int, str]:
    """Save a section with changes, None takes one out; the status, and the page that is shown then."""
    sent = form_of(client.get(f"/sms/{section}").text) | changes
    answer = client.post(
        f"/sms/{section}", data={name: value for name, value in sent.items() if value is not None}
    )
    if answer.status_code == 303:
        return 303, client.get(answer.headers["location"]).text
    return answer.status_code, answer.text


def test_a01_sms_is_set_up_by_an_owner_from_nothing(bare: Office) -> None:
    manager = bare.client("manager").get("/sms").text
    assert "Ask an owner or an admin" in manager
    assert 'action="/sms/setup"' not in manager
    assert bare.client("manager").post("/sms/setup").status_code == 403
    assert bare.client("owner").get("/sms/add-ons").status_code == 409
    owner = bare.client("owner")
    page = owner.get("/sms").text
    assert "50 free messages" in page
    form = {"kind": "toll_free", "countries": ["US", "CA"], "prefix": "Acme"}
    assert owner.post("/sms/setup", data=form | {"kind": "pigeon"}).status_code == 422
    done = owner.post("/sms/setup", data=form)
    assert done.headers["location"] == "/sms/ready"
    ready = owner.get("/sms/ready").text
    assert "SMS is set up" in ready
    assert f"text <code>JOIN</code> to {bare.carrier.sending_number}" in ready
    assert "50 messages are free" in ready
    assert bare.sms.settings().prefix == "Acme"
    again = owner.post("/sms/setup", data=form | {"prefix": "Other"})
    assert "nothing was changed" in owner.get(again.headers["location"]).text
    assert bare.sms.settings().prefix == "Acme"


def test_a02_numbers_are_requested_and_activated(office: Office) -> None:
    owner = office.client("owner")
    assert owner.post("/sms/numbers", data={"kind": "long_code"}).status_code == 422
    named = {"kind": "branded_sender_id", "countries": ["GB"], "name": "Harbor Lane Ltd"}
    assert owner.post("/sms/numbers", data=named).status_code == 422
    assert owner.post("/sms/numbers", data={"kind": "long_code", "countries": ["GB"]}).status_code == 303
    page = owner.get("/sms").text
    assert "pending" in page
    request = re.findall(r'action="/sms/numbers/(\d+)"', page)[0]
    assert owner.post(f"/sms/numbers/{request}", data={"number": "12"}).status_code == 422
    assert owner.post(f"/sms/numbers/{request}", data={"number": "+447400000001"}).status_code == 303
    assert "+447400000001" in owner.get("/sms").text
    assert "Request a number" not in office.client("manager").get("/sms").text


@pytest.mark.parametrize(
    ("section", "change"),
    [
        ("add-ons", {"prefix": "Zed"}),
        ("add-ons", {"prefix": "Harbor Lane", "opt_out_language": "Text STOP to end"}),
        ("consent", {"contact_email": "care@acme.example", "help_reply": "Write to {{ email }}. STOP ends."}),
        ("consent", {"double_opt_in_hours": "72"}),
        ("other", {"auto_respond_to": "not_consented", "forward_to": "desk@acme.example"}),
        ("sending", {"frequency_cap": "", "smart_sending_hours": "48", "quiet_hours": None}),
        ("sending", {"frequency_cap": "6", "quiet_hours": "on", "quiet_hours_start": "20:30"}),
        ("tracking", {"conversion_window_hours": "72", "shorten_links": None}),
    ],
)
def test_a05_to_a11_each_section_is_changed(
    office: Office, section: str, change: dict[str, str | None]
) -> None:
    owner = office.client("owner")
    status, page = save(owner, section, **change)
    assert status == 303
    for name in change:
        assert settings_form.labels()[name] in page.split('id="notices"')[1], name
    written = {field.name: field.value for field in settings_form.fields(section, office.sms.settings())}
    assert {name: value or "" for name, value in change.items()} == {name: written[name] for name in change}
    status, page = save(owner, section)
    assert "Nothing was changed." in page


@pytest.mark.parametrize(
    ("section", "name", "wrong", "words"),
    [
        ("add-ons", "opt_out_language", "Text us to leave", "has to contain the word STOP"),
        ("add-ons", "prefix", "x" * 31, "at most 30 characters"),
        ("consent", "opt_out_reply", "", "cannot be empty"),
        ("consent", "help_reply", "Call {{ phone }}", "is no variable"),
        ("consent", "contact_email", "care at acme", "as care@example.com"),
        ("other", "auto_respond_to", "my mother", "Input should be"),
        ("sending", "smart_sending_hours", "many", "is a whole number"),
        ("sending", "frequency_cap", "0", "It is 1 at least"),
        ("sending", "quiet_hours_start", "07:00", "before they end"),
        ("tracking", "link_host", "no host!", "as links.example.com"),
    ],
)
def test_a05_a_mistake_is_told_at_its_field_and_all_stays_typed(
    office: Office, section: str, name: str, wrong: str, words: str
) -> None:
    owner = office.client("owner")
    before = office.sms.settings()
    others = [
        field.name for field in settings_form.fields(section, before) if field.widget in ("text", "long")
    ]
    other = next((each for each in others if each != name), None)
    typed = {name: wrong} | ({other: "typed STOP words"} if other and other != "contact_email" else {})
    status, page = save(owner, section, **typed)
    assert status == 422
    error = page.split(f'id="{name}-error"')[1].split("</p>")[0]
    assert words in error.replace("&#39;", "'")
    assert 'aria-invalid="true"' in page
    if len(typed) > 1:
        assert "typed STOP words" in page
    assert office.sms.settings() == before


def test_a12_the_log_has_who_when_before_and_after(office: Office) -> None:
    save(office.client("admin"), "sending", smart_sending_hours="36")
    page = office.client("manager").get("/sms/changes").text
    row = page.split("<tbody>")[1].split("</tr>")[0]
    for words in ("admin@acme.example", "Smart Sending window", "36"):
        assert words in row


def test_a12_managers_look_and_change_nothing_and_analysts_do_not_look(office: Office) -> None:
    manager, analyst = office.client("manager"), office.client("analyst")
    for path in ("/sms", "/sms/credits", "/sms/changes", *(f"/sms/{name}" for name in SECTIONS)):
        page = manager.get(path)
        assert page.status_code == 200
        assert '<button class="button main-action">' not in page.text, path
        assert analyst.get(path).status_code == 403
    assert "SMS settings" not in analyst.get("/account").text
    assert manager.post("/sms/add-ons", data={"prefix": "Evil"}).status_code == 403


def test_a03_credits_are_added_and_the_ledger_adds_up(office: Office) -> None:
    owner = office.client("owner")
    for wrong in ("0", "-5", "1.5", "many", ""):
        assert owner.post("/sms/credits", data={"amount": wrong}).status_code == 422
    before = office.sms.balance().credits
    assert owner.post("/sms/credits", data={"amount": "250"}).status_code == 303
    page = owner.get("/sms/credits").text
    assert "+250" in page
    assert f"{before + 250:,}" in page
    lines = office.sms.account.ledger("America/New_York")
    assert lines[0].left == office.sms.balance().credits == sum(line.credits for line in lines)
    assert sum(line.trial_messages for line in lines) == office.sms.balance().trial_messages


def test_a06_keywords_are_saved_changed_and_removed(office: Office) -> None:
    owner = office.client("owner")
    keyword = {"word": "COATS", "list": "Coat lovers", "double": "true", "reply": "10% off"}
    for wrong in ({"word": "STOP"}, {"word": "a b"}, {"list": " "}, {"reply": "{{ phone }}"}):
        assert owner.post("/sms/keywords", data=keyword | wrong).status_code == 422
    assert owner.post("/sms/keywords", data=keyword).status_code == 303
    page = owner.get("/sms/consent").text
    for words in ("COATS", "Coat lovers", "once confirmed", "10% off", "STOPALL"):
        assert words in page
    assert owner.post("/sms/keywords/remove", data={"word": "COATS"}).status_code == 303
    assert "Coat lovers" not in owner.get("/sms/consent").text
    assert owner.post("/sms/keywords/remove", data={"word": "COATS"}).status_code == 404


def test_a06_what_is_typed_is_shown_as_a_phone_shows_it(office: Office) -> None:
    owner = office.client("owner")
    office.sms.change_settings("ann", "owner", {"prefix": "Harbor Lane"})
    form = form_of(owner.get("/sms/consent").text)
    seen = owner.post(
        "/sms/preview/help_reply", data=form | {"help_reply": "Ask <b>us</b>"}, headers=HTMX
    ).text
    assert "Harbor Lane: " in seen
    assert "Ask &lt;b&gt;us&lt;/b&gt;" in seen
    assert "1 part" in seen
    wrong = owner.post("/sms/preview/help_reply", data=form | {"help_reply": "{{ x }}"}, headers=HTMX).text
    assert "until what is typed fits" in wrong
    assert owner.post("/sms/preview/nothing", data=form, headers=HTMX).status_code == 404


def test_every_setting_is_in_a_section_and_every_choice_has_words() -> None:
    fields = [field for key in SECTIONS for field in settings_form.fields(key, SmsSettings())]
    assert {field.name for field in fields} == set(SmsSettings.model_fields)
    for field in fields:
        if field.widget == "choice":
            assert field.value in field.choices
            assert all(words != value for value, words in field.choices.items())
        if field.widget == "long":
            assert shown(SmsSettings(), field.name)


def test_d11_hostile_words_are_shown_as_they_are(office: Office) -> None:
    owner = office.client("owner")
    hostile = "<script>alert(1)</script>"
    assert save(owner, "consent", opt_in_reply=hostile)[0] == 303
    for path in ("/sms/consent", "/sms/changes"):
        assert hostile not in owner.get(path).text
    owner.post("/sms/keywords", data={"word": "EVIL", "list": hostile, "reply": hostile})
    assert hostile not in owner.get("/sms/consent").text
