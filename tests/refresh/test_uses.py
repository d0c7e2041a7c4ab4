"""Which segments use which, and which hold no more: found once, and again where names have changed."""

from unittest.mock import patch

import pyarrow as pa

import segql
from segql.runtime import uses
from segql.runtime.uses import User
from tests.refresh.shop import NOON


def test_uses_and_broken_segments(store: segql.Store) -> None:
    store.save_segments('segment "French buyers":\n  in segment "French" and in segment "Buyers"', at=NOON)
    assert store.uses().users["Buyers"] == (User("segment", "French buyers"),)
    assert store.uses().broken == {}
    with store.database.transaction() as connection:
        connection.execute("UPDATE segments SET definition = 'planet is \"Mars\"' WHERE name = 'Buyers'")
    assert set(store.uses().broken) == {"Buyers", "French buyers"}
    assert "planet" in str(store.uses().broken["Buyers"])
    store.upsert_profiles(pa.table({"external_id": ["ada"], "planet": ["Venus"]}))
    assert store.uses().broken == {}


def test_segments_are_not_compiled_again_where_no_name_has_changed(store: segql.Store) -> None:
    before = store.uses()
    store.upsert_profiles(pa.table({"external_id": ["ada"], "country": ["Italy"]}))
    with patch.object(uses, "compile") as compiled:
        assert store.uses() is before
    compiled.assert_not_called()


def test_only_what_a_change_can_concern_is_compiled_again(store: segql.Store) -> None:
    store.save_segments(
        'segment "A":\n  in segment "B" segment "B": everybody segment "C": everybody', at=NOON
    )
    store.uses()
    store.save_segments('segment "B":\n  -- all\n  everybody segment "D": in segment "C"', at=NOON)
    with patch.object(uses, "compile", wraps=uses.compile) as compiled:
        assert store.uses().users["C"] == (User("segment", "D"),)
        assert [call.args[0] for call in compiled.call_args_list] == ['in segment "D"']
        store.save_segments('segment "B": not everybody', at=NOON)
        store.uses()
        assert [call.args[0] for call in compiled.call_args_list[1:]] == ['in segment "A"', 'in segment "B"']
        store.remove_segments(["A"], at=NOON)
        compiled.reset_mock()
        assert "B" not in store.uses().users
        compiled.assert_not_called()


def test_what_holds_no_more_uses_what_its_text_names(store: segql.Store) -> None:
    store.save_segments('define b(): in segment "B" segment "B": everybody', at=NOON)
    store.save_segments('segment "A": b() and not everybody segment "A2": left segment "A" today', at=NOON)
    with store.database.transaction() as connection:
        connection.execute("UPDATE segments SET definition = 'b() and nothing is 1' WHERE name = 'A'")
    assert set(store.uses().broken) == {"A"}
    assert store.uses().users["B"] == (User("segment", "A"),)
    assert store.uses().users["A"] == (User("segment", "A2"),)


def test_what_was_broken_for_want_of_a_postal_code_holds_when_it_comes(store: segql.Store) -> None:
    store.save_postal_codes(
        pa.table({"country": ["US"], "code": ["02139"], "latitude": [42.4], "longitude": [-71.1]})
    )
    store.save_segments('segment "Near":\n  within 5 km of "02139" in US', at=NOON)
    with store.database.transaction() as connection:
        connection.execute("DELETE FROM postal_codes")
    # Something else changes as well, so that all are looked at.
    store.save_segments('segment "Other":\n  everybody', at=NOON)
    assert set(store.uses().broken) == {"Near"}
    store.save_postal_codes(
        pa.table({"country": ["US"], "code": ["02139"], "latitude": [42.4], "longitude": [-71.1]})
    )
    assert store.uses().broken == {}
