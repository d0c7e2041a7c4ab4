"""Events read for counting: whole sources, or only those that a step in time and data touches, as NumPy columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, Window
from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.dialects import STORES
from segql.compiler.sql.events import ALIAS, EventFrame
from segql.compiler.sql.query import Query
from segql.compiler.sql.select import Select, table, together
from segql.runtime.engines import duckdb as engine
from segql.runtime.refresh.bitsets import Flags, Ids

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Seconds = npt.NDArray[np.int64]
# From and up to these seconds since 1970, both included.
Span = tuple[int, int]

_TOUCHED, _SOURCE = "touched_events", build.word("source")
_COLUMNS = ("profile_id", "occurred_at", "amount", "metric_id", "arrival")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # as the store has instants: UTC, without saying so


@dataclass(frozen=True)
class Rows:
    """Events in columns, those empty that were not asked for: whose, when (seconds since 1970), the amount
    (ten-thousandths, 0 where not set) and whether it is set; the kind, and whether it arrived with the step."""

    ids: Ids
    times: Seconds
    amounts: npt.NDArray[np.int64]
    is_set: Flags
    metrics: npt.NDArray[np.uint16]
    arrived: Flags

    def of(self, chosen: Flags | npt.NDArray[np.int64] | slice) -> "Rows":
        """Some of the events."""
        columns: list[Any] = [getattr(self, column.name) for column in fields(self)]
        return Rows(*(column[chosen] if len(column) else column for column in columns))


def seconds(at: datetime) -> int:
    """Seconds since 1970 of an aware instant of whole seconds."""
    return round((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def read_source(
    connection: "duckdb.DuckDBPyConnection",
    source: plan.Scan,
    moment: Moment,
    windows: Sequence[Window],
    *,
    amounts: bool,
) -> list[Rows]:
    """The events of a source in any of some windows, and perhaps others between these, in a part or two, each in order of
    time."""
    columns = ["profile_id", "occurred_at", *(["amount"] if amounts else [])]
    rows = _rows(_events(connection, source, moment, windows, columns))
    # The store has its events in this order, but for a short tail.
    steps_back = rows.times[:-1] > rows.times[1:]
    if not steps_back.any():
        return [rows]
    ordered = int(steps_back.argmax()) + 1
    tail = rows.of(slice(ordered, None))
    return [rows.of(slice(ordered)), tail.of(np.argsort(tail.times, kind="stable"))]


def read_window(
    connection: "duckdb.DuckDBPyConnection",
    source: plan.Scan,
    moment: Moment,
    window: Window,
    *,
    amounts: bool,
) -> Rows:
    """The events of a source in a window, in any order and without their times."""
    columns = ["profile_id", *(["amount"] if amounts else [])]
    return _rows(_events(connection, source, moment, [window], columns))


def _events(
    connection: "duckdb.DuckDBPyConnection",
    source: plan.Scan,
    moment: Moment,
    windows: Sequence[Window],
    columns: Iterable[str],
) -> "pa.Table":
    bindings = Bindings(STORES[engine.DIALECT])
    frame = EventFrame(bindings, moment, source, windows)
    select = frame.select(*(build.column(ALIAS, name) for name in columns))
    return engine.run(connection, bindings.query(select))


def read_touched(
    connection: "duckdb.DuckDBPyConnection",
    position: int,
    spans: Iterable[Span],
    moment: Moment,
    chosen: Sequence[plan.Scan],
) -> list[Rows]:
    """The events that arrived since a position, or that lie in the spans (apart from each other), each once; then, for
    each of some sources that choose among events, those of them that belong to it."""
    values: dict[str, Any] = {"position": position}
    arms = ["SELECT * FROM events WHERE arrival > $position"]
    for number, (first, last) in enumerate(spans):
        values |= {f"first{number}": _instant(first), f"last{number}": _instant(last)}
        arms.append(
            f"""SELECT * FROM events WHERE arrival <= $position
            AND occurred_at BETWEEN $first{number}::TIMESTAMP_S AND $last{number}::TIMESTAMP_S"""  # noqa: S608
        )
    touched, bindings = table(_TOUCHED, ALIAS), Bindings(STORES[engine.DIALECT])
    columns = [build.column(ALIAS, name) for name in _COLUMNS]
    selects = [Select(build.aliased(build.integer(0), _SOURCE), *columns, source=touched)]
    for number, source in enumerate(chosen, 1):
        select = EventFrame(bindings, moment, source).select(
            build.aliased(build.integer(number), _SOURCE), *columns
        )
        select.source = touched
        selects.append(select)
    asked = bindings.query(together(selects))
    text = f"WITH {_TOUCHED} AS MATERIALIZED ({' UNION ALL '.join(arms)}) {asked.text}"
    found = engine.run_small(connection, Query(text, {**values, **asked.values}))
    rows, numbers = _touched(found, position), found[str(_SOURCE)]
    return [rows.of(numbers == number) for number in range(len(chosen) + 1)]


def _rows(found: "pa.Table") -> Rows:
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing: Any = np.zeros(0, np.int64)
    times = amounts = is_set = nothing
    if "amount" in found.column_names:
        is_set = pc.is_valid(found["amount"]).to_numpy()
        amounts = pc.fill_null(found["amount"], 0).to_numpy()
    if "occurred_at" in found.column_names:
        times = found["occurred_at"].cast(pa.int64()).to_numpy()
    return Rows(found["profile_id"].to_numpy(), times, amounts, is_set, nothing, nothing)


def _touched(found: Mapping[str, np.ndarray], position: int) -> Rows:
    times, amounts = found["occurred_at"].astype("datetime64[s]").astype(np.int64), found["amount"]
    is_set = ~np.ma.getmaskarray(amounts)
    arrived = found["arrival"] > position
    return Rows(found["profile_id"], times, np.ma.filled(amounts, 0), is_set, found["metric_id"], arrived)


def _instant(at: int) -> datetime:
    return _EPOCH + timedelta(seconds=at)


def merged(spans: Iterable[Span]) -> Sequence[Span]:
    """The same seconds as spans that lie apart from each other, in order."""
    found: list[Span] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found
