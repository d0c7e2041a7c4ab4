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
        f"""INSERT INTO segments (name, key, definition, description, tags, owner, saved_at)
        VALUES ($name, $key, $definition, $description, $tags, $owner, {seconds("$at")})
        ON CONFLICT (key) DO UPDATE SET name = excluded.name, definition = excluded.definition,
        description = excluded.description, tags = excluded.tags, owner = excluded.owner,
        saved_at = excluded.saved_at""",  # noqa: S608
        {
            "name": segment.name,
            "key": fold(segment.name),
            "definition": segment.definition,
            "description": segment.description,
            "tags": list(segment.tags),
            "owner": segment.owner,
            "at": at,
        },
    )


def save_template(connection: "duckdb.DuckDBPyConnection", name: str, definition: str) -> None:
    """Store the text of a `define`, in place of one of the same name in any case, within the caller's transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO templates (name, key, definition) VALUES (?, ?, ?)",
        [name, fold(name), definition],
    )


def remove_segment(connection: "duckdb.DuckDBPyConnection", name: str) -> bool:
    """Forget a segment by its name in any case, and who was in it, within the caller's transaction; whether there was
    one."""
    removed = connection.execute(
        "DELETE FROM segments WHERE key = ? RETURNING segment_id", [fold(name)]
    ).fetchall()
    for (segment_id,) in removed:
        for table in ("segment_periods", "segment_refreshes"):
            connection.execute(f"DELETE FROM {table} WHERE segment_id = ?", [segment_id])  # noqa: S608
    return bool(removed)
