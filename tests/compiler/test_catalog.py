"""The catalog: from JSON and back, from a store, and names in any case."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

import segql
from segql.compiler.catalog.model import Account, Attribute
from tests.compiler.account import CATALOG


def test_json_round_trip() -> None:
    assert segql.Catalog.from_json(CATALOG.to_json()) == CATALOG


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown field `attribute`"):
        segql.Catalog.from_json('{"attribute": []}')


def test_what_a_program_puts_together_is_validated_when_it_is_asked_for() -> None:
    assert CATALOG.validated() == CATALOG
    wrong = CATALOG.changed(attributes=(Attribute(name="plan", type="string"),))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"'string' - at `\$\.attributes\[0\]\.type`"):
        wrong.validated()


def test_settings_that_could_not_be_read_again_are_not_saved() -> None:
    with segql.open(":memory:") as store:
        with pytest.raises(ValueError, match="week_starts"):
            store.save_account(Account(week_starts="friday"))  # type: ignore[arg-type]
        assert store.catalog.account == Account()


def test_a_store_s_catalog_can_be_taken_elsewhere() -> None:
    with segql.open(":memory:") as store:
        store.upsert_profiles(pa.table({"external_id": ["a"], "Tier": ["gold"]}))
        store.append_events(
            "Bought",
            pa.table({"external_id": ["a"], "occurred_at": [datetime(2026, 1, 1, tzinfo=UTC)], "Sum": [1.5]}),
            amount="Sum",
        )
        store.save_postal_codes(
            pa.table({"country": ["US"], "code": ["02139"], "latitude": [42.4], "longitude": [-71.1]})
        )
        text = 'did "bought" where sum more than 1 and tier is "GOLD" or within 5 km of "02139" in US'
        text = text.replace(" or ", " and not ")
        away = segql.Catalog.from_json(store.catalog.to_json())
        assert segql.compile(text, away).sql(now=datetime(2026, 2, 1, tzinfo=UTC)) == store.query(
            text, datetime(2026, 2, 1, tzinfo=UTC)
        )


def test_names_are_found_in_any_case() -> None:
    assert CATALOG.attribute("LOYALTY tier") is CATALOG.attribute("Loyalty Tier")
    assert CATALOG.event("placed ORDER") is CATALOG.event("Placed Order")
    assert CATALOG.list_name("vip") == "VIP"
    assert CATALOG.attribute("nothing") is None


def test_settings_of_channels_that_an_older_version_saved_mean_the_rest_as_usual() -> None:
    account = Account.from_json(
        '{"channels": {"sms": {"engaged": ["Clicked SMS"], "interacted": ["Clicked SMS"]}}}'
    )
    assert account.channels.sms.engaged == ("Clicked SMS",)
    assert account.channels.sms.sent == Account().channels.sms.sent
    assert account.channels.email == Account().channels.email
