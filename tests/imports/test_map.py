"""Maps: what each part of one does, and what is said of one that does not fit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segql.runtime.errors import StoreError
from segql.runtime.imports.map import read_map
from tests.imports.conftest import Load

Read = Callable[[str], list[tuple[Any, ...]]]


def test_columns_constants_and_words(load: Load, read: Read) -> None:
    load(
        "profiles",
        "id,Gender,left out\n1,F,x\n2,M,x\n3,?,x\n",
        map_text="""
        [profiles]
        columns = { external_id = "id", gender = "Gender" }
        constants = { source = "shop '5'", weight = 2 }
        words.gender = { F = "female", M = "male" }
        """,
    )
    assert read("SELECT external_id, gender, source, weight FROM profiles") == [
        ("1", "female", "shop '5'", 2.0),
        ("2", "male", "shop '5'", 2.0),
        ("3", "?", "shop '5'", 2.0),
    ]
    assert read("SELECT name FROM attributes WHERE key = 'left out'") == []


def test_names_in_a_map_are_only_names(load: Load, read: Read) -> None:
    load(
        "profiles",
        'id,"a"" $v0; --"\n1,x\n',
        map_text="""
        [profiles.columns]
        external_id = "id"
        'b" $zone; DROP TABLE profiles; --' = 'a" $v0; --'
        """,
    )
    assert read('SELECT external_id, "b"" $zone; DROP TABLE profiles; --" FROM profiles') == [("1", "x")]


@pytest.mark.parametrize(
    ("zone", "time_format", "written", "instant"),
    [
        ("Europe/London", None, "2010-07-01 12:00", "2010-07-01 11:00:00"),
        ("Europe/London", None, "2010-01-01 12:00", "2010-01-01 12:00:00"),
        ("Europe/London", None, "2010-07-01T12:00:00Z", "2010-07-01 12:00:00"),
        ("Europe/London", None, "2010-07-01 12:00:00-05:00", "2010-07-01 17:00:00"),
        ("America/New_York", "%d/%m/%Y %H:%M", "02/07/2010 12:00", "2010-07-02 16:00:00"),
        ("Europe/London", None, "2010-07-01", "2010-06-30 23:00:00"),
    ],
)
def test_times_are_read_in_their_zone_and_format(
    load: Load, read: Read, zone: str, time_format: str | None, written: str, instant: str
) -> None:
    written_format = f'time_format = "{time_format}"' if time_format else ""
    load(
        "events",
        f"who,when,also\na,{written},{written}\n",
        map_text=f"""
        [events]
        event = "Viewed"
        time_zone = "{zone}"
        {written_format}
        columns = {{ external_id = "who", occurred_at = "when", also = "also" }}
        """,
    )
    ((occurred_at, also),) = read("SELECT occurred_at::VARCHAR, properties.also::VARCHAR FROM events")
    assert occurred_at == instant
    assert also == ("2010-07-01" if len(written) == 10 else instant)


def test_dates_in_a_format_are_dates(load: Load, read: Read) -> None:
    load(
        "profiles",
        "external_id,birthday\na,28/02/1990\n",
        map_text='[profiles]\ntime_format = "%d/%m/%Y"\ntime_zone = "America/New_York"',
    )
    assert read("SELECT birthday::VARCHAR FROM profiles") == [("1990-02-28",)]


def test_an_account_is_taken_over_once(load: Load, read: Read) -> None:
    for currency in ("GBP", "EUR"):
        load("profiles", "external_id\na\n", map_text=f'[account]\ncurrency = "{currency}"\ncountry = "GB"')
    assert read("SELECT document->>'$.currency' FROM settings") == [("GBP",)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[profiles\n", "is not TOML"),
        ("[profile]\n", 'the key "profile", which means nothing there. Did you mean profiles?'),
        ("[profiles]\ncolums = {}", "Did you mean columns?"),
        ("[profiles]\nxyzzy = 1", "Known keys are columns, constants"),
        ('[events]\namout = "x"', "Did you mean amount?"),
        ('[[orders.events]]\nevnt = "x"', 'lacks the key "orders.order"'),
        ("[profiles]\ncolumns = { external_id = 5 }", '"profiles.columns.external_id"'),
        ('[profiles]\nfold = { x = "average" }', "'most frequent', 'first' or 'last'"),
        ('[profiles]\ntime_zone = "London"', "'London' is no IANA time zone"),
        ('[account]\ncurency = "GBP"', "Did you mean currency?"),
        ('[account]\nweek_starts = "friday"', "'friday'"),
    ],
)
def test_a_map_that_does_not_fit_says_where_and_what(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(StoreError) as raised:
        read_map(path)
    assert says in str(raised.value)
    assert str(path) in raised.value.message
    assert raised.value.code == "S011"


def test_keys_deep_in_a_map_are_named(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(
        'orders = { order = "o", time = "t", customer = { external_id = "c" }, quantity = "q", price = "p", '
        'items = { sku = "s" }, events = [{ event = "x", when = { column = "o", start_with = "C" } }] }'
    )
    with pytest.raises(StoreError, match=r"orders\.events\.0\.when\.start_with.*Did you mean starts_with\?"):
        read_map(path)
    path.write_text(path.read_text().replace(', start_with = "C"', ""))
    with pytest.raises(StoreError, match='either "starts_with" or "is_in" is needed'):
        read_map(path)


def test_a_map_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        read_map(tmp_path / "map.toml")


def test_a_column_that_is_not_in_the_file_is_named_with_the_nearest(
    load: Load, read: Read, tmp_path: Path
) -> None:
    with pytest.raises(StoreError) as raised:
        load("profiles", "customer_id,x\n1,2\n", map_text='[profiles.columns]\nexternal_id = "customerid"')
    assert raised.value.code == "S011"
    assert raised.value.message == (
        f'The map {tmp_path}/map.toml, at "profiles.columns.external_id", names the column "customerid", '
        f"which {tmp_path}/data.csv does not have."
    )
    assert raised.value.remedy == "Did you mean customer_id?"
    assert read("FROM profiles") == []


def test_orders_need_a_map(load: Load) -> None:
    with pytest.raises(StoreError, match=r"a section \[orders\]"):
        load("orders", "x\n1\n")
