"""Runs queries on DuckDB and gives Arrow tables."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa

    from segql.compiler.sql.query import Query

DIALECT = "duckdb"

# Texts that were asked before, as DuckDB has read them, which takes it as long as to answer a small question.
_statements: "dict[str, duckdb.Statement]" = {}
_MOST = 256


def parsed(cursor: "duckdb.DuckDBPyConnection", text: str) -> "duckdb.Statement":
    """One statement, for a cursor's `execute`, that is asked again and again with other values."""
    found = _statements.get(text)
    if found is None:
        if len(_statements) >= _MOST:
            _statements.clear()
        (found,) = cursor.extract_statements(text)
        _statements[text] = found
    return found


def run(cursor: "duckdb.DuckDBPyConnection", query: "Query") -> "pa.Table":
    """All rows of a query."""
    return cursor.sql(query.text, params=dict(query.values)).to_arrow_table()


def run_small(cursor: "duckdb.DuckDBPyConnection", query: "Query") -> "dict[str, np.ndarray]":
    """All rows of a query, of which there are thousands rather than millions, as columns by their names; one that holds
    nulls is masked. Asked in the same words again, the query is not read again."""
    # What gives Arrow is bound twice: when it is asked for, and when it is run.
    return cursor.execute(parsed(cursor, query.text), dict(query.values)).fetchnumpy()


def run_rows(cursor: "duckdb.DuckDBPyConnection", query: "Query") -> list[tuple[Any, ...]]:
    """All rows of a query, of which there are few. Asked in the same words again, the query is not read again."""
    return cursor.execute(parsed(cursor, query.text), dict(query.values)).fetchall()


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
