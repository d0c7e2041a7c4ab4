"""Compaction: the order that makes reading fast, properties in columns of their own, and DuckDB's traps on the way."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from segql.compiler.catalog.model import Account
from segql.runtime.store import compaction
from segql.runtime.store.compaction import compact
from segql.runtime.store.database import Database
from segql.runtime.store.events import append_events
from segql.runtime.store.profiles import upsert_profiles

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
# More than a row group of DuckDB, which has 122,880 rows.
MANY = 130_000
# In how many parts DuckDB stores a VARIANT that is not shredded.
WHOLE = 22
SUM = 'SELECT count(*), sum(properties.n::BIGINT), count(*) FILTER (properties."on"::BOOLEAN) FROM events'


def append(database: Database, *sizes: int, start: int = 0) -> int:
    """Append so many events in one transaction, a batch each; the number of the next event."""
    with database.transaction() as connection:
        upsert_profiles(connection, pa.table({"external_id": ["a"]}), Account())
        for size in sizes:
            numbers = np.arange(start, start + size)
            at = 1_700_000_000 + numbers * 7919 % 10**7
            columns = {
                "profile_id": np.zeros(size, np.int32),
                "occurred_at": pa.array(at, pa.int64()).cast(pa.timestamp("s")),
                "event_id": numbers.astype(str),
                "n": numbers,
                "on": numbers % 2 == 0,
            }
            assert append_events(connection, "Viewed", pa.table(columns)).added == size
            start += size
    return start


def read(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        return cursor.execute(query).fetchall()


def sums(count: int) -> list[tuple[int, int, int]]:
    """What SUM gives of events 0 to `count` - 1."""
    return [(count, count * (count - 1) // 2, (count + 1) // 2)]


def columns_on_disk(database: Database, table: str, column: str) -> int:
    """In how many parts the values of a VARIANT are stored: more where they are shredded."""
    query = f"SELECT count(DISTINCT column_path) FROM pragma_storage_info('{table}') WHERE column_name = '{column}'"
    return int(read(database, query)[0][0])


def months_in_order(database: Database) -> list[tuple[Any, ...]]:
    return read(database, "SELECT date_trunc('month', occurred_at), metric_id, occurred_at FROM events")


@pytest.fixture
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tail counts as long."""
    monkeypatch.setattr(compaction, "_TAIL_ROWS", 0)
    monkeypatch.setattr(compaction, "_TAIL_SHARE", 0)


@pytest.mark.usefixtures("_always")
def test_events_lie_by_month_metric_and_time_from_the_tails_first_month_on(database: Database) -> None:
    days = [NOON + timedelta(days=37 * number % 300) for number in range(300)]
    append(database)

    def add(event: str, times: list[datetime], first: int) -> None:
        numbers = list(range(first, first + len(times)))
        table = pa.table({"profile_id": [0] * len(times), "occurred_at": times, "n": numbers})
        with database.transaction() as connection:
            append_events(connection, event, table)

    add("A", days, 0)
    add("B", days, 0)
    contents = "SELECT event_key, profile_id, properties.n::INTEGER FROM events ORDER BY ALL"
    before = read(database, contents)
    compact(database)
    assert months_in_order(database) == sorted(months_in_order(database))
    assert read(database, contents) == before
    assert read(database, "FROM store_state") == [(0, None)]
    for number in (150, 20, 200):
        add("A", [days[number]], 1000 + number)
    first = min(days[number] for number in (150, 20, 200))
    assert read(database, "FROM store_state") == [(3, first.date().replace(day=1))]
    assert months_in_order(database) != sorted(months_in_order(database))
    compact(database)
    compact(database)
    assert months_in_order(database) == sorted(months_in_order(database))


@pytest.mark.usefixtures("_always")
def test_months_are_ordered_a_few_at_a_time_and_a_repeat_goes_on_where_one_was_ended(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "_AT_ONCE", 100)
    append(database)
    days = [NOON + timedelta(days=37 * number % 300) for number in range(300)]
    with database.transaction() as connection:
        table = pa.table({"profile_id": [0] * 300, "occurred_at": days, "n": list(range(300))})
        append_events(connection, "A", table)
    contents = read(database, "SELECT event_key, properties.n::INTEGER FROM events ORDER BY ALL")
    told: list[tuple[int, int]] = []

    def ended(done: int, total: int) -> None:
        told.append((done, total))
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compact(database, ended)
    ((rows, first),) = read(database, "FROM store_state")
    assert (rows, first > min(days).date()) == (300, True)
    compact(database, lambda done, total: told.append((done, total)))
    assert told[0] == (0, 300)
    assert 0 < told[1][0] <= 100
    assert told[2][0] == 0
    assert told[-1] == (300 - told[1][0],) * 2
    assert months_in_order(database) == sorted(months_in_order(database))
    assert read(database, "SELECT event_key, properties.n::INTEGER FROM events ORDER BY ALL") == contents
    assert read(database, "FROM store_state") == [(0, None)]


