"""L1 and M1: an import of events from a file against a plain `create table ... order by` of the same file.

    python benchmarks/load.py [--profiles 100000] [--events 2000000] [--format parquet|csv|jsonl] [--folder FOLDER]

Each is done in a process of its own, whose peak memory is told; 100 million events take 12 GB of disk. The plain table has
the same order (month, kind, time) and no more: no profiles are found or made, nothing is checked, and an event that came
twice is there twice. Then a hundredth of the events is imported once more, late: nothing may change. What that costs on the
disk is told, too: the table of events by itself, and without the key by which a repeat is known.
"""

import argparse
import time
from pathlib import Path

import duckdb
from alone import alone
from shop import NOW, arguments, place, write_shop

import segql
from segql.runtime.imports.importing import import_file

_READERS = {"parquet": "read_parquet", "csv": "read_csv", "jsonl": "read_json"}


def plain(folder: Path, file: Path) -> None:
    """What anybody would do with DuckDB."""
    reader = _READERS[file.suffix[1:]]
    with duckdb.connect(folder / "plain.duckdb", config={"memory_limit": "4GiB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"""CREATE TABLE events AS FROM {reader}('{file}')
            ORDER BY date_trunc('month', occurred_at), event, occurred_at"""
        )
        connection.execute("CHECKPOINT")


def profiles(folder: Path, file: Path) -> None:
    """The people, who are there before their events."""
    load(folder, file, "profiles")


def events(folder: Path, file: Path) -> None:
    """The import that is measured."""
    load(folder, file, "events")


def load(folder: Path, file: Path, kind: str) -> None:
    """Import a file and say what became of its rows."""
    with segql.open(folder / "shop.duckdb", create=True) as store:
        report = import_file(
            store.database, kind, [file], folder / "map.toml", rejects=folder / "rejects.jsonl", now=NOW
        )
        with store.database.cursor() as cursor:
            cursor.execute("CHECKPOINT")
    print(f"    {report.written}, rejected: {report.rejected}")


def convert(folder: Path, file: Path) -> None:
    """The same events in another format."""
    how = "FORMAT csv" if file.suffix == ".csv" else "FORMAT json"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM '{folder / 'events.parquet'}') TO '{file}' ({how})")


def repeated(folder: Path, file: Path) -> None:
    """A hundredth of the events, as they were."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (FROM '{folder / "events.parquet"}' WHERE hash(event_id) % 100 = 0) TO '{file}' (FORMAT parquet)"""
        )


def whole(folder: Path, file: Path) -> None:
    """The table of events in a file of its own."""
    copy(folder, file, "*")


def keyless(folder: Path, file: Path) -> None:
    """The same without the key by which a repeat is known."""
    copy(folder, file, "* EXCLUDE (event_key)")


def copy(folder: Path, file: Path, columns: str) -> None:
    """Columns of the table of events, in a file of its own."""
    with duckdb.connect(file, config={"memory_limit": "4GiB"}) as connection:
        connection.execute(f"ATTACH '{folder / 'shop.duckdb'}' AS shop (READ_ONLY)")
        connection.execute(f"CREATE TABLE events AS SELECT {columns} FROM shop.events")
        connection.execute("CHECKPOINT")


def run(folder: Path, options: argparse.Namespace) -> None:
    print(f"{options.profiles:,} profiles, {options.events:,} events as {options.format}", flush=True)
    begun = time.perf_counter()
    write_shop(folder, options.profiles, options.events)
    print(f"  {'(making the files)':<50}{time.perf_counter() - begun:>9.1f} s", flush=True)
    file = folder / f"events.{options.format}"
    if options.format != "parquet":
        alone("(converting them)", convert, folder, file)
    alone("profiles", profiles, folder, folder / "profiles.parquet")
    before = (folder / "shop.duckdb").stat().st_size
    ours = alone("events into the store", events, folder, file)
    size = (folder / "shop.duckdb").stat().st_size - before
    theirs = alone("create table ... order by", plain, folder, file)
    alone("(a hundredth of the events chosen)", repeated, folder, folder / "again.parquet")
    alone("that hundredth once more", events, folder, folder / "again.parquet")
    plainly = (folder / "plain.duckdb").stat().st_size
    print(
        f"L1: the import takes {ours.wall / theirs.wall:.2f} times as long (cpu {ours.processor / theirs.processor:.2f})"
    )
    print(f"M1: {size / options.events:.1f} bytes an event; the plain table {plainly / options.events:.1f}")
    for what, work in (("the table of events by itself", whole), ("without its key", keyless)):
        alone(f"({what}, copied)", work, folder, folder / f"{work.__name__}.duckdb")
        by_itself = (folder / f"{work.__name__}.duckdb").stat().st_size
        print(f"    {what}: {by_itself / options.events:.1f} bytes an event")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--format", choices=tuple(_READERS), default="parquet")
    options = parser.parse_args()
    with place(options) as folder:
        run(folder, options)


if __name__ == "__main__":
    main()
