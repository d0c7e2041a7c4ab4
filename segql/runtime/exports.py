"""Tables as files: CSV, JSON, JSON lines, Parquet, Arrow. A new form is a function and its row in `FORMATS`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from segql.runtime.documents import json_text

if TYPE_CHECKING:
    import pyarrow as pa

# A spreadsheet would run a cell that begins so, unless it is a number with a sign.
_FORMULA, _SIGNED = r"^[=+\-@\t\r]", r"^[+\-][\d\s.,()\-]*$"


@dataclass(frozen=True, slots=True)
class Format:
    """A form of files: the ending of their names, their media type, and what writes a table into one that is open."""

    ending: str
    media_type: str
    write: "Callable[[pa.Table, IO[bytes]], None]"


def _write_csv(table: "pa.Table", file: IO[bytes]) -> None:
    from pyarrow import csv

    csv.write_csv(_as_cells(table), file)


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


def _write_json(table: "pa.Table", file: IO[bytes]) -> None:
    file.write(json_text(table.to_pylist(), indent=2).encode())


def _write_json_lines(table: "pa.Table", file: IO[bytes]) -> None:
    for batch in table.to_batches():
        file.writelines(f"{json_text(row)}\n".encode() for row in batch.to_pylist())


def _write_parquet(table: "pa.Table", file: IO[bytes]) -> None:
    from pyarrow import parquet

    parquet.write_table(table, file)


def _write_arrow(table: "pa.Table", file: IO[bytes]) -> None:
    import pyarrow as pa

    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _write_arrow_stream(table: "pa.Table", file: IO[bytes]) -> None:
    import pyarrow as pa

    with pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)


ARROW_STREAM = Format(".arrows", "application/vnd.apache.arrow.stream", _write_arrow_stream)
FORMATS = {
    form.ending: form
    for form in (
        Format(".csv", "text/csv", _write_csv),
        Format(".json", "application/json", _write_json),
        Format(".jsonl", "application/jsonl", _write_json_lines),
        Format(".parquet", "application/vnd.apache.parquet", _write_parquet),
        Format(".arrow", "application/vnd.apache.arrow.file", _write_arrow),
        ARROW_STREAM,
    )
}
