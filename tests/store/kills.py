"""A program that kills itself: each kind of work that writes is begun in a process of its own, which is ended by kill -9
at a random moment; then the store must open, as it was before or as it is after, and a repeat must finish the work.

    python -m tests.store.kills FOLDER KILLS

Children are forked before any database was opened here, so that each begins at once and with the libraries loaded.
"""

import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

# Loaded here, so that no child has to.
import duckdb  # noqa: F401
import phonenumbers  # noqa: F401
import pyarrow.compute  # noqa: F401

from segql.compiler.sql.people import EVENT_COLUMNS
from segql.runtime.errors import StoreError
from segql.runtime.imports.importing import import_file
from segql.runtime.store import by_person
from segql.runtime.store.backup import Checksums, back_up, checksums, restore
from segql.runtime.store.by_person import drop_by_person, events_of, keep_by_person
from segql.runtime.store.database import Database
from segql.runtime.store.erasure import erase_person, finish_erasures
from segql.runtime.store.merge import merge_people
from segql.runtime.store.person import find_person
from tests.store.people import ACCOUNT, AT, UNIQUE, fill, happened
from tests.store.released import make

STORE, FILE, BACKUP = "shop.duckdb", "data.csv", "shop.backup"
ROWS = 3_000
EVENTS = 4_000


# What was done when, and how often: a repeat adds to it. And the copy by person, which may be half made: readers get the
# same with any part of it.
_NOTES = ("erasures", "journal", "profile_changes", "events_by_person", "person_copy")


class Work(NamedTuple):
    """Something that writes: the store that it begins with, and what it does there; done twice, it does no more."""

    prepare: Callable[[Path], None]
    do: Callable[[Path], None]


def _prepare_shop(folder: Path) -> None:
    with Database.open(folder / STORE, create=True) as database:
        fill(database)
        times = [AT - timedelta(minutes=number) for number in range(EVENTS)]
        names = ["ann" if number % 9 == 0 else "bob" for number in range(EVENTS)]
        happened(
            database, "Viewed", external_id=names, occurred_at=times, page=[f"p{n}" for n in range(EVENTS)]
        )
        keep_by_person(database)
        happened(database, "Viewed", external_id=["ann"], occurred_at=[AT], page=["the last one"])
    lines = (f"Bought,p{row % 700},2024-01-01 10:00:00,{row},x{row}\n" for row in range(ROWS))
    (folder / FILE).write_text("event,external_id,occurred_at,event_id,page\n" + "".join(lines))


def _import(folder: Path) -> None:
    with Database.open(folder / STORE) as database:
        import_file(database, "events", [folder / FILE], rejects=folder / "rejects.jsonl", now=AT)


def _keep_by_person(folder: Path) -> None:
    by_person._AT_ONCE, by_person._PEOPLE_AT_ONCE = 1, 1
    with Database.open(folder / STORE) as database:
        drop_by_person(database)
        keep_by_person(database)


def _migrate(folder: Path) -> None:
    Database.open(folder / STORE).close()


def _prepare_released(folder: Path) -> None:
    make(folder / STORE, people=200, events=EVENTS)


def _merge(folder: Path) -> None:
    with Database.open(folder / STORE) as database, database.transaction() as connection:
        merged, survivor = (find_person(connection, who, ACCOUNT) for who in ("ann", "bob"))
        if merged != survivor:
            merge_people(connection, merged, survivor, AT, "ada")


def _erase(folder: Path) -> None:
    with Database.open(folder / STORE) as database:
        finish_erasures(database)
        try:
            with database.cursor() as cursor:
                profile_id = find_person(cursor, "ann", ACCOUNT)
        except StoreError:
            return
        erase_person(database, profile_id, AT, "ada", bytes(32))


def _back_up(folder: Path) -> None:
    if not (folder / BACKUP).exists():
        with Database.open(folder / STORE) as database:
            back_up(database, folder / BACKUP)


