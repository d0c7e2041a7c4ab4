"""What is told about a clause: the values and events that decided it, and the nearest miss."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

import segql
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.person.clauses import Verdict
from segql.runtime.errors import StoreError
from tests.semantics.few_people import NOW, WORLD, ago
from tests.semantics.loading import load

ORDERS = '"Placed Order"'
# Who, a condition that is one clause, what was found, what is missing.
TOLD = [
    (
        "ben",
        f"did {ORDERS} at least 3 times in the last 10 days",
        f"2 {ORDERS} (2023-06-07 to 2023-06-17 12:00): 2023-06-15 12:00, 2023-06-14 12:00",
        f"1 more {ORDERS} (2023-06-07 to 2023-06-17 12:00)",
    ),
    (
        "ben",
        f"did {ORDERS} in the last 1 day",
        f"0 {ORDERS} (2023-06-16 to 2023-06-17 12:00)",
        f"1 more {ORDERS} (2023-06-16 to 2023-06-17 12:00); the last one before was 2023-06-15 12:00, 12 hours too early",
    ),
    (
        "ben",
        f"did {ORDERS} more than 7 days ago",
        f"0 {ORDERS} (before 2023-06-10)",
        f"1 more {ORDERS} (before 2023-06-10); one was 2023-06-14 12:00, 5 days too late",
    ),
    (
        "ben",
        f"did {ORDERS} where Total more than 120",
        f"0 {ORDERS}",
        f"1 more {ORDERS}; {ORDERS} of 2023-06-14 12:00 does not count: Total: 20 short of more than 120",
    ),
    (
        "anna",
        f"did {ORDERS} at most 2 times in the last 5 days",
        f"5 {ORDERS} (2023-06-12 to 2023-06-17 12:00): 2023-06-16 12:00, 2023-06-15 12:00, 2023-06-14 12:00 ...",
        f"3 fewer {ORDERS}",
    ),
    (
        "ben",
        f"did {ORDERS} once",
        f"2 {ORDERS}: 2023-06-15 12:00, 2023-06-14 12:00",
        f"1 fewer {ORDERS}",
    ),
    ("anna", "score at least 12", "score is 10", "score: 2 short of 12"),
    ("anna", "score at least 10", "score is 10", None),
    ("anna", "score more than 10", "score is 10", "score: more than 10"),
    ("anna", "score at most 8.5", "score is 10", "score: 1.5 above 8.5"),
    ("anna", "score is 12", "score is 10", "score: 2 more, that is 12"),
    ("anna", "score is not 10", "score is 10", "score: another number than 10"),
    ("dora", "score at least spare", "score is -1; spare is not set", "spare set"),
    (
        "ben",
        f"sum of Total from {ORDERS} less than 2 * score",
        f"sum of Total from {ORDERS} is 60; 2 * score is 20",
        f"sum of Total from {ORDERS}: 40 above less than 20",
    ),
    ("anna", 'name is "ben"', 'name is "Anna"', 'name that is "ben"'),
    ("anna", 'name is not "anna"', 'name is "Anna"', 'name that is not "anna"'),
    ("emil", "name is set", "name is not set", "name set"),
    ("anna", "vip is false", "vip is true", "vip false"),
    ("anna", 'tags contains "hats"', 'tags is "Sales" and "café"', 'tags with "hats"'),
    (
        "anna",
        'any item of tags contains "hat"',
        'tags is "Sales" and "café"',
        'tags: an item that contains "hat"',
    ),
    ("anna", 'every item of tags starts with "s"', 'tags is "Sales" and "café"', 'tags without "café"'),
    ("anna", 'no item of tags ends with "S"', 'tags is "Sales" and "café"', 'tags without "Sales"'),
    ("emil", 'no item of tags is "x"', "tags is not set", "tags set"),
    (
        "anna",
        "seen is in the last 2 days",
        "seen is 2023-06-14 12:00",
        "12 hours too early (2023-06-15 to 2023-06-17 12:00)",
    ),
    ("anna", "seen is before 2023-06-10", "seen is 2023-06-14 12:00", "5 days too late (before 2023-06-10)"),
    (
        "anna",
        "can receive email",
        "e-mail marketing: subscribed 2023-05-28 12:00 (form), then unsubscribed 2023-06-07 12:00 (form)",
        "e-mail marketing subscribed",
    ),
    ("cleo", "can receive push", "push block: blocked 2023-06-14 12:00 (form)", "push block not blocked"),
    (
        "ben",
        "unsubscribed from sms in the last 3 days",
        "SMS marketing: unsubscribed 2023-06-12 12:00 (form)",
        "unsubscribed since a time (2023-06-14 to 2023-06-17 12:00), this one is too early",
    ),
    ("dora", 'in list "VIP"', 'never in the list "VIP"', 'to be on the list "VIP"'),
    (
        "anna",
        'joined list "VIP" in the last 3 days',
        'in the list "VIP" from 2023-05-18 12:00 until 2023-06-07 12:00, and since 2023-06-12 12:00',
        'to have come into the list "VIP" (2023-06-14 to 2023-06-17 12:00)',
    ),
    (
        "anna",
        f'did "Texted Us" then {ORDERS} within 1 day',
        '"Texted Us" 2023-03-09 12:00',
        f"then {ORDERS} within 1 day",
    ),
    (
        "anna",
        f'did {ORDERS} then "Clicked Email" within 2 days',
        f'{ORDERS} 2023-06-14 12:00, then "Clicked Email" 2023-06-16 12:00',
        None,
    ),
    ("cleo", "top 2 by score", "score is 7; the last one in has 10", "3 short of 10"),
    ("dora", 'within 5 km of place "Shop"', "the place is not known", "latitude and longitude set"),
]


@pytest.fixture(scope="module")
def few() -> Iterator[segql.Store]:
    with load(WORLD) as store:
        yield store


def lines(verdict: Verdict, depth: int = 0) -> list[str]:
    """A tree of verdicts, a line each."""
    mine = f"{'  ' * depth}{'+' if verdict.holds else '-'} {verdict.kind}: {verdict.text}"
    missing = f" ! {verdict.missing}" if verdict.missing else ""
    return [mine + missing, *(line for part in verdict.parts for line in lines(part, depth + 1))]


@pytest.mark.parametrize(("who", "text", "found", "missing"), TOLD)
def test_what_is_told(few: segql.Store, who: str, text: str, found: str, missing: str | None) -> None:
    clause = few.why(text, who, NOW).verdict
    assert ("; ".join(clause.found), clause.missing) == (found, missing)
    assert clause.holds == (missing is None) == (who in few.members(text, NOW)["external_id"].to_pylist())


def test_under_not_it_is_told_what_should_not_hold(few: segql.Store) -> None:
    why = few.why('not (tags contains "sales" or score at least 3) and not name is "x"', "anna", NOW)
    assert lines(why.verdict) == [
        '- and: not (tags contains "sales" or score at least 3) and not name is "x"',
        '  - not: not (tags contains "sales" or score at least 3)',
        '    + or: tags contains "sales" or score at least 3',
        '      + condition: tags contains "sales" ! tags without "sales"',
        "      + condition: score at least 3 ! score: 7 above less than 3",
        '  + not: not name is "x"',
        '    - condition: name is "x"',
    ]


def test_so_many_of_several(few: segql.Store) -> None:
    why = few.why('at least 2 of (score at least 12, vip is true, name is "x")', "anna", NOW)
    assert (why.verdict.found, why.verdict.missing) == (("1 of 3 hold",), "1 more of them")
    assert [part.holds for part in why.verdict.parts] == [False, True, False]


def test_the_newest_events_are_told_as_data(few: segql.Store) -> None:
    clause = few.why(f"did {ORDERS} at least 3 times", "anna", NOW).verdict
    assert [(seen.event, seen.at) for seen in clause.events] == [
        ("Placed Order", ago(1)),
        ("Placed Order", ago(2)),
        ("Placed Order", ago(3)),
    ]


def test_segments_defines_and_ranks_open_up() -> None:
    with load(WORLD) as store:
        store.save_segments('segment "Scorers": score at least 8 and vip is true', at=ago(9))
        text = """define bought(times = 2): did "Placed Order" at least $times times
            segment "Both": in segment "scorers" and bought(times: 5) and top 1 by score among (vip is true)"""
        assert lines(store.why(text, "ben", NOW).verdict) == [
            '- and: in segment "scorers" and bought(times: 5) and top 1 by score among (vip is true)',
            '  - in segment: in segment "scorers"',
            "    - and: score at least 8 and vip is true",
            "      + condition: score at least 8",
            "      - condition: vip is true ! vip true",
            "  - call: bought(times: 5)",
            '    - condition: did "Placed Order" at least 5 times ! 3 more "Placed Order"',
            "  - among: top 1 by score among (vip is true) ! to be one of those who are ranked",
            "    - condition: vip is true ! vip true",
        ]


@pytest.mark.parametrize("who", ["nobody@example.com", 4_000_000_000])
def test_nobody(few: segql.Store, who: str | int) -> None:
    with pytest.raises(StoreError) as nobody:
        few.why("vip is true", who, NOW)
    assert nobody.value.code == "S017"


def test_the_number_of_a_profile_that_was_merged_names_the_person() -> None:
    with load(WORLD) as store:
        merged, survivor = (store.why("vip is true", who, NOW).profile_id for who in ("ben", "anna"))
        store.merge("ben", "anna", "a test", NOW)
        why = store.why(f"did {ORDERS} at least 12 times", merged, NOW)
        assert (why.who, why.profile_id, why.holds) == (merged, survivor, True)


@pytest.mark.parametrize("by_person", [False, True])
def test_of_many_kinds_of_events_only_those_that_are_asked_for_count(*, by_person: bool) -> None:
    with segql.open(":memory:", create=True) as store:
        store.upsert_profiles(pa.table({"external_id": ["anna"]}))
        kinds = [f"Kind {number}" for number in range(8)]
        for kind in kinds:
            happened = {"external_id": ["anna"], "occurred_at": [ago(1)], "Note": [f"of {kind}"]}
            store.append_events(kind, pa.table(happened))
        if by_person:
            store.keep_by_person()
        asked = [f'"{kind}"' for kind in kinds if kind not in ("Kind 3", "Kind 6")]
        (of_all, *others) = store.why(
            f'did any of ({", ".join(asked)}) at least 7 times and did {asked[0]} where Note is "of Kind 0"',
            "anna",
            NOW,
        ).verdict.parts
        assert (of_all.holds, others[0].holds) == (False, True)
        assert of_all.found[0].startswith("6 ")


def test_several_groups_have_no_why(few: segql.Store) -> None:
    with pytest.raises(DefinitionError) as refused:
        few.why("overlap vip is true, score is set", "anna", NOW)
    assert refused.value.diagnostics[0].code.name == "SG107"


def test_people_are_found_by_their_addresses(few: segql.Store) -> None:
    ids = {
        few.why("vip is true", who, NOW).profile_id for who in ("anna", "ANNA@example.com", "(617) 253-0010")
    }
    assert len(ids) == 1
