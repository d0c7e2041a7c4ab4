"""Consent: an append-only log, and periods that say at any instant what the log said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.compiler.catalog.model import Account
from segql.runtime.errors import StoreError
from segql.runtime.store.consents import STATUSES, ConsentsWritten, record_consents
from segql.runtime.store.database import Database
from segql.runtime.store.profiles import upsert_profiles
from tests.store.conftest import instant

START = datetime(2024, 1, 1, tzinfo=UTC)
OPEN_END = instant(9999, 12, 31)
ANN, BOB = "+16172531000", "+16172531001"


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def entry(status: str, hour: int, **changes: Any) -> dict[str, Any]:
    kind = "block" if status in STATUSES["block"] else "marketing"
    return {
        "channel": "sms",
        "kind": kind,
        "address": ANN,
        "status": status,
        "occurred_at": at(hour),
        "recorded_at": at(1000),
        "method": "form",
        "detail": None,
        "actor": "test",
    } | changes


def record(database: Database, *entries: dict[str, Any]) -> ConsentsWritten:
    with database.transaction() as connection:
        return record_consents(connection, pa.Table.from_pylist(list(entries)))


def write(database: Database, **columns: Any) -> None:
    with database.transaction() as connection:
        upsert_profiles(connection, pa.table(columns), Account())


def periods(database: Database, where: str = "true") -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        return cursor.execute(
            f"SELECT profile_id, kind, status, from_at, until_at FROM consent_periods WHERE {where} ORDER BY ALL"
        ).fetchall()


def naive(hour: int) -> datetime:
    return at(hour).replace(tzinfo=None)


def test_statuses_that_follow_each_other_are_one_period(database: Database) -> None:
    write(database, external_id=["ann"], phone_number=[ANN])
    record(
        database,
        entry("subscribed", 5),
        entry("pending", 1),
        entry("subscribed", 7),
        entry("unsubscribed", 9),
    )
    assert periods(database, "kind = 'marketing'") == [
        (0, "marketing", "pending", naive(1), naive(5)),
        (0, "marketing", "subscribed", naive(5), naive(9)),
        (0, "marketing", "unsubscribed", naive(9), OPEN_END),
    ]


def test_b02_an_opt_out_from_either_kind_ends_both(database: Database) -> None:
    write(database, external_id=["ann"], phone_number=[ANN])
    record(database, entry("subscribed", 1), entry("subscribed", 1, kind="transactional"))
    assert record(database, entry("unsubscribed", 2, kind="transactional")).added == 2
    statuses = [(kind, status) for _, kind, status, _, until_at in periods(database) if until_at == OPEN_END]
    assert statuses == [("marketing", "unsubscribed"), ("transactional", "unsubscribed")]


def test_an_opt_out_from_email_ends_one_kind(database: Database) -> None:
    assert record(database, entry("unsubscribed", 1, channel="email", address="a@x.org")).added == 1


@pytest.mark.parametrize(
    ("statuses", "holds"),
    [
        (("subscribed", "unsubscribed"), "unsubscribed"),
        (("unsubscribed", "subscribed"), "unsubscribed"),
        (("subscribed", "pending"), "pending"),
        (("unblocked", "blocked"), "blocked"),
        (("blocked", "unblocked"), "blocked"),
    ],
)
def test_b10_of_two_entries_of_one_instant_the_stricter_holds(
    database: Database, statuses: tuple[str, str], holds: str
) -> None:
    write(database, external_id=["ann"], phone_number=[ANN])
    for status in statuses:
        record(database, entry(status, 3))
    assert {status for _, _, status, _, _ in periods(database)} == {holds}


def test_b10_an_older_entry_that_comes_later_undoes_no_opt_out(database: Database) -> None:
    write(database, external_id=["ann"], phone_number=[ANN])
    record(database, entry("unsubscribed", 9))
    record(database, entry("subscribed", 3))
    assert periods(database, "kind = 'marketing'") == [
        (0, "marketing", "subscribed", naive(3), naive(9)),
        (0, "marketing", "unsubscribed", naive(9), OPEN_END),
    ]


def test_b10_an_entry_dated_ahead_is_refused_so_that_it_can_never_undo_an_opt_out(database: Database) -> None:
    ahead = entry("subscribed", 9, recorded_at=at(8))
    assert [reason for _, reason in record(database, ahead).rejected] == [
        "it is said to have happened after it was recorded"
    ]
    assert periods(database) == []


def test_the_same_entry_is_appended_once_whenever_it_was_recorded(database: Database) -> None:
    assert record(database, entry("subscribed", 1), entry("subscribed", 1)) == (1, 1, [])
    assert record(database, entry("subscribed", 1, recorded_at=at(99))) == (0, 1, [])
    assert record(database, entry("unsubscribed", 2)) == (2, 0, [])
    assert record(database, entry("unsubscribed", 2)) == (0, 2, [])
    assert record(database, entry("subscribed", 1, method="paper")) == (1, 0, [])


def test_everybody_who_holds_the_address_has_its_consent(database: Database) -> None:
    write(database, external_id=["ann", "bob"], phone_number=[ANN, "617 253 1000"], email=["É@x.org", None])
    record(
        database,
        entry("subscribed", 1, address="(617) 253-1000"),
        entry("subscribed", 1, channel="email", address=" e\u0301@X.org "),
        entry("subscribed", 1, channel="push", address="bob"),
    )
    assert [row[0] for row in periods(database, "channel = 'sms'")] == [0, 1]
    assert [row[0] for row in periods(database, "channel = 'email'")] == [0]
    assert [row[0] for row in periods(database, "channel = 'push'")] == [1]


def test_b01_consent_belongs_to_the_number_and_follows_it(database: Database) -> None:
    record(database, entry("subscribed", 1), entry("unsubscribed", 2, address=BOB))
    write(database, external_id=["ann"], phone_number=[ANN])
    assert [row[2] for row in periods(database)] == ["subscribed"]
    write(database, external_id=["ann"], phone_number=[BOB])
    assert [row[2] for row in periods(database)] == ["unsubscribed", "unsubscribed"]
    write(database, external_id=["ann"], phone_number=["nothing"])
    assert periods(database) == []


@pytest.mark.parametrize(
    ("channel", "column", "address"),
    [("sms", "phone_number", ANN), ("email", "email", "Ann@x.example"), ("push", "external_id", "ann")],
)
def test_b01_consent_of_an_address_holds_for_whoever_gets_it_later(
    database: Database, channel: str, column: str, address: str
) -> None:
    record(database, entry("unsubscribed", 1, channel=channel, address=address))
    # Somebody who has another address already, by which the row finds them.
    other = "email" if column != "email" else "phone_number"
    known = {other: ["ann@home.example" if other == "email" else BOB]}
    write(database, **known)
    assert periods(database) == []
    write(database, **known, **{column: [address]})
    assert {row[2] for row in periods(database)} == {"unsubscribed"}


def test_b11_rows_that_say_not_enough_are_rejected_with_the_reason(database: Database) -> None:
    written = record(
        database,
        entry("subscribed", 1),
        entry("subscribed", 1, channel="fax"),
        entry("subscribed", 1, kind="other"),
        entry("blocked", 1, kind="marketing"),
        entry("subscribed", 1, address="12"),
        entry("subscribed", 1, occurred_at=None),
        entry("subscribed", 1, method=" "),
        entry("subscribed", 1, actor=None),
        entry("subscribed", 1, detail="x\x00"),
        entry("SUBSCRIBED", 1, channel="SMS", address=BOB),
    )
    assert (written.added, written.repeated) == (2, 0)
    assert written.rejected == [
        (1, "the channel is none of sms, email, push"),
        (2, "the kind is none of marketing, transactional, block"),
        (3, "the status is none that this kind of consent has"),
        (4, "the address is missing, or is no valid number"),
        (5, "it is not said when it happened"),
        (6, "the method is missing"),
        (7, "the actor is missing"),
        (8, "detail: the text has a NUL character in it"),
    ]


def test_a_column_that_is_missing_is_named(database: Database) -> None:
    with (
        pytest.raises(StoreError, match='no column "method"') as raised,
        database.transaction() as connection,
    ):
        record_consents(connection, pa.Table.from_pylist([entry("subscribed", 1)]).drop_columns("method"))
    assert raised.value.code == "S008"


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([(kind, status) for kind, statuses in STATUSES.items() for status in statuses]),
        st.sampled_from([ANN, BOB]),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES, cut=st.integers(0, 12))
def test_b10_the_periods_say_at_any_instant_what_the_log_said(
    database: Database, entries: list[tuple[tuple[str, str], str, int]], cut: int
) -> None:
    log = [entry(status, hour, kind=kind, address=address) for (kind, status), address, hour in entries]
    people = {"ann": ANN, "twin": ANN, "bob": BOB}
    with database.cursor() as connection:
        connection.execute("BEGIN")
        for part in (log[:cut], log[cut:]):
            if part:
                record_consents(connection, pa.Table.from_pylist(part))
            # In the middle, so that periods are made both when people and when consents come.
            table = pa.table({"external_id": list(people), "phone_number": list(people.values())})
            upsert_profiles(connection, table, Account())
        found = connection.execute(
            "SELECT external_id, kind, status, from_at, until_at FROM consent_periods "
            "JOIN profiles USING (profile_id)"
        ).fetchall()
        connection.execute("ROLLBACK")
    for hour in range(-1, 8):
        for name, address in people.items():
            held = {
                (kind, status)
                for person, kind, status, begin, end in found
                if person == name and begin <= naive(hour) < end
            }
            assert held == {
                (kind, status) for kind in STATUSES if (status := _said(log, kind, address, hour))
            }
    for person, kind, status, _, end in found:
        assert (person, kind, status, end) not in {(p, k, s, begin) for p, k, s, begin, _ in found}


def _said(log: list[dict[str, Any]], kind: str, address: str, hour: int) -> str | None:
    """What the log says at an instant, read slowly."""
    latest: tuple[datetime, int] | None = None
    for said in log:
        both = said["status"] == "unsubscribed" and kind != "block"
        if said["address"] == address and said["occurred_at"] <= at(hour) and (said["kind"] == kind or both):
            strictness = -STATUSES[kind].index(said["status"])
            latest = max(latest or (said["occurred_at"], -9), (said["occurred_at"], strictness))
    return STATUSES[kind][-latest[1]] if latest else None
