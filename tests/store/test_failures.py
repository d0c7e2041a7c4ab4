"""What goes wrong below the store: a full disk, a damaged file, no memory, an engine that stops. Nothing is half done."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from segql.compiler.catalog.model import Account
from segql.runtime.errors import StoreError
from segql.runtime.store.database import Database
from segql.runtime.store.profiles import upsert_profiles

PEOPLE = 20_000


def make(path: Path) -> None:
    with Database.open(path, create=True) as database, database.transaction() as connection:
        names = [f"person {number * 2654435761 % 2**32}" for number in range(PEOPLE)]
        people = pa.table({"external_id": names, "nickname": names[::-1]})
        upsert_profiles(connection, people, Account())


def read_all(path: Path) -> None:
    with Database.open(path) as database, database.cursor() as cursor:
        tables = cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        for (table,) in tables:
            cursor.execute(f"SELECT sum(hash(t)) FROM {table} t").fetchall()


@pytest.mark.parametrize("part", [0.001, 0.5, 0.9])
def test_a_store_that_was_cut_short_says_so(path: Path, part: float) -> None:
    make(path)
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * part))
    with pytest.raises(StoreError, match="is damaged") as raised:
        read_all(path)
    assert raised.value.code == "S013"


# The three headers, and a block of data.
@pytest.mark.parametrize("at", [100, 4096 + 50, 8192 + 50, 12288 + 5000])
def test_a_store_that_was_changed_by_something_else_says_so(path: Path, at: int) -> None:
    make(path)
    content = bytearray(path.read_bytes())
    # Both of the headers at 4096 and 8192 are the newer one at some time.
    for byte in range(at, at + 64):
        content[byte] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged") as raised:
        read_all(path)
    assert raised.value.code == "S013"


FULL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from segql.runtime.errors import StoreError
from segql.runtime.imports.importing import import_file
from segql.runtime.store.database import Database

path, room, data = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Database.open(path) as database:
    limit = path.stat().st_size + room
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        import_file(database, "events", [data], rejects=path.with_name("rejects.jsonl"), now=datetime.now(UTC))
    except StoreError as error:
        print(error.code, error)
    with database.cursor() as cursor:
        print(cursor.execute("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM profiles)").fetchall())
"""


def test_a_disk_that_fills_leaves_the_store_as_it_was(path: Path, tmp_path: Path) -> None:
    make(path)
    data = tmp_path / "data.csv"
    rows = (f"Viewed,new {row},2024-01-01 10:00:00,{row * 2654435761 % 2**32}\n" for row in range(40_000))
    data.write_text("event,external_id,occurred_at,page\n" + "".join(rows))
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(path), "100000", str(data)],
        capture_output=True,
        text=True,
        check=False,
    )
    said, *rest = ran.stdout.splitlines()
    assert said.startswith("S012 There is no room left on the disk"), ran
    assert rest == [f"[(0, {PEOPLE})]"]
    assert not (tmp_path / "rejects.jsonl").exists()
    with Database.open(path) as database, database.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM events").fetchall() == [(0,)]
        assert cursor.execute("SELECT count(DISTINCT external_id) FROM profiles").fetchall() == [(PEOPLE,)]


FULL_AT_THE_END = """
import resource, signal, sys
from pathlib import Path
import pyarrow as pa
from segql.compiler.catalog.model import Account
from segql.runtime.errors import StoreError
from segql.runtime.store.database import Database
from segql.runtime.store.profiles import upsert_profiles

path, names = Path(sys.argv[1]), [f"new {number * 2654435761 % 2**32}" for number in range(70_000)]
people = pa.table({"external_id": names, **{f"p{column}": names for column in range(20)}})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Database.open(path) as database:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 300_000, limits[1]))
    try:
        with database.transaction() as connection:
            upsert_profiles(connection, people, Account())
    except StoreError as error:
        print(error.code)
    with database.cursor() as cursor:
        print(cursor.execute("SELECT count(*) FROM profiles").fetchall())
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with database.transaction() as connection:
        print(upsert_profiles(connection, people, Account()).inserted)
"""


def test_a_store_whose_engine_stops_over_a_full_disk_stays_open(path: Path) -> None:
    # So many rows are put into the file only at the commit, and DuckDB 2.0.0 goes no further when that fails.
    make(path)
    ran = subprocess.run(
        [sys.executable, "-c", FULL_AT_THE_END, str(path)], capture_output=True, text=True, check=False
    )
    assert ran.stdout.splitlines() == ["S012", f"[({PEOPLE},)]", "70000"], ran


def test_too_little_memory_undoes_the_transaction(database: Database) -> None:
    with pytest.raises(StoreError, match="not enough memory") as raised, database.transaction() as connection:
        connection.execute("INSERT INTO lists VALUES (1, 'VIP', 'vip')")
        connection.execute("SET GLOBAL memory_limit = '20MB'")
        connection.execute("SET GLOBAL max_temp_directory_size = '0B'")
        connection.execute("CREATE TEMP TABLE large AS SELECT hash(range) AS h FROM range(50_000_000)")
    assert raised.value.code == "S014"
    with database.cursor() as cursor:
        assert cursor.execute("FROM lists").fetchall() == []


def test_an_engine_that_stopped_says_to_open_again(database: Database) -> None:
    fault = "Failed: database has been invalidated because of a previous fatal error.\nStack Trace: ..."
    for error in (duckdb.FatalException(fault), duckdb.InternalException(fault)):
        with pytest.raises(StoreError, match="Open the store again") as raised, database.cursor():
            raise error
        assert raised.value.code == "S015"
        assert "Stack" not in str(raised.value)


def test_mistakes_in_a_query_pass_as_they_are(database: Database) -> None:
    with pytest.raises(duckdb.CatalogException), database.cursor() as cursor:
        cursor.execute("FROM nowhere")
