"""An answer as a notebook shows it, which is a table for programs."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.statements import Ask, Count, Funnel, SegmentDefinition, Trend
from segql.notebook.pictures import funnel_html, line_chart, notes, table_html

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.compiler.compiled import Compiled
    from segql.runtime.api import Store


# Whose tables a question can be answered in.
PACKAGES = ("arrow", "polars", "pandas")


@dataclass(frozen=True)
class Answer:
    """The answer to a question. `table` is an Arrow table, whose columns are told in `Store.ask`; libraries that read
    Arrow streams read the answer itself, too. `heading`: how many people a condition means, of how many."""

    table: "pa.Table"
    zone: ZoneInfo
    heading: str | None = None
    is_trend: bool = False
    is_counted: bool = False
    is_funnel: bool = False
    warnings: tuple[Diagnostic, ...] = ()

    def table_of(self, package: str) -> Any:
        """The table as that of one of `PACKAGES`, which has to be installed."""
        match package:
            case "polars":
                import polars

                return polars.from_arrow(self.table)
            case "pandas":
                return self.table.to_pandas()
            case _:
                return self.table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return self.heading or f"{self.table.num_rows:,} rows: {', '.join(self.table.column_names)}"

    def _repr_html_(self) -> str:
        if self.is_funnel:
            return notes(self.heading, self.warnings) + funnel_html(self.table, self.zone)
        chart = line_chart(self.table, self.zone) if self.is_trend else ""
        counted = "count" if self.is_counted else None
        return notes(self.heading, self.warnings) + chart + table_html(self.table, self.zone, counted)


def answered(store: "Store", compiled: "Compiled", now: datetime) -> Answer:
    """The answer to a statement as of an instant. Raises `DefinitionError`, and `StoreError` where a `why` names nobody."""
    table = store.ask_compiled(compiled, now)
    statement = compiled.statement
    heading = None
    if isinstance(statement, Ask | SegmentDefinition):
        of = store.population()
        share = f" ({table.num_rows / of:.1%})" if of else ""
        heading = f"{table.num_rows:,} of {of:,} people{share}"
    return Answer(
        table,
        ZoneInfo(store.catalog.account.timezone),
        heading,
        isinstance(statement, Trend),
        isinstance(statement, Count) and table.num_columns > 1,
        isinstance(statement, Funnel),
        compiled.warnings,
    )
