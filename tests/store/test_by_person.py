"""The copy of the events by person: whoever reads one person's events gets the same with it and without it, whatever was
written, merged, erased or cut short in between."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.compiler.catalog.model import Account
from segql.compiler.sql import people as sql
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.dialects import STORES
from segql.compiler.sql.query import Query
from segql.runtime.engines.duckdb import run_rows
from segql.runtime.store import by_person, compaction
from segql.runtime.store.backup import back_up, restore
from segql.runtime.store.by_person import (
    ByPerson,
    copied_to,
    drop_by_person,
    events_at,
    events_of,
    keep_by_person,
    read_by_person,
)
from segql.runtime.store.compaction import compact
from segql.runtime.store.database import Database
from segql.runtime.store.erasure import erase_person
from segql.runtime.store.events import append_events
from segql.runtime.store.merge import merge_people
from segql.runtime.store.profiles import upsert_profiles
from tests.store.people import AT, rows

PEOPLE = 6
_COLUMNS = ", ".join(f"{name}::VARCHAR" for name in sql.EVENT_COLUMNS)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tail counts as long, and people are copied two at a time."""
    monkeypatch.setattr(compaction, "_TAIL_ROWS", 0)
    monkeypatch.setattr(compaction, "_TAIL_SHARE", 0)
    monkeypatch.setattr(by_person, "_AT_ONCE", 1)
    monkeypatch.setattr(by_person, "_PEOPLE_AT_ONCE", 2)


def people(database: Database) -> None:
    with database.transaction() as connection:
        upsert_profiles(connection, pa.table({"external_id": [str(n) for n in range(PEOPLE)]}), Account())


def add(database: Database, whose: int, number: int, days: int = 0) -> None:
    """Append an event of somebody, unless it is there already."""
    table = pa.table(
        {
            "profile_id": [whose],
            "occurred_at": [AT - timedelta(days=days)],
            "event_id": [str(number)],
            "Amount": [number / 2],
            "Label": [f"label {number}"],
            "page": [f"page {number}"],
        }
    )
    with database.transaction() as connection:
        append_events(connection, "Viewed", table, amount="Amount", label="Label", at=AT)


def of(database: Database, whose: tuple[int, ...]) -> list[tuple[Any, ...]]:
    """The events of people as readers get them: by their places, as the places are of the same events."""
    with database.cursor() as cursor:
        cursor.begin()
        source = events_of(cursor, whose)
        found = cursor.execute(f"SELECT {_COLUMNS} FROM {source} ORDER BY ALL").fetchall()
        places = cursor.execute(f'SELECT copied, "row" FROM {source}').fetchall()
        if places:
            there = cursor.execute(f"SELECT {_COLUMNS} FROM {events_at(places)} ORDER BY ALL").fetchall()
            assert there == found
        # The same with numbers that are bound.
        bindings = Bindings(STORES["duckdb"])
        bound = sql.events_of(whose, copied_to(cursor, whose), bindings.bind)
        text = f"SELECT {_COLUMNS} FROM {bound} ORDER BY ALL"
        assert run_rows(cursor, Query(text, bindings.values)) == found
        return found


def scanned(database: Database, whose: tuple[int, ...]) -> list[tuple[Any, ...]]:
    """The same by reading everybody's."""
    return rows(
        database,
        f"SELECT {_COLUMNS} FROM events WHERE list_contains(?, profile_id) ORDER BY ALL",
        list(whose),
    )


def copied(database: Database) -> int:
    """How many events are in the copy."""
    return int(rows(database, "SELECT count(*) FROM events_by_person")[0][0])


def agrees(database: Database) -> None:
    everybody = tuple(range(PEOPLE))
    for whose in (*((each,) for each in everybody), everybody, ()):
        assert of(database, whose) == scanned(database, whose)


class _EndedError(Exception):
    """What ends some work in the middle."""


def ended(work: Callable[[Callable[[int, int], None]], None], after: int) -> None:
    """Do some work until it has told its progress so often."""
    steps: Iterator[int] = iter(range(after))

    def progress(done: int, total: int) -> None:
        if next(steps, None) is None:
            raise _EndedError

    try:
        work(progress)
    except _EndedError:
        return


who = st.integers(0, PEOPLE - 1)
acts = st.one_of(
    st.tuples(st.just("add"), who, st.integers(0, 30), st.integers(0, 100)),
    st.tuples(st.just("keep"), st.integers(0, 4)),
    st.tuples(st.just("drop")),
    st.tuples(st.just("compact"), st.integers(0, 6)),
    st.tuples(st.just("merge"), who, who),
    st.tuples(st.just("erase"), who),
)


