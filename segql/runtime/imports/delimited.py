"""Rows of CSV: read by Arrow, a block at a time, each with the line on which it begins."""

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

from segql.runtime.imports.rows import FILE, LINE, bad_file, by_content, is_packed, open_text, reject
from segql.runtime.store.sql import quoted, registered

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray
    from pyarrow.csv import InvalidRow

_DELIMITERS = ",;\t|"
# Bytes that are read at a time. A row lies in one block.
_BLOCK = 8 << 20
# A longer value is what lies behind a quotation mark that nobody closed. In bytes.
_LONGEST = 131_072
_MISSHAPEN = "the row has another number of fields than the first line"
_UNCLOSED = "Look for a quotation mark that is not closed."


def load_csv(connection: "duckdb.DuckDBPyConnection", number: int, path: Path, head: bytes) -> str:
    """Read a file into a table of texts, and return SQL that selects its rows. A value that is empty is not set, and a
    row without any is none. Raises `StoreError`, `UnicodeDecodeError` and `csv.Error` where it is no such file."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    if head == b"PAR1" or head[:2] == b"PK":
        raise bad_file(path, "is named as CSV but its content is not.", by_content(head))
    with open_text(path) as file:
        first = file.readline()
        file.seek(0)
        delimiter = max(_DELIMITERS, key=first.count)
        reader = csv.reader(file, delimiter=delimiter)
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, header)
        lines = _Lines(connection, number, reader.line_num, delimiter)
        has_rows = next(reader, None) is not None
    table = quoted(f"csv {number}")
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in header)
    connection.execute(f"CREATE TABLE {table} ({quoted(FILE)} INTEGER, {quoted(LINE)} BIGINT, {columns})")
    if not has_rows:
        return f"FROM {table}"
    values = ", ".join(f"nullif({quoted(name)}, '')" for name in header)
    # A blank line is a row in which nothing is set; a lone pair of quotation marks is an empty text.
    is_row = f"coalesce({', '.join(quoted(name) for name in header)}) IS NOT NULL"
    insert = f"INSERT INTO {table} SELECT {number}, {quoted(LINE)}, {values} FROM chunk WHERE {is_row}"  # noqa: S608
    try:
        with pa.input_stream(path, compression="gzip" if is_packed(path) else None) as stream:
            batches = arrow.open_csv(
                _Blocks(stream),
                arrow.ReadOptions(
                    # In one thread: rows that are refused say their numbers.
                    use_threads=False,
                    block_size=_BLOCK,
                    skip_rows=lines.before,
                    column_names=header,
                ),
                arrow.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=lines.refuse,
                ),
                arrow.ConvertOptions(
                    column_types=dict.fromkeys(header, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
            for batch in batches:
                if any(_longest(column) > _LONGEST for column in batch.columns):
                    raise bad_file(path, f"has a value of more than {_LONGEST >> 10} KB.", _UNCLOSED)
                with registered(connection, "chunk", lines.numbered(batch)):
                    connection.execute(insert)
            lines.reject_rest()
    except pa.ArrowInvalid as error:
        raise _explained(path, str(error)) from error
    return f"FROM {table}"


def _check_header(path: Path, header: list[str]) -> None:
    if not any(header):
        raise bad_file(path, "is empty.", "Its first line must name the columns.")
    seen: set[str] = set()
    for position, name in enumerate(header, 1):
        if not name or "\x00" in name:
            raise bad_file(
                path, f"has no name for its column {position}.", "Name every column in the first line."
            )
        if name.lower() in seen:
            raise bad_file(path, f'has two columns of the name "{name}".', "Rename one of them.")
        seen.add(name.lower())


def _explained(path: Path, message: str) -> Exception:
    """What Arrow says about a file, in our words."""
    if "UTF8" in message:
        return bad_file(path, "is not text in UTF-8.", "Save it as UTF-8.")
    if "straddl" in message:
        return bad_file(path, f"has a row of more than {_BLOCK >> 20} MB.", _UNCLOSED)
    return bad_file(path, f"cannot be read: {message}.", "Check that the file is whole.")


def _longest(values: "pa.Array") -> int:
    """The bytes of the longest of some texts."""
    from pyarrow import compute

    return compute.max(compute.binary_length(values)).as_py() or 0


class _Blocks(io.RawIOBase):
    """A file read in blocks none of which ends behind a carriage return: where a line feed comes next, Arrow takes the
    two for a line end even inside of a value, and drops the second."""

    def __init__(self, stream: "pa.NativeFile") -> None:
        self._stream = stream

    def readable(self) -> bool:
        """It is only read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """So many bytes or a few more, fewer only at the end."""
        block: bytes = self._stream.read(size)
        while block.endswith(b"\r") and (more := self._stream.read(1)):
            block += more
        return block


class _Lines:
    """On which line each row begins. Arrow counts rows, blank ones and those of the header included; a line is further on
    by the line ends inside of the values before it. `before`: lines of the header."""

    def __init__(
        self, connection: "duckdb.DuckDBPyConnection", number: int, before: int, delimiter: str
    ) -> None:
        self.before = before
        self._connection = connection
        self._number = number
        self._delimiter = delimiter
        self._row = before + 1
        self._line = before + 1
        self._refused: list[tuple[int, str]] = []

    def refuse(self, row: "InvalidRow") -> str:
        """Note a row with another number of fields than the header."""
        self._refused.append((row.number, row.text))
        return "skip"

    def numbered(self, batch: "pa.RecordBatch") -> "pa.Table":
        """The next rows, with the line of each. What was refused among them is rejected."""
        import numpy as np
        import pyarrow as pa

        refused = [row for row, _ in self._refused]
        places = np.arange(batch.num_rows + len(refused))
        places = places[~np.isin(places + self._row, refused)][: batch.num_rows]
        inside = np.zeros(int(places[-1]) + 1 if len(places) else 0, np.int64)
        for column in batch.columns:
            inside[places] += _line_ends(column)
        lines = self._pass(inside)[places]
        return pa.Table.from_batches([batch]).append_column(LINE, pa.array(lines))

    def reject_rest(self) -> None:
        """Reject what was refused behind the last row."""
        import numpy as np

        if self._refused:
            self._pass(np.zeros(self._refused[-1][0] + 1 - self._row, np.int64))

    def _pass(self, inside: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """Go over the next rows, by the line ends inside of each, where it was not refused; the lines of all."""
        import numpy as np
        import pyarrow as pa

        among = [(row - self._row, text) for row, text in self._refused if row < self._row + len(inside)]
        del self._refused[: len(among)]
        for place, text in among:
            inside[place] = _line_ends(pa.array([text]))[0]
        lines: NDArray[np.int64] = self._line + np.arange(len(inside)) + np.cumsum(inside) - inside
        rejected = [(int(lines[place]), _MISSHAPEN, json.dumps(self._fields(text))) for place, text in among]
        reject(self._connection, self._number, rejected)
        self._row += len(inside)
        self._line += len(inside) + int(inside.sum())
        return lines

    def _fields(self, text: str) -> list[str]:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter), [])


def _line_ends(values: "pa.Array") -> "NDArray[np.int64]":
    """How many line ends are in each of some texts."""
    from pyarrow import compute

    has_returns = compute.any(compute.match_substring(values, "\r")).as_py()
    counted = (
        compute.count_substring_regex(values, r"\r\n?|\n")
        if has_returns
        else compute.count_substring(values, "\n")
    )
    counts: NDArray[np.int64] = counted.fill_null(0).to_numpy(zero_copy_only=False)
    return counts
