"""One person: who is meant by a word, and that a document of them has everything that the store holds."""

from datetime import UTC, datetime
from typing import Any

import pytest

from segql.runtime.errors import StoreError
from segql.runtime.store.database import Database
from segql.runtime.store.person import describe_person, find_person
from tests.store.people import ACCOUNT, ANN, AT, BOB, UNIQUE, fill, write


def find(database: Database, who: str) -> int:
    with database.cursor() as cursor:
        return find_person(cursor, who, ACCOUNT)


def describe(database: Database, profile_id: int) -> dict[str, Any]:
    with database.cursor() as cursor:
        return describe_person(cursor, profile_id)


@pytest.mark.parametrize(
    "who",
    ["ann", " ann ", ANN, "(212) 555-0100", "1 212 555 0100", "ann@unique.example", "ANN@UNIQUE.EXAMPLE"],
)
def test_a_person_is_found_by_each_identifier_in_any_spelling(database: Database, who: str) -> None:
    fill(database)
    assert find(database, who) == 0


@pytest.mark.parametrize("who", ["nobody", "", "+12125550199", "ann@", "Ann", "' OR true --"])
def test_nobody_is_an_error_that_says_what_to_do(database: Database, who: str) -> None:
    fill(database)
    with pytest.raises(StoreError, match="Nobody has that") as raised:
        find(database, who)
    assert raised.value.code == "S017"


def test_an_address_of_several_is_an_error_and_an_external_id_decides(database: Database) -> None:
    fill(database)
    write(database, {"external_id": "cat", "phone_number": ANN}, {"external_id": "dan", "email": ANN})
    with pytest.raises(StoreError, match="3 people have that") as raised:
        find(database, ANN)
    assert raised.value.code == "S018"
    assert find(database, "cat") == 2
    write(database, {"external_id": ANN})
    assert find(database, ANN) == 4


def test_a_document_has_everything_of_one_person_and_nothing_of_another(database: Database) -> None:
    fill(database)
    ann, bob = describe(database, 0), describe(database, 1)
    assert [word for word in UNIQUE if word not in str(ann) and word.title() not in str(ann)] == []
    assert [word for word in UNIQUE if word.lower() in str(bob).lower()] == []
    assert BOB not in str(ann)
    assert ann["profile"]["address"] == {"street": "1 kumquat Road"}
    assert ann["events"] == [
        {
            "event": "Bought",
            "occurred_at": datetime(2026, 5, 29, 12, tzinfo=UTC),
            "properties": {"Amount": 1.5, "Label": "platypus", "note": "ocarina"},
        },
        {
            "event": "Bought",
            "occurred_at": datetime(2026, 5, 30, 12, tzinfo=UTC),
            "properties": {"Amount": 2.25, "Label": "shared", "note": None},
        },
    ]
    assert ann["lists"] == [
        {
            "list": "News",
            "from_at": datetime(2026, 5, 23, 12, tzinfo=UTC),
            "until_at": datetime(2026, 5, 27, 12, tzinfo=UTC),
        }
    ]
    assert [entry["segment"] for entry in ann["segment_history"]] == ["All"]
    assert {(entry["channel"], entry["method"], entry["detail"]) for entry in ann["consent_log"]} == {
        ("sms", "form", "zucchini"), ("email", "form", None), ("push", "form", None)
    }  # fmt: skip
    assert [(each["channel"], each["status"], each["until_at"]) for each in ann["consent"]] == [
        ("email", "subscribed", None), ("push", "subscribed", None), ("sms", "subscribed", None)
    ]  # fmt: skip
    message, skipped = ann["messages"]
    assert (message["campaign"], message["text"], message["number"]) == ("Sale", "Hi marzipan", ANN)
    assert message["links"] == [
        {"url": "https://shop.example/?who=marzipan", "clicks": [datetime(2026, 5, 2, tzinfo=UTC)]}
    ]
    assert [receipt["word"] for receipt in message["receipts"]] == ["ok"]
    assert skipped["links"] is None
    assert [(text["sender"], text["body"]) for text in ann["texts"]] == [(ANN, "marzipan?")]


def test_instants_are_aware(database: Database) -> None:
    fill(database)
    document = describe(database, 0)
    assert document["messages"][0]["queued_at"].tzinfo is UTC
    assert document["events"][0]["occurred_at"] < AT


def test_lists_are_told_as_they_were_given(database: Database) -> None:
    write(database, {"external_id": "ann", "Tags": ["Sales", "CAFÉ"]})
    assert describe(database, 0)["profile"] == {"external_id": "ann", "Tags": ["Sales", "CAFÉ"]}