def act(database: Database, what: str, *values: int) -> None:
    """Do one thing that somebody may do to a store."""
    present = {number for (number,) in rows(database, "SELECT profile_id FROM profiles")}
    match what:
        case "add" if values[0] in present:
            add(database, *values)
        case "keep":
            ended(lambda progress: keep_by_person(database, progress), values[0])
        case "drop":
            drop_by_person(database)
        case "compact":
            ended(lambda progress: compact(database, progress), values[0])
        case "merge" if len(present & set(values)) == 2:
            with database.transaction() as connection:
                merge_people(connection, *values, AT, "ada")
        case "erase" if values[0] in present:
            erase_person(database, values[0], AT, "ada", bytes(32))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, min_size=5, max_size=40))
def test_readers_get_all_events_once_whatever_was_done_before(done: list[tuple[Any, ...]]) -> None:
    with Database.open(":memory:") as database:
        people(database)
        for each in done:
            act(database, *each)
            agrees(database)
        keep_by_person(database)
        agrees(database)
        if rows(database, "SELECT tail_rows > 0 FROM store_state") == [(True,)]:
            compact(database)
            agrees(database)
            assert copied(database) == rows(database, "SELECT count(*) FROM events")[0][0]


def test_it_has_what_is_there_when_it_is_made_and_the_tail_when_that_is_folded_in(database: Database) -> None:
    people(database)
    for number in range(40):
        add(database, number % PEOPLE, number, days=number)
    assert copied(database) == 0
    told: list[tuple[int, int]] = []
    keep_by_person(database, lambda done, total: told.append((done, total)))
    assert (told[0], told[-1]) == ((0, 40), (40, 40))
    assert len(told) == 4
    assert copied(database) == 40
    order = rows(database, "SELECT profile_id, occurred_at FROM events_by_person")
    assert order == sorted(order)
    for number in range(40, 43):
        add(database, number % PEOPLE, number)
    assert copied(database) == 40
    agrees(database)
    compact(database)
    assert copied(database) == 43
    assert rows(database, "SELECT loose FROM person_copy") == [(3,)]
    agrees(database)


def test_where_much_lies_behind_its_order_it_is_made_anew(database: Database) -> None:
    people(database)
    for number in range(10):
        add(database, number % PEOPLE, number)
    keep_by_person(database)
    for number in range(10, 12):
        add(database, number % PEOPLE, number)
    compact(database)
    order = rows(database, "SELECT profile_id, occurred_at FROM events_by_person")
    assert (len(order), order) == (12, sorted(order))
    assert rows(database, "SELECT loose FROM person_copy") == [(0,)]


def test_an_event_of_somebody_merged_that_comes_again_is_nobody_elses(database: Database) -> None:
    people(database)
    add(database, 1, 1)
    keep_by_person(database)
    act(database, "merge", 1, 0)
    add(database, 0, 1)
    agrees(database)
    assert len(of(database, (0,))) == 1
    assert of(database, (1,)) == []


def test_kept_no_longer_nothing_is_left_in_it(database: Database) -> None:
    people(database)
    add(database, 1, 1)
    keep_by_person(database)
    drop_by_person(database)
    with database.cursor() as cursor:
        assert read_by_person(cursor) == ByPerson(is_kept=False, is_made=False, copied=0, events=1)
    assert copied(database) == 0
    agrees(database)


def test_a_backup_has_it_and_keeps_it(path: Path, tmp_path: Path) -> None:
    with Database.open(path, create=True) as database:
        people(database)
        for number in range(20):
            add(database, number % PEOPLE, number)
        keep_by_person(database)
        add(database, 2, 20)
        back_up(database, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "again")
    with Database.open(tmp_path / "again") as database:
        assert copied(database) == 20
        agrees(database)
        compact(database)
        assert copied(database) == 21
        agrees(database)


@pytest.mark.parametrize("at_once", [1, 10**6], ids=["in parts", "at once"])
def test_what_is_copied_is_shredded_and_goes_on_being_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    # As with `events`, DuckDB 2.0.0 must not append behind what one transaction has shredded itself.
    monkeypatch.setattr(by_person, "_AT_ONCE", at_once)
    many = 130_000

    def append(start: int, count: int) -> None:
        table = pa.table(
            {
                "profile_id": pa.array([number % PEOPLE for number in range(count)], pa.int32()),
                "occurred_at": [AT] * count,
                "event_id": [str(start + number) for number in range(count)],
                "page": [f"page {number % 7}" for number in range(count)],
            }
        )
        with database.transaction() as connection:
            assert append_events(connection, "Viewed", table).added == count

    with Database.open(path, create=True) as database:
        people(database)
        append(0, many)
        keep_by_person(database)
        for start in (many, many + 5_000):
            append(start, 5_000)
            compact(database)
        act(database, "merge", 1, 0)
    with Database.open(path) as database:
        assert copied(database) == many + 10_000
        pages = "count(*), count(DISTINCT try_cast(properties.page AS VARCHAR)), sum(event_key)"
        assert rows(database, f"SELECT {pages} FROM events_by_person") == rows(
            database, f"SELECT {pages} FROM events"
        )
