"""C02 and C03: the gates, one by one, in order, and none that can be passed by."""

import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.runtime.store.events import append_events
from segql.sms import Campaign, Sms
from segql.sms.gates import GATES

from .shop import NOON, Shop, campaign, number

ORDER = [
    "no_number",
    "invalid_number",
    "duplicate_number",
    "unsupported_country",
    "no_pictures",
    "blocked",
    "no_consent",
    "in_review",
    "quiet_hours",
    "smart_sending",
    "frequency_cap",
    "no_coupon",
    "no_credits",
]
NIGHT = NOON + timedelta(hours=12)
PERSON = number(7)


def test_c02_the_gates_and_their_order() -> None:
    assert [gate.code for gate in GATES] == ORDER
    assert [gate.code for gate in GATES if gate.holds] == ["in_review", "quiet_hours"]


def stopped(shop: Shop, at: datetime | None = None, **changes: object) -> dict[str, int]:
    """The gates that stop anybody."""
    found = shop.sms.preview(campaign(**changes), at=at)
    assert found.audience == sum(found.gates.values()) + found.remaining
    return {code: count for code, count in found.gates.items() if count}


def text_before(shop: Shop, *hours: int) -> None:
    """Marketing that the person got so many hours ago."""
    for index, hour in enumerate(hours):
        shop.sms.send(
            "ann", "owner", campaign(name=f"Before {index} {hour}"), at=NOON - timedelta(hours=hour)
        )


CASES: dict[str, Callable[[Shop], object]] = {
    "no_number": lambda shop: shop.add([None]),
    "invalid_number": lambda shop: shop.add(["12345"]),
    "duplicate_number": lambda shop: shop.add([PERSON]),
    "unsupported_country": lambda shop: shop.add(["+33612345678"]),
    "blocked": lambda shop: (shop.add([number(8)]), shop.consent([number(8)], "blocked", kind="block")),
    "no_consent": lambda shop: shop.add([number(8)], consent=None),
    "in_review": lambda shop: (shop.add([number(8)]), shop.text(number(8), "please stop texting me")),
    "quiet_hours": lambda shop: shop.add([number(8)], timezone=["Asia/Tokyo"]),
}


@pytest.mark.parametrize("code", CASES)
def test_c02_each_gate_stops_its_own(shop: Shop, code: str) -> None:
    shop.add([PERSON])
    assert stopped(shop) == {}
    CASES[code](shop)
    assert stopped(shop) == {code: 1}


def test_c02_smart_sending_counts_the_window_from_the_last_marketing_text(shop: Shop) -> None:
    shop.add([PERSON])
    text_before(shop, 23)
    assert stopped(shop) == {"smart_sending": 1}
    assert stopped(shop, NOON + timedelta(hours=1)) == {}
    assert stopped(shop, NOON, transactional=True) == {}
    shop.sms.change_settings("ann", "owner", {"smart_sending_hours": 48})
    assert stopped(shop, NOON + timedelta(hours=1)) == {"smart_sending": 1}


def test_c02_smart_sending_goes_by_the_number_and_not_the_profile(shop: Shop) -> None:
    shop.add([PERSON, PERSON])
    shop.sms.send("ann", "owner", campaign(include=("external_id = 'c1'",)), at=NOON - timedelta(hours=1))
    assert stopped(shop, include=("external_id = 'c2'",)) == {"smart_sending": 1}


def test_a08_a_transactional_text_does_not_start_smart_sending(shop: Shop) -> None:
    shop.add([PERSON])
    shop.sms.send("ann", "owner", campaign(name="Order", transactional=True), at=NOON - timedelta(hours=1))
    assert stopped(shop) == {}


def test_a10_the_frequency_cap_counts_thirty_days_and_can_be_off(shop: Shop) -> None:
    shop.add([PERSON])
    shop.sms.change_settings("ann", "owner", {"frequency_cap": 2})
    text_before(shop, 24 * 34, 24 * 5)
    assert stopped(shop) == {}
    text_before(shop, 24 * 3)
    assert stopped(shop) == {"frequency_cap": 1}
    shop.sms.change_settings("ann", "owner", {"frequency_cap": None})
    assert stopped(shop) == {}


def test_a03_no_credits_stops_those_after_the_last_credit(bare: Shop) -> None:
    bare.set_up(credits=0).add(number(index) for index in range(53))
    assert stopped(bare) == {"no_credits": 3}


def test_c02_quiet_hours_hold_by_number_where_no_zone_is_stated(shop: Shop) -> None:
    shop.add([number(1, area="212"), number(1, area="415")])
    nine_in_new_york = NOON - timedelta(hours=3)
    assert stopped(shop, nine_in_new_york) == {"quiet_hours": 1}
    assert stopped(shop, NIGHT) == {"quiet_hours": 2}
    assert stopped(shop, NIGHT, transactional=True) == {}


