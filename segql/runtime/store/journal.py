"""The journal: a number for each change that is written, and whom it concerns, so that a refresh reads only what is new.

Whoever writes about profiles notes it here, in the same transaction. Events are not noted: each has the number of its
change in its column `arrival`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from segql.runtime.store.sql import one_row, registered

if TYPE_CHECKING:
    import duckdb

Concern = Literal["values", "consents", "lists", "history"]


def advance(connection: "duckdb.DuckDBPyConnection") -> int:
    """Take the next number, within the caller's transaction."""
    (position,) = one_row(connection, "UPDATE journal SET position = position + 1 RETURNING position")
    return int(position)


def position(connection: "duckdb.DuckDBPyConnection") -> int:
    """The number that was taken last."""
    (last,) = one_row(connection, "SELECT position FROM journal")
    return int(last)


class Written(NamedTuple):
    """What was written since some number: the number that was taken last, what was noted since and, whenever it was,
    whether anything is noted at all."""

    position: int
    concerns: frozenset[Concern]
    noted: bool


NOTHING = Written(0, frozenset(), noted=False)


def written_since(connection: "duckdb.DuckDBPyConnection", position: int) -> Written:
    """What was written since a number was taken."""
    last, noted = one_row(
        connection, "SELECT position, (SELECT max(position) FROM profile_changes) FROM journal"
    )
    if noted is None or noted <= position:
        return Written(last, frozenset(), noted is not None)
    rows = connection.execute("SELECT DISTINCT what FROM profile_changes WHERE position > ?", [position])
    return Written(last, frozenset(what for (what,) in rows.fetchall()), noted=True)


def note_changes(connection: "duckdb.DuckDBPyConnection", what: Concern, profiles: str) -> None:
    """Note that something was written about the profiles of a relation of ours (its name; column profile_id)."""
    connection.execute(
        f"INSERT INTO profile_changes SELECT DISTINCT $position, $what, profile_id FROM {profiles} ORDER BY profile_id",  # noqa: S608
        {"position": advance(connection), "what": what},
    )


def note_rewritten(connection: "duckdb.DuckDBPyConnection", profile_ids: Sequence[int]) -> None:
    """Note that the history of profiles was rewritten: merged, or erased. Within the same transaction as that.

    What refreshes hold in memory is then read anew from the store, memberships included.
    """
    import pyarrow as pa

    with registered(connection, "rewritten", pa.table({"profile_id": pa.array(profile_ids, pa.int32())})):
        note_changes(connection, "history", "rewritten")
