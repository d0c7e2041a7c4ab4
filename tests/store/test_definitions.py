"""Stored segments and templates, examples inside definitions, and the history of attributes."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

import segql
from segql.runtime.api import Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
QUIET = "define quiet(event, window = 60 days): did $event and did not $event in the last $window\n"


@pytest.fixture
def store() -> Store:
    opened = segql.open(":memory:", create=True)
    opened.upsert_profiles(pa.table({"external_id": ["a", "b"], "tier": ["gold", "silver"]}), NOW)
    orders = pa.table(
        {
            "external_id": ["a", "a", "b"],
            "occurred_at": [NOW - timedelta(days=days) for days in (300, 90, 3)],
            "Total": [900.0, 100.0, 20.0],
        }
    )
    opened.append_events("Placed Order", orders, amount="Total")
    return opened


def test_a_segment_keeps_its_heading_and_its_time_zone(store: Store) -> None:
    text = (
        'segment "Quiet" "Went quiet" [tags: sms, "win back"; owner: ann]: did "Placed Order" today '
        'in time zone "Asia/Tokyo"'
    )
    assert [one.change for one in store.save_segments(text, NOW)] == ["new"]
    segment = store.catalog.segment("quiet")
    assert segment is not None
    assert (segment.description, segment.tags, segment.owner) == ("Went quiet", ("sms", "win back"), "ann")
    # 16:00 UTC is 01:00 of the next day in Tokyo.
    evening = NOW.replace(hour=16)
    store.append_events(
        "Placed Order", pa.table({"external_id": ["b"], "occurred_at": [NOW.replace(hour=15, minute=30)]})
    )
    assert store.count("Quiet", evening) == 1
    assert store.count('in segment "Quiet"', NOW.replace(hour=15, minute=0)) == 0
    assert [one.change for one in store.save_segments(text, NOW)] == ["unchanged"]


def test_templates_are_stored_with_the_segments_that_call_them(store: Store) -> None:
    store.save_segments(QUIET + 'segment "Quiet": quiet("Placed Order")', NOW)
    assert store.count("Quiet", NOW) == 1
    assert store.count('quiet("Placed Order", 1 day)', NOW) == 2


def test_a_stored_segment_has_no_parameters(store: Store) -> None:
    with pytest.raises(segql.DefinitionError, match=r"\$tier cannot be given to a stored segment"):
        store.save_segments('segment "T": tier is $tier', NOW)
    assert store.catalog.segments == ()


EXAMPLES = (
    QUIET
    + """segment "Winback":
  can receive sms and quiet("Placed Order") and sum of Total from "Placed Order" at least $500
  and tier is "gold" and not in list "Do not disturb"
  expect in: { "Placed Order": [300 days ago with Total 900, 90 days ago], sms: subscribed, tier: "Gold" }
  expect out: { "Placed Order": [3 days ago with Total 900], sms: subscribed, tier: gold }
  expect out: { "Placed Order": [300 days ago with Total 900], sms: unsubscribed, tier: gold }
  expect out: { "Placed Order": [2025-12-24 with Total 900], sms: subscribed, tier: gold, list "Do not disturb" }
  expect out: {}
segment "Late": did "Placed Order" in the last 2 hours
  expect in: { "Placed Order": [1 hours ago] }
  expect out: { "Placed Order": [yesterday] }
