"""CSV, JSON lines and Parquet: what is read, which line is rejected for which reason, and what is no such file."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segql.runtime.errors import StoreError
from segql.runtime.imports import reader
from segql.runtime.imports.importing import import_file
from segql.runtime.store.database import Database
from tests.imports.conftest import NOW, Load

Read = Callable[[str], list[tuple[Any, ...]]]


def rejected(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text().splitlines()]


def test_csv_columns_are_what_all_of_their_values_are(load: Load, read: Read) -> None:
    text = (
        "external_id,score,zip,code,vip,birthday,seen,note\n"
        "007,1.5,02139,1E5,true,1990-02-28,2024-01-01T10:00:00+02:00,\n"
        '8,-2,10001,2E7,False,2000-12-31,2024-01-01 10:00,"a, ""b""\nc"\n'
    )
    load("profiles", text)
    types = dict(read("SELECT name, type FROM attributes"))
    assert [types[name] for name in ("score", "zip", "code", "vip", "birthday", "seen", "note")] == [
        "number",
        "text",
        "text",
        "boolean",
        "date",
        "datetime",
        "text",
    ]
    columns = "external_id, score, zip, vip, birthday::VARCHAR, seen::VARCHAR, note"
    assert read(f"SELECT {columns} FROM profiles") == [
        ("007", 1.5, "02139", True, "1990-02-28", "2024-01-01 08:00:00", None),
        ("8", -2.0, "10001", False, "2000-12-31", "2024-01-01 10:00:00", 'a, "b"\nc'),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed_and_a_byte_order_mark_is_no_name(
    load: Load, read: Read, delimiter: str
) -> None:
    load("profiles", "\ufeffexternal_id,email\r\na,a@x.org\r\n\r\n".replace(",", delimiter))
    assert read("SELECT external_id, email FROM profiles") == [("a", "a@x.org")]


def test_csv_rows_are_rejected_by_the_line_on_which_they_begin(load: Load, tmp_path: Path) -> None:
    report = load("profiles", 'external_id,note\na,"two\nlines"\nb\nc,x,y\n,nobody\nd,\n')
    assert (report.rows, report.written) == (5, {"inserted": 2, "updated": 0})
    width = "the row has another number of fields than the first line"
    assert report.rejected == {width: 2, "there is no external_id": 1}
    path = str(tmp_path / "data.csv")
    assert rejected(tmp_path) == [
        {"file": path, "line": 4, "reason": width, "row": ["b"]},
        {"file": path, "line": 5, "reason": width, "row": ["c", "x", "y"]},
        {
            "file": path,
            "line": 6,
            "reason": "there is no external_id",
            "row": {"external_id": None, "note": "nobody"},
        },
    ]


def test_json_lines_keep_their_shapes(load: Load, read: Read, tmp_path: Path) -> None:
    lines = [
        '{"external_id": 7, "tags": ["a"], "address": {"city": "Bath"}, "mixed": 1}',
        "not json",
        "",
        "[1]",
        '{"external_id": "8", "mixed": "x", "since": "2024-01-01"}',
    ]
    report = load("profiles", "\n".join(lines), "data.jsonl")
    assert report.rejected == {"the line is not a JSON object": 2}
    assert [(row["line"], row["row"]) for row in rejected(tmp_path)] == [(2, "not json"), (4, "[1]")]
    assert read("SELECT external_id, tags, address.city::VARCHAR, mixed, since::VARCHAR FROM profiles") == [
        ("7", ["a"], "Bath", "1", None),
        ("8", None, None, "x", "2024-01-01"),
    ]


def test_parquet_is_read_whatever_characters_its_name_has(
    database: Database, read: Read, tmp_path: Path
) -> None:
    files = [tmp_path / "it's [1]*?.parquet", tmp_path / "other.parquet"]
    pq.write_table(pa.table({"external_id": [1, None], "file": ["x", "y"], "tags": [["a"], []]}), files[0])
    pq.write_table(pa.table({"line": [5.5], "external_id": ["b"]}), files[1])
    pq.write_table(pa.table({"external_id": ["another"]}), tmp_path / "it's 1xyz.parquet")
    report = import_file(database, "profiles", files, rejects=tmp_path / "rejects.jsonl", now=NOW)
    assert report.rows == 3
    assert read('SELECT external_id, "file", line, tags FROM profiles') == [
        ("1", "x", None, ["a"]),
        ("b", None, 5.5, None),
    ]
    (row,) = rejected(tmp_path)
    assert (row["file"], row["line"], row["row"]["file"]) == (str(files[0]), 2, "y")


def test_texts_that_a_format_knows_for_texts_stay_texts(
    database: Database, read: Read, tmp_path: Path
) -> None:
    pq.write_table(
        pa.table({"external_id": ["a"], "zip": ["10001"], "day": ["2024-01-01"]}), tmp_path / "a.parquet"
    )
    (tmp_path / "b.jsonl").write_text(
        '{"external_id": "b", "code": "10001", "flag": "true", "since": "2024-01-01"}'
    )
    for name in ("a.parquet", "b.jsonl"):
        import_file(database, "profiles", [tmp_path / name], rejects=tmp_path / "rejects.jsonl", now=NOW)
    types = dict(read("SELECT name, type FROM attributes"))
    assert [types[name] for name in ("zip", "day", "code", "flag", "since")] == ["text"] * 4 + ["date"]


def test_packed_text_is_read(database: Database, read: Read, tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(b"external_id\na\n"))
    import_file(database, "profiles", [path], rejects=tmp_path / "rejects.jsonl", now=NOW)
    assert read("SELECT external_id FROM profiles") == [("a",)]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.parquet", b"external_id\n1\n", "is named as Parquet but its content is not"),
        ("a.parquet", b"", "is named as Parquet but its content is not"),
        ("a.parquet", b"PAR1 and then nothing", "cannot be read"),
        ("a.csv", b"PAR1\x00\x00", "It looks like Parquet"),
        ("a.csv", b"PK\x03\x04", "It looks like a spreadsheet"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\n", "is empty"),
        ("a.csv", b"external_id,,x\n1,2,3\n", "has no name for its column 2"),
        ("a.csv", b"external_id,Name,name\n1,2,3\n", 'two columns of the name "name"'),
        ("a.csv", b"external_id\n\xff\xfe\n", "is not text in UTF-8"),
        ("a.csv", b'external_id\n"' + b"x" * 200_000, "quotation mark that is not closed"),
        ("a.jsonl", b'[{"external_id": 1}]', "is a JSON array"),
        ("a.jsonl", b"nothing\n", "no JSON object"),
        ("a.csv.gz", b"external_id\n1\n", "cannot be read"),
        ("a.xlsx", b"x", "says no format"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    database: Database, read: Read, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(StoreError) as raised:
        import_file(database, "profiles", [path], rejects=tmp_path / "rejects.jsonl", now=NOW)
    assert says in str(raised.value)
    assert str(path) in raised.value.message
    assert raised.value.code == "S010"
    assert read("FROM profiles") == []
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file") as raised:
        import_file(database, "profiles", [tmp_path / "a.csv"], rejects=tmp_path / "r", now=NOW)
    assert raised.value.code == "S010"


def test_a_file_that_is_broken_further_on_is_refused_as_a_whole(
    database: Database, read: Read, tmp_path: Path
) -> None:
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"external_id": [str(number) for number in range(20_000)]}), path)
    content = bytearray(path.read_bytes())
    content[100:164] = bytes(64)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"data\.parquet cannot be read to the end") as raised:
        import_file(database, "profiles", [path], rejects=tmp_path / "rejects.jsonl", now=NOW)
    assert raised.value.code == "S010"
    assert read("FROM profiles") == []


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("{}.csv", ("external_id\na\nb\n", "external_id,city\nc,Rome\n")),
        (
            "{}.jsonl",
            ('{"external_id": "a"}\n{"external_id": "b"}\n', '{"external_id": "c", "city": "Rome"}\n'),
        ),
    ],
)
def test_several_files_are_read_to_the_end(
    database: Database, read: Read, tmp_path: Path, name: str, texts: tuple[str, str]
) -> None:
    files = [tmp_path / name.format(number) for number in range(2)]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    report = import_file(database, "profiles", files, rejects=tmp_path / "rejects.jsonl", now=NOW)
    assert (report.rows, report.written["inserted"]) == (3, 3)
    assert read("SELECT city FROM profiles WHERE external_id = 'c'") == [("Rome",)]


def test_json_lines_get_along_with_the_memory_that_there_is(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_MEMORY", "60MiB")
    text = "".join(json.dumps({"external_id": n, "note": {"at": n}}) + "\n" for n in range(100_000))
    assert load("profiles", text, "data.jsonl").written == {"inserted": 100_000, "updated": 0}
