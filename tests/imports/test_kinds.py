"""Each kind of import: what goes in, what is rejected, and that a second run changes nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segql.runtime.errors import StoreError
from segql.runtime.imports.importing import import_file
from segql.runtime.imports.map import Kind
from segql.runtime.store.database import Database
from tests.imports.conftest import NOW, Load

Read = Callable[[str], list[tuple[Any, ...]]]


def test_the_values_of_many_lines_are_folded_into_one_person(load: Load, read: Read) -> None:
    text = "id,country,a,b,c\n1,Spain,x,,x\n2,Italy,,,\n1,Eire,,y,y\n1,Eire,z,z,\n1,Spain,,,\n3,,,,\n"
    map_text = """
        [profiles]
        columns = { external_id = "id", country = "country", a = "a", b = "b", c = "c" }
        fold = { country = "most frequent", a = "first", b = "first" }
        """
    report = load("profiles", text, map_text=map_text)
    assert report.written == {"inserted": 3, "updated": 0}
    assert read("SELECT external_id, country, a, b, c FROM profiles") == [
        ("1", "Eire", "x", "y", "y"),
        ("2", "Italy", None, None, None),
        ("3", None, None, None, None),
    ]
    assert load("profiles", text, map_text=map_text).written == {"inserted": 0, "updated": 0}


def test_a_fold_of_what_is_not_imported_is_refused(load: Load) -> None:
    with pytest.raises(StoreError, match='folds "y"'):
        load("profiles", "external_id,x\n1,2\n", map_text='[profiles]\nfold = { y = "first" }')


def test_a_text_attribute_is_given_the_text_as_it_stands(load: Load, read: Read) -> None:
    load("profiles", "external_id,version\na,1.10b\n")
    load("profiles", "external_id,version\nb,1.10\n")
    assert read("SELECT version FROM profiles") == [("1.10b",), ("1.10",)]


EVENTS = """event,email,occurred_at,event_id,Total,Page
Placed Order,a@x.org,2024-01-01 10:00:00,1,12.50,
Viewed Page,a@x.org,2024-01-01 10:00:00,1,,/home
Viewed Page,b@x.org,soon,2,,/home
,b@x.org,2024-01-01 10:00:00,3,,
Viewed Page,,2024-01-01 10:00:00,4,,/home
"""


def test_events_of_several_kinds_come_from_one_file(load: Load, read: Read, tmp_path: Path) -> None:
    report = load("events", EVENTS, map_text='[events]\namount = "Total"')
    assert (report.rows, report.written) == (5, {"added": 2, "repeated": 0})
    assert report.rejected == {
        "it is not said which event it is": 1,
        "occurred_at: it is not a date and time": 1,
        "there is no external_id, email or valid phone_number": 1,
    }
    lines = [json.loads(line)["line"] for line in (tmp_path / "rejects.jsonl").read_text().splitlines()]
    assert lines == [4, 5, 6]
    assert read(
        "SELECT m.name, p.name FROM event_properties p JOIN metrics m USING (metric_id) ORDER BY ALL"
    ) == [
        ("Placed Order", "Total"),
        ("Viewed Page", "Page"),
    ]
    assert read("SELECT amount FROM events ORDER BY amount") == [
        (125000,),
        (None,),
    ]
    again = load("events", EVENTS, map_text='[events]\namount = "Total"')
    assert again.written == {"added": 0, "repeated": 2}
    assert read("SELECT count(*) FROM profiles") == [(1,)]


def test_a_column_that_is_named_as_the_one_kind_of_all_events_is_refused(load: Load, read: Read) -> None:
    with pytest.raises(
        StoreError, match=r'names the one kind of all events "what", which is a column'
    ) as raised:
        load(
            "events",
            "id,what,when\n1,Viewed,2026-01-01\n",
            map_text='[events]\nevent = "what"\ncolumns = { external_id = "id", occurred_at = "when" }',
        )
    assert raised.value.code == "S011"
    assert 'columns = { event = "what", ... }' in raised.value.remedy
    assert read("FROM events") == read("FROM profiles") == []


def test_consents_need_a_method_and_a_date(load: Load, read: Read) -> None:
    load("profiles", "external_id,phone_number\na,+16172531000\n")
    text = (
        "phone,ok,on,how\n"
        "617-253-1000,Y,2024-01-01,form\n"
        "617-253-1000,N,2024-01-02,\n"
        "+16172531001,Y,,form\n"
        "12,Y,2024-01-01,form\n"
    )
    map_text = """
        [consents]
        columns = { address = "phone", status = "ok", occurred_at = "on", method = "how" }
        constants = { channel = "sms", kind = "marketing" }
        words.status = { Y = "subscribed", N = "unsubscribed" }
        time_zone = "America/New_York"
        """
    report = load("consents", text, map_text=map_text)
    assert report.written == {"added": 1, "repeated": 0}
    assert report.rejected == {
        "it is not said when it happened": 1,
        "the address is missing, or is no valid number": 1,
        "the method is missing": 1,
    }
    assert read(
        "SELECT address, status, occurred_at::VARCHAR, recorded_at::VARCHAR, actor FROM consents"
    ) == [("+16172531000", "subscribed", "2024-01-01 05:00:00", "2024-06-01 12:00:00", "import")]
    assert read("SELECT status FROM consent_periods") == [("subscribed",)]
    assert load("consents", text, map_text=map_text).written == {"added": 0, "repeated": 1}


def test_lists_take_people_known_and_new(load: Load, read: Read) -> None:
    text = (
        "list,email,added_at\n"
        "VIP,a@x.org,2024-01-01T00:00:00Z\n"
        "vip,b@x.org,2024-01-02T00:00:00Z\n"
        "VIP,,2024-01-01\n"
        ",a@x.org,2024-01-01\n"
    )
    report = load("lists", text)
    assert report.written == {"added": 2}
    assert report.rejected == {
        "it is not said which list it is": 1,
        "there is no external_id, email or valid phone_number": 1,
    }
    assert read(
        "SELECT email, from_at::VARCHAR FROM list_periods JOIN profiles USING (profile_id) ORDER BY 1"
    ) == [
        ("a@x.org", "2024-01-01 00:00:00"),
        ("b@x.org", "2024-01-02 00:00:00"),
    ]
    assert load("lists", text).written == {"added": 0}
    load(
        "lists",
        "external_id\nc\n",
        map_text='[lists]\nconstants = { list = "New" }\ncolumns = { external_id = "external_id" }',
    )
    assert read(
        "SELECT from_at::VARCHAR FROM list_periods JOIN lists USING (list_id) WHERE name = 'New'"
    ) == [("2024-06-01 12:00:00",)]


def test_places_and_postal_codes(load: Load, read: Read) -> None:
    report = load("places", "Name,latitude,longitude\nStore,42.36,-71.1\nMoon,99,0\nMars,north,0\n,1,1\n")
    assert report.written == {"stored": 1}
    assert sum(report.rejected.values()) == 3
    report = load("places", "country,code,latitude,longitude\nUS,02139,42.36,-71.1\n")
    assert report.written == {"stored": 1}
    assert read("SELECT country, code FROM postal_codes") == [("US", "02139")]
    assert read("SELECT name, latitude FROM places") == [("Store", 42.36)]


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("profiles", "name\nx\n", "none of the columns is external_id, email or phone_number"),
        ("events", "event,external_id\nx,1\n", 'have no "occurred_at"'),
        ("events", "external_id,occurred_at\n1,2024-01-01\n", 'have no "event"'),
        ("consents", "channel,kind,address,status,occurred_at\na,b,c,d,2024-01-01\n", 'have no "method"'),
        ("lists", "external_id\n1\n", 'have no "list"'),
        ("places", "name,latitude\nx,1\n", 'have no "longitude"'),
        ("profiles", "external_id,profile_id\n1,1\n", '"profile_id" cannot be given'),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_written(
    load: Load, read: Read, tmp_path: Path, kind: Kind, text: str, says: str
) -> None:
    with pytest.raises(StoreError) as raised:
        load(kind, text)
    assert says in str(raised.value)
    assert read("SELECT (SELECT count(*) FROM profiles) + (SELECT count(*) FROM events)") == [(0,)]
    assert not (tmp_path / "rejects.jsonl").exists()


def test_a_failure_in_the_middle_leaves_nothing(load: Load, read: Read, tmp_path: Path) -> None:
    load("events", EVENTS, map_text='[events]\namount = "Total"')
    before = (tmp_path / "rejects.jsonl").read_text()
    text = EVENTS.replace(",1,", ",9,").replace("a@x.org", "new@x.org") + "Late,z@x.org,2024-01-01,1,,\n"
    with pytest.raises(StoreError, match="fixed when it was first seen"):
        load("events", text, map_text='[events]\namount = "Page"')
    assert read("SELECT count(*) FROM events") == [(2,)]
    assert read("SELECT count(*) FROM profiles") == [(1,)]
    assert (tmp_path / "rejects.jsonl").read_text() == before


def test_the_reject_file_tells_of_the_last_run_only(load: Load, tmp_path: Path) -> None:
    assert load("profiles", "external_id\na\n \n").rejects == tmp_path / "rejects.jsonl"
    assert (tmp_path / "rejects.jsonl").exists()
    assert load("profiles", "external_id\na\n").rejects is None
    assert not (tmp_path / "rejects.jsonl").exists()


def test_a_reject_file_that_cannot_be_written_stops_the_import(
    database: Database, read: Read, tmp_path: Path
) -> None:
    path = tmp_path / "data.csv"
    path.write_text("external_id\na\n \n")
    with pytest.raises(StoreError, match="reject file") as raised:
        import_file(database, "profiles", [path], rejects=tmp_path / "no" / "rejects.jsonl", now=NOW)
    assert raised.value.code == "S004"
    assert read("FROM profiles") == []


def test_progress_rises_to_all_rows(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("external_id\n" + "\n".join(str(number) for number in range(50)))
    seen: list[tuple[int, int]] = []
    import_file(
        database,
        "profiles",
        [path],
        rejects=tmp_path / "r",
        now=NOW,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ((0, 50), (50, 50))


def test_more_events_of_several_kinds_than_a_row_group_holds_go_in_at_once(tmp_path: Path) -> None:
    sizes = {"Viewed": 5_000, "Placed Order": 130_000, "Opened": 5_000}
    events = [event for event, size in sizes.items() for _ in range(size)]
    rows = {
        "event": events,
        "external_id": [f"p{number % 100}" for number in range(len(events))],
        "occurred_at": pa.array(range(len(events)), pa.timestamp("s")),
        "event_id": [str(number) for number in range(len(events))],
        "n": list(range(len(events))),
    }
    pq.write_table(pa.table(rows), tmp_path / "events.parquet")
    total = "SELECT count(*), sum(properties.n::BIGINT) FROM events"
    expected = [(len(events), sum(range(len(events))))]
    for added in (len(events), 0):
        with Database.open(tmp_path / "shop.duckdb", create=True) as database:
            rejects = tmp_path / "rejects.jsonl"
            report = import_file(database, "events", [tmp_path / "events.parquet"], rejects=rejects, now=NOW)
            assert report.written == {"added": added, "repeated": len(events) - added}
            with database.cursor() as cursor:
                assert cursor.execute(total).fetchall() == expected
                assert cursor.execute("FROM store_state").fetchall() == [(0, None)]
