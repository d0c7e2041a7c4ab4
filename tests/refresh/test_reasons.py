"""Why somebody is in a stored segment, from memory: the same answers as `why` gives, clause by clause, and its numbers."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

import segql
from segql.compiler.person.clauses import Verdict
from tests.refresh.test_laws import HISTORIES, UNHURRIED, Case, cases
from tests.semantics.few_people import NOW, WORLD
from tests.semantics.loading import LONG_AGO, everybody, load

# Of so many people it is asked, as every question is put to the store, too.
FEW = 3


def shape(one: Verdict) -> object:
    """What both ways must agree on."""
    return one.kind, one.text, one.holds, [shape(part) for part in one.parts]


def told(one: Verdict) -> Iterator[tuple[str, ...]]:
    yield one.found
    for part in one.parts:
        yield from told(part)


@settings(max_examples=HISTORIES, **UNHURRIED)
@given(cases())
def test_memory_says_of_everybody_what_the_store_says(case: Case) -> None:
    with load(case.world) as store:
        asked = {one.name: one.text() for one in case.segments if not segql.check(one.text(), store.catalog)}
        store.save_segments("\n".join(asked.values()), at=LONG_AGO)
        store.refresh(now=case.first)
        for tick in case.ticks:
            for action in tick.actions:
                action(store)
            store.refresh(now=tick.now)
            people = [row["profile_id"] for row in everybody(store)]
            for name in asked:
                for who in people[:FEW]:
                    kept = store.why_kept(name, who)
                    if kept is None:
                        continue
                    whole = store.why(f'in segment "{name}"', who, tick.now)
                    assert kept.as_of == whole.as_of
                    assert shape(kept.verdict) == shape(whole.verdict), asked[name]
                    for short, long in zip(told(kept.verdict), told(whole.verdict), strict=True):
                        # `why` goes on with the dates of the events.
                        assert not short or long[0].startswith(short[0]), asked[name]


@pytest.fixture
def store() -> Iterator[segql.Store]:
    with load(WORLD) as opened:
        opened.save_segments(
            """segment "Buyers":
  did "Placed Order" at least 3 times in the last 5 days and did not "Clicked Email" in the last 5 days
  and (sum of Total from "Placed Order" more than 10 or vip is true)

segment "Newcomers":
  entered segment "Buyers" in the last 5 days""",
            at=LONG_AGO,
        )
        yield opened


def test_it_tells_the_numbers_that_are_kept(store: segql.Store) -> None:
    (anna,) = (row["profile_id"] for row in everybody(store) if row["external_id"] == "anna")
    assert store.why_kept("Buyers", anna) is None
    store.refresh(now=NOW)
    why = store.why_kept("buyers", anna)
    assert why is not None
    assert why.as_of == NOW
    assert [found for found in told(why.verdict) if found] == [
        ('5 "Placed Order" (2023-06-12 to 2023-06-17 12:00)',),
        ('1 "Clicked Email" (2023-06-12 to 2023-06-17 12:00)',),
        ('sum of Total from "Placed Order" is 1',),
    ]


def test_what_memory_does_not_hold_it_does_not_tell(store: segql.Store) -> None:
    store.refresh(now=NOW)
    assert store.why_kept("Newcomers", 0) is None
    assert store.why_kept("Nobodies", 0) is None
    assert store.why_kept("Buyers", 10**6) is None
    assert store.why_kept("Buyers", -1) is None
