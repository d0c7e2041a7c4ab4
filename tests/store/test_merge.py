"""Merging: which rows make two profiles one, whose values stand, and that no history, consent or name is lost."""

from datetime import timedelta
from typing import Any

import pytest

import segql
from segql.runtime.errors import StoreError
from segql.runtime.store.database import Database
from segql.runtime.store.merge import merge_people
from segql.runtime.store.person import find_person
from tests.store.people import ACCOUNT, ANN, AT, BOB, consent, fill, happened, rows, say, write


def merge(database: Database, who: str, into: str) -> None:
    with database.transaction() as connection:
        merged, survivor = (find_person(connection, each, ACCOUNT) for each in (who, into))
        merge_people(connection, merged, survivor, AT, "ada")


def known(database: Database) -> list[tuple[Any, ...]]:
    return rows(
        database, "SELECT profile_id, external_id, email, phone_number FROM profiles ORDER BY profile_id"
    )


Row = dict[str, Any]


@pytest.mark.parametrize(
    ("first", "second", "tie", "left"),
    [
        pytest.param(
            {"email": "a@x.org"},
            {"phone_number": ANN},
            {"email": "A@x.org", "phone_number": ANN},
            [(0, None, "A@x.org", ANN)],
            id="an opt-in by text and a newsletter are one person when a checkout shows both",
        ),
        pytest.param(
            {"email": "a@x.org"},
            {"external_id": "a"},
            {"external_id": "a", "email": "a@x.org"},
            [(1, "a", "a@x.org", None)],
            id="the profile of the stronger identifier stays",
        ),
        pytest.param(
            {"external_id": "b", "email": "a@x.org"},
            {"external_id": "a"},
            {"external_id": "a", "email": "a@x.org"},
            [(0, "b", "a@x.org", None), (1, "a", "a@x.org", None)],
            id="two external ids are two people, who share an address",
        ),
        pytest.param(
            {"email": "a@x.org", "phone_number": ANN},
            {"external_id": "a", "phone_number": BOB},
            {"external_id": "a", "email": "a@x.org"},
            [(0, None, "a@x.org", ANN), (1, "a", "a@x.org", BOB)],
            id="another number speaks against it",
        ),
    ],
)
def test_rows_that_tie_profiles_together(
    database: Database, first: Row, second: Row, tie: Row, left: list[tuple[Any, ...]]
) -> None:
    write(database, first)
    write(database, second)
    (placed,) = write(database, tie)
    assert known(database) == left
    assert placed in [profile_id for profile_id, *_ in left]


def test_an_event_can_tie_profiles_and_the_events_of_both_are_of_the_one(database: Database) -> None:
    write(database, {"email": "a@x.org"}, {"phone_number": ANN})
    happened(database, "Viewed", phone_number=[ANN, ANN], occurred_at=[AT, AT - timedelta(days=1)])
    happened(
        database,
        "Viewed",
        email=["a@x.org", "a@x.org", None],
        phone_number=[None, ANN, ANN],
        occurred_at=[AT - timedelta(days=days) for days in (2, 3, 4)],
    )
    assert rows(database, "SELECT profile_id, count(*) FROM events GROUP BY ALL") == [(0, 5)]
    assert rows(database, "SELECT merged_id, profile_id, actor FROM profile_merges") == [(1, 0, "import")]


def test_a_profile_id_is_never_used_again(database: Database) -> None:
    write(database, {"email": "a@x.org"})
    assert write(database, {"phone_number": ANN}) == [1]
    assert write(database, {"email": "a@x.org", "phone_number": ANN}) == [0]
    assert write(database, {"external_id": "new"}) == [2]


def test_many_parts_become_one_in_the_order_of_the_rows(database: Database) -> None:
    write(database, {"phone_number": ANN, "x": "phone"}, {"email": "a@x.org", "x": None, "y": "mail"})
    ids = write(
        database,
        {"external_id": "a", "email": None, "phone_number": None, "y": None, "z": "id"},
        {"external_id": "a", "email": "a@x.org", "phone_number": None, "y": None, "z": None},
        {"external_id": None, "email": "a@x.org", "phone_number": ANN, "y": None, "z": None},
    )
    # The third row finds an account by its address, and brings the number along.
    assert len(set(ids)) == 1
    assert rows(database, "SELECT external_id, email, phone_number, x, y, z FROM profiles") == [
        ("a", "a@x.org", ANN, "phone", "mail", "id")
    ]


