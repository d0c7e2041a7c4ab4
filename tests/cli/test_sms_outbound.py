"""`segql sms ...` about campaigns that wait, flows, coupons, reports by day, advices."""

from pathlib import Path

from .test_sms_commands import EVENING, NOON, SALE, TEXT, Shop, bare, first_path, number, second_path, shop

__all__ = ["bare", "first_path", "second_path", "shop"]  # fixtures

LATER = "2026-06-01 19:30"


def test_c10_scheduled_paused_resumed_cancelled(shop: Shop) -> None:
    said = shop.say("schedule", *SALE, *TEXT, "--when", "2026-06-01 19:30")
    assert said.out == "Sale starts at 2026-06-01 19:30\n"
    assert "scheduled" in shop.say("progress").out and "starts 2026-06-01 19:30" in shop.say("progress").out
    assert shop.ask("advance") == {"handed_over": 0}
    assert shop.ask("advance", at=LATER)["handed_over"] > 30
    assert shop.say("pause", "Sale", at=LATER).out.startswith("Sale is paused")
    assert shop.ask("resume", "Sale", at=LATER)["status"] in ("running", "finished")
    (found,) = shop.ask("progress", at=LATER)["campaigns"]
    assert sum(found["states"].values()) == 39
    assert shop.say("cancel", "Sale", at=LATER).out == "Sale is cancelled, 0 wait\n"
    refused = shop.say("resume", "Sale", at=LATER)
    assert refused.code == 1 and "M016" in refused.err
    local = shop.say("schedule", "Sunday", *SALE[1:], *TEXT, "--when", "2026-06-07 10:00", "--local")
    assert local.out == "Sunday starts at 2026-06-06 16:00\n"


def test_c11_a_flow_by_hand(shop: Shop) -> None:
    saved = shop.say("flow", "Menu", "--word", "menu", "--text", "Soup.", "--delay", "5m", "--again", "1d")
    assert saved.out == "Menu is saved, and runs\n"
    assert "opens a conversation" in saved.err
    assert shop.say("simulate", number(1), "MENU").code == 0
    assert shop.ask("advance", at="2026-06-01 19:06") == {"handed_over": 1}
    found = shop.say("why", "Menu", "c1", at=LATER).out
    assert "Acme: Soup." in found and "waits for the flow's delay" in found
    wrong = shop.say("flow", "Menu", "--word", "menu", "--text", "Soup.", "--delay", "soon")
    assert wrong.code == 2 and "30m, 2h or 3d" in wrong.err


def test_c08_coupons_by_hand(shop: Shop, tmp_path: Path) -> None:
    assert shop.say("coupons").out == "no pools\n"
    file = tmp_path / "codes.txt"
    file.write_text("AAAA\nBBBB\nCCC\n")
    added = shop.say("coupons", "Spring", file)
    assert added.out == "Spring: 2 free, 0 reserved, 0 used\n"
    assert "CCC was not added: the codes of this pool have 4 characters" in added.err
    assert (
        shop.ask("send", "Sale", "--to", "Subscribers", "--text", "{{ coupon('Spring') }}")["handed_over"]
        >= 2
    )
    (pool,) = shop.ask("coupons")["pools"]
    assert pool["free"] == 0 and pool["used"] + pool["reserved"] == 2
    assert shop.say("coupons", "Spring").code == 2


def test_c07_the_preview_offers_plainer_characters(shop: Shop) -> None:
    words = "It’s on: all that we have must go, and all of it today."
    shown = shop.say("preview", *SALE, "--text", words).out
    assert "right single quotation mark" in shown and "It's on" in shown


def test_e02_e04_days_and_advices(shop: Shop) -> None:
    shop.say("send", *SALE, *TEXT)
    shop.say("advance", at=LATER)
    days = shop.ask("report", "Sale", "--days", at=NOON)["days"]
    assert [day["begins"] for day in days] == ["2026-06-01T04:00:00Z"]
    assert "2026-06-01" in shop.say("report", "Sale", "--days").out
    advices = shop.ask("advice", at=NOON)["advices"]
    assert advices[0]["code"] == "list_quality" and len(advices) == 6
    assert "Sending number: good" in shop.say("advice", at=NOON).out


def test_f04_the_button_behind_a_link(shop: Shop) -> None:
    shop.say("send", "Sale", "--to", "Subscribers", "--text", "{{ unsubscribe_link() }}")
    text = next(
        found["text"] for index in range(1, 9) if (found := shop.ask("why", "Sale", f"c{index}"))["text"]
    )
    link = next(word for word in text.split() if word.startswith("https://"))
    assert "page to unsubscribe" in shop.say("click", link, at=LATER).out
    assert shop.say("unsubscribe", link, at=LATER).out.endswith("is unsubscribed\n")
    assert shop.say("report", "Sale", at=EVENING).code == 0