WORKS = {
    "import": Work(_prepare_shop, _import),
    "copying": Work(_prepare_shop, _keep_by_person),
    "migration": Work(_prepare_released, _migrate),
    "merge": Work(_prepare_shop, _merge),
    "erasure": Work(_prepare_shop, _erase),
    "backup": Work(_prepare_shop, _back_up),
}


def _contents(path: Path) -> Checksums:
    """What is in a store; opening one of an older version brings it up to date."""
    with Database.open(path) as database, database.cursor() as cursor:
        cursor.begin()
        people = [number for (number,) in cursor.execute("SELECT DISTINCT profile_id FROM events").fetchall()]
        read, there = (
            cursor.execute(
                f"SELECT count(*), sum(hash(e)) FROM (SELECT {columns} FROM {source}) e"
            ).fetchall()
            for columns in [", ".join(EVENT_COLUMNS)]
            for source in (events_of(cursor, people), "events")
        )
        if read != there:
            raise SystemExit(f"readers of people's events get {read}, and there are {there}")
        return {name: found for name, found in checksums(cursor).items() if name not in _NOTES}


def _check(name: str, folder: Path, before: Checksums, after: Checksums) -> None:
    """After a kill: one of the two states, and a repeat gives the second, with nothing left lying about."""
    found = _contents(folder / STORE)
    if found not in (before, after):
        raise SystemExit(f"{name}: neither as before nor as after: {_differences(found, before, after)}")
    if (folder / BACKUP).exists():
        restore(folder / BACKUP, folder / "restored")
        if _contents(folder / "restored") != before:
            raise SystemExit(f"{name}: a backup that is not the store")
        (folder / "restored").unlink()
    WORKS[name].do(folder)
    found = _contents(folder / STORE)
    if found != after:
        raise SystemExit(f"{name}: the repeat does not finish it: {_differences(found, after)}")
    left = {each.name for each in folder.iterdir()} - {STORE, FILE, BACKUP}
    if left:
        raise SystemExit(f"{name}: left behind: {left}")
    if name == "erasure":
        content = (folder / STORE).read_bytes()
        if any(word.encode() in content for word in UNIQUE):
            raise SystemExit(f"{name}: the bytes are still there")


def _differences(found: Checksums, *states: Checksums) -> object:
    return [
        {name: (found[name], state.get(name)) for name in found if found[name] != state.get(name)}
        for state in states
    ]


def _forked(act: Callable[[], object], kill_after: float | None = None) -> bool:
    """Run something in a child, killed after so many seconds; whether it came to its end by then."""
    child = os.fork()
    if child == 0:
        try:
            act()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - a child has nobody above it
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGKILL):
        raise SystemExit(f"a child failed with {code}")
    return code == 0


def _run(name: str, folder: Path, seeds: list[int]) -> None:
    """Kill one kind of work, once for each seed."""
    folder.mkdir()
    whole = folder / "whole"
    base = folder / "base"
    base.mkdir()
    _forked(lambda: WORKS[name].prepare(base))
    shutil.copytree(base, whole)
    began = time.monotonic()
    _forked(lambda: WORKS[name].do(whole))
    lasts = time.monotonic() - began

    def kill_and_check() -> None:
        """In a child: it opens databases, and after that nothing may be forked."""
        shutil.copytree(base, folder / "before")
        before, after = _contents(folder / "before" / STORE), _contents(whole / STORE)
        for seed in seeds:
            _check(name, folder / str(seed), before, after)

    for seed in seeds:
        shutil.copytree(base, folder / str(seed))
        work = folder / str(seed)
        _forked(lambda work=work: WORKS[name].do(work), random.Random(seed).uniform(0, 1.1) * lasts)
    _forked(kill_and_check)
    sys.stdout.write(f"{name} {len(seeds)}\n")
    sys.stdout.flush()


def main(folder: Path, kills: int) -> None:
    """Divide the kills among the kinds of work."""
    for position, name in enumerate(WORKS):
        if seeds := list(range(position, kills, len(WORKS))):
            _run(name, folder / name, seeds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
