"""B08 and A06: subscriptions that have to be confirmed, and the account's own keywords."""

from datetime import timedelta

import pytest

from segql.sms import SmsError
from segql.sms.errors import SmsCode

from .shop import NOON, Shop, campaign, number

ANN = number(1)
HOUR = timedelta(hours=1)


def log(shop: Shop, person: str = ANN) -> list[tuple[str, str, str | None]]:
    return shop.rows(
        "SELECT status, method, detail FROM consents WHERE kind = 'marketing' AND address = ? ORDER BY consent_id",
        person,
    )


def members(shop: Shop, name: str) -> list[str]:
    rows = shop.rows(
        """SELECT phone_number FROM list_periods JOIN lists USING (list_id) JOIN profiles USING (profile_id)
        WHERE name = ? AND until_at > TIMESTAMP '9000-01-01'""",
        name,
    )
    return [each for (each,) in rows]


def ask(shop: Shop) -> str:
    return shop.sms.settings().reply("double_opt_in")


def subscribe(shop: Shop, **how: bool) -> bool:
    return shop.sms.inbound.subscribe("ann", "owner", ANN, method="form", detail="pop-up", **how)


@pytest.mark.parametrize("word", ["YES", "y", "Yes!"])
def test_b08_a_pending_number_is_asked_once_and_subscribed_by_yes(shop: Shop, word: str) -> None:
    assert subscribe(shop, double=True) is False
    assert subscribe(shop, double=True) is False
    assert shop.taken(ANN) == [ask(shop)]
    assert shop.events("Subscribed to SMS Marketing") == 0
    shop.text(ANN, word, at=NOON + HOUR)
    assert shop.taken(ANN) == [ask(shop), shop.sms.settings().reply("opt_in")]
    assert log(shop) == [("pending", "form", "pop-up"), ("subscribed", "double opt-in", "pop-up")]
    assert shop.events("Subscribed to SMS Marketing") == 1


def test_b08_a_pending_number_gets_nothing_but_the_request(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"auto_respond_to": "everybody"})
    subscribe(shop, double=True)
    shop.sms.send("ann", "owner", campaign())
    shop.text(ANN, "who is this?", at=NOON + HOUR)
    assert shop.taken(ANN) == [ask(shop)]
    assert shop.sms.report("Sale").skipped == {"no_consent": 1}


def test_b08_it_lapses_after_the_set_time(shop: Shop) -> None:
    shop.sms.change_settings("ann", "owner", {"double_opt_in_hours": 2})
    subscribe(shop, double=True)
    shop.text(ANN, "YES", at=NOON + 2 * HOUR)
    assert [status for status, _, _ in log(shop)] == ["pending"]
    shop.now = NOON + 3 * HOUR
    subscribe(shop, double=True)
    assert shop.taken(ANN) == [ask(shop), ask(shop)]
    shop.text(ANN, "YES", at=NOON + 4 * HOUR)
    assert log(shop)[-1][0] == "subscribed"


def test_b08_stop_ends_a_pending_subscription(shop: Shop) -> None:
    subscribe(shop, double=True)
    shop.text(ANN, "STOP", at=NOON + HOUR)
    shop.text(ANN, "Y", at=NOON + 2 * HOUR)
    assert [status for status, _, _ in log(shop)] == ["pending", "unsubscribed"]


def test_b08_join_says_as_much_as_yes(shop: Shop) -> None:
    subscribe(shop, double=True)
    shop.text(ANN, "JOIN", at=NOON + HOUR)
    assert [status for status, _, _ in log(shop)] == ["pending", "subscribed"]


def test_b03_a_subscription_by_form_is_answered_once(shop: Shop) -> None:
    assert subscribe(shop) and subscribe(shop)
    assert shop.taken(ANN) == [shop.sms.settings().reply("opt_in")]


@pytest.mark.parametrize("role", ["manager", "analyst", "OWNER", "owner "])
def test_a01_who_may_not_change_settings_may_not_subscribe_anybody(shop: Shop, role: str) -> None:
    with pytest.raises(SmsError) as caught:
        shop.sms.inbound.subscribe("eve", role, ANN, method="form")
    assert caught.value.code == SmsCode.NOT_PERMITTED
    assert log(shop) == []


def test_b08_nobody_is_asked_who_could_not_answer(bare: Shop) -> None:
    bare.sms.setup("ann", "owner", countries=("US",))
    bare.sms.account.request_number("ann", "owner", "branded_sender_id", ["DE"], name="Acme")
    bare.sms.account.activate_number("ann", "owner", 1)
    for person in ("+4915112345678", "+33612345678"):
        with pytest.raises(SmsError) as caught:
            bare.sms.inbound.subscribe("ann", "owner", person, method="form", double=True)
        assert caught.value.code == SmsCode.CANNOT_CONFIRM
    assert bare.taken() == []


