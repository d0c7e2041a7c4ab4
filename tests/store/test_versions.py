"""Versions of stored segments: each save keeps what it said, who saved it and when, and nothing forgets them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

import segql
from segql.compiler.format import format_segment
from segql.runtime.api import Store
from tests.store.released import make

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST = 'segment "Gold" "Our best" [tags: vip; owner: ann]: tier is "gold" expect in: { tier: gold }'
SECOND = 'segment "GOLD": tier is in ("gold", "silver") in time zone "Asia/Tokyo"'


@pytest.fixture
def store() -> Store:
    opened = segql.open(":memory:", create=True)
    opened.upsert_profiles(pa.table({"external_id": ["a", "b"], "tier": ["gold", "silver"]}), NOW)
    return opened


def test_each_save_that_changes_something_is_a_version(store: Store) -> None:
    store.save_segments(FIRST, author="ann", at=NOW)
    store.save_segments(FIRST, author="bob", at=NOW + DAY)  # nothing changes
    store.save_segments(SECOND, at=NOW + 2 * DAY)
    first, second = store.versions("gold")
    assert (first.number, first.author, first.saved_at) == (1, "ann", NOW)
    assert (second.number, second.author, second.saved_at) == (2, None, NOW + 2 * DAY)
    assert (first.segment.description, first.segment.tags, first.segment.owner) == (
        "Our best",
        ("vip",),
        "ann",
    )
    assert first.segment.examples == ("expect in: { tier: gold }",)
    assert second.segment == store.catalog.segment("Gold")


def test_an_older_version_can_be_asked(store: Store) -> None:
    store.save_segments(FIRST, at=NOW)
    store.save_segments(SECOND, at=NOW + DAY)
    assert [store.count(one.segment.definition, NOW) for one in store.versions("Gold")] == [1, 2]


def test_examples_alone_make_a_version(store: Store) -> None:
    store.save_segments(FIRST, at=NOW)
    (changed,) = store.save_segments(FIRST.replace("tier: gold", "tier: Gold"), at=NOW)
    assert (changed.change, len(store.versions("Gold"))) == ("changed", 2)


def test_a_comment_alone_makes_a_version_and_moves_nobody(store: Store) -> None:
    store.save_segments(FIRST, at=NOW)
    store.refresh(now=NOW)
    commented = (
        f"-- agreed with legal, March\n{FIRST.replace(' expect', ' -- or better' + chr(10) + 'expect')}"
    )
    (changed,) = store.save_segments(commented, at=NOW)
    assert (changed.change, len(store.versions("Gold"))) == ("changed", 2)
    assert len(store.refresh(now=NOW + DAY)) == 0
    (said,) = store.catalog.segments
    assert said == store.versions("Gold")[1].segment
    assert format_segment(said) == (
        '-- agreed with legal, March\nsegment "Gold" "Our best" [tags: vip; owner: ann]:\n'
        '  tier is "gold" -- or better\n  expect in: { tier: gold }\n'
    )
    (again,) = store.save_segments(format_segment(said), at=NOW)
    assert again.change == "unchanged"
    store.restore_segment("Gold", 1, at=NOW)
    assert store.restore_segment("Gold", 2, at=NOW).change == "changed"
    assert store.catalog.segments == (said,)


def test_a_define_keeps_its_comments(store: Store) -> None:
    store.save_segments('define best(): tier is "gold" -- until July', at=NOW)
    assert store.catalog.templates == ('define best():\n  tier is "gold" -- until July',)
    assert store.count("best()", NOW) == 1


def test_a_removed_segment_keeps_its_versions_and_goes_on_when_it_comes_back(store: Store) -> None:
    store.save_segments(FIRST, at=NOW)
    store.remove_segments(["gold"], author="bob", at=NOW + DAY)
    assert store.catalog.segments == ()
    (gone,) = store.versions("Gold")
    assert (gone.removed_at, gone.removed_by) == (NOW + DAY, "bob")
    store.save_segments(FIRST, at=NOW + 2 * DAY)
    assert [(one.number, one.removed_at) for one in store.versions("Gold")] == [(1, NOW + DAY), (2, None)]


def test_what_another_segment_uses_stays(store: Store) -> None:
    store.save_segments(FIRST, at=NOW)
    store.save_segments(
        """define best(): in segment "Gold"
        segment "Set": best() and tier is set
        segment "Left": left segment "Set" today""",
        at=NOW,
    )
    with pytest.raises(segql.StoreError, match='The segment "Set" uses the segment "Gold"') as raised:
        store.remove_segments(["Gold"], at=NOW)
    assert raised.value.code == "S032"
    with pytest.raises(segql.StoreError, match='The segment "Left" uses the segment "Set"'):
        store.remove_segments(["Gold", "Set"], at=NOW)
    assert len(store.catalog.segments) == 3
    store.remove_segments(["Left", "Gold", "Set"], at=NOW)
    assert store.catalog.segments == ()


def test_a_segment_that_never_was_is_told(store: Store) -> None:
    store.save_segments(FIRST, at=NOW)
    for ask in (store.versions, lambda name: store.remove_segments(["Gold", name], at=NOW)):
        with pytest.raises(segql.StoreError, match='Did you mean "Gold"') as raised:
            ask("Golt")
        assert raised.value.code == "S030"
    assert store.catalog.segment("Gold")


def test_segments_of_the_released_version_have_one_version(path: Path) -> None:
    make(path)
    with segql.open(path) as store:
        (version,) = store.versions("vips")
        assert version.segment == store.catalog.segment("VIPs")
        assert (version.number, version.author, version.saved_at) == (
            1,
            None,
            datetime(2026, 3, 1, tzinfo=UTC),
        )
        for segment in store.catalog.segments:
            assert len(store.versions(segment.name)) == 1


def test_versions_are_kept_when_the_store_is_closed_and_a_person_erased(path: Path) -> None:
    with segql.open(path, create=True) as store:
        store.upsert_profiles(pa.table({"external_id": ["a"], "tier": ["gold"]}), NOW)
        store.save_segments(FIRST, at=NOW)
        store.save_segments(SECOND, at=NOW)
        before = store.versions("Gold")
        store.erase("a", "ada", NOW)
    with segql.open(path) as store:
        assert store.versions("Gold") == before
