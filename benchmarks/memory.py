"""M1: how much memory questions need, and a first refresh of 200 stored segments; each in a process of its own.

    python benchmarks/memory.py [--profiles 100000] [--events 2000000] [--segments 200] [--folder FOLDER]

The engine keeps what it has read of the file as long as there is room. So the nine questions are asked with all the room
that a store takes, and with 200 MiB: what they need is what they get along with.
"""

import argparse
import shutil
from pathlib import Path

from alone import alone
from refresh import saved
from segments import SEGMENTS
from shop import NOW, arguments, filled, place

import segql

LITTLE = "200MiB"


def fill(folder: Path, profiles: int, events: int) -> None:
    """Make the shop where there is none."""
    filled(folder, profiles, events).close()


def ask(folder: Path, limit: str | None) -> None:
    """The nine questions, by SQL. `limit`: the engine's memory."""
    with segql.open(folder / "shop.duckdb") as store:
        connection = store.database._connection
        connection.execute("SET enable_progress_bar = false")
        if limit:
            connection.execute(f"SET GLOBAL memory_limit = '{limit}'")
        for text in SEGMENTS.values():
            query = store.compile(text).count_sql("duckdb", NOW)
            connection.sql(query.text, params=dict(query.values)).fetchall()


def refresh(path: Path, segments: int) -> None:
    """All memberships, for the first time."""
    with segql.open(path) as store:
        saved(store, segments)
        store.refresh(now=NOW)


def run(folder: Path, options: argparse.Namespace) -> None:
    print(f"{options.profiles:,} profiles, {options.events:,} events")
    # A process begins with what its parent has: this one keeps to its imports.
    alone("(making the shop)", fill, folder, options.profiles, options.events)
    idle = alone("the shop opened", fill, folder, options.profiles, options.events)
    alone("nine questions", ask, folder, None)
    little = alone(f"nine questions, the engine with {LITTLE}", ask, folder, LITTLE)
    print(f"M1: nine questions need {little.peak - idle.peak:,.0f} MiB beyond the open store")
    # What is written here stays out of a shop that is used again.
    copy = Path(shutil.copy(folder / "shop.duckdb", folder / "refreshed.duckdb"))
    found = alone(f"{options.segments} segments refreshed and written", refresh, copy, options.segments)
    copy.unlink()
    print(f"M1: {options.segments} segments need {found.peak - idle.peak:,.0f} MiB beyond the open store")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--segments", type=int, default=200)
    options = parser.parse_args()
    with place(options) as folder:
        run(folder, options)


if __name__ == "__main__":
    main()
