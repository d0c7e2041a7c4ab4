"""What the command line does at a server, it does as in a file: definitions, people, files and upkeep."""

import json
from pathlib import Path

import pytest

from tests.web.running import Places

LAPSED = """segment "Lapsed":
  did "Placed Order"
  and not did "Placed Order" in the last 90 days
"""


def test_definitions_are_planned_stored_pulled_and_tested(places: Places, tmp_path: Path) -> None:
    folder = tmp_path / "segments"
    folder.mkdir()
    (folder / "lapsed.segql").write_text(LAPSED)
    planned = places.remote("plan", folder, "--people", 2, "--json").document
    (new,) = [one for one in planned["segments"] if one["change"] == "new"]
    assert (new["name"], new["people"]["entered"] > 2, len(new["people"]["who_enter"])) == ("Lapsed", True, 2)
    assert places.remote("plan", folder, "--exit-code").code == 3
    assert places.both("apply", folder).out.startswith("new       Lapsed")
    assert places.both("plan", folder).out.endswith("unchanged\n")
    (folder / "lapsed.segql").write_text(LAPSED.replace("90", "60"))
    assert places.remote("apply", folder).code == places.local("apply", folder, "--author", "Ann").code == 0
    (first, second) = places.remote("versions", "lapsed", "--json").document["versions"]
    assert (first["author"], second["segment"]["definition"] != first["segment"]["definition"]) == (
        "olive@acme.example", True,
    )  # fmt: skip
    assert places.both("versions", "Lapsed", "--number", 1).out == LAPSED
    pulled = tmp_path / "pulled"
    assert places.remote("pull", pulled).code == 0
    assert (pulled / "lapsed.segql").read_text() == LAPSED.replace("90", "60")
    assert places.both("catalog").code == 0
    assert places.both("test", pulled).code == 0


def test_mistakes_in_files_are_shown_with_their_places(places: Places, tmp_path: Path) -> None:
    (tmp_path / "wrong.segql").write_text('segment "Wrong":\n  did "Placed Ordr"')
    for command in ("plan", "apply"):
        wrong = places.both(command, tmp_path / "wrong.segql")
        assert (wrong.code, "wrong.segql:2:7" in wrong.err, "^^^" in wrong.err) == (1, True, True)


def test_a_segment_in_use_is_not_taken_away(places: Places, tmp_path: Path) -> None:
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "one.segql").write_text(
        'segment "Used": everybody\nsegment "User": in segment "Used"'
    )
    assert places.both("apply", tmp_path / "only").code == 0
    (tmp_path / "only" / "one.segql").write_text('segment "User": in segment "Used"')
    refused = places.remote("apply", tmp_path / "only", "--prune")
    assert (refused.code, "error S032" in refused.err) == (1, True)


def test_files_are_sent_and_imported(places: Places, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("external_id,email\nsent-1,sent@x.example\nsent-3\n")
    (tmp_path / "more.csv").write_text("external_id,email\nsent-2,\n")
    told = [place("import", "profiles", "new.csv", "more.csv") for place in (places.remote, places.local)]
    assert told[0] == told[1]
    rejected = json.loads(Path("profiles.rejects.jsonl").read_text())
    assert (rejected["file"], rejected["line"]) == ("new.csv", 3)
    assert places.remote("count", 'external_id is "sent-2"', "--json").document["count"] == 1
    (tmp_path / "map.toml").write_text('[events]\nevent = "Called"\ncolumns = { external_id = "nobody" }\n')
    wrong = places.remote("import", "events", "new.csv", "--map", "map.toml")
    assert wrong.code == 1
    assert "new.csv" in wrong.err and "/" not in wrong.err
    missing = places.remote("import", "profiles", "absent.csv")
    assert (missing.code, "error S010" in missing.err) == (1, True)


def test_a_person_is_shown_taken_away_merged_and_erased(places: Places, tmp_path: Path) -> None:
    at = ("--as-of", "2026-06-01T16:00Z")
    assert "external_id: C000003" in places.remote("people", "show", "C000003").out
    found = []
    for place, name in ((places.remote, "remote.json"), (places.local, "local.json")):
        assert place("people", "export", "C000003", "--to", tmp_path / name, *at).code == 0
        found.append(json.loads((tmp_path / name).read_text()))
        del found[-1]["segment_history"]  # the server keeps memberships by itself
    assert found[0] == found[1]
    assert places.both("people", "merge", "C000004", "C000003").code == 0
    assert places.both("people", "erase", "C000003", "--yes").code == 0
    gone = places.both("people", "show", "C000004")
    assert (gone.code, "error S017" in gone.err) == (1, True)


def test_memberships_are_refreshed_and_predictions_made(places: Places) -> None:
    names = ("Winback", "SMS Subscribers")
    remote, local = (place("refresh", *names, "--json").document for place in (places.remote, places.local))
    assert {one["segment"]: one["members"] for one in remote["segments"]} == {
        one["segment"]: one["members"] for one in local["segments"]
    }
    predicted = places.remote("predict", "--json").document
    assert predicted["customers"] == places.local("predict", "--json").document["customers"]
    assert places.both("history", "city").out == "kept from now on  city\n"


def test_events_are_kept_by_person(places: Places) -> None:
    assert places.both("people", "index").out == "a copy of the events by person is kept from now on\n"
    assert places.both("people", "index").code == 0
    assert "external_id: C000021" in places.remote("people", "show", "C000021").out
    dropped = places.both("people", "index", "--drop")
    assert dropped.out == "the copy of the events by person is kept no longer\n"


@pytest.mark.parametrize(
    ("command", "question"),
    [
        (("count",), "count {}"),
        (("query",), "count {} by country"),
        (("show",), 'segment "x": {}'),
        (("why", "C000042"), 'segment "x": {}'),
        (("compare",), 'segment "x": {}'),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_templates_of_a_question_come_with_it(
    places: Places, command: tuple[str, ...], question: str
) -> None:
    template = (
        "define lapsed(event, window = 60 days):\n  did $event and did not $event in the last $window\n"
    )
    days = ["2026-04-01", "2026-06-01"] if command == ("compare",) else []
    asked = template + question.format('lapsed("Placed Order", window: 30 days)')
    assert places.both(*command, asked, *days, "--json", "--as-of", "2026-06-01").code == 0


def test_what_needs_the_file_says_so_and_what_to_do(places: Places, tmp_path: Path) -> None:
    for arguments in (
        ("backup", tmp_path / "b"),
        ("restore", tmp_path / "b"),
        ("refresh", "--watch"),
        ("serve",),
    ):
        done = places.remote(*arguments)
        assert (done.code, "error S041" in done.err, " = " in done.err) == (1, True, True), arguments


def test_when_and_by_whom_is_for_the_server_to_say(places: Places) -> None:
    for arguments in (
        ("people", "merge", "C000005", "C000006", "--actor", "somebody"),
        ("people", "erase", "C000005", "--yes", "--as-of", "2026-01-01"),
        ("refresh", "--as-of", "2026-01-01"),
    ):
        done = places.remote(*arguments)
        assert (done.code, "error S042" in done.err) == (1, True), arguments
