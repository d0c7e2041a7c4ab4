"""`predict` on stores: what it reads of the orders, what it writes, and when it writes nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from segql.compiler.catalog.model import Account
from segql.runtime.predict import bgnbd
from segql.runtime.predict.bgnbd import BgNbd, Histories
from segql.runtime.predict.customers import read_customers
from segql.runtime.predict.likelihood import FitError
from segql.runtime.predict.values import ATTRIBUTES
from segql.runtime.store.catalog import read_catalog
from segql.runtime.store.database import Database
from segql.runtime.store.profiles import upsert_profiles
from tests.predict.shop import NOW, Order, add_orders, drawn_shop_orders, run, shop, stored

PREDICTED = ("predicted_orders", "predicted_clv", "total_clv", "churn_risk", "expected_next_order")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


HAND_MADE: list[Order] = [
    ("ada", at(2026, 1, 1, 10), 10.0),
    ("ada", at(2026, 1, 1, 11), 5.0),
    ("ada", at(2026, 1, 11, 10), 20.0),
    ("ada", at(2026, 1, 11, 23, 30), 4.0),
    ("ada", at(2026, 3, 2, 9), None),
    ("ada", at(2026, 6, 1, 12), 100.0),
    ("ada", at(2026, 6, 1, 12, 0, 1), 1000.0),
    ("bob", at(2026, 5, 2, 9), None),
]


def test_the_orders_of_a_day_are_one_and_nothing_later_is_seen() -> None:
    with shop(HAND_MADE, browsers=1) as database, database.cursor() as cursor:
        found = read_customers(cursor, read_catalog(database), NOW, 90)
    assert found.profile_id.tolist() == [0, 1]
    assert found.orders.tolist() == [6, 1]
    assert found.order_days.tolist() == [4, 1]
    assert found.recency.tolist() == [151, 0]
    assert found.age.tolist() == [151, 30]
    assert np.array_equal(found.spent, [139.0, np.nan], equal_nan=True)
    assert found.valued.tolist() == [2, 0]
    assert np.array_equal(found.mean_value, [(24 + 100) / 2, np.nan], equal_nan=True)
    # 90 days before is 2026-03-03.
    assert found.order_days_before.tolist() == [3, 0]
    assert found.recency_before[0] == 60


def test_days_are_those_of_the_accounts_calendar() -> None:
    with shop(HAND_MADE, zone="Asia/Tokyo") as database, database.cursor() as cursor:
        found = read_customers(cursor, read_catalog(database), at(2026, 1, 12, 16), 90)
    # 23:30 of the 11th is the 12th in Tokyo, and 16:00 of the 12th the 13th.
    assert (found.order_days[0], found.recency[0], found.age[0]) == (3, 11, 12)


def test_facts_are_set_with_few_orders_and_predictions_are_not() -> None:
    with shop(HAND_MADE, browsers=1) as database:
        found = run(database)
        assert stored(database, "number_of_orders", "days_between_orders", "rfm_group") == [
            (6, 50.33, "Needs attention"),
            (1, None, "Inactive"),
            (None, None, None),
        ]
        assert stored(database, *PREDICTED) == [(None,) * 5] * 3
    assert found.order_model is found.value_model is found.holdout is None
    assert found.reasons == (
        "2 people have ordered, at least 500 are needed",
        "the first order is less than 180 days ago",
    )
    assert found.people["number_of_orders"] == 2
    assert found.people["churn_risk"] == 0


@pytest.fixture(scope="module")
def drawn() -> list[Order]:
    return drawn_shop_orders()


def test_what_is_written_is_what_the_models_say(drawn: list[Order]) -> None:
    with shop(drawn, browsers=3) as database:
        found = run(database)
        with database.cursor() as cursor:
            customers = read_customers(cursor, read_catalog(database), NOW, 90)
        rows = stored(database, *ATTRIBUTES)
    assert found.reasons == ()
    assert found.imported == ()
    assert found.order_model is not None
    assert found.value_model is not None
    model = bgnbd.fit(customers.histories)
    assert found.order_model == model
    orders = model.expected_orders(customers.histories, 365)
    alive = model.alive(customers.histories)
    gaps = model.days_to_next(customers.histories)
    worth = found.value_model.expected_value(customers.valued, customers.mean_value)
    assert rows[600:] == [(None,) * len(ATTRIBUTES)] * 3
    for n, row in enumerate(rows[:600]):
        values = dict(zip(ATTRIBUTES, row, strict=True))
        assert values["number_of_orders"] == customers.orders[n]
        assert values["predicted_orders"] == pytest.approx(orders[n], abs=1e-4)
        assert values["predicted_clv"] == pytest.approx(orders[n] * worth[n], abs=0.006)
        assert values["total_clv"] == pytest.approx(customers.spent[n] + orders[n] * worth[n], abs=0.006)
        last = NOW.date() - timedelta(days=customers.age[n] - customers.recency[n])
        if customers.order_days[n] > 1:
            assert values["churn_risk"] == pytest.approx(1 - alive[n], abs=1e-4)
            assert values["expected_next_order"] == last + timedelta(days=round(gaps[n]))
            assert values["days_between_orders"] == pytest.approx(
                customers.recency[n] / (customers.order_days[n] - 1), abs=0.006
            )
        else:
            unknown = ("churn_risk", "expected_next_order", "days_between_orders")
            assert [values[name] for name in unknown] == [None] * 3


def test_the_holdout_is_foreseen_without_looking_at_it(drawn: list[Order]) -> None:
    split = at(2026, 3, 3, 23, 59)
    later = [order for order in drawn if order[1] > split]
    known = {who for who, when, _ in drawn if when <= split}
    with shop(drawn) as database, shop([order for order in drawn if order[1] <= split]) as before:
        found = run(database).holdout
        assert found is not None
        with before.cursor() as cursor:
            histories = read_customers(cursor, read_catalog(before), split, 90).histories
    expected = bgnbd.fit(histories).expected_orders(histories, 90)
    assert found.customers == len(known)
    assert found.expected == pytest.approx(expected.sum())
    assert found.actual == len({(who, when.date()) for who, when, _ in later if who in known})
    assert 0 < found.mean_absolute_error < 1
    assert 0 < found.correlation < 1


def test_running_again_changes_nothing(drawn: list[Order]) -> None:
    with shop(drawn) as database:
        begun = journal_position(database)
        first = run(database)
        assert noted_since(database, begun) == list(range(600))
        before, done = stored(database, "*"), journal_position(database)
        assert run(database) == first
        assert stored(database, "*") == before
        assert noted_since(database, done) == []


def test_whoever_is_given_other_values_is_noted_for_the_next_refresh() -> None:
    with shop(HAND_MADE, browsers=2) as database:
        begun = journal_position(database)
        run(database)
        assert noted_since(database, begun) == [0, 1]
        add_orders(database, [("browser 1", at(2026, 5, 30), 1.0)])
        added = journal_position(database)
        before = stored(database, "profile_id", *ATTRIBUTES)
        run(database)
        after = stored(database, "profile_id", *ATTRIBUTES)
        changed = [old[0] for old, new in zip(before, after, strict=True) if old != new]
        assert 3 in changed
        assert noted_since(database, added) == changed


def journal_position(database: Database) -> int:
    with database.cursor() as cursor:
        ((position,),) = cursor.execute("SELECT position FROM journal").fetchall()
    return int(position)


def noted_since(database: Database, position: int) -> list[int]:
    """Whose values were noted to have changed since then."""
    with database.cursor() as cursor:
        rows = cursor.execute(
            "SELECT profile_id FROM profile_changes WHERE what = 'values' AND position > ? ORDER BY ALL",
            [position],
        ).fetchall()
    return [profile_id for (profile_id,) in rows]


def test_as_of_an_instant_it_is_as_if_nothing_had_come_later(drawn: list[Order]) -> None:
    instant = at(2026, 3, 1)
    with shop(drawn) as database, shop([order for order in drawn if order[1] <= instant]) as earlier:
        found, expected = run(database, instant), run(earlier, instant)
        assert found == expected
        kept = stored(earlier, "external_id", *ATTRIBUTES)
        # Of those who ordered only later, what a later run has written goes.
        run(database, NOW)
        assert run(database, instant) == expected
        assert [row for row in stored(database, "external_id", *ATTRIBUTES) if row[1] is not None] == kept


def test_what_was_predicted_is_cleared_when_there_is_too_little_to_go_on(drawn: list[Order]) -> None:
    with shop(drawn) as database:
        run(database)
        assert any(row != (None,) * 5 for row in stored(database, *PREDICTED))
        found = run(database, NOW + timedelta(days=91))
        assert found.reasons == ("nobody has ordered in the last 90 days",)
        assert stored(database, *PREDICTED) == [(None,) * 5] * 600
        assert all(number for (number,) in stored(database, "number_of_orders"))


def test_too_little_is_told_reason_by_reason(drawn: list[Order]) -> None:
    firsts = {who: (who, when, total) for who, when, total in reversed(drawn)}
    recent = [(who, max(when, NOW - timedelta(days=179)), total) for who, when, total in drawn]
    cases: list[tuple[list[Order], str]] = [
        ([], "nobody has ordered"),
        (
            [order for order in drawn if int(order[0][7:]) < 499],
            "499 people have ordered, at least 500 are needed",
        ),
        (recent, "the first order is less than 180 days ago"),
        (list(firsts.values()), "nobody has ordered on 3 days or more"),
    ]
    for orders, reason in cases:
        with shop(orders, browsers=1) as database:
            found = run(database)
        assert found.reasons == (reason,)
        assert found.order_model is None


def test_orders_that_carry_no_amounts_are_still_counted(drawn: list[Order]) -> None:
    with shop([(who, when, None) for who, when, _ in drawn]) as database:
        found = run(database)
        assert found.order_model is not None
        assert found.value_model is None
        assert len(found.reasons) == 1
        assert "Gamma-Gamma" in found.reasons[0]
        assert stored(database, "predicted_clv", "total_clv") == [(None, None)] * 600
        assert all(orders is not None for (orders,) in stored(database, "predicted_orders"))


def test_a_shop_that_the_model_does_not_fit_gets_no_predictions(
    drawn: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(_: Histories) -> BgNbd:
        raise FitError

    with shop(drawn) as database:
        run(database)
        monkeypatch.setattr(bgnbd, "fit", fit)
        found = run(database)
        assert len(found.reasons) == 1
        assert "BG/NBD" in found.reasons[0]
        assert stored(database, *PREDICTED) == [(None,) * 5] * 600


def test_a_store_without_the_order_event() -> None:
    with Database.open(":memory:") as database:
        found = run(database)
    assert found.reasons == ("nobody has ordered",)
    assert set(found.people.values()) == {0}


def test_what_was_imported_is_left_alone_and_named(drawn: list[Order]) -> None:
    with shop(drawn) as database:
        give(database, predicted_CLV=77.0)
        found = run(database)
        assert found.imported == ("predicted_clv",)
        assert "predicted_clv" not in found.people
        assert [row for row in stored(database, '"predicted_CLV"') if row != (None,)] == [(77.0,)]
        assert run(database).imported == ("predicted_clv",)
        types = {attribute.name: attribute.type for attribute in read_catalog(database).attributes}
    assert {name: types[name] for name in ATTRIBUTES if name != "predicted_clv"} == {
        name: kind for name, kind in ATTRIBUTES.items() if name != "predicted_clv"
    }


def test_an_attribute_that_an_import_turned_to_text_is_no_longer_ours(drawn: list[Order]) -> None:
    with shop(drawn) as database:
        run(database)
        give(database, churn_risk="high")
        assert run(database).imported == ("churn_risk",)
        assert stored(database, "churn_risk")[0] == ("high",)


def test_a_store_that_imports_them_all() -> None:
    with shop(HAND_MADE) as database:
        give(database, **dict.fromkeys(ATTRIBUTES, "known"))
        assert run(database).imported == tuple(ATTRIBUTES)
        assert stored(database, "rfm_group")[0] == ("known",)


def give(database: Database, **attributes: float | str) -> None:
    """Import attributes of the first person."""
    with database.transaction() as connection:
        (who,) = connection.execute("SELECT external_id FROM profiles WHERE profile_id = 0").fetchall()[0]
        table = pa.table({"external_id": [who], **{name: [value] for name, value in attributes.items()}})
        upsert_profiles(connection, table, Account())


def test_values_that_go_with_frequency_are_warned_of(drawn: list[Order]) -> None:
    number: dict[str, int] = {}
    for who, _, _ in drawn:
        number[who] = number.get(who, 0) + 1
    with shop([(who, when, number[who] * (total or 0)) for who, when, total in drawn]) as database:
        found = run(database)
    assert found.correlation > 0.3
    assert len(found.warnings) == 1
    assert f"correlation {found.correlation:.2f}" in found.warnings[0]


def test_a_shop_that_changes_is_warned_of(drawn: list[Order]) -> None:
    split = NOW - timedelta(days=60)
    with shop([order for order in drawn if order[1] <= split]) as database:
        found = run(database)
    assert found.holdout is not None
    assert len(found.warnings) == 1
    assert "in the last 90 days" in found.warnings[0]
    assert replace(found, warnings=()).reasons == ()


def test_dates_are_dates() -> None:
    with shop(drawn_shop_orders(seed=8)) as database:
        run(database)
        dates = [value for (value,) in stored(database, "expected_next_order") if value is not None]
    assert dates
    assert all(type(value) is date for value in dates)
