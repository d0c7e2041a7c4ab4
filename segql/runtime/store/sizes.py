"""How many people were in stored segments, day by day: kept by refreshes, so that a list of many needs no counting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from segql.runtime.store.sql import one_row

if TYPE_CHECKING:
    import duckdb

# So many days are told, today among them.
DAYS = 30


@dataclass(frozen=True, slots=True)
class Size:
    """How many people are in a segment as of its last refresh, at `at` (aware, UTC).

    `days`: at the end of each day in the account's zone, the oldest first, up to today's latest; from the first day of
    which it is known."""

    at: datetime
    days: tuple[int, ...]

    @property
    def now(self) -> int:
        """As of the last refresh."""
        return self.days[-1]

    @property
    def change(self) -> int | None:
        """How many more than at the end of yesterday; None where that is not known."""
        return self.days[-1] - self.days[-2] if len(self.days) > 1 else None


def record_sizes(connection: "duckdb.DuckDBPyConnection", sizes: Mapping[int, int], day: date) -> None:
    """Note how many people are in segments (by segment_id) on a day in the account's zone, in place of what was noted on
    it before, within the caller's transaction."""
    if not sizes:
        return
    values = {"day": day, "segments": list(sizes), "sizes": list(sizes.values())}
    (noted,) = one_row(
        connection,
        """UPDATE segment_sizes SET size = ($sizes::BIGINT[])[list_position($segments::INTEGER[], segment_id)]
        WHERE day = $day AND list_contains($segments::INTEGER[], segment_id)""",
        values,
    )
    if noted < len(sizes):
        connection.execute(
            """INSERT INTO segment_sizes (segment_id, day, size) SELECT segment_id, $day::DATE, size
            FROM (SELECT unnest($segments::INTEGER[]) AS segment_id, unnest($sizes::BIGINT[]) AS size)
            ANTI JOIN (SELECT segment_id FROM segment_sizes WHERE day = $day) USING (segment_id)""",
            values,
        )


def read_beginnings(connection: "duckdb.DuckDBPyConnection", first: date) -> list[tuple[int, str, date]]:
    """The stored segments of which nothing is known on a day: id, name, and the first day of which their size is."""
    return connection.execute(
        """SELECT segment_id, name, min(day) AS known FROM segment_sizes JOIN segments USING (segment_id)
        GROUP BY ALL HAVING known > $first ORDER BY segment_id""",
        {"first": first},
    ).fetchall()


def record_past(connection: "duckdb.DuckDBPyConnection", segment_id: int, sizes: Mapping[date, int]) -> None:
    """Note how many people were in a segment on days of which it is not known, within the caller's transaction."""
    connection.execute(
        """INSERT INTO segment_sizes (segment_id, day, size)
        SELECT $segment, unnest($days::DATE[]), unnest($sizes::BIGINT[])""",
        {"segment": segment_id, "days": list(sizes), "sizes": list(sizes.values())},
    )


def read_sizes(connection: "duckdb.DuckDBPyConnection", today: date, days: int) -> dict[str, Size]:
    """The sizes of stored segments by their names, with those of so many days up to today in the account's zone; a
    segment that was never refreshed is absent."""
    first = today - timedelta(days=days - 1)
    rows = connection.execute(
        """SELECT name, refreshed_at, list((day, size) ORDER BY day) FROM (
          -- What was last noted before those days holds on the first of them.
          SELECT segment_id, greatest(day, $first) AS day, arg_max(size, segment_sizes.day) AS size
          FROM segment_sizes WHERE segment_sizes.day <= $today GROUP BY ALL
        ) JOIN segments USING (segment_id) JOIN segment_refreshes USING (segment_id)
        GROUP BY name, refreshed_at""",
        {"first": first, "today": today},
    ).fetchall()
    return {name: Size(at.replace(tzinfo=UTC), _filled(found, today)) for name, at, found in rows}


def _filled(found: Sequence[tuple[date, int]], today: date) -> tuple[int, ...]:
    """A size for each day from the first that has one; a day on which nothing changed has that of the day before."""
    sizes = []
    following = [day for day, _ in found[1:]] + [today + timedelta(days=1)]
    for (day, size), until in zip(found, following, strict=True):
        sizes += [size] * (until - day).days
    return tuple(sizes)
