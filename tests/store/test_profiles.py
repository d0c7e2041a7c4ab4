"""Profiles: who a row is about, what becomes of its values, and which rows are rejected."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.compiler.catalog.model import Account
from segql.compiler.text import fold
from segql.runtime.errors import StoreError
from segql.runtime.store.database import Database
from segql.runtime.store.profiles import ProfilesWritten, upsert_profiles
from tests.store.conftest import instant

ACCOUNT = Account(country="US")
NUMBER = "+16172531000"


def write(database: Database, **columns: Any) -> ProfilesWritten:
    with database.transaction() as connection:
        return upsert_profiles(connection, pa.table(columns), ACCOUNT)


def stored(database: Database, columns: str = "*") -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        return cursor.execute(f"SELECT {columns} FROM profiles ORDER BY profile_id").fetchall()


def types(database: Database) -> dict[str, str]:
    with database.cursor() as cursor:
        return dict(cursor.execute("SELECT name, type FROM attributes").fetchall())


def test_every_type_is_kept_in_a_column_of_its_own(database: Database) -> None:
    written = write(
        database,
        external_id=["a"],
        **{"SMS Preferences": [["sales", "events"]], 'Shoe "size"': pa.array([42], pa.int8())},
        vip=[True],
        birthday=[date(1990, 2, 28)],
        seen=pa.array([datetime(2024, 1, 1, 12, 0, 0, 900_000, UTC)], pa.timestamp("us", "Europe/London")),
        address=[{"city": "Bath", "lines": ["1 High St"]}],
        orders=[[{"sku": "x"}]],
    )
    assert (written.inserted, written.updated, written.rejected) == (1, 0, [])
    assert written.profile_ids.to_pylist() == [0]
    assert types(database) | {
        "SMS Preferences": "list",
        'Shoe "size"': "number",
        "vip": "boolean",
        "birthday": "date",
        "seen": "datetime",
        "address": "object",
        "orders": "object",
    } == types(database)
    columns = 'external_id, "SMS Preferences", "Shoe ""size""", vip, birthday, seen, address, orders[1].sku'
    assert stored(database, columns) == [
        (
            "a",
            ["sales", "events"],
            42.0,
            True,
            date(1990, 2, 28),
            instant(2024, 1, 1, 12, 0, 0),
            {"city": "Bath", "lines": ["1 High St"]},
            "x",
        )
    ]


def test_null_leaves_the_old_value_and_the_last_row_wins_for_each_attribute(database: Database) -> None:
    write(database, external_id=["a", "a", "a"], x=["1", "2", None], y=["1", None, None])
    assert stored(database, "x, y") == [("2", "1")]
    written = write(database, external_id=["a"], x=pa.array([None], pa.string()), y=["3"])
    assert (written.inserted, written.updated) == (0, 1)
    assert stored(database, "x, y") == [("2", "3")]


def test_writing_the_same_again_writes_nothing(database: Database) -> None:
    columns = {
        "external_id": ["a", "b"],
        "email": [" Ann@x.org", None],
        "phone_number": [NUMBER, "12"],
        "tags": [["x"], []],
        "address": [{"city": "Bath"}, None],
        "seen": [datetime(2024, 1, 1, 0, 0, 0, 5, UTC)] * 2,
        "score": [1.5, float("nan")],
    }
    assert write(database, **columns).inserted == 2
    again = write(database, **columns)
    assert (again.inserted, again.updated, again.rejected) == (0, 0, [])
    assert again.profile_ids.to_pylist() == [0, 1]
    assert stored(database, "score") == [(1.5,), (None,)]


def test_an_attribute_is_the_same_in_any_case(database: Database) -> None:
    write(database, external_id=["a"], Größe=["m"])
    write(database, external_id=["a"], GRÖSSE=["x"], grÖße=["l"])
    assert stored(database, '"Größe", "GRÖSSE"') == [("l", "x")]


