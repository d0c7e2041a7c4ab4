"""A process that stores orders and refreshes by turns until it is killed; prints how many turns are done."""

import sys
from datetime import timedelta
from pathlib import Path

import segql
from segql.runtime.refresh.upkeep import Upkeep
from tests.refresh.shop import DAY, NOON, order

WHO = ("ada", "bob", "cyd")


def run(path: Path, begin: int) -> None:
    upkeep = Upkeep()
    with segql.open(path) as store:
        for turn in range(begin, begin + 1000):
            now = NOON + turn * timedelta(hours=7)
            order(store, (WHO[turn % 3], now - (turn % 2) * 20 * DAY, 100 + turn))
            upkeep.refresh(store.database, None, now)
            print(turn, flush=True)


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
