"""Memberships of stored segments as the store keeps them: entries and exits, and what each segment's stand for."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from segql.runtime.store.sql import registered

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa


# Why somebody entered or left: the segment's first refresh, something that was stored about them, the passing of time,
# a change of the definition.
Cause = Literal["first", "data", "time", "definition"]
CAUSES: tuple[Cause, ...] = ("first", "data", "time", "definition")
_MOVE = """INSERT INTO segment_moves
SELECT segment_id, profile_id, $at::TIMESTAMP_S, entered, cause FROM moving"""


class Refreshed(NamedTuple):
    """What a segment's entries and exits stand for: the instant (aware, UTC), the journal's position, the plan's digest."""

    at: datetime
    position: int
    plan: str


class Flips(NamedTuple):
    """Who entered or left one segment: ids (int32), and for each the place of its cause in `CAUSES` (int8)."""

    segment_id: int
    profile_ids: "np.ndarray"
    causes: "np.ndarray"


def read_refreshes(connection: "duckdb.DuckDBPyConnection") -> dict[int, Refreshed]:
    """What the entries and exits stand for, by segment_id; a segment that was never refreshed is absent."""
    rows = connection.execute(
        "SELECT segment_id, refreshed_at, position, plan FROM segment_refreshes"
    ).fetchall()
    return {segment_id: Refreshed(at.replace(tzinfo=UTC), *rest) for segment_id, at, *rest in rows}


def read_moves(connection: "duckdb.DuckDBPyConnection", first: int, last: int, capacity: int) -> "np.ndarray":
    """Each entry into the segments from a segment_id to another, and each exit, in no order: whose it is, as the place
    (int32) in a table with a row a segment and a column for each of `capacity` profiles. Whoever is there an odd number of
    times is in."""
    found: np.ndarray = (
        connection.sql(
            """SELECT ((segment_id - $first) * $capacity + profile_id)::INTEGER FROM segment_moves
        WHERE segment_id BETWEEN $first AND $last""",
            params={"first": first, "last": last, "capacity": capacity},
        )
        .to_arrow_table()
        .column(0)
        .to_numpy()
    )
    return found


def changed_profiles(connection: "duckdb.DuckDBPyConnection", position: int) -> "np.ndarray":
    """The profiles that events arrived for, or that were written about, since a position; in no order, and one may come
    several times."""
    found: np.ndarray = (
        connection.sql(
            """SELECT profile_id FROM events WHERE arrival > $position
        UNION ALL SELECT profile_id FROM profile_changes WHERE position > $position""",
            params={"position": position},
        )
        .to_arrow_table()
        .column(0)
        .to_numpy()
    )
    return found


def record_moves(
    connection: "duckdb.DuckDBPyConnection", flips: Iterable[tuple[Flips, bool]], at: datetime, *, again: bool
) -> None:
    """Note who entered (True) and who left at an aware instant, within the caller's transaction. `again`: something was
    noted as of this instant before."""
    with registered(connection, "moving", _table(flips)):
        if not again:
            connection.execute(_MOVE, {"at": _plain(at)})
            return
        # Who entered in this very second was never in.
        never = connection.sql(
            """DELETE FROM segment_moves m USING moving l WHERE m.moved_at = $at::TIMESTAMP_S AND m.entered
            AND NOT l.entered AND (m.segment_id, m.profile_id) = (l.segment_id, l.profile_id)
            RETURNING m.segment_id, m.profile_id, false AS entered""",
            params={"at": _plain(at)},
        ).to_arrow_table()
        with registered(connection, "never_in", never):
            moves = f"{_MOVE} ANTI JOIN never_in USING (segment_id, profile_id, entered)"
            connection.execute(moves, {"at": _plain(at)})


def record_refreshes(
    connection: "duckdb.DuckDBPyConnection",
    plans: Mapping[int, str],
    at: datetime,
    position: int,
    before: Mapping[int, Refreshed],
) -> dict[int, Refreshed]:
    """Note that the entries and exits of segments, whose plans have these digests, stand for an aware instant and a
    position now. `before`: what all segments' stood for until now. What they stand for is returned."""
    anew = {one: plan for one, plan in plans.items() if one not in before or before[one].plan != plan}
    stands = {"at": _plain(at), "position": position}
    connection.execute(
        """UPDATE segment_refreshes SET refreshed_at = $at, position = $position
        WHERE NOT list_contains($others::INTEGER[], segment_id)""",
        {**stands, "others": [one for one in before if one not in plans or one in anew]},
    )
    if anew:
        connection.execute(
            "DELETE FROM segment_refreshes WHERE list_contains($segments::INTEGER[], segment_id)",
            {"segments": list(anew)},
        )
        connection.execute(
            """INSERT INTO segment_refreshes (segment_id, refreshed_at, position, plan)
            SELECT unnest($segments::INTEGER[]), $at, $position, unnest($plans::VARCHAR[])""",
            {**stands, "segments": list(anew), "plans": list(anew.values())},
        )
    return {**before, **{one: Refreshed(at, position, plan) for one, plan in plans.items()}}


def forget_changes(connection: "duckdb.DuckDBPyConnection", refreshed: Mapping[int, Refreshed]) -> None:
    """Forget the changes that no refresh asks for again, where segments' entries and exits stand for this."""
    oldest = min(one.position for one in refreshed.values())
    connection.execute("DELETE FROM profile_changes WHERE position <= ?", [oldest])


def _table(flips: Iterable[tuple[Flips, bool]]) -> "pa.Table":
    import numpy as np
    import pyarrow as pa

    listed = list(flips)
    lengths = [len(one.profile_ids) for one, _ in listed]
    return pa.table(
        {
            "segment_id": pa.array(np.repeat([one.segment_id for one, _ in listed], lengths), pa.int32()),
            "profile_id": pa.array(np.concatenate([one.profile_ids for one, _ in listed]), pa.int32()),
            "entered": pa.array(np.repeat([entered for _, entered in listed], lengths)),
            "cause": pa.DictionaryArray.from_arrays(
                np.concatenate([one.causes for one, _ in listed]), list(CAUSES)
            ),
        }
    )


def _plain(at: datetime) -> datetime:
    """An aware instant as the store has it: in UTC, in whole seconds, without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
