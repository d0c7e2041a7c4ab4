"""An import that is killed leaves a store that opens, as it was before or as it is after; a repeat finishes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from segql.runtime.imports.importing import import_file
from segql.runtime.store.database import Database
from tests.imports.conftest import NOW

ROWS = 2_000
PROGRAM = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from segql.runtime.imports.importing import import_file
from segql.runtime.store.database import Database

folder, point = Path(sys.argv[1]), int(sys.argv[2])
calls = 0

def progress(done, total):
    global calls
    calls += 1
    if calls == point:
        os.kill(os.getpid(), signal.SIGKILL)

database = Database.open(folder / "shop.duckdb", create=True)
import_file(database, "events", [folder / "data.csv"], rejects=folder / "rejects.jsonl",
            now=datetime(2024, 1, 1, tzinfo=UTC), progress=progress)
"""


@pytest.mark.parametrize(
    ("point", "kept"), [(2, 0), (3, ROWS)], ids=["before the commit", "after the commit"]
)
def test_a_killed_import_is_whole_or_absent(tmp_path: Path, point: int, kept: int) -> None:
    lines = "".join(f"Viewed,p{row % 100},2024-01-01 10:00:00,{row},x{row}\n" for row in range(ROWS))
    (tmp_path / "data.csv").write_text("event,external_id,occurred_at,event_id,page\n" + lines)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(point)], capture_output=True, check=False
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    with Database.open(tmp_path / "shop.duckdb") as database:
        with database.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM events").fetchall() == [(kept,)]
        report = import_file(
            database, "events", [tmp_path / "data.csv"], rejects=tmp_path / "rejects.jsonl", now=NOW
        )
        assert report.written == {"added": ROWS - kept, "repeated": kept}
        with database.cursor() as cursor:
            found = cursor.execute(
                "SELECT count(*), count(DISTINCT event_key), count(DISTINCT profile_id) FROM events"
            )
            assert found.fetchall() == [(ROWS, ROWS, 100)]
