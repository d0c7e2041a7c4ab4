"""`segql sms ...`: a whole campaign by hand, as JSON and in words, and what is said where something is wrong."""

import json
from datetime import datetime
from pathlib import Path
from shutil import copy
from socket import socket
from typing import Any

import pyarrow as pa
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

import segql as library
from segql.compiler.catalog.model import Account
from tests.sms.pictures import png

from .command_line import Done, segql

# The simulated carrier decides by chance how a text fares: of so many most arrive.
PEOPLE = 40
EVENING, NIGHT, MORNING, NOON = (
    f"2026-06-0{day} {hour}:00" for day, hour in ((1, 19), (1, 23), (2, "08"), (2, 12))
)
SALE = ("Sale", "--to", "Subscribers", "--except", 'external_id is "c2"')
TEXT = ("--text", "Hi {{ first_name | default('there') }}: {{ link('https://acme.example') }}")


def number(index: int) -> str:
    """A number in New York."""
    return f"+121255501{index:02}"


@pytest.fixture(scope="module")
def first_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with people c1, c2, ... who subscribed, and c0 who did not; to be copied."""
    path = tmp_path_factory.mktemp("first") / "acme.duckdb"
    with library.open(path, create=True) as store:
        store.save_account(Account(name="Acme", timezone="America/New_York", currency="USD", country="US"))
        store.upsert_profiles(
            pa.table(
                {
                    "external_id": [f"c{index}" for index in range(PEOPLE)],
                    "phone_number": [number(index) for index in range(PEOPLE)],
                    "first_name": ["Ada", "Bob"] * (PEOPLE // 2),
                }
            )
        )
        entry = {
            "channel": "sms",
            "kind": "marketing",
            "status": "subscribed",
            "method": "form",
            "actor": "test",
        }
        instant = datetime(2026, 3, 1)  # noqa: DTZ001 - as the store keeps instants
        store.record_consents(
            pa.Table.from_pylist(
                [
                    {**entry, "address": number(index), "occurred_at": instant, "recorded_at": instant}
                    for index in range(1, PEOPLE)
                ]
            )
        )
        store.append_events(
            "Placed Order",
            pa.table({"external_id": ["c1"], "occurred_at": [instant], "event_id": ["o1"], "Total": [5.0]}),
            amount="Total",
        )
        store.save_segments('segment "Subscribers": external_id is set')
    return path


class Shop:
    """Commands about one store, at an instant."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def say(self, *arguments: object, at: str = EVENING) -> Done:
        return segql("sms", *arguments, "--store", self.path, "--as-of", at)

    def ask(self, *arguments: object, at: str = EVENING) -> Any:
        return self.say(*arguments, "--json", at=at).document


