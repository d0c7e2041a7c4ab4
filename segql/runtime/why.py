"""Why somebody is among the people of a definition or is not: clause by clause, with what decided it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import Account
from segql.compiler.compiled import Compiled
from segql.compiler.person.clauses import Verdict, leaves, verdict
from segql.compiler.person.record import Person, Subject
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, moment
from segql.runtime.store.person import find_person
from segql.runtime.store.timeline import read_people

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from segql.runtime.store.database import Database


@dataclass(frozen=True)
class Why:
    """Whether somebody is meant by a definition, as of an instant (aware, UTC). `verdict`: the definition's clauses as a
    tree, each with its words, its answer, what was found and what is missing."""

    who: str | int
    profile_id: int
    as_of: datetime
    verdict: Verdict

    @property
    def holds(self) -> bool:
        """Whether they are meant."""
        return self.verdict.holds

    def document(self) -> dict[str, Any]:
        """The whole as plain data for JSON; instants are aware, in UTC."""
        return {
            "who": self.who,
            "profile_id": self.profile_id,
            "as_of": self.as_of,
            "holds": self.holds,
            "clause": _plain(self.verdict),
        }

    def table(self) -> "pa.Table":
        """One row a clause, in the order of the text: depth (int32, 0 for the whole), clause, holds, found, missing,
        changes_at (UTC)."""
        import pyarrow as pa

        rows = list(_flat(self.verdict))
        return pa.table(
            {
                "depth": pa.array([depth for depth, _ in rows], pa.int32()),
                "clause": pa.array([one.text for _, one in rows], pa.string()),
                "holds": pa.array([one.holds for _, one in rows], pa.bool_()),
                "found": pa.array(["; ".join(one.found) or None for _, one in rows], pa.string()),
                "missing": pa.array([one.missing for _, one in rows], pa.string()),
                "changes_at": pa.array([one.changes_at for _, one in rows], pa.timestamp("s", "UTC")),
            }
        )


def why(database: "Database", compiled: Compiled, who: str | int, now: datetime) -> Why:
    """Why somebody (external id, phone number, e-mail address, or a profile_id) is among the people of a statement's
    condition, as of an aware instant. Raises `DefinitionError` where it has several conditions, and `StoreError` where
    nobody is meant, or several are."""
    scope = compiled.scope
    whole, here = compiled.clauses, moment(scope.account, now)
    with database.cursor() as cursor:
        cursor.begin()  # one state of the store
        person = _read(cursor, who, [leaf.plan for leaf in leaves(whole)], scope.account, here)
    voice = Voice(scope.account, here).in_zone(scope.zone)
    return Why(who, person.number, now.astimezone(UTC), verdict(whole, Subject.whole(person, here), voice))


def _read(
    cursor: "duckdb.DuckDBPyConnection",
    who: str | int,
    plans: Sequence[plan.Predicate],
    account: Account,
    here: Moment,
) -> Person:
    """What is known of whoever is meant."""
    if isinstance(who, int):
        # Most profiles are there, and were not merged into others: they need not be looked for first.
        for person in read_people(cursor, (who,), plans, here):
            return person
    (person,) = read_people(cursor, (find_person(cursor, who, account),), plans, here)
    return person


def _flat(one: Verdict, depth: int = 0) -> Iterator[tuple[int, Verdict]]:
    yield depth, one
    for part in one.parts:
        yield from _flat(part, depth + 1)


def _plain(one: Verdict) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "text": one.text,
        "holds": one.holds,
        "found": list(one.found),
        "events": [{"event": seen.event, "at": seen.at} for seen in one.events],
        "missing": one.missing,
        "changes_at": one.changes_at,
        "parts": [_plain(part) for part in one.parts],
    }
