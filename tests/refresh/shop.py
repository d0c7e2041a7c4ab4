"""A small shop, in which orders are placed and memberships are refreshed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

import segql
from segql.runtime.refresh.changes import Changes
from segql.runtime.refresh.upkeep import Upkeep

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SEGMENTS = """
segment "Buyers":
  did "Placed Order"
segment "Recent":
  did "Placed Order" in the last 30 days
segment "Lapsed":
  last "Placed Order" is more than 30 days ago
segment "Big":
  sum of Total from "Placed Order" more than 500
segment "Best":
  top 1 by number of "Placed Order"
segment "French":
  country is "France"
"""


def order(store: segql.Store, *orders: tuple[str, datetime, float]) -> None:
    """Store orders: whose, when, of how much."""
    table = pa.table(
        {
            "external_id": [who for who, _, _ in orders],
            "occurred_at": pa.array([at for _, at, _ in orders], pa.timestamp("s", "UTC")),
            "Total": [total for _, _, total in orders],
        }
    )
    assert store.append_events("Placed Order", table, amount="Total").rejected == []


def stock(store: segql.Store) -> None:
    """Ada ordered yesterday, Bob much and 29 days ago, Cyd long ago; only Cyd lives in France."""
    store.upsert_profiles(
        pa.table({"external_id": ["ada", "bob", "cyd"], "country": ["Spain", None, "France"]})
    )
    order(store, ("ada", NOON - DAY, 10), ("bob", NOON - 29 * DAY, 700), ("cyd", NOON - 400 * DAY, 5))
    order(store, ("ada", NOON - 2 * DAY, 10))
    store.save_segments(SEGMENTS, at=NOON)


def people(store: segql.Store) -> dict[int, str]:
    """External ids by profile_id."""
    with store.database.cursor() as cursor:
        return dict(cursor.execute("SELECT profile_id, external_id FROM profiles").fetchall())


def refreshed(store: segql.Store, upkeep: Upkeep, now: datetime, *names: str) -> set[tuple[str, str]]:
    """A refresh, told shortly: {("Recent +ada", "data"), ("Lapsed -cyd", "data")}."""
    return told(store, upkeep.refresh(store.database, names or None, now))


def told(store: segql.Store, changes: Changes) -> set[tuple[str, str]]:
    """Changes, told shortly."""
    who = people(store)
    return {
        (f"{one.segment} {'+' if one.entered else '-'}{who.get(one.profile_id, 'nobody')}", one.cause)
        for one in changes
    }


def members(store: segql.Store, name: str) -> set[str]:
    """Who is in a segment, as its periods have it."""
    rows = read(
        store,
        """SELECT external_id FROM segment_periods JOIN segments USING (segment_id) JOIN profiles USING (profile_id)
        WHERE name = ? AND until_at = '9999-12-31'""",
        [name],
    )
    return {who for (who,) in rows}


def read(store: segql.Store, query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with store.database.cursor() as cursor:
        return cursor.execute(query, values or []).fetchall()