@pytest.mark.parametrize(
    ("before", "after", "kept", "given"),
    [
        ([1.5], ["many"], "1.5", "many"),
        ([5.0], ["many"], "5", "many"),
        ([True], ["yes"], "true", "yes"),
        ([date(2024, 2, 29)], [1.25], "2024-02-29", "1.25"),
        ([datetime(2024, 1, 1, 8, tzinfo=UTC)], [True], "2024-01-01 08:00:00", "true"),
        (["many"], [7], "many", "7"),
        (["many"], [7.0], "many", "7"),
        (["many"], [date(2024, 2, 29)], "many", "2024-02-29"),
    ],
)
def test_scalars_of_two_types_become_text_and_nothing_is_lost(
    database: Database, before: list[Any], after: list[Any], kept: str, given: str
) -> None:
    write(database, external_id=["old"], x=before)
    assert write(database, external_id=["new"], x=after).rejected == []
    assert types(database)["x"] == "text"
    assert stored(database, "x") == [(kept,), (given,)]


def test_a_store_that_was_killed_opens_again_when_an_attribute_had_become_text(path: Path) -> None:
    killed = path.with_name("killed.duckdb")
    with Database.open(path, create=True) as database:
        write(database, external_id=["a"], x=[1.5], y=[datetime(2024, 1, 1, 8, tzinfo=UTC)])
        with database.cursor() as cursor:
            cursor.execute("CHECKPOINT")
        write(database, external_id=["b"], x=["many"], y=["soon"])
        for suffix in ("", ".wal"):
            shutil.copy(f"{path}{suffix}", f"{killed}{suffix}")
    with Database.open(killed) as database:
        assert stored(database, "x, y") == [("1.5", "2024-01-01 08:00:00"), ("many", "soon")]


def test_a_column_without_values_changes_no_type_and_makes_no_attribute(database: Database) -> None:
    write(database, external_id=["a"], x=[1.0])
    write(database, external_id=["a"], x=pa.array([None], pa.string()), y=pa.nulls(1))
    assert types(database)["x"] == "number"
    assert "y" not in types(database)


def test_the_items_of_lists_are_kept_folded_beside_them(database: Database) -> None:
    write(database, external_id=["a", "b"], **{'My "Tags"': [["Sales", "CAFE\u0301", None], None]})
    write(database, external_id=["b", "c"], **{'MY "TAGS"': [["X"], []]})
    assert stored(database, '"My ""Tags"" (folded)"') == [(["sales", "café"],), (["x"],), ([],)]


@pytest.mark.parametrize("values", [[["x"]], ["x"]])
def test_names_of_columns_with_folded_items_cannot_be_given(database: Database, values: list[Any]) -> None:
    with pytest.raises(StoreError, match="such names have what others say, folded"):
        write(database, external_id=["a"], **{"Tags (FOLDED)": values})


def test_a_scalar_given_to_a_list_is_a_list_of_one(database: Database) -> None:
    write(database, external_id=["a"], tags=[["x", None, "y"]])
    assert write(database, external_id=["b"], tags=[7]).rejected == []
    assert stored(database, "tags") == [(["x", "y"],), (["7"],)]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (["x"], [["y"]], "x: text is expected, a list was given"),
        ([1], [{"a": 1}], "x: a number is expected, an object was given"),
        ([["x"]], [{"a": 1}], "x: a list is expected, an object was given"),
        ([{"a": 1}], ["x"], "x: an object is expected, text was given"),
        ([{"a": 1}], [["x"]], "x: an object is expected, a list was given"),
    ],
)
def test_shapes_that_do_not_fit_reject_the_row_and_no_other(
    database: Database, before: list[Any], after: list[Any], reason: str
) -> None:
    write(database, external_id=["old"], x=before)
    written = write(database, external_id=["bad", "good"], x=[*after, None], y=["kept", "kept"])
    assert written.rejected == [(0, reason)]
    assert written.profile_ids.to_pylist() == [None, 1]
    assert stored(database, "external_id, y") == [("old", None), ("good", "kept")]


