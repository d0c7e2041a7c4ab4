"""Killed in the middle of refreshing: periods and what they stand for are of one refresh, and a repeat finishes it.

SEGQL_KILLS sets how often.
"""

import os
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import segql
from segql.runtime.refresh.upkeep import Upkeep
from tests.refresh.shop import NOON, members, read, stock

KILLS = int(os.environ.get("SEGQL_KILLS", "2"))
ROOT = Path(__file__).parents[2]


def test_killed_at_any_point(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    with segql.open(path, create=True) as store:
        stock(store)
    chosen = random.Random(20260601)
    turn = 0
    for _ in range(KILLS):
        turn = killed(path, turn, after=chosen.randint(1, 4), wait=chosen.random() * 0.05) + 2
        with segql.open(path) as store:
            check(store)


def killed(path: Path, begin: int, *, after: int, wait: float) -> int:
    """Refresh in another process, which is killed a moment after some turns; the last turn that it had done."""
    command = [sys.executable, "-m", "tests.refresh.refreshing", str(path), str(begin)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as running:
        assert running.stdout is not None
        turn = begin
        for _ in range(after):
            turn = int(running.stdout.readline())
        try:
            running.wait(wait)
        except subprocess.TimeoutExpired:
            running.kill()
        return max([turn, *map(int, running.stdout.read().split())])


def check(store: segql.Store) -> None:
    """What is stored is what SQL names as of the stored instant, of what had arrived by the stored position; nobody is
    in twice; a refresh finds what arrived after it."""
    ((at, position),) = read(store, "SELECT DISTINCT refreshed_at, position FROM segment_refreshes")
    now = at.replace(tzinfo=NOON.tzinfo)
    assert (
        read(
            store,
            """SELECT 1 FROM segment_periods WHERE until_at = '9999-12-31' GROUP BY segment_id, profile_id
        HAVING count(*) > 1""",
        )
        == []
    )
    names = [segment.name for segment in store.catalog.segments]
    ((later,),) = read(store, f"SELECT count(*) FROM events WHERE arrival > {position}")
    if not later:
        for name in names:
            assert members(store, name) == set(store.members(name, as_of=now)["external_id"].to_pylist())
    Upkeep().refresh(store.database, None, now + timedelta(seconds=1))
    for name in names:
        meant = store.members(name, as_of=now + timedelta(seconds=1))["external_id"].to_pylist()
        assert members(store, name) == set(meant)
