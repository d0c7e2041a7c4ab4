"""Who would enter a segment, and who would leave it, if it meant something else."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.runtime.engines import duckdb as engine

if TYPE_CHECKING:
    import duckdb
    import numpy as np

    from segql.compiler.compiled import Compiled
    from segql.runtime.store.database import Database


@dataclass(frozen=True)
class Moves:
    """How many would enter and leave, and how many would be in then; some of them by their external ids (#17 for the
    profile 17, where it has none)."""

    entered: int
    left: int
    size: int
    who_enter: tuple[str, ...]
    who_leave: tuple[str, ...]


def moves_between(
    database: "Database", before: "Compiled | None", after: "Compiled | None", at: datetime, named: int
) -> Moves:
    """Who moves, as of `at` (aware), from one definition to another; None is nobody. `named`: so many of those who enter
    and of those who leave are named."""
    import numpy as np

    with database.cursor() as cursor:
        cursor.begin()  # one state of the store
        old = _members(cursor, before, at)
        is_same = before is not None and after is not None and before.plan == after.plan
        new = old if is_same else _members(cursor, after, at)
        entered, left = (
            np.setdiff1d(one, other, assume_unique=True) for one, other in ((new, old), (old, new))
        )
        return Moves(
            len(entered), len(left), len(new), _names(cursor, entered[:named]), _names(cursor, left[:named])
        )


def _members(cursor: "duckdb.DuckDBPyConnection", compiled: "Compiled | None", at: datetime) -> "np.ndarray":
    import numpy as np

    if compiled is None:
        return np.empty(0, np.int32)
    found: np.ndarray = engine.run(cursor, compiled.sql(engine.DIALECT, at)).column(0).to_numpy()
    return np.sort(found)


def _names(cursor: "duckdb.DuckDBPyConnection", people: "np.ndarray") -> tuple[str, ...]:
    rows = cursor.execute(
        """SELECT coalesce(external_id, '#' || profile_id) FROM profiles
        WHERE list_contains($people, profile_id) ORDER BY profile_id""",
        {"people": people.tolist()},
    ).fetchall()
    return tuple(name for (name,) in rows)
