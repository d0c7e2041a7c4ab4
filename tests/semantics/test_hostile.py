"""Hostile text in every place where a user can type: it is found as what it is, and changes no meaning."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

import segql
from segql.compiler.catalog.model import Account
from segql.compiler.text import quoted
from tests.semantics.loading import everybody, named

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


Stored = tuple[str, segql.Store]

# What a text can be given for.
GIVEN = [
    "note is $given",
    "note is exactly $given",
    "note starts with $given and not tags is empty and note contains $given and not note does not end with $given",
    "did $given where word is $given",
    "in list $given and joined list $given",
    "in segment $given",
    "any item of tags is $given and every item of tags starts with $given",
    "received campaign $given",
    "texted us a word $given",
    "subscribed to push via $given by method $given",
    "within 5 km of place $given",
    "note is $given and random 100% named $given",
]


@pytest.fixture(scope="module", params=HOSTILE, ids=[repr(text[:20]) for text in HOSTILE])
def stored(request: pytest.FixtureRequest) -> Iterator[Stored]:
    """A hostile text, and a store that is full of it; only read."""
    with segql.open(":memory:") as store:
        fill(store, request.param)
        yield request.param, store


def test_hostile_text(stored: Stored) -> None:
    """Two people differ by the hostile text alone; every place names the one who has it."""
    text, store = stored
    asked = places(text)
    all_of, any_of, none_of = (f"{which} of ({', '.join(asked)})" for which in ("all", "any", "none"))
    # All name the one who has it, and none the other; if not, one by one.
    if named(store, all_of, NOW) != {"with"} or named(store, any_of, NOW) != {"with"}:
        assert [place for place in asked if named(store, place, NOW) != {"with"}] == []
    assert named(store, none_of, NOW) == {"without"}
    shown = store.ask(f"count note is set by {quoted(f'{text} name')}", NOW)
    assert sorted(shown.column(0).to_pylist()) == ["x", "y"]
    assert store.why(f"note is {quoted(text)}", "with", NOW).holds
    assert store.population() == 2


def test_a_hostile_text_that_is_given(stored: Stored) -> None:
    """What an embedding program gives for a parameter, wherever a text can be given."""
    text, store = stored
    for definition in GIVEN:
        compiled = store.compile(definition).bind({"given": text})
        shown = store.show_compiled(compiled, ("external_id",), as_of=NOW)
        assert shown["external_id"].to_pylist() == ["with"], definition
        called = f"define f(given): {definition} segment {quoted('s')}: f({quoted(text)})"
        assert store.compile(called).plan == compiled.plan, definition
    several = store.compile("note is in $given").bind({"given": [text, "?"]})
    assert store.count_compiled(several, NOW) == 1


def fill(store: segql.Store, text: str) -> None:
    """With a name or a value of that text in every place that has one."""
    other, ids = f"{text} no", ["with", "without"]
    store.save_account(Account(campaign_property=f"{text} campaign", text_property=f"{text} said"))
    lines = [[{f"{text} field": text, "n": 1.0}], [{f"{text} field": other, "n": 1.0}]]
    store.upsert_profiles(
        pa.table(
            {"external_id": ids, "note": [text, other], f"{text} name": ["x", "y"], f"{text} items": lines}
        )
    )
    store.upsert_profiles(pa.table({"external_id": ids, f"{text} kept": [text, other]}))
    store.keep_history(f"{text} kept", THEN)
    tags = [[text], [other]]
    store.upsert_profiles(pa.table({"external_id": ids, "tags": tags, f"{text} tags": tags}))
    values = pa.table(
        {
            "external_id": ids, "occurred_at": [THEN, THEN], "event_id": ["1", "2"], f"{text} property": [7, 8],
            "word": [text, other], "label": [text, other], f"{text} campaign": [text, other],
            f"{text} said": [f"say {text} now", "nothing"], f"{text} lines": lines,
        }
    )  # fmt: skip
    later = values.set_column(1, "occurred_at", pa.array([THEN + timedelta(hours=1)] * 2))
    store.append_events(text, values, label="label")
    store.append_events("Plain", later, label="label")
    for event in ("Received SMS", "Texted Us"):
        store.append_events(event, values)
    store.record_consents(
        pa.table(
            {
                "channel": ["push"] * 2, "kind": ["marketing"] * 2, "address": ids, "status": ["subscribed"] * 2,
                "occurred_at": [THEN] * 2, "recorded_at": [THEN] * 2, "method": [text, other], "detail": [text, other],
                "actor": [text] * 2,
            }
        )
    )  # fmt: skip
    numbers = {row["external_id"]: row["profile_id"] for row in everybody(store)}
    store.add_to_list(text, [numbers["with"]], THEN)
    store.save_places(pa.table({"name": [text], "latitude": [1.0], "longitude": [1.0]}))
    store.upsert_profiles(pa.table({"external_id": ids, "latitude": [1.0, 50.0], "longitude": [1.0, 50.0]}))
    written = quoted(text)
    heading = f"segment {written} {written} [tags: {written}, b; owner: {written}]"
    store.save_segments(
        f"""define has(x): note is $x
        define did_it(e, x = {written}): did $e where word is $x
        {heading}: note is {written}""",
        THEN,
    )


def places(text: str) -> list[str]:
    """Conditions in which the text stands, each in another place."""
    written = quoted(text)
    return [
        f"note is {written}",
        f"note is exactly {written}",
        f"note is in ({written})",
        f"note is not {quoted(f'{text} no')}",
        f"note starts with {written} and not note ends with {quoted(' no')}",
        f"tags contains {written}",
        f"any item of {quoted(f'{text} tags')} is {written}",
        f"every item of tags starts with {written} and no item of tags ends with {quoted(' no')}",
        f"{quoted(f'{text} name')} is {quoted('x')}",
        f"{quoted(f'{text} kept')} has been {written} for 1 day",
        f"did {written} where {quoted(f'{text} property')} is 7",
        f"did {written} where word is {written}",
        f"did {quoted('Plain')} where label is {written}",
        f"did {written} on at least 1 different days where word is {written}",
        f'did {written} where word is {written} then "Plain" within 1 hour where word is {written}',
        f'did "Plain" where word is {written} then not {written} where word is {written}',
        f"number of different label from {written} where word is {written} is 1",
        f"sum of {quoted(f'{text} property')} from {written} is 7",
        f"median of {quoted(f'{text} property')} from {written} is 7",
        f"{quoted(f'{text} property')} of last {written} is 7",
        f"word of first {written} is {written}",
        f"any item of {quoted(f'{text} items')} where {quoted(f'{text} field')} is {written}",
        f"all items of {quoted(f'{text} items')} where (n is 1 and {quoted(f'{text} field')} is {written})",
        f"did {written} where any item of {quoted(f'{text} lines')} where {quoted(f'{text} field')} is {written}",
        f"received campaign {written}",
        f"texted us a word {written}",
        f"subscribed to push via {written}",
        f"subscribed to push by method {written}",
        f"at least 2 of (note is {written}, tags contains {written}, random 100% named {written})",
        f"note is {written} and random 100% named {written}",
        f"in list {written}",
        f"joined list {written}",
        f"in segment {written}",
        f"has({written})",
        f"did_it({written})",
        f"did_it(e: {written}, x: {written})",
        f"within 5 km of place {written}",
    ]


def test_what_a_segment_carries_is_kept_as_it_was_written(stored: Stored) -> None:
    """Description, tags, owner; and example people with the text in every place that they have."""
    text, store = stored
    (segment,) = store.catalog.segments
    assert (segment.name, segment.description, segment.tags, segment.owner) == (text, text, (text, "b"), text)
    written = quoted(text)
    facts = f"note: {written}, tags: [{written}], {written}: [3 days ago with word {written}], list {written}"
    condition = f"note is {written} and tags contains {written} and did {written} where word is {written}"
    examples = f"""segment "s": {condition} and in list {written}
      expect in: {{ {facts} }}
      expect out: {{ note: {written} }}"""
    assert [result.holds for result in store.test(examples, NOW)] == [True, True]
    assert segql.parse(segql.format(examples)) == segql.parse(examples)


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:20]) for text in HOSTILE])
def test_what_is_not_there_is_refused_by_its_name(text: str) -> None:
    """A hostile name that nobody knows is an error with a code, like any other; and nothing else happens."""
    written = quoted(text)
    with segql.open(":memory:") as store:
        for place in (
            f"did {written}",
            f"{written} is set",
            f"in list {written}",
            f"left list {written}",
            f"in segment {written}",
            f"entered segment {written}",
            f"within 1 km of place {written}",
            f"within 1 km of {written} in US",
            f"email is set in time zone {written}",
            f"any item of {written} where {written} is {written}",
            f"any item of {written} contains {written}",
            f"{written} has been {written} for 1 day",
            f"email matches {quoted('(' + text)}",
        ):
            with pytest.raises(segql.DefinitionError) as raised:
                store.members(place, NOW)
            assert all(problem.code.name.startswith("SG") for problem in raised.value.diagnostics), place
        for place in (f"is scheduled for campaign {written}", f"clicked campaign {written}"):
            assert store.count(place, NOW) == 0
