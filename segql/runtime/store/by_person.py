"""The copy of the events that is ordered by person, kept when asked for: one person's events are read at once, however many
there are of others.

It has the events of the people below some profile_id that arrived up to some change. All else is read from `events`, so
that `events_of` always gives all events, while the copy is made, too, and after a kill. What arrives is not written twice:
it joins the copy when the tail of `events` is folded in (see `compaction.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.sql import people as sql
from segql.compiler.sql.query import Query
from segql.runtime.engines.duckdb import run_rows
from segql.runtime.store.shredding import shredding
from segql.runtime.store.sql import one_row

if TYPE_CHECKING:
    import duckdb

    from segql.compiler.sql.build import Sql
    from segql.runtime.store.database import Database

# So many events are ordered in one transaction, where nobody says less, or those of so many people: some two gigabytes
# of memory.
_AT_ONCE = 8_000_000
_PEOPLE_AT_ONCE = 4096
# Where a larger share of the copy than this does not lie in its order, it is made anew: until then each part of it that
# was appended costs a reader one look.
_LOOSE_SHARE = 0.1
# Above every profile_id.
_EVERYBODY = 2**31 - 1
_COLUMNS = ", ".join(sql.EVENT_COLUMNS)
_IN_ORDER = "ORDER BY profile_id, occurred_at, event_key"


@dataclass(frozen=True)
class ByPerson:
    """Whether the copy is kept, whether it is made, and how many events are in it, of how many there are."""

    is_kept: bool
    is_made: bool
    copied: int
    events: int


class _Copy(NamedTuple):
    copied_to: int
    below: int
    loose: int


def events_of(connection: "duckdb.DuckDBPyConnection", people: Sequence[int]) -> "Sql":
    """SQL for all events of some profiles, to stand behind FROM: columns profile_id, metric_id, occurred_at, event_key,
    amount, label_id, properties, and copied and row, which are the event's place. It holds for one state of the store: the
    connection is in a transaction."""
    return sql.events_of(people, copied_to(connection, people))


def copied_to(connection: "duckdb.DuckDBPyConnection", people: Sequence[int]) -> int | None:
    """The change up to which the events of some profiles are in the copy; None where they are not in it."""
    copy = _read(connection)
    return copy.copied_to if copy is not None and max(people, default=0) < copy.below else None


def events_at(places: Iterable[tuple[bool, int]]) -> "Sql":
    """The same for the events of places, of which there is at least one, within the transaction that found them."""
    return sql.events_at(places)


def keep_by_person(
    database: "Database", progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Keep the copy from now on, and make it. `progress` is called with how many events are in it, of how many.

    In several transactions, so that others write in between: after a kill a repeat goes on, and readers find everything."""
    begin_by_person(database)
    _report(database, progress)


def begin_by_person(database: "Database") -> None:
    """Keep the copy from now on, and leave it to others to make it."""
    with database.transaction(names=False) as connection:
        if _read(connection) is None:
            connection.execute("INSERT INTO person_copy SELECT position, 0, 0 FROM journal")


def drop_by_person(database: "Database") -> None:
    """Keep the copy no longer. Its room in the file is for what will be written."""
    with database.transaction(names=False) as connection:
        connection.execute("DELETE FROM events_by_person")
        connection.execute("DELETE FROM person_copy")


def read_by_person(connection: "duckdb.DuckDBPyConnection") -> ByPerson:
    """What becomes of the copy."""
    copy = _read(connection)
    (copied,) = one_row(connection, "SELECT count(*) FROM events_by_person")
    (events,) = one_row(connection, "SELECT count(*) FROM events")
    return ByPerson(copy is not None, copy is not None and copy.below == _EVERYBODY, copied, events)