"""
)


def test_examples_are_asked_by_the_compiled_sql(store: Store) -> None:
    store.add_to_list("Do not disturb", [1], NOW)
    results = store.test(EXAMPLES, NOW)
    assert [(one.segment, one.expected, one.found) for one in results] == [
        ("Winback", "in", "in"),
        *[("Winback", "out", "out")] * 4,
        ("Late", "in", "in"),
        ("Late", "out", "out"),
    ]
    assert store.population() == 2


def test_an_example_that_does_not_hold_is_named(store: Store) -> None:
    store.add_to_list("Do not disturb", [1], NOW)
    (wrong,) = [
        one for one in store.test(EXAMPLES.replace("at least $500", "at least $1000"), NOW) if not one.holds
    ]
    assert (wrong.segment, wrong.line, wrong.expected, wrong.found) == ("Winback", 5, "in", "out")
    assert wrong.text.startswith("expect in:")


@pytest.mark.parametrize(
    "facts",
    [
        '{ "Placed Ordr": [today] }',
        '{ "Placed Order": [today with Totl 5] }',
        "{ tier: 5 }",
        "{ sms: maybe }",
        '{ list "?" }',
    ],
)
def test_an_example_of_what_does_not_exist_is_refused(store: Store, facts: str) -> None:
    with pytest.raises(segql.DefinitionError):
        store.test(f'segment "S": tier is "gold" expect in: {facts}', NOW)


# ---- History of attributes ------------------------------------------------------------------------------------------


def test_history_is_kept_from_the_moment_that_it_is_asked_for(store: Store) -> None:
    with pytest.raises(segql.DefinitionError, match="no history is kept"):
        store.compile('tier has been "gold" for 7 days')
    assert store.keep_history("Tier", NOW)
    assert not store.keep_history("tier", NOW + timedelta(days=1))
    gold = 'tier has been "GOLD" for 7 days'
    week, midnight = NOW + timedelta(days=7), NOW.replace(hour=0) + timedelta(days=8)
    assert (store.count(gold, NOW), store.count(gold, week), store.count(gold, midnight)) == (0, 0, 1)
    store.upsert_profiles(pa.table({"external_id": ["a"], "tier": ["silver"]}), NOW + timedelta(days=20))
    assert store.count(gold, NOW + timedelta(days=19)) == 1
    assert store.count(gold, NOW + timedelta(days=21)) == 0
    assert store.count('tier has been "silver" for 2 hours', NOW + timedelta(days=20, hours=2)) == 2
    assert store.count('tier has been "silver" for 3 hours', NOW + timedelta(days=20, hours=2)) == 1


def test_a_value_that_stays_keeps_its_beginning(store: Store) -> None:
    store.keep_history("tier", NOW)
    store.upsert_profiles(pa.table({"external_id": ["a"], "tier": ["gold"]}), NOW + timedelta(days=5))
    assert store.count('tier has been "gold" for 7 days', NOW + timedelta(days=9)) == 1


def test_a_past_instant_sees_what_an_attribute_was_then(store: Store) -> None:
    before, later = 'tier is "gold"', NOW + timedelta(days=9)
    store.keep_history("tier", NOW)
    store.upsert_profiles(pa.table({"external_id": ["a"], "tier": ["silver"]}), NOW + timedelta(days=5))
    assert [store.count(before, NOW + timedelta(days=day)) for day in (0, 4, 5, 9)] == [1, 1, 0, 0]
    assert store.ask("count everybody by tier", NOW)["tier"].to_pylist() == ["gold", "silver"]
    assert store.show("everybody", ("tier",), as_of=later)["tier"].to_pylist() == ["silver", "silver"]
    # Before it was kept nobody knows better than what it is.
    assert store.count(before, NOW - timedelta(days=1)) == 0
    sizes = store.ask(f"trend {before} over the last 10 days", later)["count"].to_pylist()
    assert sizes[-6:] == [1, 0, 0, 0, 0, 0]
    gone = store.ask(f"compare {before} as of 8 days ago with today", later).to_pylist()
    assert [(row["change"], row["external_id"], row["cause"]) for row in gone] == [
        ("left", "a", "data arrived")
    ]
    assert store.why(before, "a", NOW + timedelta(days=4)).holds
    assert not store.why(before, "a", later).holds


@pytest.mark.parametrize("name", ["nothing", "email", "created", "phone_valid"])
def test_no_history_of_what_has_none(store: Store, name: str) -> None:
    with pytest.raises(segql.StoreError):
        store.keep_history(name, NOW)