def test_the_schemas_own_attributes_keep_their_types(database: Database) -> None:
    written = write(
        database,
        external_id=["a", "b", "c"],
        latitude=["42.5", "north", None],
        created=["2024-01-01", None, "2024-01-01T10:00:00+02:00"],
        postal_code=[2139, 2140, 2141],
    )
    assert written.rejected == [(1, "latitude: a number is expected, text was given")]
    assert stored(database, "latitude, created, postal_code") == [
        (42.5, instant(2024, 1, 1), "2139"),
        (None, instant(2024, 1, 1, 8), "2141"),
    ]


@pytest.mark.parametrize("name", ["profile_id", "PROFILE_ID", "phone_valid", "phone_country", " ", "a\x00b"])
def test_names_that_the_store_keeps_for_itself_are_refused(database: Database, name: str) -> None:
    with pytest.raises(StoreError) as raised:
        write(database, external_id=["a"], **{name: [1]})
    assert raised.value.code == "S007"
    assert stored(database) == []


def test_a_name_that_is_there_twice_is_refused(database: Database) -> None:
    with pytest.raises(StoreError, match="two columns") as raised:
        write(database, external_id=["a"], Tier=["x"], tier=["y"])
    assert raised.value.code == "S008"


def test_a_type_that_cannot_be_stored_is_refused(database: Database) -> None:
    with pytest.raises(StoreError, match="binary") as raised:
        write(database, external_id=["a"], blob=pa.array([b"x"]))
    assert raised.value.code == "S008"


def test_hostile_names_and_values_are_only_names_and_values(database: Database) -> None:
    name, value = 'x"); DROP TABLE profiles; --', "'); DROP TABLE profiles; --"
    write(database, external_id=[value], **{name: [value]})
    quoted = name.replace('"', '""')
    assert stored(database, f'external_id, "{quoted}"') == [(value, value)]


def test_rows_with_nul_or_without_a_name_for_anybody_are_rejected(database: Database) -> None:
    written = write(
        database,
        external_id=["a\x00", "b", "c", None, " ", None],
        phone_number=[None, None, None, "12", None, NUMBER],
        tags=[[], ["x\x00"], ["x"], [], [], []],
    )
    nobody = "there is no external_id, email or valid phone_number"
    assert written.rejected == [
        (0, "external_id: the text has a NUL character in it"),
        (1, "tags: the text has a NUL character in it"),
        (3, nobody),
        (4, nobody),
    ]
    assert stored(database, "external_id, phone_number") == [("c", None), (None, NUMBER)]


def test_numbers_are_normalised_and_tell_their_country(database: Database) -> None:
    write(database, external_id=["a", "b"], phone_number=["(617) 253-1000", " 12 "])
    columns = "phone_number, phone_valid, phone_country"
    assert stored(database, columns) == [(NUMBER, True, "US"), ("12", False, None)]
    write(database, external_id=["a", "b"], phone_number=["nobody knows", "+80012345678"])
    assert stored(database, columns) == [("nobody knows", False, None), ("+80012345678", True, None)]
    write(database, external_id=["a"], x=[1])
    assert stored(database, columns)[0] == ("nobody knows", False, None)


def test_whole_numbers_as_external_ids_have_no_decimal_point(database: Database) -> None:
    write(database, external_id=[13085.0, 13086.5])
    write(database, external_id=pa.array([13085], pa.int64()), x=[1])
    assert stored(database, "external_id") == [("13085",), ("13086.5",)]


def test_the_strongest_identifier_decides_and_families_stay_apart(database: Database) -> None:
    write(database, external_id=["ann", "bob"], email=["home@x.org"] * 2, phone_number=[NUMBER] * 2)
    assert len(stored(database)) == 2
    write(database, email=["HOME@x.org "], note=["to the oldest"])
    write(database, external_id=["cat"], email=["home@x.org"], note=["a third"])
    assert stored(database, "external_id, email, note") == [
        ("ann", "HOME@x.org", "to the oldest"),
        ("bob", "home@x.org", None),
        ("cat", "home@x.org", "a third"),
    ]
    write(database, phone_number=["617-253-1000"], note=["by number"])
    assert stored(database, "note")[0] == ("by number",)


