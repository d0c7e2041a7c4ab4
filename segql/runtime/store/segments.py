"""Stored segments: a name, and the text of its condition."""

from datetime import datetime
from typing import TYPE_CHECKING

from segql.compiler.catalog.model import Segment
from segql.compiler.text import fold
from segql.runtime.store.sql import seconds

if TYPE_CHECKING:
    import duckdb


def save_segment(connection: "duckdb.DuckDBPyConnection", segment: Segment, at: datetime) -> None:
    """Store a segment, in place of one of the same name in any case, within the caller's transaction.

    `at`: the aware instant of saving.
    """
    connection.execute(
        f"""INSERT OR REPLACE INTO segments (name, key, definition, description, saved_at)
        VALUES ($name, $key, $definition, $description, {seconds("$at")})""",  # noqa: S608
        {
            "name": segment.name,
            "key": fold(segment.name),
            "definition": segment.definition,
            "description": segment.description,
            "at": at,
        },
    )


def remove_segment(connection: "duckdb.DuckDBPyConnection", name: str) -> bool:
    """Forget a segment by its name in any case, within the caller's transaction; whether there was one."""
    return bool(
        connection.execute("DELETE FROM segments WHERE key = ? RETURNING name", [fold(name)]).fetchall()
    )
