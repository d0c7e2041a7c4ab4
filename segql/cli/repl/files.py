"""Answers as files, in the form that the ending of the name says."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from segql.cli.output import json_text, records

if TYPE_CHECKING:
    import pyarrow as pa

# A spreadsheet would run a cell that begins so, unless it is a number with a sign.
_FORMULA, _SIGNED = r"^[=+\-@\t\r]", r"^[+\-][\d\s.,()\-]*$"


def _write_csv(table: "pa.Table", path: Path) -> None:
    from pyarrow import csv

    csv.write_csv(_as_cells(table), path)


def _as_cells(table: "pa.Table") -> "pa.Table":
    """The table with lists joined to one text, and with a quote before what a spreadsheet would take for a formula."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for index, field in enumerate(table.schema):
        column = table.column(index)
        if pa.types.is_list(field.type):
            column = pa.chunked_array(
                [[None if one is None else ", ".join(one) for one in column.to_pylist()]]
            )
        if not pa.types.is_string(column.type):
            continue
        dangerous = pc.and_not(
            pc.match_substring_regex(column, _FORMULA), pc.match_substring_regex(column, _SIGNED)
        )
        quoted = pc.binary_join_element_wise("'", column, "")
        table = table.set_column(index, field.name, pc.if_else(dangerous, quoted, column))
    return table


def _write_parquet(table: "pa.Table", path: Path) -> None:
    from pyarrow import parquet

    parquet.write_table(table, path)


def _write_json(table: "pa.Table", path: Path) -> None:
    path.write_text(json_text(records(table), indent=2), encoding="utf-8")


WRITERS: "dict[str, Callable[[pa.Table, Path], None]]" = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".json": _write_json,
}
