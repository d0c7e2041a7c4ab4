"""Shredding: each part of the properties of events is stored as a column of its own, and read like one.

Events are, nothing else in the store is. DuckDB 2.0.0 stops where a transaction appends behind rows that it has shredded
itself, and where a shredded list is read as if it were an object.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

SHREDDED = ("events", "events_by_person")
"""The tables whose rows are shredded."""
# DuckDB's own default.
_SHREDDED_ROWS = 30_000


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