@pytest.mark.parametrize(
    ("kind", "transactional", "gates"),
    [
        ("marketing", False, {}),
        ("marketing", True, {}),
        ("transactional", True, {}),
        ("transactional", False, {"no_consent": 1}),
    ],
)
def test_b02_marketing_consent_allows_transactional_and_not_the_reverse(
    shop: Shop, kind: str, transactional: bool, gates: dict[str, int]
) -> None:
    shop.add([PERSON], consent=None)
    shop.consent([PERSON], "subscribed", kind=kind)
    assert stopped(shop, transactional=transactional) == gates


def test_b02_opting_out_ends_both(shop: Shop) -> None:
    shop.add([PERSON])
    shop.consent([PERSON], "subscribed", kind="transactional")
    shop.text(PERSON, "STOP")
    assert stopped(shop, transactional=True) == {"no_consent": 1}


def test_b01_consent_holds_from_when_it_was_given(shop: Shop) -> None:
    shop.add([PERSON], consent=None)
    shop.consent([PERSON], "subscribed", at=NOON)
    assert stopped(shop, NOON - timedelta(seconds=1)) == {"no_consent": 1}
    assert stopped(shop, NOON) == {}


def test_b10a_an_older_import_does_not_undo_a_stop(shop: Shop) -> None:
    shop.add([PERSON])
    shop.text(PERSON, "STOP")
    shop.consent([PERSON], "subscribed", at=NOON - timedelta(days=1), method="import")
    assert stopped(shop) == {"no_consent": 1}


def test_b10a_a_tie_goes_to_the_opt_out(shop: Shop) -> None:
    shop.add([PERSON])
    shop.text(PERSON, "STOP")
    shop.consent([PERSON], "subscribed", at=NOON)
    assert stopped(shop) == {"no_consent": 1}


def test_c03_no_parameter_switches_a_gate_off() -> None:
    assert set(inspect.signature(Sms.send).parameters) == {"self", "actor", "role", "campaign", "at"}
    assert {field.name for field in fields(Campaign)} == {
        "name",
        "include",
        "exclude",
        "text",
        "transactional",
        "picture",
    }


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([None, "12345", "+33612345678", *(number(index) for index in range(4))]),
        st.booleans(),
        st.sampled_from([None, "Asia/Tokyo"]),
    ),
    max_size=12,
)


def expected(people: list[tuple[str | None, bool, str | None]], blocked: set[str]) -> Counter[str]:
    """The rules again, one person after another."""
    found: Counter[str] = Counter()
    subscribed = {phone for phone, consents, _ in people if consents}
    seen = set()
    for phone, _, zone in people:
        if phone is None:
            found["no_number"] += 1
        elif phone == "12345":
            found["invalid_number"] += 1
        elif phone in seen:
            found["duplicate_number"] += 1
        elif phone.startswith("+33"):
            found["unsupported_country"] += 1
        elif phone in blocked:
            found["blocked"] += 1
        elif phone not in subscribed:
            found["no_consent"] += 1
        elif zone:
            found["quiet_hours"] += 1
        seen.add(phone)
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PEOPLE, st.sets(st.sampled_from([number(0), number(1)])))
def test_c02_one_query_gives_everybody_the_first_gate_that_applies(
    people: list[tuple[str | None, bool, str | None]], blocked: set[str]
) -> None:
    shop = Shop().set_up()
    try:
        if people:
            phones = [phone for phone, _, _ in people]
            shop.add(phones, consent=None, timezone=[zone for _, _, zone in people])
            shop.consent({phone for phone, consents, _ in people if consents and phone}, "subscribed")
            shop.consent(blocked, "blocked", kind="block")
        assert stopped(shop) == expected(people, blocked)
    finally:
        shop.close()


def test_a08_e_mails_do_not_count_for_smart_sending_of_texts(shop: Shop) -> None:
    shop.add([number(1)])
    with shop.database.transaction() as connection:
        append_events(connection, "Received Email", pa.table({"external_id": ["c1"], "occurred_at": [NOON]}))
    assert shop.sms.preview(campaign()).gates["smart_sending"] == 0


def test_c02_the_outlook_of_one_person_begins_with_the_gate_that_a_campaign_would_tell(shop: Shop) -> None:
    """`People.outlook` tells every gate; the first of them is the one that a campaign's funnel counts."""
    shop.add([number(1)])
    profile_id = shop.rows("SELECT profile_id FROM profiles")[0][0]
    assert shop.sms.people.outlook(profile_id).stops == ()
    shop.sms.send("ann", "owner", campaign("Hi"))
    night = NOON + timedelta(hours=14)
    stops = [gate.code for gate in shop.sms.people.outlook(profile_id, at=night).stops]
    assert stops == ["quiet_hours", "smart_sending"]
    funnel = shop.sms.preview(campaign("Hi", name="Again"), at=night).gates
    assert next(code for code, count in funnel.items() if count) == stops[0]
