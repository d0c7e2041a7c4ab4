"""The values that the store has seen: those of attributes and properties with few of them, read when they are asked for."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

import segql
from segql.runtime.store import seen

AT = datetime(2024, 1, 1, tzinfo=UTC)


def shop(people: int = 10) -> segql.Store:
    store = segql.open(":memory:")
    rows = [
        {"external_id": f"p{i}", "gender": ("female", "male", None)[i % 3], "note": f"note {i}", "age": i}
        for i in range(people)
    ]
    store.upsert_profiles(pa.Table.from_pylist(rows))
    for event, campaigns in (("Clicked SMS", ("June", "July")), ("Opened Email", ("May", "June"))):
        clicks = [
            {
                "external_id": f"p{i}",
                "occurred_at": AT,
                "Campaign": campaigns[i % 2],
                "Device": ("phone", "desk")[i % 2],
            }
            for i in range(people)
        ]
        store.append_events(event, pa.Table.from_pylist(clicks), label="Campaign")
    return store


def values(store: segql.Store, name: str) -> list[str]:
    attribute = store.catalog.attribute(name)
    assert attribute is not None
    return list(attribute.values)


def test_few_values_are_known_and_many_are_not() -> None:
    with shop(people=seen.MOST_VALUES + 1) as store:
        assert values(store, "gender") == ["female", "male"]
        assert values(store, "note") == []
        assert values(store, "external_id") == []
        assert values(store, "age") == []
        assert values(store, "city") == []


def test_properties_have_those_of_their_event_whichever_column_keeps_them() -> None:
    with shop() as store:
        event = store.catalog.event("Clicked SMS")
        assert event is not None
        assert {found.name: list(found.values) for found in event.properties} == {
            "Campaign": ["July", "June"],
            "Device": ["desk", "phone"],
        }


def test_values_are_counted() -> None:
    with shop() as store:
        gender, event = store.catalog.attribute("gender"), store.catalog.event("Clicked SMS")
        assert gender is not None and event is not None
        assert dict(zip(gender.values, gender.counts, strict=True)) == {"female": 4, "male": 3}
        counted = {one.name: dict(zip(one.values, one.counts, strict=True)) for one in event.properties}
        assert counted == {"Campaign": {"June": 5, "July": 5}, "Device": {"phone": 5, "desk": 5}}


def test_of_too_many_events_only_the_values_of_labels_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop() as store:
        event = store.catalog.event("Clicked SMS")
        assert event is not None
        monkeypatch.setattr(seen, "MOST_EVENTS", 9)
        assert [list(found.values) for found in event.properties] == [["July", "June"], []]


def test_of_lists_the_items_are_known() -> None:
    with segql.open(":memory:") as store:
        rows = [{"external_id": "a", "likes": ["tea", "coffee"]}, {"external_id": "b", "likes": ["tea"]}]
        store.upsert_profiles(pa.Table.from_pylist(rows))
        happened = [{**row, "occurred_at": AT, "event_id": row["external_id"]} for row in rows]
        store.append_events("Asked", pa.Table.from_pylist(happened))
        assert values(store, "likes") == ["coffee", "tea"]
        event = store.catalog.event("Asked")
        assert event is not None
        assert [list(found.values) for found in event.properties if found.name == "likes"] == [
            ["coffee", "tea"]
        ]
        for text in ('likes contains "te"', 'did "Asked" where any item of likes is "te"'):
            (found,) = segql.check(text, store.catalog)
            assert found.remedy == 'seen values are "coffee" and "tea"; did you mean "tea"?', text
        assert segql.check('any item of likes contains "te"', store.catalog) == ()


def test_new_values_are_seen_after_the_next_import() -> None:
    with shop() as store:
        assert values(store, "gender") == ["female", "male"]
        store.upsert_profiles(pa.Table.from_pylist([{"external_id": "p0", "gender": "diverse"}]))
        assert values(store, "gender") == ["diverse", "female", "male"]


def test_a_value_that_was_never_seen_is_told_with_the_nearest_one() -> None:
    with shop() as store:
        (found,) = segql.check('gender is "femal"', store.catalog)
        assert found.remedy == 'seen values are "female" and "male"; did you mean "female"?'
        assert segql.check('gender is "FEMALE"', store.catalog) == ()
        (found,) = segql.check('did "Clicked SMS" where Campaign is "May"', store.catalog)
        assert found.code.name == "SG405"


def test_a_catalog_written_down_has_the_values() -> None:
    with shop() as store:
        written = segql.Catalog.from_json(store.catalog.to_json())
    attribute = written.attribute("gender")
    assert attribute is not None
    assert attribute.values == ("female", "male")
