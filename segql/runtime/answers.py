"""Answers to statements, as tables: those of one query, and those of several: trend, overlap."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from segql.compiler.ast.base import Condition
from segql.compiler.check.scope import Scope
from segql.compiler.compiled import Compiled
from segql.compiler.conditions import InSegment
from segql.compiler.conditions.lengths import Unit, back, period_of
from segql.compiler.conditions.parameters import given
from segql.compiler.conditions.values import Attribute
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, PeriodStart, moment, seconds_in
from segql.compiler.sql.emit import Emitter
from segql.compiler.statements import Compare, Count, Explain, Funnel, Overlap, Show, Trend, Why
from segql.runtime.compare import compare
from segql.runtime.engines import duckdb as engine
from segql.runtime.funnels import funnel
from segql.runtime.why import why

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from segql.runtime.store.database import Database

Ask = Callable[["duckdb.DuckDBPyConnection"], "pa.Table"]
MOST_POINTS = 1_000
# So many points of a trend are counted by one query: it takes half the time of as many queries.
_TOGETHER = 32


def answer(database: "Database", compiled: Compiled, now: datetime) -> "pa.Table":
    """The answer to a statement as of an aware instant.

    A condition or a segment: profile_id (int32) and external_id of its people, by profile_id. `count`: what it counts by,
    and count (int64). `show`: its columns. `explain`: explanation, one row. `why`: see `Why.table`. `compare`, `trend`,
    `overlap`, `funnel`: see the functions of these names."""
    compiled = compiled.bind({})
    statement, scope, now = compiled.statement, compiled.scope, now.astimezone(UTC)
    match statement:
        case Compare():
            return compare(database, statement, scope, now)
        case Why(who=who):
            return why(database, compiled, given(who), now).table()
        case Explain():
            return _explained(compiled, now)
        case Trend():
            ask: Ask = partial(trend, statement=statement, scope=scope, now=now)
        case Overlap():
            ask = partial(overlap, statement=statement, scope=scope, now=now)
        case Funnel():
            ask = partial(funnel, statement=statement, scope=scope, now=now)
        case Count() | Show():
            ask = partial(engine.run, query=compiled.sql(engine.DIALECT, now))
        case _:
            names = tuple(Attribute(name=name) for name in ("profile_id", "external_id"))
            ask = partial(engine.run, query=compiled.showing(names).sql(engine.DIALECT, now))
    with database.cursor() as cursor:
        cursor.begin()  # one state of the store
        return ask(cursor)


def _explained(compiled: Compiled, now: datetime) -> "pa.Table":
    import pyarrow as pa

    return pa.table({"explanation": pa.array([compiled.explain(now)], pa.string())})


def trend(cursor: "duckdb.DuckDBPyConnection", statement: Trend, scope: Scope, now: datetime) -> "pa.Table":
    """How many people there were at the end of each unit, and how many there are now.

    Columns: at (UTC, whole seconds) and count (int64). Raises `DefinitionError` where there were too many points."""
    import pyarrow as pa

    here = moment(scope.account, now).elsewhere(statement.known_zone)
    points = []
    for at in _points(here, statement):
        points.append(at)
        if len(points) > MOST_POINTS:
            message = f"a trend has at most {MOST_POINTS:,} points, and this one has more"
            raise DefinitionError(
                (
                    Diagnostic(
                        Code.SG106, message, statement.span, scope.source, "take longer units: by month"
                    ),
                )
            )
    asked = statement.condition.lower(scope)
    points.reverse()
    counts = []
    for start in range(0, len(points), _TOGETHER):
        moments = [moment(scope.account, at) for at in points[start : start + _TOGETHER]]
        sizes = engine.run(cursor, Emitter.sizes(asked, moments, engine.DIALECT)).sort_by("point")
        counts += sizes.column("count").to_pylist()
    return pa.table(
        {
            "at": pa.array([at.replace(microsecond=0) for at in points], pa.timestamp("s", "UTC")),
            "count": pa.array(counts, pa.int64()),
        }
    )


def _points(here: Moment, statement: Trend) -> Iterator[datetime]:
    """Now, and the last seconds of the units before it, the newest first; minutes and hours are counted from now."""
    length = given(statement.length)
    by: Unit = statement.by or length.unit
    first = here.resolve(back(length.count, length.unit))
    seconds = seconds_in(by)
    at, steps = here.now, 0
    while at >= first:
        yield at
        if seconds is not None:
            steps += 1
            at = here.now - timedelta(seconds=steps * seconds)
        else:
            at = here.resolve(PeriodStart(steps, period_of(by))) - timedelta(seconds=1)
            steps += 1


def overlap(
    cursor: "duckdb.DuckDBPyConnection", statement: Overlap, scope: Scope, now: datetime
) -> "pa.Table":
    """How many people are in each combination of groups, the largest first.

    Columns: one a group (boolean), named as the segment or as its condition is written, and count (int64)."""
    groups: dict[str, plan.Predicate] = {}
    for group in statement.groups:
        name = _name(group)
        again = sum(known == name or known.startswith(f"{name} (") for known in groups)
        groups[f"{name} ({again + 1})" if name in groups else name] = group.lower(scope)
    everybody = Emitter(plan.Constant(True), moment(scope.account, now), engine.DIALECT)
    return engine.run(cursor, everybody.combinations(list(groups.items())))


def _name(group: Condition) -> str:
    if isinstance(group, InSegment) and isinstance(group.name, str):
        return group.name
    return group.text()
