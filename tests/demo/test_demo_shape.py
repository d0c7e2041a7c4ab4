"""The made-up shop: the same for the same seed, of the size asked for, shaped for the store."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from segql.cli.demo.consent import consent_log, subscribe_to_email, subscribe_to_sms
from segql.cli.demo.people import invent_people
from segql.cli.demo.rhythm import Rhythm
from segql.cli.demo.shop import Shop, make_shop

EVENTS = {
    "Received Email", "Opened Email", "Clicked Email", "Received SMS", "Failed to Deliver SMS", "Clicked SMS",
    "Active on Site", "Viewed Product", "Added to Cart", "Started Checkout", "Placed Order",
    "Cancelled Order", "Refunded Order", "Texted Us",
    "Subscribed to SMS Marketing", "Unsubscribed from SMS Marketing",
    "Subscribed to Email Marketing", "Unsubscribed from Email Marketing",
}  # fmt: skip


def tables_of(shop: Shop) -> Mapping[str, object]:
    named = {kind.event: kind.table for kind in shop.events}
    joinings = {f"{joining.list_name} {joining.at}": joining.external_ids for joining in shop.lists}
    return {**named, "profiles": shop.profiles, "consents": shop.consents, **joinings}


def test_the_same_seed_makes_the_same_shop_and_another_seed_another(shop: Shop) -> None:
    first, again, other = (
        tables_of(make_shop(seed=seed, until=shop.until, profiles=150)) for seed in (1, 1, 2)
    )
    assert first == again
    assert all(first[name] != other[name] for name in ("profiles", "consents", "Viewed Product"))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    profiles=st.integers(1, 60),
    until=st.datetimes(datetime(2005, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_a_shop_of_any_size_and_time_lies_within_its_two_years(
    seed: int, profiles: int, until: datetime
) -> None:
    shop = make_shop(seed=seed, until=until, profiles=profiles)
    assert {kind.event for kind in shop.events} == EVENTS
    assert shop.profiles.num_rows == profiles
    last = until.replace(tzinfo=None)
    first = last - timedelta(days=730, seconds=1)
    moments = [kind.table["occurred_at"] for kind in shop.events]
    for column in (*moments, shop.consents["occurred_at"], shop.profiles["created"]):
        assert all(first <= moment < last for moment in column.to_pylist())


def test_the_consent_log_ends_at_the_last_instant(shop: Shop) -> None:
    chance = np.random.default_rng(5)
    rhythm = Rhythm(shop.until, shop.account.timezone)
    people = invent_people(chance, 500, rhythm)
    sms = subscribe_to_sms(chance, people, rhythm.until)
    email = subscribe_to_email(chance, people, rhythm.until)
    middle = rhythm.since + (rhythm.until - rhythm.since) // 2
    log = consent_log(chance, people, sms, email, people.created + 5, until=middle)
    assert 0 < log.num_rows < len(sms.began) + len(email.began)
    assert max(log["occurred_at"].cast("int64").to_pylist()) < middle


def test_about_thirty_events_a_profile_and_some_of_every_kind(shop: Shop) -> None:
    assert all(kind.table.num_rows for kind in shop.events)
    total = sum(kind.table.num_rows for kind in shop.events)
    assert 27 <= total / shop.profiles.num_rows <= 34


def test_every_table_is_shaped_for_the_store(shop: Shop) -> None:
    known = set(shop.profiles["external_id"].to_pylist())
    assert len(known) == shop.profiles.num_rows
    for kind in shop.events:
        assert kind.table.column_names[:3] == ["external_id", "occurred_at", "event_id"]
        assert kind.table.schema.field("occurred_at").type == pa.timestamp("s")
        assert set(kind.table["external_id"].to_pylist()) <= known
        assert len(set(kind.table["event_id"].to_pylist())) == kind.table.num_rows
        assert {name for name in (kind.amount, kind.label) if name} <= set(kind.table.column_names)
        moments = kind.table["occurred_at"].to_pylist()
        assert moments == sorted(moments)
    for joining in shop.lists:
        assert joining.external_ids and set(joining.external_ids) <= known and joining.at < shop.until
