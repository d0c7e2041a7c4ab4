"""A: set-up, settings, the trial and the ledger."""

import json
from typing import Any

import pytest

from segql.sms import SmsError
from segql.sms.errors import SmsCode
from segql.sms.settings import SmsSettings

from .shop import NOON, Shop, campaign, number


@pytest.mark.parametrize("role", ["manager", "analyst", "", "Owner"])
def test_a01_only_owners_and_admins_set_up_and_change(bare: Shop, role: str) -> None:
    with pytest.raises(SmsError) as caught:
        bare.sms.setup("eve", role)
    assert caught.value.code == SmsCode.NOT_PERMITTED
    bare.set_up()
    before = bare.sms.settings()
    with pytest.raises(SmsError) as caught:
        bare.sms.change_settings("eve", role, {"prefix": "Evil"})
    assert caught.value.code == SmsCode.NOT_PERMITTED
    assert bare.sms.settings() == before


def test_a01_sms_is_off_until_it_is_set_up(bare: Shop) -> None:
    bare.add([number(1)])
    for use in (
        bare.sms.settings,
        lambda: bare.sms.preview(campaign()),
        lambda: bare.sms.send("ann", "owner", campaign()),
        lambda: bare.sms.add_credits("ann", "owner", 5),
    ):
        with pytest.raises(SmsError) as caught:
            use()
        assert caught.value.code == SmsCode.NOT_SET_UP
    assert not bare.taken()


def test_a01_setting_up_twice_changes_nothing_and_says_so(bare: Shop) -> None:
    first = bare.sms.setup("ann", "owner", countries=("US", "CA"), changes={"prefix": "Acme"})
    assert not first.already
    before = bare.sms.settings(), bare.sms.balance()
    second = bare.sms.setup("bob", "admin", countries=("GB",), changes={"prefix": "Other"})
    assert second.already
    assert (second.number, sorted(second.countries)) == (first.number, ["CA", "US"])
    assert (bare.sms.settings(), bare.sms.balance()) == before


def test_a02_set_up_confirms_one_sending_number(bare: Shop) -> None:
    done = bare.sms.setup("ann", "owner", countries=("US", "GB"), kind="long_code")
    assert (done.number, done.kind) == (bare.carrier.sending_number, "long_code")
    confirmed = bare.rows("SELECT number, kind, country FROM sms_numbers ORDER BY country")
    assert confirmed == [(done.number, "long_code", "GB"), (done.number, "long_code", "US")]


def test_a02_a_country_without_a_price_cannot_be_served(bare: Shop) -> None:
    with pytest.raises(SmsError) as caught:
        bare.sms.setup("ann", "owner", countries=("US", "KP"))
    assert caught.value.code == SmsCode.UNPRICED_COUNTRY
    with pytest.raises(SmsError):
        bare.sms.settings()


def test_a03_the_trial_comes_first_and_then_credits(bare: Shop) -> None:
    bare.set_up(credits=0)
    bare.add(number(index) for index in range(60))
    bare.sms.send("ann", "owner", campaign())
    assert bare.states() == {"sent": 50, "skipped": 10}
    assert bare.sms.report("Sale").skipped == {"no_credits": 10}
    bare.sms.add_credits("ann", "owner", 7)
    bare.sms.send("ann", "owner", campaign())
    assert bare.states() == {"sent": 57, "skipped": 3}
    left = bare.sms.balance()
    assert (left.credits, left.trial_messages) == (0, 0)
    assert len(bare.taken()) == 57


def test_a03_the_balance_is_the_sum_of_the_ledger_and_never_negative(bare: Shop) -> None:
    bare.set_up(credits=10)
    bare.add([number(index) for index in range(50)])
    bare.sms.send("ann", "owner", campaign(name="Trial"))
    # Two parts each: five people spend ten credits.
    bare.add([number(index, area="415") for index in range(9)])
    bare.sms.send("ann", "owner", campaign("x" * 200, include=("phone_number LIKE '+1415%'",)))
    assert bare.states() == {"sent": 5, "skipped": 4}
    running = "SELECT min(total) FROM (SELECT sum(credits) OVER (ORDER BY rowid) AS total FROM sms_ledger)"
    assert bare.scalar(running) == 0
    assert bare.sms.balance().credits == bare.scalar("SELECT sum(credits) FROM sms_ledger") == 0


@pytest.mark.parametrize("amount", [0, -5])
def test_a03_credits_are_bought_in_whole_numbers_above_zero(shop: Shop, amount: int) -> None:
    with pytest.raises(SmsError) as caught:
        shop.sms.add_credits("ann", "owner", amount)
    assert caught.value.code == SmsCode.INVALID_CREDITS


@pytest.mark.parametrize("words", ["Text us to leave", "UNSTOPPABLE offers", ""])
def test_a05_opt_out_language_has_to_contain_stop(shop: Shop, words: str) -> None:
    with pytest.raises(SmsError, match="STOP") as caught:
        shop.sms.change_settings("ann", "admin", {"opt_out_language": words})
    assert caught.value.code == SmsCode.INVALID_SETTING
    assert "STOP" in shop.sms.settings().opt_out_language


def test_a05_prefix_before_and_opt_out_language_after_every_text(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"prefix": "Zed", "opt_out_language": "Text STOP to end"})
    shop.add([number(1)])
    shop.sms.send("ann", "owner", campaign("Hi"))
    assert shop.taken() == ["Zed: Hi Text STOP to end"]


@pytest.mark.parametrize(
    "changes",
    [
        {"smart_sending_hours": 0},
        {"frequency_cap": 0},
        {"no_such": 1},
        {"quiet_hours_start": "07:00"},
        {"conversion_window_hours": "many"},
        {"opt_out_policy": "never"},
        {"prefix": "Good", "smart_sending_hours": -1},
    ],
)
def test_a12_a_bad_change_changes_and_logs_nothing(shop: Shop, changes: dict[str, Any]) -> None:
    before = shop.sms.settings(), shop.rows("FROM sms_settings_log")
    with pytest.raises(SmsError) as caught:
        shop.sms.change_settings("ann", "owner", changes)
    assert caught.value.code == SmsCode.INVALID_SETTING
    assert (shop.sms.settings(), shop.rows("FROM sms_settings_log")) == before


def test_a12_every_change_is_logged_with_before_and_after(shop: Shop) -> None:
    shop.sms.change_settings("bob", "admin", {"smart_sending_hours": 48, "prefix": "Acme"})
    logged = shop.rows(
        "SELECT changed_at, actor, role, setting, before, after FROM sms_settings_log WHERE actor = 'bob'"
    )
    assert logged == [(NOON.replace(tzinfo=None), "bob", "admin", "smart_sending_hours", "24", "48")]
    first = shop.rows("SELECT setting, before, after FROM sms_settings_log WHERE actor = 'ann'")
    assert {name for name, _, _ in first} == set(SmsSettings.model_fields)
    assert all(
        before is None and json.loads(after) != "" for name, before, after in first if name == "prefix"
    )


def test_a12_every_setting_has_a_label_and_help() -> None:
    assert all(field.title and field.description for field in SmsSettings.model_fields.values())


def test_a05_the_message_says_what_is_wrong_and_nothing_of_how_it_was_found(shop: Shop) -> None:
    with pytest.raises(SmsError) as raised:
        shop.sms.change_settings("ann", "owner", {"opt_out_language": "Bye"})
    assert raised.value.message == "opt_out_language: the opt-out language has to contain the word STOP."