@pytest.mark.parametrize(("rows", "share", "folded"), [(9, 0.01, True), (10, 0.01, False), (9, 0.6, False)])
def test_only_a_tail_of_many_rows_and_a_fair_share_is_folded_in(
    database: Database, monkeypatch: pytest.MonkeyPatch, rows: int, share: float, folded: bool
) -> None:
    after = append(database, 10)
    with database.transaction() as connection:
        connection.execute("UPDATE store_state SET tail_rows = 0, tail_from = NULL")
    append(database, 10, start=after)
    monkeypatch.setattr(compaction, "_TAIL_ROWS", rows)
    monkeypatch.setattr(compaction, "_TAIL_SHARE", share)
    compact(database)
    assert read(database, "SELECT tail_rows FROM store_state") == [(0 if folded else 10,)]


@pytest.mark.usefixtures("_always")
def test_large_and_small_batches_in_any_order_survive_compaction_and_opening_again(path: Path) -> None:
    # Shredded on their way in, these stop DuckDB 2.0.0: "Can't append to a shredded VariantColumnData".
    with Database.open(path, create=True) as database:
        count = append(database, 5_000, MANY, 5_000)
        assert columns_on_disk(database, "events", "properties") == WHOLE
        compact(database)
        assert columns_on_disk(database, "events", "properties") > WHOLE
        assert read(database, SUM) == sums(count)
        count = append(database, 5_000, MANY, 5_000, start=count)
        assert read(database, SUM) == sums(count)
    with Database.open(path) as database:
        assert read(database, SUM) == sums(count)
        count = append(database, 100, start=count)
        compact(database)
        assert months_in_order(database) == sorted(months_in_order(database))
        count = append(database, 100, start=count)
    with Database.open(path) as database:
        assert read(database, SUM) == sums(count)


@pytest.mark.usefixtures("_always")
def test_only_events_are_shredded(path: Path) -> None:
    # DuckDB 2.0.0 dies of reading a shredded list as an object, which only an attribute can be.
    with Database.open(path, create=True) as database:
        append(database, MANY)
        people = {"external_id": [str(number) for number in range(31_000)], "pets": [[{"legs": 4}]] * 31_000}
        with database.transaction() as connection:
            upsert_profiles(connection, pa.table(people), Account())
        compact(database)
    with Database.open(path) as database:
        assert columns_on_disk(database, "profiles", "pets") == WHOLE
        assert columns_on_disk(database, "events", "properties") > WHOLE
        assert read(database, "SELECT count(pets), count(pets.legs) FROM profiles") == [(31_000, 0)]


@pytest.mark.usefixtures("_always")
def test_a_property_of_true_and_false_is_read_whatever_is_asked_of_it(path: Path) -> None:
    # See https://github.com/duckdb/duckdb/issues/25872.
    size = 200_000
    with Database.open(path, create=True) as database:
        with database.transaction() as connection:
            upsert_profiles(connection, pa.table({"external_id": ["a"]}), Account())
            numbers = np.arange(size)
            columns = {
                "profile_id": np.zeros(size, np.int32),
                "occurred_at": pa.array(numbers).cast(pa.timestamp("s")),
                "gift": numbers % 4 == 0,
            }
            append_events(connection, "Viewed", pa.table(columns))
        compact(database)
    with Database.open(path) as database:
        query = "SELECT count(*) FILTER (properties.gift::BOOLEAN), count(properties.gift.x) FROM events"
        assert read(database, query) == [(size // 4, 0)]
        assert read(database, "SELECT count(try_cast(properties.gift AS VARCHAR)) FROM events") == [(size,)]


@pytest.mark.usefixtures("_always")
def test_readers_in_the_middle_see_what_they_began_with(path: Path) -> None:
    with Database.open(path, create=True) as database:
        count = append(database, MANY)
        with database.cursor() as cursor:
            cursor.execute("SELECT properties.n::BIGINT FROM events")
            first = cursor.fetchmany(1)
            compact(database)
            assert sorted(first + cursor.fetchall()) == [(n,) for n in range(count)]
        append(database, 1, start=count)
        assert read(database, SUM) == sums(count + 1)


KILLED = """
import os, signal, sys
from segql.runtime.store import compaction
from segql.runtime.store.database import Database
from tests.store.test_compaction import append

compaction._TAIL_ROWS = 0
order = compaction._order

def die(connection, month):
    if sys.argv[2] == "within":
        order(connection, month)
    os.kill(os.getpid(), signal.SIGKILL)

compaction._order = die
database = Database.open(sys.argv[1], create=True)
append(database, 5_000, 130_000, 5_000)
compaction.compact(database)
"""


@pytest.mark.usefixtures("_always")
@pytest.mark.parametrize("point", ["before", "within"])
def test_a_kill_loses_nothing_that_was_appended(path: Path, point: str) -> None:
    ran = subprocess.run([sys.executable, "-c", KILLED, str(path), point], capture_output=True, check=False)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    with Database.open(path) as database:
        assert read(database, SUM) == sums(140_000)
        assert read(database, "SELECT tail_rows FROM store_state") == [(140_000,)]
        compact(database)
        assert read(database, SUM) == sums(140_000)
        assert read(database, "FROM store_state") == [(0, None)]
