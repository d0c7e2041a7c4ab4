"""How much there is of what has a name: right when asked for, and again when much has changed."""

from datetime import UTC, datetime

import pyarrow as pa

import segql
from segql.compiler.catalog.model import Catalog

AT = datetime(2024, 1, 1, tzinfo=UTC)


def write_people(store: segql.Store, first: int, number: int) -> None:
    """Every second one has a city."""
    rows = [{"external_id": f"p{i}", "city": "Bath" if i % 2 else None} for i in range(first, first + number)]
    store.upsert_profiles(pa.Table.from_pylist(rows), AT)


def write_orders(store: segql.Store, first: int, number: int) -> None:
    rows = [
        {"external_id": "p0", "occurred_at": AT, "event_id": str(i)} for i in range(first, first + number)
    ]
    store.append_events("Placed Order", pa.Table.from_pylist(rows))


def test_what_has_a_name_is_counted() -> None:
    with segql.open(":memory:") as store:
        write_people(store, 0, 10)
        write_orders(store, 0, 3)
        store.add_to_list("VIP", [1, 2, 3], AT)
        store.remove_from_list("VIP", [3], AT)
        store.save_segments('segment "Locals": city is "bath"', at=AT)
        assert store.catalog.counts.segments == {}
        store.refresh(now=AT)
        counts = store.catalog.counts
        assert (counts.attributes["city"], counts.attributes["external_id"]) == (5, 10)
        assert dict(counts.events) == {"Placed Order": 3}
        assert dict(counts.lists) == {"VIP": 2}
        assert counts.segments == {"Locals": 5}


def test_counts_are_kept_until_much_has_changed() -> None:
    with segql.open(":memory:") as store:
        write_people(store, 0, 1_000)
        write_orders(store, 0, 1_000)
        before = store.catalog.counts
        assert before.events["Placed Order"] == 1_000
        write_orders(store, 1_000, 10)
        assert store.catalog.counts.events is before.events
        write_orders(store, 1_010, 1)
        assert store.catalog.counts.events["Placed Order"] == 1_011
        assert store.catalog.counts.attributes["city"] == 500
        write_people(store, 1_000, 11)
        assert store.catalog.counts.attributes["city"] == 505


def test_a_new_name_is_counted_at_once() -> None:
    with segql.open(":memory:") as store:
        write_people(store, 0, 1_000)
        write_orders(store, 0, 1_000)
        assert dict(store.catalog.counts.events) == {"Placed Order": 1_000}
        asked = {"external_id": "p0", "occurred_at": AT, "event_id": "a"}
        store.append_events("Asked", pa.Table.from_pylist([asked]))
        assert store.catalog.counts.events["Asked"] == 1
        assert "plan" not in store.catalog.counts.attributes
        store.upsert_profiles(pa.Table.from_pylist([{"external_id": "p0", "plan": "gold"}]), AT)
        assert store.catalog.counts.attributes["plan"] == 1


def test_a_catalog_has_its_counts_as_json_and_can_do_without() -> None:
    with segql.open(":memory:") as store:
        write_people(store, 0, 4)
        catalog = Catalog.from_json(store.catalog.to_json())
        city = catalog.attribute("city")
        assert city is not None
        assert (catalog.counts.attributes["city"], city.values, city.counts) == (2, ("Bath",), (2,))
        bare = catalog.without_counts()
        assert "counts" not in bare.to_dict() or not any(bare.to_dict()["counts"].values())
        assert '"counts": [2]' not in bare.to_json()
