"""The formats of files: Parquet, CSV and JSON lines, chosen by the file's ending and checked by its content.

Each gives SQL for its rows, with two columns that say where a row stands. Rows that are malformed are
rejected.
"""

import csv
import glob
import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.sql import one_row, quoted, registered

if TYPE_CHECKING:
    import duckdb

# Names that no column of a file will have.
FILE = "segql:file"
LINE = "segql:line"

_DELIMITERS = ",;\t|"
_CHUNK = 100_000


def load_file(connection: "duckdb.DuckDBPyConnection", number: int, path: Path) -> str:
    """Make a file readable, and return SQL that selects its rows with FILE (`number`) and LINE.

    Raises `StoreError` where it is absent, cannot be read, or is not what its ending says.
    """
    import duckdb

    name = path.name.lower().removesuffix(".gz")
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if name.endswith((".parquet", ".pq")):
            return _load_parquet(connection, number, path, head)
        if name.endswith((".csv", ".tsv", ".txt")):
            return _load_csv(connection, number, path, head)
        if name.endswith((".jsonl", ".ndjson", ".json")):
            return _load_json_lines(connection, number, path, head)
    except OSError as error:
        raise _bad_file(path, f"cannot be read: {error.strerror or error}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise _bad_file(path, "is not text in UTF-8.", "Save it as UTF-8.") from error
    except csv.Error as error:
        raise _bad_file(
            path, f"is not CSV: {error}.", "Look for a quotation mark that is not closed."
        ) from error
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise _bad_file(path, f"cannot be read: {reason}.", "Check that the file is whole.") from error
    raise _bad_file(path, "has an ending that says no format.", "Name it .parquet, .csv or .jsonl.")


def guesses(path: Path) -> tuple[str, ...]:
    """What texts of a file may be taken for: CSV has only texts, JSON no dates, and Parquet says what it has."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".parquet", ".pq")):
        return ()
    if name.endswith((".jsonl", ".ndjson", ".json")):
        return ("date", "datetime")
    return ("number", "boolean", "date", "datetime")


def _bad_file(path: Path, message: str, remedy: str) -> StoreError:
    return StoreError(Code.BAD_FILE, f"The file {path} {message}", remedy)


def _load_parquet(connection: "duckdb.DuckDBPyConnection", number: int, path: Path, head: bytes) -> str:
    if head != b"PAR1":
        raise _bad_file(path, "is named as Parquet but its content is not.", _by_content(head))
    # Read where it lies, not copied. A view takes no parameters: the path is a literal that cannot end early,
    # and names one file, whatever characters are in it.
    literal = "'" + glob.escape(str(path)).replace("'", "''") + "'"
    query = f"read_parquet({literal}, file_row_number = true)"
    connection.execute(f"SELECT 1 FROM {query} LIMIT 1").fetchall()  # noqa: S608
    return (
        f"SELECT {number}::INTEGER AS {quoted(FILE)}, file_row_number + 1 AS {quoted(LINE)}, "  # noqa: S608
        f"* EXCLUDE (file_row_number) FROM {query}"
    )


def _by_content(head: bytes) -> str:
    """What to do about a file whose content is not what its ending says."""
    if head == b"PAR1":
        return "It looks like Parquet: name it .parquet."
    if head[:1] in (b"{", b"["):
        return "It looks like JSON: name it .jsonl, with one object a line."
    if head[:2] == b"\x1f\x8b":
        return "It is compressed: add .gz to the name of a .csv or .jsonl file, or unpack it."
    if head[:2] == b"PK":
        return "It looks like a spreadsheet or a zip archive: save it as CSV."
    return "Name it by what it is: .parquet, .csv or .jsonl."


def _open_text(path: Path) -> IO[str]:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _load_csv(connection: "duckdb.DuckDBPyConnection", number: int, path: Path, head: bytes) -> str:
    import pyarrow as pa

    if head == b"PAR1" or head[:2] == b"PK":
        raise _bad_file(path, "is named as CSV but its content is not.", _by_content(head))
    with _open_text(path) as file:
        first = file.readline()
        file.seek(0)
        reader = csv.reader(file, delimiter=max(_DELIMITERS, key=first.count))
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, header)
        schema = pa.schema(
            [(FILE, pa.int32()), (LINE, pa.int64()), *((name, pa.string()) for name in header)]
        )
        table = quoted(f"csv {number}")
        with registered(connection, "chunk", schema.empty_table()):
            connection.execute(f"CREATE TABLE {table} AS FROM chunk")
        rows = _numbered(reader)
        while chunk := list(islice(rows, _CHUNK)):
            good = [(line, row) for line, row in chunk if len(row) == len(header)]
            _reject_misshapen(connection, number, len(header), chunk)
            columns = list(zip(*(row for _, row in good), strict=True)) or [()] * len(header)
            arrays = [pa.array([value or None for value in column], pa.string()) for column in columns]
            places = [
                pa.array([number] * len(good), pa.int32()),
                pa.array((line for line, _ in good), pa.int64()),
            ]
            with registered(connection, "chunk", pa.table([*places, *arrays], schema=schema)):
                connection.execute(f"INSERT INTO {table} FROM chunk")
    return f"FROM {table}"


def _check_header(path: Path, header: list[str]) -> None:
    if not any(header):
        raise _bad_file(path, "is empty.", "Its first line must name the columns.")
    seen: set[str] = set()
    for position, name in enumerate(header, 1):
        if not name or "\x00" in name:
            raise _bad_file(
                path, f"has no name for its column {position}.", "Name every column in the first line."
            )
        if name.lower() in seen:
            raise _bad_file(path, f'has two columns of the name "{name}".', "Rename one of them.")
        seen.add(name.lower())


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line on which it begins."""
    line = reader.line_num + 1  # type: ignore[attr-defined]
    for row in reader:
        if row:
            yield line, row
        line = reader.line_num + 1  # type: ignore[attr-defined]


def _reject_misshapen(
    connection: "duckdb.DuckDBPyConnection", number: int, width: int, chunk: list[tuple[int, list[str]]]
) -> None:
    rows = [(line, row) for line, row in chunk if len(row) != width]
    _reject(
        connection,
        number,
        [
            (line, "the row has another number of fields than the first line", json.dumps(row))
            for line, row in rows
        ],
    )


def _reject(connection: "duckdb.DuckDBPyConnection", number: int, rows: list[tuple[int, str, str]]) -> None:
    """Reject rows that cannot be read: line, reason, and the row as JSON."""
    import pyarrow as pa

    if rows:
        lines, reasons, raws = zip(*rows, strict=True)
        columns = {"file": [number] * len(rows), "line": lines, "reason": reasons, "raw": raws}
        with registered(connection, "unread", pa.table(columns)):
            connection.execute("INSERT INTO rejected FROM unread")


def _load_json_lines(connection: "duckdb.DuckDBPyConnection", number: int, path: Path, head: bytes) -> str:
    import pyarrow as pa

    if head == b"PAR1" or head[:2] == b"PK":
        raise _bad_file(path, "is named as JSON but its content is not.", _by_content(head))
    if head[:1] == b"[":
        raise _bad_file(
            path, "is a JSON array.", "Write one object a line, without brackets and commas between."
        )
    texts, table = quoted(f"texts {number}"), quoted(f"json {number}")
    connection.execute(f"CREATE TABLE {texts} (line BIGINT, text VARCHAR)")
    with _open_text(path) as file:
        lines = ((line, text.strip()) for line, text in enumerate(file, 1) if text.strip())
        while chunk := list(islice(lines, _CHUNK)):
            with registered(
                connection, "chunk", pa.table(list(zip(*chunk, strict=True)), names=["line", "text"])
            ):
                connection.execute(f"INSERT INTO {texts} FROM chunk")
    unread = f"FROM {texts} WHERE NOT json_valid(text) OR json_type(text) <> 'OBJECT'"
    _reject(
        connection,
        number,
        [
            (line, "the line is not a JSON object", json.dumps(text))
            for line, text in connection.execute(f"SELECT line, text {unread}").fetchall()
        ],
    )
    connection.execute(f"DELETE {unread}")
    (structure,) = one_row(connection, f"SELECT json_group_structure(text::JSON)::VARCHAR FROM {texts}")  # noqa: S608
    if structure is None or structure == "{}":
        raise _bad_file(path, "has no JSON object in it.", "Write one object a line.")
    literal = "'" + structure.replace("'", "''") + "'"
    connection.execute(
        f"""CREATE TABLE {table} AS SELECT {number}::INTEGER AS {quoted(FILE)}, line AS {quoted(LINE)},
        unnest(json_transform(text, {literal})) FROM {texts}"""  # noqa: S608
    )
    return f"SELECT * REPLACE ({_scalars(connection, table)}) FROM {table}"  # noqa: S608


def _scalars(connection: "duckdb.DuckDBPyConnection", table: str) -> str:
    """SQL that makes text of the values of keys whose values are of several types."""
    columns = connection.execute(f"DESCRIBE {table}").fetchall()
    replaced = [f"{quoted(name)} ->> '$' AS {quoted(name)}" for name, kind, *_ in columns if kind == "JSON"]
    return ", ".join([*replaced, f"{quoted(LINE)} AS {quoted(LINE)}"])
