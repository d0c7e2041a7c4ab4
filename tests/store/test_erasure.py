"""Erasing a person: nothing of them is left in tables or in the bytes of the file, and nobody mails or texts them again."""

from datetime import timedelta
from pathlib import Path

import pytest

from segql.runtime.errors import StoreError
from segql.runtime.store.by_person import keep_by_person
from segql.runtime.store.consents import SALT_SECTION
from segql.runtime.store.database import Database
from segql.runtime.store.erasure import erase_person, finish_erasures
from segql.runtime.store.events import append_events
from segql.runtime.store.merge import merge_people
from segql.runtime.store.person import find_person
from tests.store.people import ACCOUNT, ANN, AT, BOB, UNIQUE, consent, fill, happened, rows, say, write

SALT = bytes(range(32))
# Tables that hold nothing of a person: names, settings, what was written when, what is known of the world.
IMPERSONAL = {
    "attributes", "calling_codes", "erasures", "event_properties", "invitations", "journal", "kept_attributes", "labels",
    "lists", "metrics", "migrations", "person_copy", "places", "postal_codes", "profile_changes", "profile_merges",
    "segment_refreshes", "segment_sizes", "segment_versions", "segments", "sessions",
    "settings", "sms_allowances", "sms_campaigns", "sms_clicks",
    "sms_coupons", "sms_keywords", "sms_ledger", "sms_number_requests", "sms_numbers", "sms_replies",
    "sms_settings_log", "sms_steps", "store_state", "templates", "tokens", "users",
}  # fmt: skip
# Tables in which Ann has rows, and what is left of hers.
PERSONAL = {
    "answered_requests": "octet_length(body) > 0",
    "attribute_periods": "profile_id = 0",
    "consent_periods": "profile_id = 0",
    "consents": "address IN ('ann', 'ann@unique.example', '+12125550100')",
    "events": "profile_id = 0",
    "events_by_person": "profile_id = 0",
    "list_periods": "profile_id = 0",
    "profile_aliases": "profile_id = 0",
    "profiles": "profile_id = 0",
    "segment_moves": "profile_id = 0",
    "sms_conversations": "number = '+12125550100'",
    "sms_feed": "number = '+12125550100'",
    "sms_forwards": "inbound_id = 1",
    "sms_inbound": "profile_id = 0",
    "sms_links": "message_id = 1 AND url <> ''",
    "sms_messages": "profile_id = 0 AND (number IS NOT NULL OR text IS NOT NULL OR carrier_id IS NOT NULL)",
    "sms_pictures": "about LIKE '%marzipan%'",
    "sms_receipts": "message_id = 1",
}


def erase(database: Database, profile_id: int = 0) -> None:
    erase_person(database, profile_id, AT, "ada", SALT)


def fill_all(database: Database) -> None:
    fill(database)
    keep_by_person(database)
    with database.transaction() as connection:
        connection.execute(
            """INSERT INTO profile_aliases VALUES ('external_id', 'old ann', 0);
            INSERT INTO answered_requests VALUES (1, 'key', '', 200, 'text', 'ann@unique.example'::BLOB, '2026-01-01');
            INSERT INTO attribute_periods VALUES ('first_name', 0, 'Annabel', '2026-01-01', '9999-12-31')"""
        )
        connection.execute(
            """INSERT INTO sms_pictures VALUES
              ('aaaabbbbaaaabbbbaaaabbbbaaaabbbb', 'image/png', 1, 1, 'a receipt of marzipan', 'x'::BLOB, '2026-05-03'),
              ('ccccddddccccddddccccddddccccdddd', 'image/png', 1, 1, 'a coat', 'x'::BLOB, '2026-05-03');
            INSERT INTO sms_messages BY NAME SELECT m.* REPLACE (id AS message_id, NULL AS campaign_id,
                'conversation' AS purpose, 'https://links.example.com/pictures/' || key AS picture)
              FROM sms_messages m JOIN (VALUES (11, 1, 'aaaabbbbaaaabbbbaaaabbbbaaaabbbb'),
                (12, 1, 'ccccddddccccddddccccddddccccdddd'), (13, 2, 'ccccddddccccddddccccddddccccdddd')
              ) sent(id, like_id, key) ON message_id = like_id"""
        )


