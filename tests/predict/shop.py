"""Stores with orders in them, for the tests of this folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from segql.compiler.catalog.model import Account
from segql.runtime.predict.predict import Prediction, predict
from segql.runtime.store.catalog import read_catalog, save_account
from segql.runtime.store.database import Database
from segql.runtime.store.events import append_events
from segql.runtime.store.profiles import upsert_profiles
from tests.predict.simulated import drawn_orders

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
Order = tuple[str, datetime, float | None]


@contextmanager
def shop(orders: Sequence[Order], *, browsers: int = 0, zone: str = "UTC") -> Iterator[Database]:
    """A store of those who ordered, and some people who never did."""
    people = [*dict.fromkeys(who for who, _, _ in orders), *(f"browser {n}" for n in range(browsers))]
    with Database.open(":memory:") as database:
        with database.transaction() as connection:
            save_account(connection, Account(timezone=zone))
            if people:
                upsert_profiles(connection, pa.table({"external_id": people}), Account())
        if orders:
            add_orders(database, orders)
        yield database


def add_orders(database: Database, orders: Sequence[Order]) -> None:
    """Append orders of people who are known."""
    who, when, total = zip(*orders, strict=True)
    table = pa.table(
        {
            "external_id": pa.array(who, pa.string()),
            "occurred_at": pa.array(when, pa.timestamp("s", "UTC")),
            "event_id": [f"{person} {at} {n}" for n, (person, at, _) in enumerate(orders)],
            "Total": pa.array(total, pa.float64()),
        }
    )
    with database.transaction() as connection:
        append_events(connection, "Placed Order", table, amount="Total")


def drawn_shop_orders(people: int = 600, seed: int = 3, ends: datetime = NOW) -> list[Order]:
    """The orders of people who are as the models take them to be, over two years."""
    generator = np.random.default_rng(seed)
    scales = generator.gamma(4, 1 / 30, people)
    return [
        (f"person {n}", ends - timedelta(weeks=float(weeks)), round(float(generator.gamma(5, 1 / scale)), 2))
        for n, (ago, scale) in enumerate(
            zip(drawn_orders(generator, people, 0.7, 6, 0.8, 2.5), scales, strict=True)
        )
        for weeks in ago
    ]


def run(database: Database, now: datetime = NOW) -> Prediction:
    """`segql predict` on a store."""
    return predict(database, read_catalog(database), now)


def stored(database: Database, *columns: str) -> list[tuple[Any, ...]]:
    """Attributes of everybody, by profile_id."""
    with database.cursor() as cursor:
        return cursor.execute(f"SELECT {', '.join(columns)} FROM profiles ORDER BY profile_id").fetchall()
