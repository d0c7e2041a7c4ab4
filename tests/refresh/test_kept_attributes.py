"""Memberships by an attribute whose history is kept: what is dated ahead counts when its time has come."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa

import segql

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_value_from_a_day_to_come_counts_from_that_day_on() -> None:
    with segql.open(":memory:") as store:
        store.upsert_profiles(pa.table({"external_id": ["ada"], "tier": ["gold"]}), NOW)
        store.keep_history("tier", NOW)
        store.save_segments('segment "Gold": tier is "gold"', NOW)
        assert store.refresh(now=NOW).sizes == {"Gold": 1}
        store.upsert_profiles(pa.table({"external_id": ["ada"], "tier": ["silver"]}), NOW + 2 * DAY)
        sizes = [store.refresh(now=NOW + day * DAY).sizes["Gold"] for day in (1, 2, 3)]
        assert sizes == [store.count('tier is "gold"', NOW + day * DAY) for day in (1, 2, 3)] == [1, 0, 0]
