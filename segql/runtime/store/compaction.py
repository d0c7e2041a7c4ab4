"""Folding the events of the tail in among the others, so that a condition reads one stretch of one kind of event.

What is folded in is also shredded: each part of the properties is stored as a column of its own, and read like one.
Nothing else in the store is. DuckDB 2.0.0 stops where a transaction appends behind rows that it has shredded itself,
and where a shredded list is read as if it were an object.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from segql.runtime.store.sql import one_row

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.store.database import Database

# A tail is folded in when it is longer than both: below that it costs reading little or nothing.
_TAIL_ROWS = 50_000
_TAIL_SHARE = 0.01
# DuckDB's own default.
_SHREDDED_ROWS = 30_000


def compact(database: "Database") -> None:
    """Order the events by (month, metric, time) from the tail's earliest month on, where the tail is long.

    In a transaction of its own, after those that appended: what those wrote is there whatever becomes of this.
    """
    with database.cursor() as cursor:
        if not _is_tail_long(cursor):
            return
    with database.transaction() as connection:
        (tail_from,) = one_row(connection, "SELECT tail_from FROM store_state")
        # Null, where another thread has done it meanwhile.
        if tail_from is not None:
            _order(connection, tail_from)
            with database.cursor() as cursor, shredding(cursor):
                connection.execute("INSERT INTO events FROM ordered")
            connection.execute("DROP TABLE temp.ordered")
            connection.execute("UPDATE store_state SET tail_rows = 0, tail_from = NULL")


def _is_tail_long(cursor: "duckdb.DuckDBPyConnection") -> bool:
    (tail,) = one_row(cursor, "SELECT tail_rows FROM store_state")
    if tail <= _TAIL_ROWS:
        return False
    (events,) = one_row(cursor, "SELECT count(*) FROM events")
    return bool(tail > events * _TAIL_SHARE)


def _order(connection: "duckdb.DuckDBPyConnection", month: date) -> None:
    """Move the events of a month and all later ones into `ordered`."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE ordered AS FROM events WHERE occurred_at >= $month
        ORDER BY date_trunc('month', occurred_at), metric_id, occurred_at, event_key""",
        {"month": month},
    )
    connection.execute("DELETE FROM events WHERE occurred_at >= $month", {"month": month})


@contextmanager
def shredding(cursor: "duckdb.DuckDBPyConnection") -> Iterator[None]:
    """What is inserted inside, by any cursor, is shredded: the whole row groups, which DuckDB writes while it inserts.

    `cursor`: none that is inside a transaction, as there nothing can be put back when the transaction has failed.
    """
    cursor.execute(f"SET GLOBAL variant_minimum_shredding_size = {_SHREDDED_ROWS}")
    try:
        yield
    finally:
        cursor.execute("SET GLOBAL variant_minimum_shredding_size = -1")
