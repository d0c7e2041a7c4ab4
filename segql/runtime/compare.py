"""Two instants of one definition: who came and who went, by which clause, and whether data or time made the change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from segql.compiler.check.scope import Scope
from segql.compiler.conditions.days import Day
from segql.compiler.person.clauses import Clause, clauses, leaves
from segql.compiler.person.evaluate import holds
from segql.compiler.person.record import Person, Subject
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, moment
from segql.compiler.sql.emit import Emitter
from segql.compiler.statements import Compare
from segql.runtime.engines import duckdb as engine
from segql.runtime.store.timeline import read_people

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa

    from segql.runtime.store.database import Database

# Of so many people it is told why; who came and went is told of all.
EXPLAINED = 1_000
_CAUSES = {True: "time passed", False: "data arrived"}


@dataclass(frozen=True)
class _Change:
    profile_id: int
    entered: bool


def compare(
    database: "Database", statement: Compare, scope: Scope, now: datetime, explained: int = EXPLAINED
) -> "pa.Table":
    """Who came and who went between the ends of two days, none of them later than now.

    Columns: change ("entered" or "left"), profile_id (int32), external_id, clause (what turned out otherwise) and cause
    ("data arrived" or "time passed"); the last two are null beyond the first `explained` people."""
    here = moment(scope.account, now)
    earlier, later = (moment(scope.account, _end(day, here)) for day in (statement.earlier, statement.later))
    whole = clauses(statement.condition, scope)
    with database.cursor() as cursor:
        cursor.begin()  # one state of the store
        changes = _changes(cursor, whole.plan, earlier, later)
        reasons = _reasons(cursor, changes[:explained], whole, earlier, later)
        return _table(cursor, changes, reasons)


def _end(day: Day, here: Moment) -> datetime:
    """The last second of a day, or the instant itself, held to now."""
    begins, ends = (here.resolve(boundary) for boundary in day.bounds())
    return min(ends - timedelta(seconds=1) if ends > begins else begins, here.now.astimezone(UTC))


def _changes(
    cursor: "duckdb.DuckDBPyConnection", asked: plan.Predicate, earlier: Moment, later: Moment
) -> list[_Change]:
    """Those who came, then those who went, by profile."""
    import numpy as np

    before, after = (_members(cursor, asked, at) for at in (earlier, later))
    entered, left = (
        np.setdiff1d(one, other, assume_unique=True) for one, other in ((after, before), (before, after))
    )
    return [_Change(one, True) for one in sorted(entered.tolist())] + [
        _Change(one, False) for one in sorted(left.tolist())
    ]


def _members(cursor: "duckdb.DuckDBPyConnection", asked: plan.Predicate, at: Moment) -> "np.ndarray":
    found: np.ndarray = engine.run(cursor, Emitter(asked, at, engine.DIALECT).members()).column(0).to_numpy()
    return found


def _reasons(
    cursor: "duckdb.DuckDBPyConnection",
    changes: Sequence[_Change],
    whole: Clause,
    earlier: Moment,
    later: Moment,
) -> list[tuple[str, str]]:
    """For each change the clauses that turned out otherwise, and the cause."""
    if not changes:
        return []
    people = [change.profile_id for change in changes]
    asked = [leaf.plan for leaf in leaves(whole)]
    before = read_people(cursor, people, asked, earlier)
    after = read_people(cursor, people, asked, later)
    return [
        _reason(leaves(whole), (old.known_at(earlier.now), earlier), (new, later))
        for old, new in zip(before, after, strict=True)
    ]


def _reason(
    parts: Sequence[Clause], before: tuple[Person, Moment], after: tuple[Person, Moment]
) -> tuple[str, str]:
    old, new = Subject.whole(*before), Subject.whole(*after)
    # What was known at first, asked at the later instant: where that gives the later answer, nothing had to happen.
    waited = replace(old, moment=new.moment)
    turned = [part for part in parts if holds(part.plan, old) != holds(part.plan, new)]
    by_time = all(holds(part.plan, waited) == holds(part.plan, new) for part in turned)
    return "; ".join(dict.fromkeys(part.text for part in turned)), _CAUSES[by_time]


def _table(
    cursor: "duckdb.DuckDBPyConnection", changes: Sequence[_Change], reasons: Sequence[tuple[str, str]]
) -> "pa.Table":
    import pyarrow as pa

    people = [change.profile_id for change in changes]
    query = "SELECT profile_id, external_id FROM profiles WHERE list_contains($people, profile_id)"
    names = dict(cursor.execute(query, {"people": people}).fetchall())
    told = [*reasons, *[(None, None)] * (len(changes) - len(reasons))]
    return pa.table(
        {
            "change": pa.array(["entered" if one.entered else "left" for one in changes], pa.string()),
            "profile_id": pa.array(people, pa.int32()),
            "external_id": pa.array([names[one] for one in people], pa.string()),
            "clause": pa.array([clause for clause, _ in told], pa.string()),
            "cause": pa.array([cause for _, cause in told], pa.string()),
        }
    )
