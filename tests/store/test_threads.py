"""Several threads ask and write at once: everybody gets a right answer, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from threading import Barrier, Event

import duckdb
import pyarrow as pa
import pytest

import segql
from segql.compiler.sql.query import Query
from segql.runtime.engines.duckdb import run_rows
from segql.runtime.store.database import Database
from segql.runtime.store.task import Task, TaskStoppedError

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_many_threads_ask_while_one_writes() -> None:
    with segql.open(":memory:") as store:
        store.upsert_profiles(
            pa.table({"external_id": [str(n) for n in range(200)], "group": ["a", "b"] * 100})
        )

        def ask(turn: int) -> tuple[int, int]:
            group = "ab"[turn % 2]
            return store.count(f'group is "{group}"', NOW), store.members(f'group is "{group}"', NOW).num_rows

        def write(turn: int) -> int:
            when = pa.array([datetime(2026, 5, 1, tzinfo=UTC)], pa.timestamp("s", "UTC"))
            row = pa.table({"external_id": ["7"], "occurred_at": when, "event_id": [str(turn)]})
            return store.append_events("Visited", row).added

        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(ask, turn) for turn in range(60)]
            written = [pool.submit(write, turn) for turn in range(20)]
            assert {future.result() for future in asked} == {(100, 100)}
            assert sum(future.result() for future in written) == 20
        assert store.count('did "Visited" exactly 20 times', NOW) == 1


def test_threads_ask_one_text_with_values_of_their_own(database: Database) -> None:
    def asked(turn: int) -> list[tuple[int]]:
        with database.cursor() as cursor:
            return run_rows(cursor, Query("SELECT $number + count(*) FROM range($number)", {"number": turn}))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(asked, range(400))) == [[(2 * turn,)] for turn in range(400)]


def test_a_text_that_was_asked_is_about_what_is_there_now() -> None:
    query = Query("SELECT * FROM found WHERE size > $least", {"least": 1})
    for count in (1, 2):  # another database has another table of that name
        with Database.open(":memory:", create=True) as database:
            for number in range(count, count + 3):
                with database.transaction() as connection:
                    columns = ", ".join(f"{each} AS column_{each}" for each in range(number))
                    connection.execute(f"CREATE OR REPLACE TABLE found AS SELECT 2 AS size, {columns}")
                with database.cursor() as cursor:
                    assert run_rows(cursor, query) == [(2, *range(number))]


def test_what_another_thread_asks_can_be_interrupted(database: Database) -> None:
    def ask() -> None:
        with database.cursor() as cursor, pytest.raises(duckdb.InterruptException):
            cursor.execute("SELECT count(*) FROM range(1000000000000) r(n) WHERE n * 2 > 3").fetchall()

    with ThreadPoolExecutor(1) as others:
        asking = others.submit(ask)
        while wait((asking,), 0.05).not_done:
            database.interrupt()
        asking.result()
    with database.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchall() == [(1,)]


def test_one_task_is_stopped_and_the_others_go_on(database: Database) -> None:
    endless = "SELECT count(*) FROM range(1000000000000) r(n) WHERE n * 2 > 3"
    tasks = (Task(), Task())
    started = Barrier(3)

    def ask(task: Task) -> None:
        with pytest.raises(TaskStoppedError), task, database.cursor() as cursor:
            started.wait()
            cursor.execute(endless).fetchall()

    with ThreadPoolExecutor(2) as others:
        asking = [others.submit(ask, task) for task in tasks]
        started.wait()
        for task, one in zip(tasks, asking, strict=True):
            assert not one.done()
            task.stop()
            one.result()


def test_a_task_that_was_stopped_asks_no_more(database: Database) -> None:
    task, is_inside, is_stopping = Task(), Event(), Event()

    def ask() -> None:
        with task:
            is_inside.set()
            is_stopping.wait()
            with pytest.raises(TaskStoppedError), database.cursor():
                pass

    with ThreadPoolExecutor(2) as others:
        asking = others.submit(ask)
        is_inside.wait()
        stopping = others.submit(task.stop)
        while not task.is_stopped:
            assert not stopping.done()
        is_stopping.set()
        asking.result()
        stopping.result()
    with database.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchall() == [(1,)]
