"""Hostile text in every place where a user can type: it is found as what it is, and changes no meaning."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

import segql
from segql.compiler.text import quoted

NOW = datetime(2026, 6, 1, tzinfo=UTC)
THEN = datetime(2026, 5, 1, tzinfo=UTC)

HOSTILE = [
    "'; DROP TABLE profiles; --",
    '"; DROP TABLE profiles; --',
    '" OR "1"="1',
    "' OR '1'='1",
    "$p1",
    "$1",
    "?",
    "%",
    "_",
    "\\",
    "\\' --",
    "/* comment */",
    "-- comment",
    "a\nb",
    "{x}",
    "%s",
    "select",
    "profile_id, 1",
    "e.properties",
    "a.b.c",
    "[0]",
    "\u202eevil",
    "naïve 😀 ß İ",
    "a" * 500,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:20]) for text in HOSTILE])
def test_hostile_text(text: str) -> None:
    """Two people differ by the hostile text alone; every place names the one who has it."""
    other = f"{text} no"
    with segql.open(":memory:") as store:
        ids = ["with", "without"]
        store.upsert_profiles(
            pa.table({"external_id": ids, "note": [text, other], f"{text} name": ["x", "y"]})
        )
        store.upsert_profiles(pa.table({"external_id": ids, "tags": [[text], [other]]}))
        values = pa.table(
            {
                "external_id": ids, "occurred_at": [THEN, THEN], "event_id": ["1", "2"], f"{text} property": [7, 8],
                "word": [text, other], "label": [text, other],
            }
        )  # fmt: skip
        store.append_events(text, values, label="label")
        store.append_events("Plain", values, label="label")
        store.add_to_list(text, [0], THEN)
        store.save_places(pa.table({"name": [text], "latitude": [1.0], "longitude": [1.0]}))
        store.upsert_profiles(
            pa.table({"external_id": ids, "latitude": [1.0, 50.0], "longitude": [1.0, 50.0]})
        )
        written = quoted(text)
        store.save_segments(f"segment {written} {written}: note is {written}", THEN)
        places = [
            f"note is {written}",
            f"note is exactly {written}",
            f"note is in ({written})",
            f"note is not {quoted(other)}",
            f"note starts with {written} and not note ends with {quoted(' no')}",
            f"tags contains {written}",
            f"{quoted(f'{text} name')} is {quoted('x')}",
            f"did {written} where {quoted(f'{text} property')} is 7",
            f"did {written} where word is {written}",
            f"did {quoted('Plain')} where label is {written}",
            f"number of different label from {written} where word is {written} is 1",
            f"sum of {quoted(f'{text} property')} from {written} is 7",
            f"in list {written}",
            f"in segment {written}",
            f"within 5 km of place {written}",
        ]
        for place in places:
            assert store.members(place, NOW)["external_id"].to_pylist() == ["with"], place
            assert store.count(f"not ({place})", NOW) == 1, place
        shown = store.ask(f"count note is set by {quoted(f'{text} name')}", NOW)
        assert sorted(shown.column(0).to_pylist()) == ["x", "y"]
        assert store.population() == 2
