"""Runs queries on DuckDB and gives Arrow tables."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from segql.compiler.sql.query import Query

DIALECT = "duckdb"


def run(cursor: "duckdb.DuckDBPyConnection", query: "Query") -> "pa.Table":
    """All rows of a query."""
    return cursor.sql(query.text, params=dict(query.values)).to_arrow_table()


def run_number(cursor: "duckdb.DuckDBPyConnection", query: "Query") -> int:
    """The one number of a query."""
    # What gives Arrow is bound twice: when it is asked for, and when it is run.
    ((number,),) = cursor.execute(query.text, dict(query.values)).fetchall()
    return int(number)


def row_counts(cursor: "duckdb.DuckDBPyConnection", metrics: list[int], now: datetime) -> tuple[int, int]:
    """How many events of some metrics there are, and how many in all: what a query may have to read, and of what."""
    sql = "SELECT count(*) FILTER (WHERE list_contains($metrics, metric_id)), count(*) FROM events WHERE occurred_at <= $now"
    row = cursor.execute(sql, {"metrics": metrics, "now": now.replace(tzinfo=None)}).fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))
