"""The formats of files: Parquet, CSV and JSON lines, chosen by the file's ending and checked by its content.

Each gives SQL for its rows, with two columns that say where a row stands. Rows that are malformed are
rejected.
"""

import csv
import glob
import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from segql.runtime.imports.delimited import load_csv
from segql.runtime.imports.rows import FILE, LINE, bad_file, by_content, open_text, reject
from segql.runtime.store.sql import one_row, quoted, registered

if TYPE_CHECKING:
    import duckdb

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
            return load_csv(connection, number, path, head)
        if name.endswith((".jsonl", ".ndjson", ".json")):
            return _load_json_lines(connection, number, path, head)
    except OSError as error:
        raise bad_file(path, f"cannot be read: {error.strerror or error}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise bad_file(path, "is not text in UTF-8.", "Save it as UTF-8.") from error
    except csv.Error as error:
        raise bad_file(
            path, f"is not CSV: {error}.", "Look for a quotation mark that is not closed."
        ) from error
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise bad_file(path, f"cannot be read: {reason}.", "Check that the file is whole.") from error
    raise bad_file(path, "has an ending that says no format.", "Name it .parquet, .csv or .jsonl.")


def guesses(path: Path) -> tuple[str, ...]:
    """What texts of a file may be taken for: CSV has only texts, JSON no dates, and Parquet says what it has."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".parquet", ".pq")):
        return ()
    if name.endswith((".jsonl", ".ndjson", ".json")):
        return ("date", "datetime")
    return ("number", "boolean", "date", "datetime")


def _load_parquet(connection: "duckdb.DuckDBPyConnection", number: int, path: Path, head: bytes) -> str:
    if head != b"PAR1":
        raise bad_file(path, "is named as Parquet but its content is not.", by_content(head))
    # Read where it lies, not copied. A view takes no parameters: the path is a literal that cannot end early,
    # and names one file, whatever characters are in it.
    literal = "'" + glob.escape(str(path)).replace("'", "''") + "'"
    query = f"read_parquet({literal}, file_row_number = true)"
    connection.execute(f"SELECT 1 FROM {query} LIMIT 1").fetchall()  # noqa: S608
    return (
        f"SELECT {number}::INTEGER AS {quoted(FILE)}, file_row_number + 1 AS {quoted(LINE)}, "  # noqa: S608
        f"* EXCLUDE (file_row_number) FROM {query}"
    )


def _load_json_lines(connection: "duckdb.DuckDBPyConnection", number: int, path: Path, head: bytes) -> str:
    import pyarrow as pa

    if head == b"PAR1" or head[:2] == b"PK":
        raise bad_file(path, "is named as JSON but its content is not.", by_content(head))
    if head[:1] == b"[":
        raise bad_file(
            path, "is a JSON array.", "Write one object a line, without brackets and commas between."
        )
    texts, table = quoted(f"texts {number}"), quoted(f"json {number}")
    connection.execute(f"CREATE TABLE {texts} (line BIGINT, text VARCHAR)")
    with open_text(path) as file:
        lines = ((line, text.strip()) for line, text in enumerate(file, 1) if text.strip())
        while chunk := list(islice(lines, _CHUNK)):
            with registered(
                connection, "chunk", pa.table(list(zip(*chunk, strict=True)), names=["line", "text"])
            ):
                connection.execute(f"INSERT INTO {texts} FROM chunk")
    unread = f"FROM {texts} WHERE NOT json_valid(text) OR json_type(text) <> 'OBJECT'"
    reject(
        connection,
        number,
        [
            (line, "the line is not a JSON object", json.dumps(text))
            for line, text in connection.execute(f"SELECT line, text {unread}").fetchall()
        ],
    )
    connection.execute(f"DELETE {unread}")
    # Of one line of each shape: the engine keeps all that it takes together in memory.
    shapes = f"SELECT any_value(text) AS text FROM {texts} GROUP BY json_structure(text::JSON)"  # noqa: S608
    (structure,) = one_row(connection, f"SELECT json_group_structure(text::JSON)::VARCHAR FROM ({shapes})")  # noqa: S608
    if structure is None or structure == "{}":
        raise bad_file(path, "has no JSON object in it.", "Write one object a line.")
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
