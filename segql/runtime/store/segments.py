"""Stored segments: a name, the text of its condition, and what it said before, version by version."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from segql.compiler.catalog.model import Segment
from segql.compiler.text import fold
from segql.runtime.store.sql import one_row, seconds

if TYPE_CHECKING:
    import duckdb

SEGMENT_COLUMNS = "name, definition, description, tags, owner, examples, written"


@dataclass(frozen=True, slots=True)
class Version:
    """A stored segment as it was saved once. Instants are in UTC.

    `number`: from 1 on; `author`: who saved it, None where nobody said so. `removed_at`, `removed_by`: when the segment
    was removed and by whom, where this was its last version then."""

    number: int
    segment: Segment
    author: str | None
    saved_at: datetime
    removed_at: datetime | None
    removed_by: str | None


def read_segment(
    name: str,
    definition: str,
    description: str | None,
    tags: list[str] | None,
    owner: str | None,
    examples: list[str] | None,
    written: str | None,
) -> Segment:
    """The segment of a row with `SEGMENT_COLUMNS`."""
    return Segment(
        name=name,
        definition=definition,
        description=description,
        tags=tuple(tags or ()),
        owner=owner,
        examples=tuple(examples or ()),
        written=written,
    )


def save_segment(
    connection: "duckdb.DuckDBPyConnection", segment: Segment, at: datetime, author: str | None = None
) -> int:
    """Store a segment, in place of one of the same name in any case, within the caller's transaction; the number of the
    version that it makes.

    `at`: the aware instant of saving. `author`: who saves it.
    """
    values: dict[str, Any] = {
        "name": segment.name,
        "key": fold(segment.name),
        "definition": segment.definition,
        "description": segment.description,
        "tags": list(segment.tags),
        "owner": segment.owner,
        "examples": list(segment.examples),
        "written": segment.written,
        "at": at,
    }
    connection.execute(
        f"""INSERT INTO segments (name, key, definition, description, tags, owner, examples, written, saved_at)
        VALUES ($name, $key, $definition, $description, $tags, $owner, $examples, $written, {seconds("$at")})
        ON CONFLICT (key) DO UPDATE SET name = excluded.name, definition = excluded.definition,
        description = excluded.description, tags = excluded.tags, owner = excluded.owner,
        examples = excluded.examples, written = excluded.written, saved_at = excluded.saved_at""",  # noqa: S608
        values,
    )
    (number,) = one_row(
        connection,
        f"""INSERT INTO segment_versions BY NAME SELECT $key AS key,
        (SELECT coalesce(max(number), 0) + 1 FROM segment_versions WHERE key = $key) AS number, $name AS name,
        $definition AS definition, $description AS description, $tags AS tags, $owner AS owner,
        $examples AS examples, $written AS written, $author AS author, {seconds("$at")} AS saved_at RETURNING number""",  # noqa: S608
        values | {"author": author},
    )
    return int(number)


def read_versions(connection: "duckdb.DuckDBPyConnection", name: str) -> list[Version]:
    """What a segment of that name in any case said, from its first version on; nothing where there was none."""
    rows = connection.execute(
        f"""SELECT {SEGMENT_COLUMNS}, number, author, saved_at, removed_at, removed_by FROM segment_versions
        WHERE key = ? ORDER BY number""",  # noqa: S608
        [fold(name)],
    ).fetchall()
    return [_version(row) for row in rows]


def _version(row: tuple[Any, ...]) -> Version:
    *segment, number, author, saved_at, removed_at, removed_by = row
    return Version(
        number,
        read_segment(*segment),
        author,
        saved_at.replace(tzinfo=UTC),
        removed_at and removed_at.replace(tzinfo=UTC),
        removed_by,
    )


def read_removed(connection: "duckdb.DuckDBPyConnection") -> list[Version]:
    """The last version of each segment that was removed and did not come back, the one that was removed last first."""
    rows = connection.execute(
        f"""SELECT {SEGMENT_COLUMNS}, number, author, saved_at, removed_at, removed_by FROM segment_versions v
        WHERE removed_at IS NOT NULL AND number = (SELECT max(number) FROM segment_versions WHERE key = v.key)
        ORDER BY removed_at DESC, key"""  # noqa: S608
    ).fetchall()
    return [_version(row) for row in rows]


def save_template(connection: "duckdb.DuckDBPyConnection", name: str, definition: str) -> None:
    """Store the text of a `define`, in place of one of the same name in any case, within the caller's transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO templates (name, key, definition) VALUES (?, ?, ?)",
        [name, fold(name), definition],
    )


def remove_template(connection: "duckdb.DuckDBPyConnection", name: str) -> None:
    """Forget the `define` of that name in any case, within the caller's transaction."""
    connection.execute("DELETE FROM templates WHERE key = ?", [fold(name)])


def remove_segment(
    connection: "duckdb.DuckDBPyConnection", name: str, at: datetime, author: str | None = None
) -> bool:
    """Forget a segment by its name in any case, and who was in it, within the caller's transaction; whether there was
    one. Its versions stay.

    `at`: the aware instant of removing. `author`: who removes it."""
    removed = connection.execute(
        "DELETE FROM segments WHERE key = ? RETURNING segment_id", [fold(name)]
    ).fetchall()
    for (segment_id,) in removed:
        for table in ("segment_moves", "segment_refreshes", "segment_sizes"):
            connection.execute(f"DELETE FROM {table} WHERE segment_id = ?", [segment_id])  # noqa: S608
        connection.execute(
            f"""UPDATE segment_versions SET removed_at = {seconds("$at")}, removed_by = $author WHERE key = $key
            AND number = (SELECT max(number) FROM segment_versions WHERE key = $key)""",  # noqa: S608
            {"key": fold(name), "at": at, "author": author},
        )
    return bool(removed)