@pytest.fixture(scope="module")
def second_path(first_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store where SMS is set up, with credits; to be copied."""
    path = tmp_path_factory.mktemp("second") / "acme.duckdb"
    copy(first_path, path)
    assert Shop(path).say("setup", "--countries", "us,CA").code == 0
    assert Shop(path).say("credits", "--add", "100").code == 0
    return path


@pytest.fixture
def bare(first_path: Path, tmp_path: Path) -> Shop:
    """A store where SMS is not set up."""
    return Shop(Path(copy(first_path, tmp_path)))


@pytest.fixture
def shop(second_path: Path, tmp_path: Path) -> Shop:
    """A store where SMS is set up, with credits."""
    return Shop(Path(copy(second_path, tmp_path)))


def test_a01_a02_setup_confirms_one_number_and_a_second_one_changes_nothing(bare: Shop) -> None:
    first = bare.ask("setup", "--countries", "us, CA", "--set", "prefix=Acme Inc")
    assert (first["number"], first["kind"], first["already"]) == ("+18885550100", "toll_free", False)
    assert sorted(first["countries"]) == ["CA", "US"]
    again = bare.say("setup", "--set", "prefix=Other")
    assert again.code == 0 and "nothing was changed" in again.out
    assert bare.ask("settings")["prefix"] == "Acme Inc"


def test_a05_missing_prefix_is_warned_of(bare: Shop) -> None:
    done = bare.say("setup", "--set", "prefix=")
    assert done.code == 0
    assert "warning" in done.err and "prefix" in done.err


def test_a08_settings_are_shown_and_changed_all_or_none(shop: Shop) -> None:
    changed = shop.ask("settings", "smart_sending_hours=12", "frequency_cap=none", "quiet_hours_end=09:30")
    assert (changed["smart_sending_hours"], changed["frequency_cap"]) == (12, None)
    refused = shop.say("settings", "smart_sending_hours=3", "quiet_hours_end=soon")
    assert refused.code == 1 and "M003" in refused.err
    shown = shop.say("settings").out
    for words in ("smart_sending_hours=12", "frequency_cap=none", "quiet_hours_end=09:30", "Hours in which"):
        assert words in shown


def test_a03_credits_are_added_and_shown(shop: Shop) -> None:
    assert shop.ask("credits", "--add", "20") == {"credits": 120, "trial_messages": 50}
    assert shop.say("credits").out == "120 credits, 50 free messages of the trial\n"
    assert shop.say("credits", "--add", "0").code == 1


def test_c01_preview_shows_every_gate_and_changes_nothing(shop: Shop) -> None:
    preview = shop.ask("preview", *SALE, *TEXT)
    assert preview["audience"] == PEOPLE - 1
    assert preview["gates"]["no_consent"] == 1
    assert preview["remaining"] == PEOPLE - 2 == preview["audience"] - sum(preview["gates"].values())
    shown = shop.say("preview", *SALE, *TEXT).out
    for words in ("texted now", "has not consented", "Acme: Hi Ada", "STOP", "US"):
        assert words in shown
    assert "\x1b" not in shown
    assert shop.say("report", "Sale").code == 1
    assert shop.ask("preview", *SALE, *TEXT, at=NIGHT)["gates"]["quiet_hours"] == PEOPLE - 2
    assert "is in quiet hours (waits)" in shop.say("preview", *SALE, *TEXT, at=NIGHT).out


def test_c04_whole_campaign_by_hand(shop: Shop) -> None:
    sent = shop.ask("send", *SALE, *TEXT)
    assert sent["handed_over"] == PEOPLE - 2
    assert shop.ask("send", *SALE, *TEXT)["handed_over"] == 0, "nobody is texted twice"
    assert shop.say("advance", at="2026-06-01 19:30").code == 0

    report = shop.ask("report", "Sale", at=NOON)
    assert report["received"] > PEOPLE // 2
    assert report["recipients"] == PEOPLE - 1 == sum(report["states"].values())

    reached = next(
        outcome
        for index in range(1, PEOPLE)
        if (outcome := shop.ask("why", "Sale", f"c{index}"))["state"] == "delivered"
    )
    link = next(word for word in reached["text"].split() if word.startswith("https://"))
    assert shop.say("click", link, at="2026-06-01 19:40").out == "https://acme.example\n"
    assert shop.ask("report", "Sale")["clicks"] == 1
    shown = shop.say("report", "Sale").out
    assert "received" in shown and "1 in all" in shown
    assert "no consent" in shown


def test_why_says_it_in_words(shop: Shop) -> None:
    shop.say("send", *SALE, *TEXT)
    assert shop.say("why", "Sale", "c0").out.startswith("skipped: has not consented")
    assert (
        shop.say("why", "Sale", "c2").out
        == 'outside: is not in the audience, which leaves out: external_id is "c2"\n'
    )
    assert "Acme: Hi Bob" in shop.say("why", "Sale", number(1)).out


def test_a09_who_is_held_at_night_is_texted_in_the_morning(shop: Shop) -> None:
    held = shop.say("send", *SALE, *TEXT, at=NIGHT)
    assert f"{PEOPLE - 2} wait for their time" in held.out
    assert shop.ask("advance", at="2026-06-02 07:59") == {"handed_over": 0}
    assert shop.ask("advance", at=MORNING)["handed_over"] >= PEOPLE - 2


def test_a09_time_that_passes_stops_at_each_message_that_falls_due(shop: Shop) -> None:
    shop.say("send", *SALE, *TEXT, at=NIGHT)
    shop.ask("advance", "--since", NIGHT, at="2026-06-02 22:00")
    handed = shop.ask("why", "Sale", "c1")["handed_at"]
    assert datetime.fromisoformat(handed) == datetime.fromisoformat("2026-06-02T08:00:00-04:00")


def test_b03_b04_b06_keywords_are_answered_and_change_consent(shop: Shop) -> None:
    phone = number(1)
    stop = shop.ask("simulate", phone, "Stop!")
    assert len(stop["answers"]) == 1 and "unsubscribed" in stop["answers"][0]
    assert shop.ask("consent", phone) == {"number": phone, "marketing": "unsubscribed"}
    assert shop.say("simulate", phone, "STOP").out == "no answer\n"
    assert "Reply STOP" in shop.say("simulate", phone, "HELP").out
    assert "subscribed" in shop.say("simulate", phone, "START", at=NIGHT).out
    assert shop.say("consent", phone, at=NOON).out == f"{phone}: subscribed\n"


def test_b07_a_strangers_question_waits_in_the_inbox_and_is_no_consent(shop: Shop) -> None:
    done = shop.say("simulate", "(212) 555-0177", "Do you ship to Maine?")
    assert done.out == "in the inbox\n"
    (talk,) = shop.ask("inbox")["conversations"]
    assert (talk["number"], talk["text"]) == ("+12125550177", "Do you ship to Maine?")
    assert shop.say("consent", "+12125550177").out == "+12125550177: never subscribed\n"
    assert "2026-06-01 19:00" in shop.say("inbox").out


def test_b05_what_may_be_an_opt_out_is_decided_in_the_inbox(shop: Shop) -> None:
    phone = number(1)
    assert "may be an opt-out" in shop.say("simulate", phone, "please stop texting me").out
    assert "may be an opt-out" in shop.say("inbox").out
    assert shop.ask("preview", *SALE, *TEXT)["gates"]["in_review"] == 1
    assert shop.say("decide", phone, "dismiss").out == f"{phone}: dismissed\n"
    assert "may be an opt-out" not in shop.say("inbox").out
    assert shop.ask("preview", *SALE, *TEXT)["gates"]["in_review"] == 0
    assert shop.ask("simulate", phone, "remove me, stop it", at=NIGHT)["inbox"] == "review"
    assert shop.say("decide", phone, "unsubscribe", at=NIGHT).code == 0
    assert shop.ask("consent", phone, at=NOON)["marketing"] == "unsubscribed"


def test_d05_d10_a_conversation_by_hand(shop: Shop) -> None:
    phone = number(1)
    shop.say("simulate", phone, "Do the coats come in green?")
    assert "Do the coats come in green?" in shop.say("thread", phone).out
    assert "It is" in shop.say("reply", phone, "They do.", "--dry-run", at=NIGHT).out
    assert shop.ask("reply", phone, "They do.", "--dry-run")["credits"] == 1
    late = shop.say("reply", phone, "They do.", at=NIGHT)
    assert late.code == 1 and "M039" in late.err and "23:00" in late.err
    shop.say("simulate", phone, "And in blue?")
    newer = shop.say("reply", phone, "They do.")
    assert newer.code == 1 and "M038" in newer.err
    shop.say("thread", phone)
    assert shop.ask("reply", phone, "They do.", "--actor", "bob")["state"] == "sent"
    shown = shop.path.parent / "coat.png"
    shown.write_bytes(png())
    assert shop.ask("reply", phone, "Look.", "--picture", shown)["state"] == "sent"
    assert shop.say("reply", phone, "Look.", "--picture", shop.path.parent / "absent.png").code == 2
    shown.write_text("<svg/>")
    assert "M042" in shop.say("reply", phone, "Look.", "--picture", shown).err
    *_, answered, pictured = shop.ask("thread", phone)["messages"]
    assert (answered["picture"], pictured["picture"].startswith("https://")) == (None, True)
    thread = shop.ask("thread", phone)
    assert [message["text"] for message in thread["messages"]][-2:] == ["They do.", "Look."]
    assert thread["consent"] == "subscribed" and thread["box"]["open"]
    assert "bob" in shop.say("thread", phone).out
    assert "1 answered" in shop.say("responses", at="2026-06-01 19:30").out
    changes = [entry["what"] for entry in shop.ask("changes")["changes"]]
    assert changes == ["text", "read", "text", "read", "reply", "reply"]


def test_d04_conversations_are_moved_and_found(shop: Shop) -> None:
    phone = number(1)
    shop.say("simulate", phone, "Do the coats come in green?")
    assert shop.say("move", phone, "archive").out == f"{phone}: archived\n"
    assert shop.say("inbox").out == "no conversations\n"
    assert phone in shop.say("inbox", "--box", "archive", "--search", "coats").out
    shop.say("move", phone, "unarchive")
    assert shop.say("move", phone, "block").out == f"{phone}: blocked\n"
    assert phone in shop.say("inbox", "--box", "blocked").out
    shop.say("move", phone, "unblock", at=NIGHT)
    assert "\N{BULLET}" in shop.say("inbox", "--unread", at=NIGHT).out


def test_a02_a06_a12_numbers_and_keywords_by_hand(shop: Shop) -> None:
    assert (
        "request 1  short-code  US  pending"
        in shop.say("numbers", "--request", "short_code", "--countries", "us").out
    )
    assert "24365  short-code  US  active" in shop.say("numbers", "--activate", "1", "--number", "24365").out
    saved = shop.ask("keywords", "--save", "COATS", "--list", "Coats", "--double")["keywords"]
    assert saved == [{"word": "COATS", "list": "Coats", "opt_in": "double", "reply": None}]
    assert "YES" in shop.say("simulate", "+12125550177", "coats").out
    assert shop.say("keywords", "--remove", "coats").out == "no keywords of the account's own\n"
    log = shop.say("audit", "--limit", "1").out
    assert "command line (owner)" in log and "keyword COATS" in log
    assert shop.ask("audit")["changes"][1]["after"]["opt_in"] == "double"


def test_b08_a_number_is_subscribed_when_it_has_confirmed(shop: Shop) -> None:
    phone = "+12125550177"
    assert shop.say("subscribe", phone, "--method", "form", "--double").out == f"{phone}: asked to confirm\n"
    shop.say("simulate", phone, "Y", at=NIGHT)
    assert shop.say("consent", phone, at=NIGHT).out == f"{phone}: subscribed\n"


def test_b11_past_consents_are_imported_and_rows_without_date_or_method_refused(
    shop: Shop, tmp_path: Path
) -> None:
    file, rejects = tmp_path / "consents.csv", tmp_path / "rejects.jsonl"
    file.write_text(
        "channel,kind,address,status,occurred_at,method,detail\n"
        "sms,marketing,+12125550177,subscribed,2024-05-01,paper,stall\n"
        "sms,marketing,+12125550178,subscribed,2024-05-01,,stall\n"
        "sms,marketing,+12125550179,subscribed,,form,stall\n",
        encoding="utf-8",
    )
    done = segql("import", "consents", file, "--rejects", rejects, "--store", shop.path, "--as-of", EVENING)
    assert done.code == 0 and "1 added" in done.out
    refused = [json.loads(line) for line in rejects.read_text("utf-8").splitlines()]
    assert [(row["line"], row["reason"]) for row in refused] == [
        (3, "the method is missing"),
        (4, "it is not said when it happened"),
    ]
    assert shop.ask("consent", "+12125550177")["marketing"] == "subscribed"
    assert shop.ask("consent", "+12125550178")["marketing"] == "never subscribed"


def test_a07_texts_are_forwarded_to_a_mail_server(shop: Shop) -> None:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ("forward", "--server", f"smtp+plain://127.0.0.1:{port}", "--from", "texts@acme.example")
    shop.say("settings", "forward_to=desk@acme.example")
    shop.say("simulate", number(1), "Do the coats come in green?")
    assert shop.ask(*server) == {"sent": 0, "waiting": 1}
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert shop.say(*server, at="2026-06-01 20:00").out == "1 sent, 0 wait\n"
    finally:
        controller.stop()


def test_d11_inbound_text_is_shown_harmless(shop: Shop) -> None:
    shop.say("simulate", number(1), "hello \x1b[31mred\u202e there [bold]you[/bold] \N{WAVING HAND SIGN}")
    shown = shop.say("inbox").out
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "[bold]you[/bold] \N{WAVING HAND SIGN}" in shown


def test_an_empty_inbox_says_so(shop: Shop) -> None:
    assert shop.say("inbox").out == "no conversations\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("settings", "prefix"), 2, "NAME=VALUE"),
        (("settings", "prefx=Acme"), 1, "M003"),
        (("settings", "opt_out_language=Bye"), 1, "STOP"),
        (("settings", "prefix=X", "--role", "manager"), 1, "M002"),
        (("decide", number(1), "dismiss", "--role", "analyst"), 1, "M002"),
        (("decide", number(1), "dismiss"), 1, "M015"),
        (("decide", number(1), "maybe"), 2, "maybe"),
        (("inbox", "--role", "analyst"), 1, "M002"),
        (("thread", number(1)), 1, "M035"),
        (("reply", number(1), "Hi"), 1, "M035"),
        (("move", number(1), "archive"), 1, "M035"),
        (("numbers", "--request", "short_code", "--role", "manager"), 1, "M002"),
        (("numbers", "--activate", "7"), 1, "M031"),
        (("keywords", "--save", "STOP", "--list", "Stoppers"), 1, "M032"),
        (("keywords", "--remove", "HATS"), 1, "M033"),
        (("subscribe", "+819012345678", "--method", "form"), 1, "M034"),
        (("forward", "--server", "mail.example.com", "--from", "a@b.example"), 2, "smtp://"),
        (("simulate", "12345", "JOIN"), 2, "phone number"),
        (("consent", "somebody"), 2, "phone number"),
        (("click", "https://links.example.com/nothing2"), 1, "M014"),
        (("report", "Spring"), 1, "M012"),
        (("preview", "Sale", "--to", 'gendr is "f"', "--text", "Hi"), 1, "^^^^^"),
        (("preview", "Sale", "--to", "@nowhere.segql", "--text", "Hi"), 2, "nowhere.segql"),
        (("preview", "Sale", "--to", "Subscribers", "--text", "{{ firstname }}"), 1, "first_name"),
        (("preview", "Sale", "--text", "Hi"), 2, "--to"),
        (("send", "Sale", "--to", "Subscribers", "--except", "((", "--text", "Hi"), 1, "error"),
        (("advance", "--since", "before"), 2, "before"),
    ],
)
def test_what_is_wrong_is_said_on_standard_error(
    shop: Shop, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = shop.say(*arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err and "fault of segql" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("settings",),
        ("credits", "--add", "5"),
        ("preview", *SALE, *TEXT),
        ("send", *SALE, *TEXT),
        ("simulate", number(1), "JOIN"),
    ],
)
def test_a01_sms_is_off_until_it_is_set_up(bare: Shop, arguments: tuple[str, ...]) -> None:
    done = bare.say(*arguments)
    assert (done.code, done.out) == (1, "")
    assert "M001" in done.err and "segql sms setup" in done.err


def test_a01_only_an_owner_or_an_admin_sets_it_up(bare: Shop) -> None:
    refused = bare.say("setup", "--role", "analyst")
    assert refused.code == 1 and "M002" in refused.err
    assert bare.say("settings").code == 1, "nothing was set up"
    assert bare.say("setup", "--role", "admin").code == 0


def test_store_that_is_not_there(tmp_path: Path) -> None:
    done = Shop(tmp_path / "nowhere.duckdb").say("settings")
    assert done.code == 1 and "S001" in done.err
    assert list(tmp_path.iterdir()) == []