def catch_up(database: "Database", progress: Callable[[int, int], None]) -> None:
    """Take into the copy what arrived since, where one is kept: behind what is there, or all in order where that has
    become too much."""
    _report(database, progress)
    with database.transaction(names=False) as connection:
        copy = _read(connection)
        if copy is None or copy.below < _EVERYBODY:
            return
        (new,) = one_row(connection, "SELECT count(*) FROM events WHERE arrival > ?", [copy.copied_to])
        (events,) = one_row(connection, "SELECT count(*) FROM events")
        if copy.loose + new > _LOOSE_SHARE * events:
            connection.execute("DELETE FROM events_by_person")
            connection.execute(
                "UPDATE person_copy SET copied_to = position, below = 0, loose = 0 FROM journal"
            )
        else:
            _insert(database, connection, "arrival > $copied_to", {"copied_to": copy.copied_to})
            connection.execute(
                "UPDATE person_copy SET copied_to = position, loose = loose + $new FROM journal", {"new": new}
            )
    _report(database, progress)


def copy_anew(connection: "duckdb.DuckDBPyConnection", gone: str, changed: str) -> None:
    """See to it that the copy has what `events` has of the people of two relations of ours (SQL for their profile_ids):
    those who are gone, and those whose events changed. Within the caller's transaction."""
    copy = _read(connection)
    if copy is None:
        return
    connection.execute(
        f"DELETE FROM events_by_person WHERE profile_id IN (({gone}) UNION ALL ({changed}))"  # noqa: S608
    )
    (copied,) = one_row(
        connection,
        f"""INSERT INTO events_by_person SELECT {_COLUMNS} FROM events
        WHERE profile_id IN ({changed}) AND profile_id < $below AND arrival <= $copied_to {_IN_ORDER}""",  # noqa: S608
        {"below": copy.below, "copied_to": copy.copied_to},
    )
    connection.execute("UPDATE person_copy SET loose = loose + ?", [copied])


def _read(connection: "duckdb.DuckDBPyConnection") -> _Copy | None:
    found = run_rows(connection, Query("SELECT copied_to, below, loose FROM person_copy", {}))
    return _Copy(*found[0]) if found else None


def go_on_by_person(database: "Database", at_once: int | None = None) -> Iterator[tuple[int, int]]:
    """Copy the people who are not copied yet, where the copy is kept: so many events in one transaction. Before each, and
    at the end, how many are done, of how many; whoever does not go on with it leaves it as it is."""
    with database.cursor() as cursor:
        copy = _read(cursor)
        if copy is None or copy.below == _EVERYBODY:
            return
        spans = _spans(cursor, copy, at_once or _AT_ONCE)
    total, done = sum(spans.values()), 0
    for first, last in pairwise([*spans, _EVERYBODY]):
        yield done, total
        with database.transaction(names=False) as connection:
            now = _read(connection)
            if now is None or now.below != first:
                return  # another thread makes it, or it is kept no longer
            _insert(
                database,
                connection,
                "profile_id >= $first AND profile_id < $last AND arrival <= $copied_to",
                {"first": first, "last": last, "copied_to": now.copied_to},
            )
            connection.execute("UPDATE person_copy SET below = ?", [last])
        done += spans[first]
    yield total, total


def _report(database: "Database", progress: Callable[[int, int], None]) -> None:
    for copied, events in go_on_by_person(database):
        progress(copied, events)


def _spans(cursor: "duckdb.DuckDBPyConnection", copy: _Copy, at_once: int) -> dict[int, int]:
    """The first profile_id of those that are copied together, and how many events they have."""
    counted = cursor.execute(
        f"""SELECT profile_id // {_PEOPLE_AT_ONCE} * {_PEOPLE_AT_ONCE} AS first, count(*) FROM events
        WHERE profile_id >= $below AND arrival <= $copied_to GROUP BY first ORDER BY first""",  # noqa: S608
        {"below": copy.below, "copied_to": copy.copied_to},
    ).fetchall()
    spans = {copy.below: 0}
    latest = copy.below
    for first, events in counted:
        if spans[latest] and spans[latest] + events > at_once:
            latest = first
        spans[latest] = spans.get(latest, 0) + events
    return spans


def _insert(
    database: "Database", connection: "duckdb.DuckDBPyConnection", which: str, values: dict[str, int]
) -> None:
    """Put some of the events behind what is in the copy, in its order."""
    with database.cursor() as cursor, shredding(cursor):
        connection.execute(
            f"INSERT INTO events_by_person SELECT {_COLUMNS} FROM events WHERE {which} {_IN_ORDER}",  # noqa: S608
            values,
        )
