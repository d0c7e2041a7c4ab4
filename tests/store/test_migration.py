"""A store of the released version: opened by the present one, nothing of it is lost, and all of it can be used."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import segql
from segql.runtime.store.database import Database
from segql.runtime.store.migrate import known_migrations
from tests.store.released import RELEASED, contents, make, released_migrations


def test_what_was_released_is_not_edited() -> None:
    assert {migration.name: migration.checksum for migration in released_migrations()} == RELEASED


def test_nothing_is_lost(path: Path) -> None:
    before = make(path)
    # Attributes may be added, and the log of migrations grows; what was there is there.
    grown = {"attributes", "migrations"}
    with Database.open(path) as database, database.cursor() as cursor:
        for table, (columns, found) in before.items():
            if table not in grown:
                assert contents(cursor, table, columns) == found, table
        assert cursor.execute(
            "SELECT count(*) FROM attributes WHERE name IN ('tags', 'address')"
        ).fetchall() == [(2,)]
        assert found[0][0]
    with Database.open(path) as database, database.cursor() as cursor:
        assert contents(cursor, "events", before["events"][0]) == before["events"][1]


def test_no_table_of_the_fixture_is_empty(path: Path) -> None:
    assert [table for table, (_, ((rows, _),)) in make(path).items() if not rows] == []


def test_it_answers_as_before_and_takes_what_is_new(path: Path) -> None:
    make(path)
    at = datetime(2026, 6, 1, tzinfo=UTC)
    with segql.open(path) as store:
        assert store.count('in list "VIP" and can receive sms', at) == 50
        assert store.count('did "Placed Order" where Campaign is "Spring"', at) == 25
        assert store.count('did "Viewed" where page is "page 7"', at) == 1
        assert store.count("VIPs", at) == 50
        assert store.count('first_name is "N3"', at) == 1
        written = store.upsert_profiles(pa.table({"external_id": ["p1", "new"], "tags": [["z"], ["z"]]}))
        assert (written.inserted, written.updated) == (1, 1)
        assert (
            store.append_events("Viewed", pa.table({"external_id": ["new"], "occurred_at": [at]})).added == 1
        )
        assert store.count('did "Viewed"', at) == 26


def test_the_items_of_lists_are_folded_and_profiles_stay_in_their_order(path: Path) -> None:
    make(path, people=5_000)
    with duckdb.connect(str(path)) as connection:
        connection.execute('ALTER TABLE profiles ADD COLUMN "My ""Lists" VARCHAR[]')
        connection.execute("""INSERT INTO attributes VALUES ('My "Lists', 'my "lists', 'list')""")
        connection.execute(
            """UPDATE profiles SET "My ""Lists" = ['CAFE\u0301', 'Plain'] WHERE profile_id = 7"""
        )
        order = connection.execute("SELECT profile_id FROM profiles").fetchall()
    with segql.open(path) as store:
        with store.database.cursor() as cursor:
            assert cursor.execute("SELECT profile_id FROM profiles").fetchall() == order
            unlike = 'SELECT count(*) FROM profiles WHERE "tags (folded)" IS DISTINCT FROM tags'
            assert cursor.execute(unlike).fetchall() == [(0,)]
            with pytest.raises(duckdb.ConstraintException):
                cursor.execute("INSERT INTO profiles (external_id) VALUES ('nobody')")
        assert store.count(r'"My \"Lists" contains "Café" and "My \"Lists" does not contain "x"') == 1


def test_people_are_found_by_an_address_in_any_case(path: Path) -> None:
    make(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE profiles SET email = 'Cafe\u0301@X.example' WHERE profile_id = 7")
        connection.execute("UPDATE profiles SET email = NULL WHERE profile_id = 8")
    with segql.open(path) as store:
        assert store.describe("CAFÉ@x.example")["profile_id"] == 7
        written = store.upsert_profiles(
            pa.table({"email": ["CAFE\u0301@x.EXAMPLE", ""], "external_id": ["p7", "p8"]})
        )
        assert written.profile_ids.to_pylist() == [7, 8]
        with store.database.cursor() as cursor:
            unlike = 'SELECT profile_id FROM profiles WHERE (email IS NULL) <> ("email (folded)" IS NULL)'
            assert cursor.execute(unlike).fetchall() == []


PERIODS = """INSERT INTO segment_periods VALUES
  (1, 7, '2026-01-01', '2026-02-01', 'first', 'time'), (1, 7, '2026-02-01', '2026-03-01', 'data', 'definition'),
  (1, 7, '2026-03-02', '9999-12-31', 'time', NULL), (1, 8, '2026-01-01', '9999-12-31', 'first', NULL),
  (2, 7, '2026-01-05', '2026-01-06', 'first', 'data')"""


def test_periods_in_segments_are_as_they_were_before_they_were_entries_and_exits(path: Path) -> None:
    make(path)
    known = known_migrations()
    steps = known[: next(place for place, step in enumerate(known) if "TABLE segment_moves" in step.text)]
    with duckdb.connect(str(path)) as connection:
        for step in steps[2:]:
            connection.execute(step.text)
            connection.execute("INSERT INTO migrations VALUES (?, ?)", [step.name, step.checksum])
        connection.execute(PERIODS)
        before = connection.execute("FROM segment_periods ORDER BY ALL").fetchall()
    with Database.open(path) as database, database.cursor() as cursor:
        assert cursor.execute("FROM segment_periods ORDER BY ALL").fetchall() == before
        assert cursor.execute("SELECT count(*) FROM segment_moves").fetchall() == [(8,)]
