"""How much there is of what has a name: how often each event happened, how many people have each attribute."""

from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.catalog.model import Catalog
from segql.compiler.text import fold
from segql.runtime.store.sql import one_row, quoted

if TYPE_CHECKING:
    import duckdb


class Usage(NamedTuple):
    """By folded name: how often an event happened, for how many people an attribute is set."""

    events: dict[str, int]
    attributes: dict[str, int]


def read_usage(cursor: "duckdb.DuckDBPyConnection", catalog: Catalog) -> Usage:
    """What is in the store now of what a catalog knows."""
    happened: dict[int, int] = dict(
        cursor.execute("SELECT metric_id, count(*) FROM events GROUP BY metric_id").fetchall()
    )
    names = [attribute.name for attribute in catalog.attributes]
    columns = ", ".join(("count(*)", *(f"count({quoted(name)})" for name in names)))
    _, *set_for = one_row(cursor, f"SELECT {columns} FROM profiles")  # noqa: S608 - quoted names
    return Usage(
        {fold(event.name): happened.get(event.id or 0, 0) for event in catalog.events},
        {fold(name): count for name, count in zip(names, set_for, strict=True)},
    )