IDS = st.sampled_from([None, "a", "b", "c"])
EMAILS = st.sampled_from([None, "x@x.org", " X@x.org", "É@x.org", "e\u0301@x.org"])
PHONES = st.sampled_from([None, NUMBER, "617 253 1000", "+442079460958", "12"])
ROWS = st.tuples(
    IDS, EMAILS, PHONES, st.sampled_from([None, 1.0, 2.0]), st.sampled_from([None, ["É", "p"], []])
)
COLUMNS = ("external_id", "email", "phone_number", "score", "tags")
E164 = {"617 253 1000": NUMBER}


Person = dict[str, Any]


def key(person: Person) -> tuple[Any, Any, Any]:
    email, phone = person["email"], person["phone_number"]
    return person["external_id"], fold(email) if email else None, phone if phone != "12" else None


def find_plainly(people: list[Person], wanted: tuple[Any, ...], strength: int) -> Person | None:
    """The oldest who has that identifier, and no other value of a stronger one."""
    for person in people:
        known = key(person)
        apart = any(a and b and a != b for a, b in zip(wanted[:strength], known[:strength], strict=True))
        if wanted[strength] and known[strength] == wanted[strength] and not apart:
            return person
    return None


def apart_plainly(person: Person, other: Person) -> bool:
    """Whether they have two values of an identifier."""
    named = ((person[name], other[name]) for name in COLUMNS[:3])
    return any(a and b and fold(a) != fold(b) for a, b in named)


def upsert_plainly(people: list[Person], row: Person) -> None:
    """The same, one row at a time, over dictionaries."""
    row = {name: value.strip() if isinstance(value, str) else value for name, value in row.items()}
    row["phone_number"] = E164.get(row["phone_number"], row["phone_number"])
    wanted = key(row)
    if not any(wanted):
        return
    found = next((n for n in range(3) if find_plainly(people, wanted, n)), None)
    if found is None:
        people.append(row)
        return
    person = find_plainly(people, wanted, found)
    assert person is not None
    person.update({name: value for name, value in row.items() if value is not None})
    for strength in range(3):
        if wanted[strength] and sum(map(bool, wanted)) > 1:
            mine = key(person)
            others = [
                each
                for each in people
                if each is not person and not any(map(all, zip(mine, key(each)[:strength], strict=False)))
            ]
            other = find_plainly(others, mine, strength)
            if other and not apart_plainly(person, other):
                people[:] = [each for each in people if each is not other]
                person.update({name: value for name, value in other.items() if person[name] is None})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(ROWS, min_size=1, max_size=8), min_size=1, max_size=3))
def test_batches_do_what_one_row_at_a_time_does(
    database: Database, batches: list[list[tuple[Any, ...]]]
) -> None:
    people: list[dict[str, Any]] = []
    schema = pa.schema(
        [
            *((name, pa.string()) for name in COLUMNS[:3]),
            ("score", pa.float64()),
            ("tags", pa.list_(pa.string())),
        ]
    )
    # One row that gives every attribute its column.
    first = [("first", None, None, 0.0, ["first"])]
    with database.cursor() as connection:
        connection.execute("BEGIN")
        for batch in [first + batches[0], *batches[1:]]:
            rows = [dict(zip(COLUMNS, row, strict=True)) for row in batch]
            upsert_profiles(connection, pa.Table.from_pylist(rows, schema), ACCOUNT)
            for row in rows:
                upsert_plainly(people, row)
        asked = (*COLUMNS, '"email (folded)"', '"tags (folded)"')
        *found, emails, tags = connection.execute(
            f"SELECT {', '.join(f'list({name} ORDER BY profile_id)' for name in asked)} FROM profiles"
        ).fetchall()[0]
        connection.execute("ROLLBACK")
    assert found == [[person[name] for person in people] for name in COLUMNS]
    assert emails == [person["email"] and fold(person["email"]) for person in people]
    assert tags == [person["tags"] and [fold(tag) for tag in person["tags"]] for person in people]
