"""Who fulfils a plan, asked once: SQL reads ids, NumPy counts and combines them. Nothing is kept.

A set of ids that SQL looks up in another one costs it five times what reading them does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.plan.walk import walk
from segql.compiler.sql.emit import Emitter
from segql.runtime.engines import duckdb as engine
from segql.runtime.refresh import bitsets
from segql.runtime.refresh.bitsets import WHOLE, Bits
from segql.runtime.refresh.conditions import Asked, Condition
from segql.runtime.refresh.formulas import conditions_of, evaluated, formula
from segql.runtime.refresh.state import State
from segql.runtime.store.journal import NOTHING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# What is kept by profile in tables of their own.
_SETS = plan.Scan | plan.HasConsent | plan.InList | plan.Moved | plan.HasBeen | plan.Scheduled
# Looked up by a join the rows would be in no order, and sorting them takes longer.
_NAMED = "SELECT profile_id, external_id FROM profiles WHERE get_bit($members::BLOB::BIT, profile_id) = 1"
_EXTERNAL_ID = ("external_id", plan.Attribute("external_id", "text"))


def count(cursor: "duckdb.DuckDBPyConnection", predicate: plan.Predicate, moment: Moment) -> int:
    """How many profiles fulfil a plan. The cursor is in no transaction."""
    if not _reads_sets(predicate):
        return engine.run_number(cursor, Emitter(predicate, moment, engine.DIALECT).count())
    with _at_one_time(cursor):
        return bitsets.size(_fulfilling(cursor, predicate, moment))


def members(cursor: "duckdb.DuckDBPyConnection", predicate: plan.Predicate, moment: Moment) -> "pa.Table":
    """Who fulfils a plan: columns profile_id (int32) and external_id (text), by profile_id. The cursor is in no
    transaction."""
    if not _reads_sets(predicate):
        query = Emitter(predicate, moment, engine.DIALECT).members([_EXTERNAL_ID])
        return _by_profile(engine.run(cursor, query))
    with _at_one_time(cursor):
        found = bitsets.highest_first(_fulfilling(cursor, predicate, moment))
        return _by_profile(cursor.sql(_NAMED, params={"members": found}).to_arrow_table())


def _by_profile(table: "pa.Table") -> "pa.Table":
    """The rows by profile_id, in which order the store has most of them."""
    ids = table["profile_id"].to_numpy()
    return table if (ids[:-1] < ids[1:]).all() else table.sort_by("profile_id")


def _reads_sets(predicate: plan.Predicate) -> bool:
    """Whether it reads what is kept by profile in tables of its own."""
    return any(isinstance(node, _SETS) for node in walk(predicate))


@contextmanager
def _at_one_time(cursor: "duckdb.DuckDBPyConnection") -> Iterator[None]:
    """What is read inside is as it was at one time; a cursor is closed after an exception, and the transaction with it."""
    cursor.execute("BEGIN")
    yield
    cursor.execute("COMMIT")


def _fulfilling(cursor: "duckdb.DuckDBPyConnection", predicate: plan.Predicate, moment: Moment) -> Bits:
    state = State()

    def condition(node: plan.Predicate) -> Condition:
        # Whether there is an event is not counted: the ids are enough, without the times.
        is_any = isinstance(node, plan.HasEvents) and (node.low, node.high) == (1, None)
        return Asked(node) if is_any else state.condition(node)

    root = formula(predicate, condition, apart=1)
    state.advance(cursor, moment, NOTHING)
    for each in conditions_of(root):
        if isinstance(each, Asked) and each.bits is None:
            state.ask(cursor, each)
    return evaluated(root, WHOLE, state.everybody) & state.everybody
