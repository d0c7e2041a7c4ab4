"""B10: consent is the number's, and ends when the number becomes somebody else's."""

from datetime import timedelta

import pyarrow as pa
import pytest

from segql.runtime.store.profiles import upsert_profiles

from .shop import NOON, Shop, campaign, number

OLD, NEW = number(1), number(2)


def write(shop: Shop, *people: tuple[str, str | None], **columns: list[str]) -> None:
    """Import people: external id and number of each."""
    ids, numbers = zip(*people, strict=True)
    table = pa.table({"external_id": list(ids), "phone_number": pa.array(numbers, pa.string()), **columns})
    with shop.database.transaction() as connection:
        upsert_profiles(connection, table, shop.account, shop.now)


def texted(shop: Shop) -> list[str]:
    shop.sms.send("ann", "owner", campaign())
    return sorted(text.number for text in shop.carrier.taken())


@pytest.mark.parametrize("together", [True, False])
def test_b10_a_number_that_moves_to_somebody_else_has_to_opt_in_again(shop: Shop, together: bool) -> None:
    write(shop, ("ann", OLD))
    shop.consent([OLD], "subscribed")
    if together:
        write(shop, ("ann", NEW), ("bob", OLD))
    else:
        write(shop, ("ann", NEW))
        write(shop, ("bob", OLD))
    assert texted(shop) == []
    assert shop.sms.report("Sale").skipped == {"no_consent": 2}
    log = shop.rows("SELECT status, method FROM consents WHERE kind = 'marketing' ORDER BY consent_id")
    assert log == [("subscribed", "form"), ("unsubscribed", "number moved")]
    shop.text(OLD, "JOIN", at=NOON + timedelta(hours=1))
    assert shop.taken(OLD) == [shop.sms.settings().reply("opt_in")]


def test_b10_who_changes_the_number_has_to_opt_in_with_the_new_one(shop: Shop) -> None:
    write(shop, ("ann", OLD))
    shop.consent([OLD], "subscribed")
    write(shop, ("ann", NEW))
    assert texted(shop) == []


def test_b10_an_import_of_the_old_consent_does_not_bring_it_back(shop: Shop) -> None:
    write(shop, ("ann", OLD))
    shop.consent([OLD], "subscribed")
    write(shop, ("ann", NEW), ("bob", OLD))
    shop.consent([OLD], "subscribed", method="import", at=NOON - timedelta(days=30))
    assert texted(shop) == []


def test_b10_who_shares_a_number_keeps_its_consent_when_the_other_leaves(shop: Shop) -> None:
    write(shop, ("ann", OLD), ("bob", OLD))
    shop.consent([OLD], "subscribed")
    write(shop, ("ann", NEW))
    assert texted(shop) == [OLD]


def test_b10_the_same_number_written_again_moves_nothing(shop: Shop) -> None:
    write(shop, ("ann", OLD))
    shop.consent([OLD], "subscribed")
    write(shop, ("ann", "(212) 300-0010"), ("ann", None))
    assert texted(shop) == [OLD]


def test_b10_consents_may_be_imported_before_the_people(shop: Shop) -> None:
    shop.consent([OLD], "subscribed")
    write(shop, ("ann", OLD))
    assert texted(shop) == [OLD]


def test_b10_two_profiles_that_become_one_are_one_person(shop: Shop) -> None:
    write(shop, ("ann", None), email=["ann@acme.example"])
    with shop.database.transaction() as connection:
        upsert_profiles(connection, pa.table({"phone_number": [OLD]}), shop.account, shop.now)
    shop.consent([OLD], "subscribed")
    write(shop, ("ann", OLD))
    assert shop.scalar("SELECT count(*) FROM profiles") == 1
    assert texted(shop) == [OLD]
