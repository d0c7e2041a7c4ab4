"""Events: each once, in the order that makes reading fast, with exact money and properties of any shape."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.compiler.catalog.model import Account
from segql.runtime.errors import StoreError
from segql.runtime.store.catalog import save_account
from segql.runtime.store.database import Database
from segql.runtime.store.events import EventsWritten, append_events
from segql.runtime.store.profiles import upsert_profiles
from tests.store.conftest import instant

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _people(database: Database) -> None:
    with database.transaction() as connection:
        upsert_profiles(connection, pa.table({"external_id": ["a", "b", "c"]}), Account())


def append(
    database: Database, event: str = "Viewed", columns: dict[str, Any] | None = None, **named: Any
) -> EventsWritten:
    kept = {name: named.pop(name) for name in ("amount", "label") if isinstance(named.get(name), str)}
    rows = {**(columns or {}), **named}
    count = len(next(iter(rows.values())))
    rows.setdefault("occurred_at", [NOON] * count)
    if not {"external_id", "email", "phone_number"} & rows.keys():
        rows.setdefault("profile_id", [0] * count)
    with database.transaction() as connection:
        return append_events(connection, event, pa.table(rows), **kept)


def read(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        return cursor.execute(query).fetchall()


def test_an_event_is_kept_as_it_was_said(database: Database) -> None:
    written = append(
        database,
        "Placed Order",
        amount="Total",
        label="Campaign",
        columns={
            "event_id": ["1"],
            "occurred_at": pa.array(
                [instant(2024, 3, 5, 12, 0, 0, 999_999)], pa.timestamp("us", "America/New_York")
            ),
            "Total": [Decimal("12.345")],
            "Campaign": ["Spring"],
            "Items": [[{"sku": "x", "price": 1.5, "tags": ["new"]}]],
            "Gift": [True],
            "Note": pa.array([None], pa.string()),
            "Address": [{"city": "Bath"}],
            'Ship\'s "day"': [datetime(2024, 3, 6, tzinfo=UTC)],
        },
    )
    assert written == (1, 0, [])
    assert read(
        database, "SELECT profile_id, occurred_at, amount, label FROM events JOIN labels USING (label_id)"
    ) == [(0, instant(2024, 3, 5, 12), 123450, "Spring")]
    ((properties,),) = read(database, "SELECT properties FROM events")
    assert properties == {
        "Items": [{"sku": "x", "price": 1.5, "tags": ["new"]}],
        "Gift": True,
        "Address": {"city": "Bath"},
        'Ship\'s "day"': instant(2024, 3, 6),
    }
    assert dict(read(database, "SELECT name, type FROM event_properties")) == {
        "Total": "number",
        "Campaign": "text",
        "Items": "list",
        "Gift": "boolean",
        "Address": "object",
        'Ship\'s "day"': "datetime",
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([1.00005, -1.00005, 0.29, 19.99], [10001, -10001, 2900, 199900]),
        (
            [Decimal("0.00005"), Decimal("-0.00005"), Decimal("12345678.123449"), None],
            [1, -1, 123456781234, None],
        ),
        ([Decimal("900719925474.0993"), None, None, None], [2**53 + 1, None, None, None]),
        ([1, -7, None, 2**40], [10000, -70000, None, 2**40 * 10000]),
        (["12.5", "-0.00005", None, "1"], [125000, -1, None, 10000]),
        ([float("nan"), None, 0.0, -0.0], [None, None, 0, 0]),
    ],
)
def test_amounts_are_ten_thousandths_rounded_half_away_from_zero(
    database: Database, given: list[Any], kept: list[Any]
) -> None:
    written = append(database, "Paid", amount="Sum", columns={"event_id": ["0", "1", "2", "3"], "Sum": given})
    assert written.rejected == []
    assert [amount for (amount,) in sorted(read(database, "SELECT amount FROM events"), key=str)] == sorted(
        kept, key=str
    )


@given(
    st.lists(st.decimals(-(10**9), 10**9, places=6, allow_nan=False), min_size=1, max_size=20, unique=True)
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_decimal_amounts_are_exact(database: Database, sums: list[Decimal]) -> None:
    exact = [int((value * 10000).quantize(Decimal(1), ROUND_HALF_UP)) for value in sums]
    table = pa.table(
        {
            "profile_id": [0] * len(sums),
            "occurred_at": [NOON] * len(sums),
            "event_id": [str(value) for value in sums],
            "Sum": pa.array(sums, pa.decimal128(20, 6)),
        }
    )
    with database.cursor() as connection:
        connection.execute("BEGIN")
        append_events(connection, "Paid", table, amount="Sum")
        found = connection.execute("SELECT amount FROM events").fetchall()
        connection.execute("ROLLBACK")
    assert sorted(amount for (amount,) in found) == sorted(exact)


@pytest.mark.parametrize("value", ["many", float("inf"), 1e15, True, [1]])
def test_what_is_no_amount_is_rejected(database: Database, value: Any) -> None:
    append(database, "Paid", amount="Sum", columns={"Sum": [1.0]})
    written = append(database, "Paid", columns={"event_id": ["x"], "sum": [value]})
    assert (written.added, [row for row, _ in written.rejected]) == (0, [0])
    assert "Sum" in written.rejected[0].reason


def test_an_event_comes_once_by_its_id_whatever_else_it_says(database: Database) -> None:
    assert append(database, "Viewed", event_id=["1", "2", "1"], x=["a", "b", "c"]) == (2, 1, [])
    assert append(database, "VIEWED", event_id=["2", "3"], x=["z", "z"]) == (1, 1, [])
    assert append(database, "Bought", event_id=["1"]) == (1, 0, [])
    assert read(
        database, "SELECT name, count(*) FROM events JOIN metrics USING (metric_id) GROUP BY 1 ORDER BY 1"
    ) == [
        ("Bought", 1),
        ("Viewed", 3),
    ]
    assert read(
        database, "SELECT list_sort(list(properties.x::VARCHAR)) FROM events WHERE metric_id = 1"
    ) == [(["a", "b", "z"],)]


def test_an_event_without_an_id_is_known_by_all_that_it_says(database: Database) -> None:
    rows = {
        "profile_id": [0, 0, 1, 0, 0],
        "occurred_at": [NOON, NOON, NOON, NOON + timedelta(seconds=1), NOON],
        "x": ["a", "b", "a", "a", "a"],
        "items": [[{"q": 1}]] * 5,
    }
    assert append(database, columns=rows) == (4, 1, [])
    assert append(database, columns=dict(reversed(rows.items()))) == (0, 5, [])
    assert append(database, columns={**rows, "new": pa.nulls(5), "items": [[{"q": 2}]] * 5}) == (4, 1, [])


def test_people_who_are_new_are_made_and_others_are_found(database: Database) -> None:
    with database.transaction() as connection:
        save_account(connection, Account(country="GB"))
    written = append(
        database,
        external_id=["b", None, None, "new", None, None],
        email=[None, "x@x.org", "X@X.org", None, None, None],
        phone_number=[None, None, None, None, "020 7946 0958", "12"],
        n=[1, 2, 3, 4, 5, 6],
    )
    assert written.rejected == [(5, "there is no external_id, email or valid phone_number")]
    found = read(
        database,
        "SELECT coalesce(external_id, email, phone_number), list_sort(list(properties.n::INTEGER)) "
        "FROM events JOIN profiles USING (profile_id) GROUP BY 1 ORDER BY 1",
    )
    assert found == [("+442079460958", [5]), ("X@X.org", [2, 3]), ("b", [1]), ("new", [4])]


def test_people_who_are_known_are_found_and_not_changed_by_being_named(database: Database) -> None:
    with database.transaction() as connection:
        people = {
            "external_id": ["e", "f", "twin"],
            "email": ["E@x.org", "f@x.org", "F@x.org"],
            "phone_number": ["+16172531000", None, None],
        }
        upsert_profiles(connection, pa.table(people), Account())
    before = read(database, "FROM profiles ORDER BY profile_id")
    append(database, external_id=["e", " e ", "twin"], n=[1, 2, 3])
    append(database, email=["e@X.org", "F@x.org", "f@x.org "], n=[4, 5, 6])
    append(database, phone_number=["+16172531000", "(617) 253-1000"], n=[7, 8])
    append(database, external_id=["e", None], email=[None, "f@x.org"], n=[9, 10])
    found = read(
        database,
        "SELECT profile_id, list_sort(list(properties.n::INTEGER)) FROM events GROUP BY 1 ORDER BY 1",
    )
    # Of two who share an address, the older one is meant.
    assert found == [(3, [1, 2, 4, 7, 8, 9]), (4, [5, 6, 10]), (5, [3])]
    assert read(database, "FROM profiles ORDER BY profile_id") == before
    append(database, external_id=["e"], email=["new@x.org"])
    assert read(database, "SELECT email FROM profiles WHERE external_id = 'e'") == [("new@x.org",)]


def test_nobody_is_found_by_what_is_no_valid_number(database: Database) -> None:
    with database.transaction() as connection:
        upsert_profiles(connection, pa.table({"external_id": ["e"], "phone_number": ["unknown"]}), Account())
    written = append(database, phone_number=["unknown"])
    assert written == (0, 0, [(0, "there is no external_id, email or valid phone_number")])


def test_rows_that_cannot_be_stored_are_rejected_with_the_reason(database: Database) -> None:
    append(database, x=["a"], items=[[1]])
    written = append(
        database,
        profile_id=[0, 99, 0, 0, 0],
        occurred_at=[NOON, NOON, None, NOON, NOON],
        x=["ok", "b", "c", "d\x00", "e"],
        items=["not a list", None, None, None, None],
    )
    assert written.rejected == [
        (0, "items: a list is expected, text was given"),
        (1, "there is no profile of that profile_id"),
        (2, "occurred_at: it is not said when it happened"),
        (3, "x: the text has a NUL character in it"),
    ]
    assert written.added == 1


def test_scalars_of_two_types_are_recorded_as_text_and_stay_as_they_are(database: Database) -> None:
    append(database, x=[5])
    append(database, X=["five"])
    assert read(database, "SELECT name, type FROM event_properties") == [("x", "text")]
    assert sorted(read(database, "SELECT properties.x::VARCHAR FROM events")) == [("5",), ("five",)]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"profile_id": [0]}, "S008"),
        ({"occurred_at": [NOON]}, "S008"),
        ({"occurred_at": ["2024-01-01"], "profile_id": [0]}, "S008"),
    ],
)
def test_a_batch_that_says_not_who_or_when_is_refused(
    database: Database, columns: dict[str, Any], code: str
) -> None:
    with pytest.raises(StoreError) as raised, database.transaction() as connection:
        append_events(connection, "Viewed", pa.table(columns))
    assert raised.value.code == code
    assert read(database, "FROM metrics") == []


def test_a_label_is_kept_beside_events_that_have_none(database: Database) -> None:
    append(database, label="Campaign", Campaign=["Spring", None, "Autumn"])
    append(database, label="Campaign", Campaign=[None, "Winter"])
    found = "SELECT label FROM events LEFT JOIN labels USING (label_id) ORDER BY ALL"
    assert read(database, found) == [("Autumn",), ("Spring",), ("Winter",), (None,)]


def test_amount_and_label_are_fixed_when_the_event_is_first_seen(database: Database) -> None:
    append(database, "Paid", amount="Sum", columns={"Sum": [1.0]})
    append(database, "paid", amount="SUM", columns={"Sum": [2.0]})
    append(database, "Paid", columns={"Sum": [3.0]})
    assert read(database, "SELECT sum(amount) FROM events") == [(60000,)]
    for wish in ({"amount": "Other"}, {"label": "Sum"}):
        with pytest.raises(StoreError, match="fixed when it was first seen") as raised:
            append(database, "Paid", columns={"Sum": [4.0]}, **wish)
        assert raised.value.code == "S009"
    with pytest.raises(StoreError) as raised:
        append(database, " ", x=[1])
    assert raised.value.code == "S007"


EVENTS = st.tuples(
    st.sampled_from(["A", "B"]),
    st.integers(0, 2),
    st.integers(0, 400),
    st.sampled_from([None, "1", "2", "3"]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVENTS, min_size=1, max_size=12), st.data())
def test_batches_in_any_order_and_with_repeats_give_the_same_events(
    database: Database, happened: list[tuple[str, int, int, str | None]], data: st.DataObject
) -> None:
    # An id names one event only.
    known: dict[tuple[str, str], tuple[str, int, int, str | None]] = {}
    happened = [
        event if event[3] is None else known.setdefault((event[0], event[3]), event) for event in happened
    ]
    shuffled = data.draw(st.permutations(happened + happened[: data.draw(st.integers(0, len(happened)))]))
    found = [_stored_after(database, batches) for batches in ([happened], [shuffled[:5], shuffled[5:]])]
    assert found[0] == found[1]
    assert {(name, profile, day) for name, profile, day in found[0]} == {event[:3] for event in happened}
    assert len(found[0]) == len(set(happened))


def _stored_after(
    database: Database, batches: list[list[tuple[str, int, int, str | None]]]
) -> list[tuple[str, int, int]]:
    with database.cursor() as connection:
        connection.execute("BEGIN")
        for batch in batches:
            for name in ("A", "B"):
                rows = [event for event in batch if event[0] == name]
                table = pa.table(
                    {
                        "profile_id": pa.array([event[1] for event in rows], pa.int32()),
                        "occurred_at": pa.array(
                            [NOON + timedelta(days=event[2]) for event in rows], pa.timestamp("us", "UTC")
                        ),
                        "event_id": pa.array([event[3] for event in rows], pa.string()),
                    }
                )
                append_events(connection, name, table)
        found = connection.execute(
            "SELECT name, profile_id, date_diff('day', TIMESTAMP '2024-03-05 12:00:00', occurred_at::TIMESTAMP) "
            "FROM events JOIN metrics USING (metric_id) ORDER BY ALL"
        ).fetchall()
        connection.execute("ROLLBACK")
    return found