def test_everything_goes_over_to_the_survivor(database: Database) -> None:
    fill(database)
    merge(database, "ann", "bob")
    for table in (
        "events",
        "sms_messages",
        "sms_inbound",
        "list_periods",
        "segment_periods",
        "consent_periods",
    ):
        assert {each for (each,) in rows(database, f"SELECT profile_id FROM {table}")} == {1}, table
    assert rows(database, "SELECT count(*), sum(amount) FROM events") == [(3, 67_500)]
    assert rows(database, "SELECT first_name, address.street FROM profiles") == [("Bob", "1 kumquat Road")]
    assert rows(database, "SELECT merged_id, profile_id, merged_at, actor FROM profile_merges") == [
        (0, 1, AT.replace(tzinfo=None), "ada")
    ]
    # Ann left the list while Bob was on it.
    assert rows(database, "SELECT from_at::DATE::VARCHAR, until_at::DATE::VARCHAR FROM list_periods") == [
        ("2026-05-23", "9999-12-31")
    ]


def test_a_list_that_the_survivor_takes_over_is_found_in_it(database: Database) -> None:
    write(database, {"external_id": "ann"}, {"external_id": "bob", "interests": ["Émile", "SHOES"]})
    merge(database, "bob", "ann")
    with segql.Store(database) as store:
        for item in ("shoes", "éMILE"):
            members = store.members(f'interests contains "{item}"', as_of=AT)
            assert members["external_id"].to_pylist() == ["ann"], item


def test_who_is_in_a_segment_as_any_part_is_in_as_the_whole(database: Database) -> None:
    fill(database)
    with database.transaction() as connection:
        connection.execute(
            """DELETE FROM segment_moves;
            INSERT INTO segment_moves VALUES (1, 0, '2026-01-01', true, 'first'), (1, 1, '2026-01-05', true, 'data'),
            (1, 1, '2026-01-09', false, 'time'), (2, 0, '2026-01-01', true, 'first'), (2, 0, '2026-01-02', false, 'data'),
            (2, 1, '2026-01-02', true, 'time'), (2, 1, '2026-01-03', false, 'definition'),
            (2, 1, '2026-01-07', true, 'data')"""
        )
    merge(database, "ann", "bob")
    assert rows(
        database, "SELECT * REPLACE (moved_at::DATE::VARCHAR AS moved_at) FROM segment_moves ORDER BY ALL"
    ) == [
        (1, 1, "2026-01-01", True, "first"),
        (2, 1, "2026-01-01", True, "first"),
        (2, 1, "2026-01-03", False, "definition"),
        (2, 1, "2026-01-07", True, "data"),
    ]


def test_periods_with_a_gap_stay_apart(database: Database) -> None:
    fill(database)
    with database.transaction() as connection:
        connection.execute("UPDATE list_periods SET from_at = '2026-05-28' WHERE profile_id = 1")
    merge(database, "ann", "bob")
    assert len(rows(database, "FROM list_periods")) == 2


@pytest.mark.parametrize("who", ["ann", "ANN@unique.example", "(212) 555-0100"])
def test_an_identifier_of_the_merged_still_names_the_person_and_changes_nothing(
    database: Database, who: str
) -> None:
    fill(database)
    merge(database, "ann", "bob")
    before = known(database)
    column = "phone_number" if "555" in who else "email" if "@" in who else "external_id"
    assert write(database, {column: who, "x": 1}) == [1]
    assert happened(database, "Viewed", **{column: [who]}, occurred_at=[AT]) == 1
    assert rows(database, "SELECT DISTINCT profile_id FROM events") == [(1,)]
    assert known(database) == before == [(1, "bob", "bob@home.example", BOB)]
    with database.cursor() as cursor:
        assert find_person(cursor, who, ACCOUNT) == 1


def test_what_the_survivor_was_given_is_no_alias(database: Database) -> None:
    write(database, {"email": "Ann@Unique.example", "phone_number": ANN}, {"external_id": "bob"})
    merge(database, "ann@unique.example", "bob")
    assert known(database) == [(1, "bob", "Ann@Unique.example", ANN)]
    assert rows(database, "SELECT kind, value FROM profile_aliases") == []


