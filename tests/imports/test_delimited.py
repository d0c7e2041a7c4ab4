"""CSV is read by Arrow in blocks: the same rows on the same lines as the standard library reads one by one."""

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.runtime.imports import delimited
from segql.runtime.imports.delimited import load_csv

VALUES = st.text(st.sampled_from('ab,;"\n\ré '), max_size=12)
LINES = st.lists(st.lists(VALUES, max_size=4))
Rows = list[tuple[int, tuple[str | None, ...]]]


def by_the_standard_library(text: str, width: int) -> tuple[Rows, list[tuple[int, list[str]]]]:
    """The rows of a text, and those of another width, each with its line."""
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader)
    rows: Rows = []
    misshapen = []
    line = reader.line_num + 1
    for row in reader:
        if row and len(row) != width:
            misshapen.append((line, row))
        elif any(row):
            rows.append((line, tuple(value or None for value in row)))
        line = reader.line_num + 1
    return rows, misshapen


def by_blocks(text: str) -> tuple[Rows, list[tuple[int, list[str]]]]:
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "data.csv"
        path.write_bytes(text.encode())
        connection.execute("CREATE TABLE rejected (file INTEGER, line BIGINT, reason VARCHAR, raw VARCHAR)")
        read = connection.execute(f"{load_csv(connection, 7, path, b'')} ORDER BY ALL").fetchall()
        rejected = connection.execute("SELECT line, raw FROM rejected ORDER BY line").fetchall()
    return [(line, tuple(values)) for _, line, *values in read], [
        (line, json.loads(raw)) for line, raw in rejected
    ]


def written(value: str) -> str:
    return f'"{value.replace(chr(34), chr(34) * 2)}"' if set(value) & set(',"\n\r ') else value


@pytest.mark.parametrize("block", [200, 8 << 20])
@given(
    header=st.lists(st.sampled_from(["x", "y\nz", "longer"]), min_size=1, unique=True),
    lines=LINES,
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_rows_and_their_lines(block: int, header: list[str], lines: list[list[str]], end: str) -> None:
    text = end.join(",".join(written(value) for value in line) for line in [header, *lines]) + end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_BLOCK", block)
        assert by_blocks(text) == by_the_standard_library(text, len(header))


@pytest.mark.parametrize("block", range(16, 40))
def test_a_line_end_inside_of_a_value_is_kept_wherever_a_block_ends(block: int) -> None:
    text = 'x,y\r\n"one\r\ntwo",2\r\n"three\r\n",4\r\n'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_BLOCK", block)
        assert by_blocks(text)[0] == [(2, ("one\r\ntwo", "2")), (4, ("three\r\n", "4"))]
