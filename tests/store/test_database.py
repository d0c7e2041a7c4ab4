"""Who may open a store, what it says when nobody can, and that a transaction happens as a whole or not at all."""

import subprocess
import sys
import threading
import weakref
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from segql.runtime.errors import StoreError
from segql.runtime.store import migrate as migrate_module
from segql.runtime.store.database import Database
from segql.runtime.store.migrate import Migration, known_migrations
from segql.runtime.store.sql import registered


def test_a_made_store_has_the_schema_and_is_there_when_opened_again(path: Path) -> None:
    with Database.open(path, create=True) as database, database.cursor() as cursor:
        names = cursor.execute("SELECT name FROM migrations ORDER BY name").fetchall()
        assert [name for (name,) in names] == [migration.name for migration in known_migrations()]
    with Database.open(path) as again, again.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM profiles").fetchall() == [(0,)]
    with Database.open(path, create=True) as again:
        assert again.path == str(path)


def test_instants_are_read_in_utc(database: Database) -> None:
    with database.cursor() as cursor:
        assert cursor.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
    with database.transaction() as connection:
        assert connection.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_a_store_that_is_not_there_is_not_made_by_opening_it(path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store at") as raised:
        Database.open(path)
    assert raised.value.code == "S001"
    assert not path.exists()


def _text(path: Path) -> None:
    path.write_text("name,email\n")


def _other_database(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")


def _empty_file(path: Path) -> None:
    path.touch()


@pytest.mark.parametrize("make", [_text, _other_database, _empty_file])
def test_a_file_of_something_else_is_refused_and_left_as_it_is(path: Path, make: object) -> None:
    make(path)  # type: ignore[operator]
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is not a segql store") as raised:
        Database.open(path, create=True)
    assert raised.value.code == "S003"
    assert path.read_bytes() == before


def test_a_path_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/shop\.duckdb cannot be opened") as raised:
        Database.open(tmp_path / "nowhere" / "shop.duckdb", create=True)
    assert raised.value.code == "S004"
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as raised:
        Database.open(tmp_path / "file" / "shop.duckdb", create=True)
    assert raised.value.code == "S004"
    with pytest.raises(StoreError) as raised:
        Database.open(tmp_path, create=True)
    assert raised.value.code == "S004"


def test_a_store_that_another_process_holds_says_so_and_what_to_do(path: Path) -> None:
    with Database.open(path, create=True):
        program = (
            "import sys; from segql.runtime.store.database import Database; "
            "from segql.runtime.errors import StoreError\n"
            "try: Database.open(sys.argv[1])\n"
            "except StoreError as error: print(error.code, error)"
        )
        ran = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
        )
    assert ran.stdout.startswith("S002 Another process holds the store")
    assert "try again" in ran.stdout


def test_a_store_is_open_once_in_a_process(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Database.open(path, create=True) as database:
        monkeypatch.chdir(path.parent)
        link = path.with_name("link.duckdb")
        link.symlink_to(path)
        for same in (path, Path(path.name), link):
            with pytest.raises(StoreError, match=r"This process has the store .* open already") as raised:
                Database.open(same)
            assert raised.value.code == "S002"
        with database.cursor() as cursor:
            assert cursor.execute("FROM lists").fetchall() == []
    with Database.open(path) as again:
        database.close()
        with pytest.raises(StoreError, match="open already"):
            Database.open(path)
        assert again.path == str(path)
    Database.open(path)  # and forgotten
    Database.open(path).close()


def test_a_newer_store_is_refused(path: Path) -> None:
    with Database.open(path, create=True) as database, database.transaction() as connection:
        connection.execute("INSERT INTO migrations VALUES ('999_later.sql', 'x')")
    with pytest.raises(StoreError, match=r"999_later\.sql") as raised:
        Database.open(path)
    assert raised.value.code == "S005"


def test_an_older_store_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database.open(path, create=True).close()
    later = Migration("900_later.sql", "CREATE TABLE later (x INTEGER); INSERT INTO later VALUES (1);")
    known = known_migrations()
    monkeypatch.setattr(migrate_module, "known_migrations", lambda: [*known, later])
    with Database.open(path) as database, database.cursor() as cursor:
        assert cursor.execute("FROM later").fetchall() == [(1,)]


def test_a_migration_that_fails_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Migration("900_broken.sql", "CREATE TABLE later (x INTEGER); INSERT INTO nowhere VALUES (1);")
    known = known_migrations()
    monkeypatch.setattr(migrate_module, "known_migrations", lambda: [*known, broken])
    with pytest.raises(duckdb.Error):
        Database.open(path, create=True)
    assert list(path.parent.iterdir()) == []


def test_a_migration_that_fails_leaves_an_older_store_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Database.open(path, create=True).close()
    broken = Migration("900_broken.sql", "CREATE TABLE later (x INTEGER); INSERT INTO nowhere VALUES (1);")
    known = known_migrations()
    with monkeypatch.context() as patched, pytest.raises(duckdb.Error):
        patched.setattr(migrate_module, "known_migrations", lambda: [*known, broken])
        Database.open(path)
    with Database.open(path) as database, database.cursor() as cursor:
        assert cursor.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'later'").fetchall() == []


def test_what_fails_is_undone_as_a_whole(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as connection:
        connection.execute("INSERT INTO lists VALUES (1, 'VIP', 'vip')")
        connection.execute("ALTER TABLE profiles ADD COLUMN x DOUBLE")
        raise ZeroDivisionError
    with database.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM lists").fetchall() == [(0,)]
        columns = [name for name, *_ in cursor.execute("DESCRIBE profiles").fetchall()]
    assert "x" not in columns
    with database.transaction() as connection:
        connection.execute("INSERT INTO lists VALUES (1, 'VIP', 'vip')")


def test_readers_see_only_what_was_committed(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("INSERT INTO lists VALUES (1, 'VIP', 'vip')")
        with database.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM lists").fetchall() == [(0,)]
    with database.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM lists").fetchall() == [(1,)]


def test_writers_wait_for_each_other(database: Database) -> None:
    def add() -> None:
        for _ in range(20):
            with database.transaction() as connection:
                connection.execute("UPDATE store_state SET tail_rows = tail_rows + 1")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.cursor() as cursor:
        assert cursor.execute("SELECT tail_rows FROM store_state").fetchall() == [(80,)]


def test_a_transaction_inside_a_transaction_is_a_mistake(database: Database) -> None:
    with database.transaction(), pytest.raises(RuntimeError, match="inside"), database.transaction():
        pass


def test_a_closed_store_says_so(database: Database) -> None:
    database.close()
    database.close()
    with pytest.raises(StoreError) as raised, database.cursor():
        pass
    assert raised.value.code == "S006"


def test_sql_in_the_store_reaches_no_other_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with database.cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(f"FROM '{tmp_path}/secret.csv'")
    with database.cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(f"COPY (SELECT 1) TO '{tmp_path}/out.csv'")
    with database.cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute("SET enable_external_access = true")


def test_one_name_lends_one_table_after_the_other(database: Database) -> None:
    with database.transaction() as connection:
        for columns in ({"a": [1, 2]}, {"b": ["x"], "a": [5]}):
            with registered(connection, "lent", pa.table(columns)):
                found = connection.execute("SELECT * FROM lent ORDER BY a").fetchall()
            assert found == list(zip(*columns.values(), strict=True))
        with pytest.raises(Exception, match="not lent"):
            connection.execute("FROM lent")


def test_what_was_lent_is_not_kept_until_the_transaction_ends(database: Database) -> None:
    with database.transaction() as connection:
        kept = []
        for size in (10, 20):
            numbers = np.arange(size)
            kept.append(weakref.ref(numbers))
            with registered(connection, "lent", pa.table({"a": numbers})):
                connection.execute("SELECT sum(a) FROM lent").fetchall()
            del numbers
        assert [each() for each in kept] == [None, None]
