"""What time alone changes: from the told instant on the answer is another one, and up to it the same."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings

import segql
from segql.compiler.person.evaluate import holds
from segql.compiler.person.passing import Passing
from segql.compiler.person.record import Event, Person, Row, Subject
from segql.compiler.plan.facts import refresh
from segql.compiler.plan.instants import moment
from tests.person.evaluator import read
from tests.semantics.few_people import NOW, WORLD
from tests.semantics.loading import load
from tests.semantics.test_laws import UNHURRIED, Case, cases

WORLDS = int(os.environ.get("SEGQL_EXAMPLES", "3"))
# Orders of anna: one a day, 10 to 1 days ago at noon. `seen`: anna 3 days ago, cleo 3 days ahead.
TOLD = [
    ("anna", 'did "Placed Order" in the last 3 days', True, "2023-06-20"),
    ("anna", 'did "Placed Order" in the last 3 hours', False, None),
    ("anna", 'did "Placed Order" in the last 36 hours', True, "2023-06-18T00:00:01"),
    ("anna", 'did "Placed Order" at least 3 times in the last 5 days', True, "2023-06-20"),
    ("anna", 'did not "Placed Order" in the last 5 days', False, "2023-06-22"),
    ("anna", 'did "Placed Order" at most 2 times in the last 5 days', False, "2023-06-20"),
    ("anna", 'did "Placed Order" between 20 and 30 days ago', False, "2023-06-27"),
    ("anna", 'did "Placed Order"', True, None),
    ("anna", "seen is in the last 7 days", True, "2023-06-22"),
    ("anna", "seen is more than 7 days ago", False, "2023-06-22"),
    ("cleo", "seen is in the next 7 days", True, "2023-06-20T12:00:00"),
    ("anna", "seen is in the last 100 hours, any year", True, "2023-06-18T04:00:01"),
    ("cleo", "seen is in the last 3 hours, any year", False, "2023-06-20"),
    ("anna", 'last "Placed Order" is more than 60 days ago', False, "2023-08-16"),
    ("anna", "subscribed to sms in the last 30 days", True, "2023-06-28"),
    ("anna", 'joined list "VIP" in the last 7 days', True, "2023-06-20"),
    ("anna", 'did "Placed Order" then not "Clicked Email" within 5 days', True, None),
    ("ben", 'did "Placed Order" then not "Clicked Email" within 5 days', False, "2023-06-19T12:00:00"),
    ("anna", 'in list "VIP" and seen is in the last 7 days', True, "2023-06-22"),
    ("anna", "top 1 by score", True, None),
]


@pytest.fixture(scope="module")
def few() -> Iterator[segql.Store]:
    with load(WORLD) as store:
        yield store


@pytest.mark.parametrize(("who", "text", "now", "at"), TOLD)
def test_told(few: segql.Store, who: str, text: str, now: bool, at: str | None) -> None:
    compiled = few.compile(text)
    subject = Subject.whole(read(few, [compiled], NOW)[who], moment(compiled.catalog.account, NOW))
    assert holds(compiled.plan, subject) == now
    expected = None if at is None else datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert Passing(subject).next_change(compiled.plan) == expected


def test_of_people_with_much_of_a_past_it_is_told_when_events_go_out_of_a_window(few: segql.Store) -> None:
    events = tuple(
        Event("Placed Order", NOW - timedelta(hours=hour), hour, Row()) for hour in range(9_000, 0, -1)
    )
    here = moment(few.catalog.account, NOW)
    for text, at in (
        ('did "Placed Order" at least 2 times in the last 100 hours', "2023-06-21T14:00:01"),
        ('did "Placed Order" at most 30 times in the last 100 hours', "2023-06-20T09:00:01"),
        ('did "Placed Order" between 2 and 200 times in the last 300 hours', "2023-06-21T15:00:01"),
    ):
        subject = Subject.whole(Person(1, events={"Placed Order": events}), here)
        assert Passing(subject).next_change(few.compile(text).plan) == datetime.fromisoformat(at).replace(
            tzinfo=UTC
        )


@settings(max_examples=WORLDS, **UNHURRIED)
@given(cases())
def test_the_answer_changes_then_and_not_before(case: Case) -> None:
    with load(case.world) as store:
        compiled = [store.compile(condition.text()) for condition in case.asked]
        people = read(store, compiled, case.now)
        here = moment(store.catalog.account, case.now)
        for one in compiled:
            for person in people.values():
                known = Subject.whole(person.known_at(case.now), here)
                at, answer = Passing(known).next_change(one.plan), holds(one.plan, known)
                told = f"{one.statement.text()}   asked at {case.now} of {person}"
                if at is not None:
                    assert holds(one.plan, known.later(at)) != answer, told
                until = (at or case.now.replace(microsecond=0) + timedelta(days=3_000)) - timedelta(seconds=1)
                # Where nothing is told of, nothing changes; of what needs everybody nothing can be told.
                for share in (0.001, 0.01, 0.1, 0.5, 1) if refresh(one.plan) != "needs everybody" else ():
                    between = case.now + (until - case.now) * share
                    assert holds(one.plan, known.later(between.replace(microsecond=0))) == answer, told
