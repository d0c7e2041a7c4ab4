"""What all formats of files have in common: where a row stands, rows that are rejected, files that are refused."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from segql.runtime.errors import Code, StoreError
from segql.runtime.store.sql import registered

if TYPE_CHECKING:
    import duckdb

# Names that no column of a file will have.
FILE = "segql:file"
LINE = "segql:line"


def bad_file(path: Path, message: str, remedy: str) -> StoreError:
    """That a file cannot be read, why, and what to do."""
    return StoreError(Code.BAD_FILE, f"The file {path} {message}", remedy)


def by_content(head: bytes) -> str:
    """What to do about a file whose content (its first bytes) is not what its ending says."""
    if head == b"PAR1":
        return "It looks like Parquet: name it .parquet."
    if head[:1] in (b"{", b"["):
        return "It looks like JSON: name it .jsonl, with one object a line."
    if head[:2] == b"\x1f\x8b":
        return "It is compressed: add .gz to the name of a .csv or .jsonl file, or unpack it."
    if head[:2] == b"PK":
        return "It looks like a spreadsheet or a zip archive: save it as CSV."
    return "Name it by what it is: .parquet, .csv or .jsonl."


def is_packed(path: Path) -> bool:
    """Whether a file says by its name that it is compressed."""
    return path.name.lower().endswith(".gz")


def open_text(path: Path) -> IO[str]:
    """A file of text in UTF-8, unpacked, with its line ends as they are."""
    if is_packed(path):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def reject(
    connection: "duckdb.DuckDBPyConnection", number: int, rows: Iterable[tuple[int, str, str]]
) -> None:
    """Reject rows of a file that cannot be read: line, reason, and the row as JSON."""
    import pyarrow as pa

    if rows := list(rows):
        lines, reasons, raws = zip(*rows, strict=True)
        columns = {"file": [number] * len(rows), "line": lines, "reason": reasons, "raw": raws}
        with registered(connection, "unread", pa.table(columns)):
            connection.execute("INSERT INTO rejected FROM unread")
