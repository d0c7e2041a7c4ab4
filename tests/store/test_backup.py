"""Backup and restore: one file with all of a store, never over another file, and nothing half-made."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from segql.runtime.errors import StoreError
from segql.runtime.store import backup
from segql.runtime.store.backup import back_up, checksums, restore
from segql.runtime.store.database import Database
from tests.store.people import AT, fill, happened, rows, write
from tests.store.test_compaction import MANY, WHOLE, columns_on_disk


def contents(database: Database) -> dict[str, tuple[int, int | None]]:
    with database.cursor() as cursor:
        return checksums(cursor)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_store_comes_back_as_it_was_and_can_be_used(path: Path, tmp_path: Path) -> None:
    with Database.open(path, create=True) as database:
        fill(database)
        written = back_up(database, tmp_path / "b")
        assert written == contents(database)
        write(database, {"external_id": "later"})
    assert restore(tmp_path / "b", tmp_path / "again.duckdb") == written
    assert names(tmp_path) == ["again.duckdb", "b", "shop.duckdb"]
    with Database.open(tmp_path / "again.duckdb") as again:
        assert contents(again) == written
        assert rows(again, "SELECT count(*) FROM profiles") == [(2,)]
        assert rows(again, "SELECT properties.note::VARCHAR FROM events ORDER BY occurred_at LIMIT 1") == [
            ("ocarina",)
        ]
        assert write(again, {"external_id": "new"}) == [2]
        with again.transaction() as connection:
            connection.execute(
                "INSERT INTO segments (name, key, definition, saved_at) VALUES ('B', 'b', 'x', '2026-01-01')"
            )
        assert len(set(rows(again, "SELECT segment_id FROM segments"))) == 2


def test_compacted_events_keep_their_order_and_their_shape(path: Path, tmp_path: Path) -> None:
    from segql.runtime.store.compaction import compact

    many = MANY
    with Database.open(path, create=True) as database:
        happened(
            database,
            "Viewed",
            external_id=[f"p{number % 100}" for number in range(many)],
            occurred_at=[AT.replace(day=1 + number % 28) for number in range(many)],
            event_id=[str(number) for number in range(many)],
            page=[{"sku": f"s{number}", "tags": ["a", None]} for number in range(many)],
        )
        compact(database)
        with database.transaction() as connection:
            connection.execute("ALTER TABLE profiles ADD COLUMN address VARIANT")
            connection.execute(
                """INSERT INTO profiles (profile_id, external_id, address)
                SELECT range, 'q' || range, {'city': 'c' || range}::VARIANT FROM range(100, 130_000)"""
            )
        assert columns_on_disk(database, "events", "properties") > WHOLE
        query = """SELECT sum(hash), sum(number * (hash % 1000)) FROM (
            SELECT row_number() OVER () AS number, hash(e) AS hash FROM events e)"""
        before = rows(database, query)
        back_up(database, tmp_path / "b")
    restore(tmp_path / "b", tmp_path / "again.duckdb")
    with Database.open(tmp_path / "again.duckdb") as again:
        assert rows(again, query) == before
        assert columns_on_disk(again, "events", "properties") > WHOLE
        # DuckDB 2.0.0 dies of reading a shredded list of people as an object.
        assert columns_on_disk(again, "profiles", "address") == WHOLE
        assert (
            happened(
                again, "Viewed", external_id=["p1"], occurred_at=[AT], page=[{"sku": "new", "tags": ["b"]}]
            )
            == 1
        )


def test_a_backup_is_of_one_moment_while_others_read_and_write(path: Path, tmp_path: Path) -> None:
    with Database.open(path, create=True) as database:
        fill(database)
        stop = threading.Event()

        def go_on() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                with database.transaction() as connection:
                    connection.execute(
                        "INSERT INTO lists VALUES (?, ?, ?)", [number + 9, f"l{number}", f"l{number}"]
                    )
                    connection.execute("INSERT INTO places VALUES (?, ?, 0, 0)", [f"l{number}", f"l{number}"])

        threads = [threading.Thread(target=go_on)]
        for thread in threads:
            thread.start()
        try:
            for number in range(3):
                back_up(database, tmp_path / f"b{number}")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    for number in range(3):
        with Database.open(tmp_path / f"b{number}") as copy:
            assert rows(copy, "SELECT (SELECT count(*) FROM lists) - (SELECT count(*) FROM places)") == [(1,)]


def test_no_file_is_overwritten(path: Path, tmp_path: Path) -> None:
    with Database.open(path, create=True) as database:
        back_up(database, tmp_path / "b")
        before = (tmp_path / "b").read_bytes()
        with pytest.raises(StoreError, match="There is a file at") as raised:
            back_up(database, tmp_path / "b")
        assert raised.value.code == "S020"
    assert (tmp_path / "b").read_bytes() == before
    store = path.read_bytes()
    with pytest.raises(StoreError, match="There is a file at") as raised:
        restore(tmp_path / "b", path)
    assert raised.value.code == "S020"
    assert path.read_bytes() == store
    assert names(tmp_path) == ["b", "shop.duckdb"]


def _absent(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[12288 + 5000 : 12288 + 5100] = b"x" * 100
    path.write_bytes(content)


def _text(path: Path) -> None:
    path.write_text("hello")


@pytest.mark.parametrize(
    ("spoil", "code"), [(_absent, "S001"), (_cut, "S013"), (_changed, "S013"), (_text, "S003")]
)
def test_what_is_no_whole_backup_is_not_restored(
    path: Path, tmp_path: Path, spoil: object, code: str
) -> None:
    with Database.open(path, create=True) as database:
        fill(database)
        happened(
            database,
            "Viewed",
            external_id=[f"p{n}" for n in range(9000)],
            occurred_at=[AT] * 9000,
            x=[*range(9000)],
        )
        back_up(database, tmp_path / "b")
    spoil(tmp_path / "b")  # type: ignore[operator]
    with pytest.raises(StoreError) as raised:
        restore(tmp_path / "b", tmp_path / "again.duckdb")
    assert raised.value.code == code
    assert "again" not in str(names(tmp_path))


def test_a_backup_that_differs_is_thrown_away(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database.open(path, create=True) as database:
        fill(database)
        told = checksums

        def mistaken(connection: object) -> dict[str, tuple[int, int | None]]:
            return told(connection) | {"profiles": (0, None)} if connection is not None else {}  # type: ignore[arg-type]

        calls = iter([told, mistaken])
        monkeypatch.setattr(backup, "checksums", lambda connection: next(calls)(connection))
        with pytest.raises(StoreError, match="is not what the store is, in profiles") as raised:
            back_up(database, tmp_path / "b")
    assert raised.value.code == "S013"
    assert names(tmp_path) == ["shop.duckdb"]


def test_where_no_backup_can_be_written_it_says_so(path: Path, tmp_path: Path, database: Database) -> None:
    with pytest.raises(StoreError, match="in memory") as raised:
        back_up(database, tmp_path / "b")
    assert raised.value.code == "S021"
    with Database.open(path, create=True) as store:
        with pytest.raises(StoreError) as raised:
            back_up(store, tmp_path / "nowhere" / "b")
        assert raised.value.code == "S004"
    assert names(tmp_path) == ["shop.duckdb"]


def test_no_other_process_gets_in_while_a_store_is_backed_up(path: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from segql.runtime.store.database import Database; from segql.runtime.errors import StoreError\n"
        "try: Database.open(sys.argv[1])\nexcept StoreError as error: print(error.code)"
    )
    with Database.open(path, create=True) as database:
        fill(database)
        back_up(database, tmp_path / "b")
        ran = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
        )
    assert ran.stdout == "S002\n"
