"""Funnels: how many are left after each step, and how long the steps took."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from segql.compiler.ast.base import Condition
from segql.compiler.check.scope import Scope
from segql.compiler.conditions import Did
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, moment
from segql.compiler.sql.emit import Emitter
from segql.compiler.statements import Funnel
from segql.runtime.engines import duckdb as engine

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# What is told of the time that a step took, where it has one.
TIMES = (
    "timed",
    "lower_quartile_seconds",
    "median_seconds",
    "upper_quartile_seconds",
    "median_seconds_from_first",
)


class _Step(NamedTuple):
    """What a step is called, what holds of everybody who is left after it, and the sequence that all steps up to it make,
    where it is the second or a later event of it."""

    what: str
    asked: plan.Predicate
    sequence: plan.Sequence | None


def funnel(cursor: "duckdb.DuckDBPyConnection", statement: Funnel, scope: Scope, now: datetime) -> "pa.Table":
    """How many people are left after each step, and how long it took them.

    Columns: step (int32, from 1), what, count (int64), share_of_first and share_of_previous (0 to 1, null where the
    step before has nobody); timed (int64): of how many of them the times are known, null where the step is no event with
    one before it; in seconds (float64) from the event of the step before lower_quartile_seconds, median_seconds,
    upper_quartile_seconds, and from the first event median_seconds_from_first. docs/language.md says which events."""
    import pyarrow as pa

    here = moment(scope.account, now)
    steps = list(_steps(statement.steps, scope))
    found = [_measured(cursor, step, here) for step in steps]
    counts = [one["count"] for one in found]
    shares = [None, *(after / before if before else None for before, after in pairwise(counts))]
    of_first = [count / counts[0] if counts[0] else None for count in counts]
    return pa.table(
        {
            "step": pa.array(range(1, len(steps) + 1), pa.int32()),
            "what": pa.array([step.what for step in steps], pa.string()),
            "count": pa.array(counts, pa.int64()),
            "share_of_first": pa.array(of_first, pa.float64()),
            "share_of_previous": pa.array(shares, pa.float64()),
            **{
                name: pa.array(
                    [one.get(name) for one in found], pa.int64() if name == "timed" else pa.float64()
                )
                for name in TIMES
            },
        }
    )


def _steps(conditions: tuple[Condition, ...], scope: Scope) -> Iterator[_Step]:
    """The steps in their order; the beginnings of a sequence are steps of their own."""
    before: plan.Predicate = plan.Constant(True)
    events: tuple[plan.Step, ...] = ()
    for condition in conditions:
        for part in _beginnings(condition):
            done = part.in_order(scope) if isinstance(part, Did) else ()
            asked = plan.conjunction(before, part.lower(scope))
            yield _Step(part.text(), asked, _sequence(events, done))
        before, events = asked, events + done


def _beginnings(condition: Condition) -> Iterator[Condition]:
    """A condition; before a sequence those that it begins with."""
    if isinstance(condition, Did):
        for length in range(len(condition.steps)):
            yield condition.changed(steps=condition.steps[:length])
    yield condition


def _sequence(before: tuple[plan.Step, ...], steps: tuple[plan.Step, ...]) -> plan.Sequence | None:
    """The sequence of all steps, where the last one is an event that another one came before."""
    together = before + steps
    is_event = bool(steps) and not steps[-1].negated
    happened = sum(not step.negated for step in together)
    return plan.Sequence(together) if is_event and happened > 1 else None


def _measured(cursor: "duckdb.DuckDBPyConnection", step: _Step, at: Moment) -> dict[str, Any]:
    """The number of people after a step, and where it has them its times."""
    found: dict[str, Any] = {}
    if step.sequence is not None:
        times = Emitter(step.asked, at, engine.DIALECT).times(step.sequence)
        (found,) = engine.run(cursor, times).to_pylist()
    if step.asked == step.sequence:
        return {**found, "count": found["timed"]}  # whoever did the sequence was counted
    return {
        **found,
        "count": engine.run_number(cursor, Emitter(step.asked, at, engine.DIALECT).count()),
    }


def steps_told(table: "pa.Table") -> list[str]:
    """What the steps of a funnel are called where they stand below each other: of a sequence what the step adds to it."""
    whats: list[str] = table.column("what").to_pylist()
    added = [what.removeprefix(f"{before} ") for before, what in pairwise(whats)]
    return [
        *whats[:1],
        *(rest if rest.startswith("then ") else what for rest, what in zip(added, whats[1:], strict=True)),
    ]
