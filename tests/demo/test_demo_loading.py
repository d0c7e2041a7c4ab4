"""The made-up shop goes into a store whole: every row of it, once, or nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segql.cli.demo.loading import load, rows_to_load
from segql.cli.demo.shop import Shop, make_shop
from segql.runtime.store.database import Database


@pytest.fixture(scope="module")
def small(shop: Shop) -> Shop:
    return make_shop(seed=11, until=shop.until, profiles=400)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "shop.duckdb", create=True) as opened:
        yield opened


def pairs(database: Database, query: str) -> dict[Any, Any]:
    with database.cursor() as cursor:
        return dict(cursor.execute(query).fetchall())


def count(database: Database, query: str) -> int:
    with database.cursor() as cursor:
        ((found,),) = cursor.execute(query).fetchall()
        return int(found)


def test_every_row_is_stored_once_however_often_it_is_loaded(small: Shop, database: Database) -> None:
    told: list[tuple[str, int]] = []
    for _ in range(2):
        told.clear()
        load(database, small, lambda what, rows: told.append((what, rows)))
        assert sum(rows for _, rows in told) == rows_to_load(small)
        assert count(database, "SELECT count(*) FROM profiles") == 400
        assert pairs(
            database, "SELECT name, count(*) FROM events JOIN metrics USING (metric_id) GROUP BY name"
        ) == {kind.event: kind.table.num_rows for kind in small.events}
        # An opt-out by SMS is two entries, for marketing and for messages about orders.
        added = "channel = 'sms' AND kind = 'transactional' AND status = 'unsubscribed'"
        given = f"SELECT count(*) FROM consents WHERE NOT ({added})"
        assert count(database, given) == small.consents.num_rows
        assert pairs(
            database, "SELECT name, count(*) FROM list_periods JOIN lists USING (list_id) GROUP BY name"
        ) == {joining.list_name: len(joining.external_ids) for joining in small.lists}
    assert pairs(database, "SELECT name, type FROM attributes").items() >= {
        "gender": "text", "birthday": "date", "predicted_clv": "number", "SMS Preferences": "list",
        "Loyalty Tier": "text", "accepts_cookies": "boolean",
    }.items()  # fmt: skip


def test_the_store_agrees_on_who_allowed_each_text(small: Shop, database: Database) -> None:
    load(database, small, lambda what, rows: None)
    unwanted = """
        SELECT count(*) FROM events e JOIN metrics m USING (metric_id)
        WHERE m.name = 'Received SMS' AND NOT EXISTS (
          SELECT 1 FROM consent_periods c WHERE c.profile_id = e.profile_id AND channel = 'sms'
          AND kind = 'marketing' AND status = 'subscribed'
          AND e.occurred_at >= from_at AND e.occurred_at < until_at + INTERVAL 1 MINUTE)"""
    assert count(database, unwanted) == 0
    assert count(database, "SELECT count(*) FROM profiles WHERE phone_valid") > 200


def test_a_load_that_is_cut_off_leaves_nothing(small: Shop, database: Database) -> None:
    def cut_off(what: str, rows: int) -> None:
        if what == "Placed Order":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(database, small, cut_off)
    for table in ("profiles", "events", "metrics", "places", "settings"):
        assert count(database, f"SELECT count(*) FROM {table}") == 0, table