def test_every_table_was_thought_of(database: Database) -> None:
    tables = {
        name for (name,) in rows(database, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary")
    }
    assert tables == IMPERSONAL | PERSONAL.keys()


def test_nothing_personal_is_left_in_any_table_and_others_keep_theirs(database: Database) -> None:
    fill_all(database)
    for table, condition in PERSONAL.items():
        assert rows(database, f"SELECT 1 FROM {table} WHERE {condition}"), table
    erase(database)
    for table, condition in PERSONAL.items():
        assert rows(database, f"SELECT 1 FROM {table} WHERE {condition}") == [], table
    for (table,) in rows(database, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary"):
        text = str(rows(database, f"FROM {table}"))
        assert [word for word in UNIQUE if word.lower() in text.lower()] == [], table
    assert rows(database, "SELECT label FROM labels") == [("shared",)]
    # The other one was sent to Bob, too.
    assert rows(database, "SELECT about FROM sms_pictures") == [("a coat",)]
    assert rows(database, "SELECT profile_id, amount FROM events") == [(1, 30_000)]
    assert rows(database, "SELECT address FROM consents WHERE method = 'form'") == [(BOB,)]
    assert rows(database, "SELECT body FROM sms_inbound") == [("hello",)]
    assert rows(database, "SELECT profile_id, erased_at, actor FROM erasures") == [
        (0, AT.replace(tzinfo=None), "ada")
    ]


def test_a_campaign_keeps_its_figures(database: Database) -> None:
    fill(database)
    figures = "SELECT state, count(*), sum(credits) FROM sms_messages GROUP BY state ORDER BY state"
    before = rows(database, figures), rows(database, "SELECT sum(credits) FROM sms_ledger")
    erase(database)
    assert (rows(database, figures), rows(database, "SELECT sum(credits) FROM sms_ledger")) == before


def test_what_waits_to_be_sent_is_not(database: Database) -> None:
    fill(database)
    with database.transaction() as connection:
        connection.execute(
            "UPDATE sms_messages SET state = 'queued', due_at = '2026-06-01' WHERE message_id = 1"
        )
    erase(database)
    assert rows(database, "SELECT state, reason, due_at, number FROM sms_messages WHERE message_id = 1") == [
        ("skipped", "erased", None, None)
    ]


@pytest.mark.parametrize("shredded", [False, True], ids=["a few events", "compacted events"])
def test_the_bytes_are_gone_from_the_file(path: Path, shredded: bool) -> None:
    database = Database.open(path, create=True)
    fill_all(database)
    if shredded:
        many = 60_000
        happened(
            database,
            "Viewed",
            external_id=["ann", *["bob"] * (many - 1)],
            occurred_at=[AT - timedelta(minutes=number) for number in range(many)],
            page=["ocarina", *[f"page {number}" for number in range(1, many)]],
        )
    before = Path(path).stat().st_ino
    erase(database)
    happened(database, "Viewed", external_id=["bob"], occurred_at=[AT], page=["after"])
    database.close()
    for file in path.parent.iterdir():
        content = file.read_bytes().lower()
        assert [word for word in UNIQUE if word.lower().encode() in content] == [], file
        assert b"bob@home.example" in content
    assert path.parent.stat().st_nlink == 2  # no folder is left behind
    assert path.stat().st_ino != before
    with Database.open(path) as again:
        assert rows(again, "SELECT cleaned FROM erasures") == [(True,)]
        assert rows(again, "SELECT count(*) FROM events") == [(2 + (59_999 if shredded else 0),)]


def test_before_the_file_is_written_anew_the_bytes_are_in_it(path: Path) -> None:
    """What shows that the search above would find them."""
    with Database.open(path, create=True) as database:
        fill_all(database)
        with database.transaction() as connection:
            connection.execute("DELETE FROM profiles; DELETE FROM events; DELETE FROM consents")
    content = path.read_bytes().lower()
    assert [word for word in UNIQUE[:2] if word.lower().encode() in content]


def test_readers_go_on_and_the_store_can_be_used_afterwards(path: Path) -> None:
    with Database.open(path, create=True) as database:
        fill(database)
        version = database.version
        erase(database)
        assert database.version > version
        fill_again = write(database, {"external_id": "cat"})
        assert fill_again == [2]
        with pytest.raises(StoreError, match="open already"):
            Database.open(path)


def test_an_erasure_that_ended_too_early_is_finished_by_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database.open(path, create=True) as database:
        fill(database)
        with monkeypatch.context() as patched:
            patched.setattr(Database, "rewrite", lambda self: None)
            erase(database)
    with Database.open(path) as again:
        assert rows(again, "SELECT cleaned FROM erasures") == [(False,)]
        assert finish_erasures(again)
        assert rows(again, "SELECT cleaned FROM erasures") == [(True,)]
        assert not finish_erasures(again)
    assert b"annabel" not in path.read_bytes().lower()


HOLDS = """SELECT channel, kind, status FROM consent_periods WHERE profile_id = ?
    AND until_at = TIMESTAMP_S '9999-12-31' ORDER BY ALL"""


def test_b10a_an_address_that_is_imported_again_comes_back_without_consent(database: Database) -> None:
    fill(database)
    erase(database)
    # The whole old import, consents and all.
    (profile_id,) = write(
        database, {"external_id": "ann", "email": "ANN@unique.example", "phone_number": "(212) 555-0100"}
    )
    assert profile_id == 2
    say(database, consent(ANN, "subscribed"), consent("ann@unique.example", "subscribed", channel="email"))
    assert rows(database, HOLDS, profile_id) == [
        (channel, kind, "unsubscribed")
        for channel in ("email", "push", "sms")
        for kind in ("marketing", "transactional")
    ]
    # An opt-in of the person's own, afterwards, is one.
    later = AT + timedelta(days=1)
    entry = consent(ANN, "subscribed") | {"occurred_at": later.replace(tzinfo=None)}
    say(database, entry | {"recorded_at": later.replace(tzinfo=None)})
    assert ("sms", "marketing", "subscribed") in rows(database, HOLDS, profile_id)


def test_who_was_blocked_comes_back_blocked(database: Database) -> None:
    fill(database)
    say(database, consent(ANN, "blocked", kind="block"))
    erase(database)
    (profile_id,) = write(database, {"external_id": "new", "phone_number": ANN})
    assert ("sms", "block", "blocked") in rows(database, HOLDS, profile_id)


def test_what_stays_of_an_address_is_a_hash_with_the_stores_own_salt(database: Database) -> None:
    fill(database)
    erase(database)
    kept = rows(database, "SELECT DISTINCT address FROM consents WHERE method = 'erasure'")
    assert len(kept) == 3
    assert all(address.startswith("sha256:") and len(address) == 71 for (address,) in kept)
    other = rows(database, "SELECT sha256('sms' || ?)", ANN)
    assert ("sha256:" + other[0][0],) not in kept
    assert rows(database, "SELECT document ->> '$' FROM settings WHERE section = ?", SALT_SECTION) == [
        (SALT.hex(),)
    ]
    # The second erasure has the same salt, whatever it is given.
    erase_person(database, 1, AT, "ada", b"x" * 32)
    assert rows(database, "SELECT document ->> '$' FROM settings WHERE section = ?", SALT_SECTION) == [
        (SALT.hex(),)
    ]


def test_an_address_that_another_person_has_keeps_its_consent(database: Database) -> None:
    fill(database)
    write(database, {"external_id": "cat", "phone_number": ANN})
    erase(database)
    assert ("sms", "marketing", "subscribed") in rows(database, HOLDS, 2)
    assert rows(database, "SELECT status FROM consents WHERE address = ?", ANN) == [("subscribed",)]


def test_the_addresses_that_a_merged_person_had_are_suppressed_too(database: Database) -> None:
    fill(database)
    with database.transaction() as connection:
        merge_people(connection, 0, 1, AT, "ada")
    erase(database, 1)
    (profile_id,) = write(database, {"external_id": "new", "phone_number": ANN})
    assert profile_id == 2
    assert ("sms", "marketing", "unsubscribed") in rows(database, HOLDS, profile_id)


def test_events_of_the_erased_are_events_of_nobody(database: Database) -> None:
    import pyarrow as pa

    fill(database)
    erase(database)
    with database.transaction() as connection:
        table = pa.table({"profile_id": [0], "occurred_at": [AT]})
        written = append_events(connection, "Received SMS", table)
    assert written.added == 0
    with database.cursor() as cursor, pytest.raises(StoreError) as raised:
        find_person(cursor, "ann", ACCOUNT)
    assert raised.value.code == "S017"


def test_an_erasure_that_fails_leaves_everything(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_all(database)
    with pytest.raises(ZeroDivisionError), monkeypatch.context() as patched:
        patched.setattr("segql.runtime.store.erasure.note_rewritten", lambda *_: 1 / 0)
        erase(database)
    for table, condition in PERSONAL.items():
        assert rows(database, f"SELECT 1 FROM {table} WHERE {condition}"), table