@pytest.mark.parametrize(
    ("channel", "column", "address"),
    [("sms", "phone_number", ANN), ("email", "email", "Ann@x.example"), ("push", "external_id", "ann")],
)
def test_b10a_consent_comes_with_the_address_that_the_survivor_is_given(
    database: Database, channel: str, column: str, address: str
) -> None:
    other = "email" if column != "email" else "phone_number"
    write(database, {column: address})
    write(database, {other: "bob@home.example" if other == "email" else BOB})
    say(database, consent(address, "unsubscribed", channel=channel))
    with database.transaction() as connection:
        merge_people(connection, 0, 1, AT, "ada")
    query = """SELECT DISTINCT channel, status FROM consent_periods
        WHERE profile_id = 1 AND until_at = TIMESTAMP_S '9999-12-31'"""
    assert rows(database, query) == [(channel, "unsubscribed")]


def test_aliases_follow_a_second_merge(database: Database) -> None:
    fill(database)
    write(database, {"external_id": "cat"})
    merge(database, "ann", "bob")
    merge(database, "bob", "cat")
    assert known(database) == [(2, "cat", "bob@home.example", BOB)]
    assert write(database, {"external_id": "ann"}, {"external_id": "bob"}) == [2, 2]
    assert rows(database, "SELECT merged_id, profile_id FROM profile_merges ORDER BY ALL") == [(0, 2), (1, 2)]


def test_events_without_ids_are_not_doubled_by_a_repeat_after_a_merge(database: Database) -> None:
    write(database, {"external_id": "a"}, {"external_id": "b"})
    given: dict[str, Any] = {
        "external_id": ["a", "b"],
        "occurred_at": [AT, AT - timedelta(days=1)],
        "page": ["x", "y"],
    }
    assert happened(database, "Viewed", **given) == 2
    merge(database, "a", "b")
    assert happened(database, "Viewed", **given) == 0
    assert happened(database, "Viewed", **{**given, "page": ["z", "y"]}) == 1


@pytest.mark.parametrize(
    ("mine", "theirs", "held"),
    [
        ("subscribed", "unsubscribed", "unsubscribed"),
        ("unsubscribed", "subscribed", "unsubscribed"),
        ("subscribed", "pending", "pending"),
        ("subscribed", None, "subscribed"),
        (None, "unsubscribed", "unsubscribed"),
        (None, "subscribed", None),
        ("subscribed", "blocked", "blocked"),
    ],
)
def test_b10a_the_stricter_consent_holds_afterwards(
    database: Database, mine: str | None, theirs: str | None, held: str | None
) -> None:
    fill(database)
    with database.transaction() as connection:
        connection.execute("DELETE FROM consents; DELETE FROM consent_periods")
    # What the stricter one said is older.
    for number, status, days in ((BOB, mine, 10), (ANN, theirs, 20)):
        if status:
            kind = "block" if status == "blocked" else "marketing"
            say(database, consent(number, status, kind=kind, days=days))
    merge(database, "ann", "bob")
    kind = "block" if held == "blocked" else "marketing"
    query = """SELECT status FROM consent_periods WHERE profile_id = 1 AND channel = 'sms' AND kind = ?
        AND until_at = TIMESTAMP_S '9999-12-31'"""
    assert rows(database, query, kind) == ([(held,)] if held else [])
    assert [
        each
        for each in rows(database, "SELECT DISTINCT method FROM consents ORDER BY 1")
        if each[0] != "form"
    ] == (
        [("merge",)] if held not in (mine, None) or (mine, theirs) == ("unsubscribed", "subscribed") else []
    )


def test_b10a_a_number_that_the_survivor_lacks_keeps_its_own_consent(database: Database) -> None:
    write(database, {"email": "a@x.org"}, {"phone_number": ANN})
    say(database, consent(ANN, "subscribed"), consent("a@x.org", "unsubscribed", channel="email"))
    write(database, {"email": "a@x.org", "phone_number": ANN})
    assert rows(database, "SELECT profile_id, channel, status FROM consent_periods ORDER BY channel") == [
        (0, "email", "unsubscribed"),
        (0, "sms", "subscribed"),
    ]


def test_one_person_cannot_be_merged_with_themselves(database: Database) -> None:
    fill(database)
    with pytest.raises(StoreError, match="one person already") as raised:
        merge(database, "ann", ANN)
    assert raised.value.code == "S019"
    assert len(known(database)) == 2
