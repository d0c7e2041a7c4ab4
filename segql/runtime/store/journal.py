"""The journal: a number for each change that is written, and whom it concerns, so that a refresh reads only what is new.

Whoever writes about profiles notes it here, in the same transaction. Events are not noted: each has the number of its
change in its column `arrival`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

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


def rewritten_since(connection: "duckdb.DuckDBPyConnection", position: int) -> bool:
    """Whether the history of any profile was rewritten since a position."""
    query = "SELECT 1 FROM profile_changes WHERE what = 'history' AND position > ? LIMIT 1"
    return bool(connection.execute(query, [position]).fetchall())
