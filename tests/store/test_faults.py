"""kill -9 at random moments, a disk that fills, a log of changes that is damaged: the store is as before or as after, a
repeat finishes, and the message says what to do.

`SEGQL_KILLS` says how many kills, divided among the kinds of work (see `kills.py`).
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from segql.runtime.errors import StoreError
from segql.runtime.store.database import Database
from tests.store.kills import WORKS
from tests.store.people import fill, rows

KILLS = int(os.environ.get("SEGQL_KILLS", "6"))


def test_a_kill_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.store.kills", str(tmp_path), str(KILLS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    killed = dict(line.split() for line in ran.stdout.splitlines())
    assert sum(map(int, killed.values())) == KILLS
    assert killed.keys() == set(list(WORKS)[:KILLS])


FULL = """
import resource, signal, sys
from pathlib import Path
from segql.runtime.errors import StoreError
from segql.runtime.store.database import Database
from tests.store.kills import WORKS

folder, work = Path(sys.argv[1]), sys.argv[2]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    WORKS[work].do(folder)
except StoreError as error:
    print(error.code, error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
WORKS[work].do(folder)
print("done", sorted(each.name for each in folder.iterdir()))
"""


@pytest.mark.parametrize("work", ["erasure", "backup"])
def test_where_no_copy_fits_on_the_disk_it_says_so_and_a_repeat_finishes(tmp_path: Path, work: str) -> None:
    WORKS[work].prepare(tmp_path)
    room = (tmp_path / "shop.duckdb").stat().st_size // 2
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), work, str(room)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said, done = ran.stdout.splitlines()
    assert said.startswith("S012 "), ran
    assert "there is no room" in said.lower()
    assert "Make room" in said
    backup = ["shop.backup"] if work == "backup" else []
    assert done == f"done {sorted(['data.csv', 'shop.duckdb', *backup])}"


LEFT = """
import os, sys
from segql.runtime.store.database import Database
database = Database.open(sys.argv[1])
for number in range(20):
    with database.transaction() as connection:
        connection.execute("INSERT INTO labels SELECT range + ?, 'label' || range FROM range(200)", [number * 1000])
os._exit(0)  # as a kill would: what was committed is in the log of changes beside the file
"""


@pytest.fixture
def log(path: Path) -> Path:
    """The log of changes of a store whose process was killed, before they were in the store's file."""
    with Database.open(path, create=True) as database:
        fill(database)
    subprocess.run([sys.executable, "-c", LEFT, str(path)], check=True)
    return path.with_name(f"{path.name}.wal")


def test_what_was_committed_before_a_kill_is_there(path: Path, log: Path) -> None:
    assert log.stat().st_size > 10_000
    with Database.open(path) as database:
        assert rows(database, "SELECT count(*) FROM labels WHERE label LIKE 'label%'") == [(4000,)]


def test_a_log_that_was_cut_short_ends_with_the_last_whole_transaction(path: Path, log: Path) -> None:
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - 1_000)
    with Database.open(path) as database:
        assert rows(database, "SELECT count(*) FROM labels WHERE label LIKE 'label%'") == [(3800,)]


def test_a_log_that_was_changed_by_something_else_says_so_and_stays(path: Path, log: Path) -> None:
    content = bytearray(log.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(byte ^ 0xFF for byte in content[middle : middle + 40])
    log.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged") as raised:
        Database.open(path)
    assert raised.value.code == "S013"
    assert log.read_bytes() == content
