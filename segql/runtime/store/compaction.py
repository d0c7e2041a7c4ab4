"""Folding the events of the tail in among the others, so that a condition reads one stretch of one kind of event.
What is folded in is also shredded (see `shredding.py`)."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from segql.runtime.store.by_person import catch_up
from segql.runtime.store.shredding import shredding
from segql.runtime.store.sql import one_row

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.store.database import Database

# A tail is folded in when it is longer than both: below that it costs reading little or nothing.
_TAIL_ROWS = 50_000
_TAIL_SHARE = 0.01
# So many events are ordered in one transaction, or one month: some two gigabytes of memory.
_AT_ONCE = 8_000_000


def compact(database: "Database", progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Order the events by (month, metric, time) from the tail's earliest month on, where the tail is long.

    In transactions of their own, after those that appended: what those wrote is there whatever becomes of this. Each
    orders some months, so that memory is bounded; after a kill the rest is ordered the next time. `progress` is called
    with how many events are ordered, of how many.
    """
    with database.cursor() as cursor:
        if not _is_tail_long(cursor):
            return
    # What is in the copy by person has to be read from nowhere else, wherever it lies.
    catch_up(database, progress)
    with database.cursor() as cursor:
        spans = _spans(cursor)
    total, done = sum(span.events for span in spans), 0
    for span in spans:
        progress(done, total)
        with database.transaction(names=False) as connection:
            (tail_from,) = one_row(connection, "SELECT tail_from FROM store_state")
            # Another thread may have ordered it meanwhile, or have appended to an earlier month: that waits.
            if tail_from is None or tail_from > span.last:
                continue
            _order(connection, span)
            with database.cursor() as cursor, shredding(cursor):
                connection.execute("INSERT INTO events FROM ordered")
            connection.execute("DROP TABLE temp.ordered")
            if tail_from >= span.first:
                _note_ordered(connection, span)
        done += span.events
    progress(total, total)


def _is_tail_long(cursor: "duckdb.DuckDBPyConnection") -> bool:
    (tail,) = one_row(cursor, "SELECT tail_rows FROM store_state")
    if tail <= _TAIL_ROWS:
        return False
    (events,) = one_row(cursor, "SELECT count(*) FROM events")
    return bool(tail > events * _TAIL_SHARE)


class _Span(NamedTuple):
    """Months that are ordered together, both included, each as its first day; and their events."""

    first: date
    last: date
    events: int


def _spans(cursor: "duckdb.DuckDBPyConnection") -> list[_Span]:
    """The months from the tail's first one on, as many together as memory allows."""
    months = cursor.execute(
        """SELECT date_trunc('month', occurred_at)::DATE AS month, count(*) FROM events
        WHERE occurred_at >= (SELECT tail_from FROM store_state) GROUP BY month ORDER BY month"""
    ).fetchall()
    spans: list[_Span] = []
    for month, events in months:
        if spans and spans[-1].events + events <= _AT_ONCE:
            spans[-1] = _Span(spans[-1].first, month, spans[-1].events + events)
        else:
            spans.append(_Span(month, month, events))
    return spans


_WITHIN = "occurred_at >= $first AND occurred_at < $last::DATE + INTERVAL 1 MONTH"


def _order(connection: "duckdb.DuckDBPyConnection", span: _Span) -> None:
    """Move the events of some months into `ordered`."""
    bounds = {"first": span.first, "last": span.last}
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE ordered AS FROM events WHERE {_WITHIN}
        ORDER BY date_trunc('month', occurred_at), metric_id, occurred_at, event_key""",
        bounds,
    )
    connection.execute(f"DELETE FROM events WHERE {_WITHIN}", bounds)  # noqa: S608


def _note_ordered(connection: "duckdb.DuckDBPyConnection", span: _Span) -> None:
    """The tail begins after a span now, or there is none."""
    (later,) = one_row(
        connection,
        """SELECT date_trunc('month', min(occurred_at))::DATE FROM events
        WHERE occurred_at >= $last::DATE + INTERVAL 1 MONTH""",
        {"last": span.last},
    )
    if later is None:
        connection.execute("UPDATE store_state SET tail_rows = 0, tail_from = NULL")
    else:
        connection.execute("UPDATE store_state SET tail_from = ?", [later])
