"""What `segql sms` does in a file, it does at a server."""

import json
from pathlib import Path

import pytest

from tests.sms.pictures import gif
from tests.web.running import Places

SALE = ("--to", "SMS Subscribers", "--text", "The doors are open: {{ link('https://shop.example') }}")
PHONE = "+16175550188"


def test_settings_numbers_keywords_and_credits(places: Places) -> None:
    places.both("sms", "setup")
    assert json.loads(places.both("sms", "settings", "frequency_cap=5", "--json").out)["frequency_cap"] == 5
    assert "frequency_cap=5" in places.both("sms", "settings").out
    assert places.both("sms", "settings", "opt_out_language=Leave").code == 1
    assert "pending" in places.both("sms", "numbers", "--request", "long_code", "--countries", "US").out
    saved = places.both("sms", "keywords", "--save", "COATS", "--list", "Coat lovers", "--double")
    assert "COATS  Coat lovers  double" in saved.out
    assert places.both("sms", "keywords", "--remove", "COATS").out == "no keywords of the account's own\n"
    before, after = (
        places.remote("sms", "credits", *add, "--json").document["credits"] for add in ((), ("--add", 7))
    )
    assert after == before + 7
    changed = places.remote("sms", "audit", "--json").document["changes"]
    assert {one["actor"] for one in changed[:3]} == {"olive@acme.example"}


def test_c01_a_campaign_is_previewed_sent_and_reported(places: Places) -> None:
    preview = places.remote("sms", "preview", "Opening", *SALE, "--json").document
    assert preview["audience"] == sum(preview["gates"].values()) + preview["remaining"]
    assert "people in the audience" in places.remote("sms", "preview", "Opening", *SALE).out
    sent = places.remote("sms", "send", "Opening", *SALE, "--json").document
    assert sum(sent["states"].values()) == preview["audience"]
    report = places.remote("sms", "report", "Opening", "--json").document
    assert report["recipients"] == preview["audience"]
    assert "in the audience" in places.remote("sms", "report", "Opening").out
    assert places.remote("sms", "report", "Opening", "--days").code == 0
    whom = places.remote("show", "can receive sms", "--columns", "external_id", "--limit", 1, "--json")
    (person,) = whom.document["rows"]
    assert places.remote("sms", "why", "Opening", person["external_id"], "--json").document["state"]
    assert places.remote("sms", "advice").code == 0


def test_c10_a_campaign_is_scheduled_paused_and_cancelled(places: Places) -> None:
    later = places.both("sms", "schedule", "Later", *SALE, "--when", "2030-06-02 10:00")
    assert later.out == "Later starts at 2030-06-02 10:00\n"
    local = places.both("sms", "schedule", "Local", *SALE, "--when", "2030-06-02 10:00", "--local")
    assert local.code == 0
    assert "scheduled" in places.remote("sms", "progress", "Later").out
    assert places.both("sms", "cancel", "Later").out == "Later is cancelled, 0 wait\n"
    assert places.both("sms", "pause", "Nowhere").code == 1


def test_c11_flows_and_coupons(places: Places, tmp_path: Path) -> None:
    flow = ("sms", "flow", "Thanks", "--event", "Placed Order", "--delay", "2h", "--again", "3d")
    assert places.both(*flow, "--text", "Thank you.").out == "Thanks is saved, and runs\n"
    assert places.both("sms", "pause", "Thanks").out == "Thanks is paused, 0 wait\n"
    (tmp_path / "codes.txt").write_text("AAAA\nBBBB\nCCC\n")
    assert places.both("sms", "coupons", "Spring", tmp_path / "codes.txt").out.startswith("Spring: 2 free")
    assert places.both("sms", "coupons").code == 0


def test_d01_a_customer_texts_and_is_answered(places: Places, tmp_path: Path) -> None:
    assert places.remote("sms", "consent", PHONE).out == f"{PHONE}: never subscribed\n"
    assert "subscribed" in places.remote("sms", "simulate", PHONE, "JOIN").out
    assert places.remote("sms", "consent", PHONE, "--json").document["marketing"] == "subscribed"
    asked = places.remote("sms", "simulate", PHONE, "Is the kite festival open?")
    assert asked.out.endswith("in the inbox\n")
    (found,) = places.remote("sms", "inbox", "--search", "kite festival", "--json").document["conversations"]
    assert found["number"] == PHONE
    assert "kite festival" in places.remote("sms", "inbox").out
    assert "kite festival" in places.remote("sms", "thread", PHONE).out
    priced = places.remote("sms", "reply", PHONE, "Yes, until six.", "--dry-run")
    assert priced.out.startswith("1 parts, ")
    replied = places.remote("sms", "reply", PHONE, "Yes, until six.", "--at-night", "--json").document
    assert replied["parts"] == 1
    (tmp_path / "kite.gif").write_bytes(gif())
    pictured = ("sms", "reply", PHONE, "Yes.", "--picture", tmp_path / "kite.gif", "--dry-run", "--json")
    plain = places.remote("sms", "reply", PHONE, "Yes.", "--dry-run", "--json").document
    assert places.remote(*pictured).document["credits"] > plain["credits"]
    assert places.remote("sms", "responses", "--json").document["answered"] >= 1
    for what in ("archive", "unarchive", "block", "unblock"):
        assert places.remote("sms", "move", PHONE, what).code == 0
    assert places.remote("sms", "changes", "--json").document["changes"]
    out = places.remote("sms", "simulate", PHONE, "please stop texting me")
    assert "it may be an opt-out" in out.out
    assert places.remote("sms", "decide", PHONE, "unsubscribe").out == f"{PHONE}: unsubscribed\n"
    assert places.remote("sms", "subscribe", PHONE, "--method", "form").out == f"{PHONE}: subscribed\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("advance",),
        ("click", "abcdefgh"),
        ("unsubscribe", "abcdefgh"),
        ("forward", "--server", "smtp://localhost:25", "--from", "texts@x.example"),
    ],
)
def test_what_a_server_does_by_itself_is_said(places: Places, arguments: tuple[str, ...]) -> None:
    done = places.remote("sms", *arguments)
    assert (done.code, "error S041" in done.err, " = " in done.err) == (1, True, True)


def test_when_and_by_whom_is_for_the_server_to_say(places: Places) -> None:
    for said in (("--role", "owner"), ("--actor", "Ann"), ("--as-of", "2026-01-01")):
        done = places.remote("sms", "credits", *said)
        assert (done.code, "error S042" in done.err) == (1, True)