def keyword(shop: Shop, word: str = "COATS", **more: str) -> None:
    shop.sms.account.save_keyword("ann", "owner", word, "Coat lovers", **more)  # type: ignore[arg-type]


def test_a06_a_custom_keyword_subscribes_to_its_list(shop: Shop) -> None:
    keyword(shop)
    shop.text(ANN, "coats!")
    assert log(shop) == [("subscribed", "keyword", "COATS")]
    assert members(shop, "Coat lovers") == [ANN]
    assert shop.taken(ANN) == [shop.sms.settings().reply("opt_in")]
    assert shop.sms.conversations.list("owner") == []


def test_a06_with_double_opt_in_the_list_waits_for_yes(shop: Shop) -> None:
    keyword(shop, opt_in="double")
    shop.text(ANN, "COATS")
    assert shop.taken(ANN) == [ask(shop)]
    assert members(shop, "Coat lovers") == []
    shop.text(ANN, "Y", at=NOON + HOUR)
    assert members(shop, "Coat lovers") == [ANN]
    assert log(shop)[-1] == ("subscribed", "double opt-in", "COATS")


def test_a04_a_keyword_s_own_reply_costs_credits_and_the_confirmation_does_not(shop: Shop) -> None:
    keyword(shop, reply="10% off with COATS10")
    before = shop.sms.balance()
    shop.text(ANN, "coats")
    assert shop.taken(ANN) == [shop.sms.settings().reply("opt_in"), "Acme: 10% off with COATS10"]
    assert shop.sms.balance().trial_messages == before.trial_messages - 1


def test_a09_a_keyword_s_own_reply_waits_for_the_day_and_the_confirmation_does_not(shop: Shop) -> None:
    keyword(shop, reply="10% off")
    night = NOON + 12 * HOUR
    shop.text(ANN, "coats", at=night)
    assert shop.taken(ANN) == [shop.sms.settings().reply("opt_in")]
    shop.sms.advance(night + 8 * HOUR)
    assert shop.taken(ANN)[1:] == ["Acme: 10% off"]


@pytest.mark.parametrize(
    "word", ["no", "x" * 21, "two words", "50%off", "under_score", "", "STOP", "arret", "Lopeta", "yes"]
)
def test_a06_what_cannot_be_a_keyword_is_refused(shop: Shop, word: str) -> None:
    with pytest.raises(SmsError) as caught:
        keyword(shop, word)
    assert caught.value.code == SmsCode.INVALID_KEYWORD
    assert shop.sms.account.keywords() == []


@pytest.mark.parametrize("more", [{"opt_in": "triple"}, {"reply": "{{ first_name }}"}])
def test_a06_how_it_opts_in_and_replies_has_to_make_sense(shop: Shop, more: dict[str, str]) -> None:
    with pytest.raises(SmsError) as caught:
        keyword(shop, **more)
    assert caught.value.code == SmsCode.INVALID_KEYWORD


def test_a06_a_keyword_is_changed_and_removed_and_the_log_has_it(shop: Shop) -> None:
    keyword(shop)
    keyword(shop, "Coats", opt_in="double")
    (only,) = shop.sms.account.keywords()
    assert (only.word, only.opt_in) == ("Coats", "double")
    shop.sms.account.remove_keyword("bob", "admin", "COATS")
    removed, changed, added = shop.sms.account.audit(3)
    assert (removed.actor, removed.before["opt_in"], removed.after) == ("bob", "double", None)
    assert (changed.before["opt_in"], changed.after["opt_in"]) == ("single", "double")
    assert (added.what, added.before) == ("keyword COATS", None)
    with pytest.raises(SmsError) as caught:
        shop.sms.account.remove_keyword("bob", "admin", "COATS")
    assert caught.value.code == SmsCode.UNKNOWN_KEYWORD


@pytest.mark.parametrize("role", ["manager", "", "administrator"])
def test_a06_only_owners_and_admins_change_keywords(shop: Shop, role: str) -> None:
    keyword(shop)
    for change in (
        lambda: shop.sms.account.save_keyword("eve", role, "HATS", "Hats"),
        lambda: shop.sms.account.remove_keyword("eve", role, "COATS"),
    ):
        with pytest.raises(SmsError) as caught:
            change()
        assert caught.value.code == SmsCode.NOT_PERMITTED
    assert [each.word for each in shop.sms.account.keywords()] == ["COATS"]


def test_b05a_an_opt_out_comes_before_a_custom_keyword(shop: Shop) -> None:
    """Whatever is in the table: a word that became reserved later must not be taken for the account's."""
    with shop.database.transaction() as connection:
        connection.execute("INSERT INTO sms_keywords VALUES ('stop', 'STOP', 'Coat lovers', 'single', NULL)")
    shop.text(ANN, "STOP")
    assert [status for status, _, _ in log(shop)] == ["unsubscribed"]
