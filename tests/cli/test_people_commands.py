"""The commands about one person, and backup and restore, as somebody runs them."""

import json
from pathlib import Path

import pytest

import segql
from tests.cli.command_line import segql as run

PEOPLE = """external_id,email,phone_number,first_name
ada,ada@example.com,+12125550100,Ada
bob,bob@example.com,+12125550101,Bob
,home@example.com,+12125550101,Rob
"""
EVENTS = """external_id,occurred_at,event_id,page
ada,2026-05-01T10:00:00Z,e1,hats
bob,2026-05-02T10:00:00Z,e2,coats
"""
AT = ("--as-of", "2026-06-01T12:00Z")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "map.toml").write_text('[events]\nevent = "Viewed"\n')
    rejects = ("--rejects", tmp_path / "rejects.jsonl", "--store", path)
    assert run("import", "profiles", tmp_path / "people.csv", *rejects).code == 0
    assert (
        run("import", "events", tmp_path / "events.csv", "--map", tmp_path / "map.toml", *rejects).code == 0
    )
    with segql.open(path) as opened:
        opened.save_segments('segment "Lookers":\n  did "Viewed"')
    return path


@pytest.mark.parametrize("who", ["ada", "ADA@example.com", "+1 (212) 555-0100"])
def test_show_finds_a_person_in_any_spelling(store: Path, who: str) -> None:
    document = run("people", "show", who, "--store", store, "--json", *AT).document
    assert document["profile"]["first_name"] == "Ada"
    assert document["segments"] == ["Lookers"]
    assert document["events"] == [
        {"event": "Viewed", "occurred_at": "2026-05-01T10:00:00Z", "properties": {"page": "hats"}}
    ]
    read = run("people", "show", who, "--store", store, *AT)
    assert read.code == 0
    assert "first_name: Ada" in read.out and "segments: Lookers" in read.out and "hats" in read.out


def test_a_segment_that_is_wrong_by_now_is_named_and_hides_nothing(store: Path) -> None:
    with segql.open(store) as opened, opened.database.transaction() as connection:
        connection.execute(
            "INSERT INTO segments (name, key, definition, saved_at) VALUES ('X', 'x', '(', '2026-01-01')"
        )
    document = run("people", "show", "ada", "--store", store, "--json", *AT).document
    assert (document["segments"], document["segments_in_error"]) == (["Lookers"], ["X"])
    assert "segments that cannot be asked: X" in run("people", "show", "ada", "--store", store, *AT).out


def test_export_writes_one_document_and_never_over_a_file(store: Path, tmp_path: Path) -> None:
    to = tmp_path / "ada.json"
    assert run("people", "export", "ada", "--to", to, "--store", store, *AT).code == 0
    assert (
        json.loads(to.read_text("utf-8"))
        == run("people", "show", "ada", "--store", store, "--json", *AT).document
    )
    again = run("people", "export", "bob", "--to", to, "--store", store)
    assert again.code == 2
    assert "already" in again.err
    assert "Ada" in to.read_text("utf-8")


def test_with_the_copy_by_person_the_same_is_known_of_somebody(store: Path) -> None:
    asked = (("people", "show", "ada", "--json", *AT), ("why", "ada", 'did "Viewed"', "--json", *AT))
    before = [run(*one, "--store", store).document for one in asked]
    assert (
        run("people", "index", "--store", store).out == "a copy of the events by person is kept from now on\n"
    )
    with segql.open(store) as opened, opened.database.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM events_by_person").fetchall() == [(2,)]
    assert [run(*one, "--store", store).document for one in asked] == before
    assert run("people", "index", "--drop", "--store", store).code == 0
    assert [run(*one, "--store", store).document for one in asked] == before


def test_merge_makes_two_one(store: Path) -> None:
    assert run("people", "merge", "bob", "ada", "--store", store, "--actor", "eve", *AT).code == 0
    document = run("people", "show", "bob@example.com", "--store", store, "--json", *AT).document
    assert document["profile"]["external_id"] == "ada"
    assert [event["properties"]["page"] for event in document["events"]] == ["hats", "coats"]
    assert document["merged"] == [{"profile_id": 1, "merged_at": "2026-06-01T12:00:00Z", "actor": "eve"}]
    assert {each["value"] for each in document["also_known_as"]} == {"bob", "bob@example.com", "+12125550101"}


def test_erase_asks_first_and_then_nobody_is_there(store: Path) -> None:
    asked = run("people", "erase", "ada", "--store", store)
    assert asked.code == 1
    assert run("people", "show", "ada", "--store", store).code == 0
    assert run("people", "erase", "ada", "--yes", "--store", store).code == 0
    gone = run("people", "show", "ada", "--store", store)
    assert gone.code == 1
    assert "S017" in gone.err and "Traceback" not in gone.err
    assert b"ada@example.com" not in store.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("people", "show", "nobody"), "S017"),
        (("people", "show", "+12125550101"), "S018"),
        (("people", "merge", "ada", "ada@example.com"), "S019"),
        (("people", "merge", "ada", "nobody"), "S017"),
        (("people", "erase", "nobody", "--yes"), "S017"),
    ],
)
def test_mistakes_have_a_code_and_change_nothing(store: Path, arguments: tuple[str, ...], code: str) -> None:
    before = run("count", 'did "Viewed"', "--store", store, "--json").document["count"]
    done = run(*arguments, "--store", store)
    assert done.code == 1
    assert code in done.err and "\n = " in done.err
    assert run("count", 'did "Viewed"', "--store", store, "--json").document["count"] == before


def test_backup_and_restore(store: Path, tmp_path: Path) -> None:
    done = run("backup", tmp_path / "b", "--store", store, "--json").document
    assert done["rows"]["profiles"] == 3
    assert "S020" in run("backup", tmp_path / "b", "--store", store).err
    assert "S020" in run("restore", tmp_path / "b", "--store", store).err
    again = tmp_path / "again.duckdb"
    assert "profiles 3, events 2" in run("restore", tmp_path / "b", "--store", again).out
    shown = ("people", "show", "ada", "--json", *AT, "--store")
    assert run(*shown, again).document == run(*shown, store).document
    assert "S001" in run("restore", tmp_path / "none", "--store", tmp_path / "x").err
