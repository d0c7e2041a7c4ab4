"""Lints: each finds what it is for and nothing in what is right; what it says is true of every store (see the laws)."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.lint.implication import covers, excludes, implies
from segql.compiler.lint.windows import are_apart, is_within
from segql.compiler.pipeline import check, compile
from segql.compiler.plan.instants import Moment
from tests.compiler.seen import SEEN
from tests.reference import operators
from tests.reference import vocabulary as words
from tests.reference.definitions import profiles
from tests.reference.evaluate import members
from tests.reference.spans import windows
from tests.reference.worlds import worlds

EXAMPLES = int(os.environ.get("SEGQL_EXAMPLES", "10"))

FOUND = {
    'gender is "m" and gender is "f"': "SG401",
    'gender is "m" and gender is in ("f", "x")': "SG401",
    'gender is exactly "m" and gender is not set': "SG401",
    "predicted_clv at least 10 and predicted_clv less than 10": "SG401",
    "predicted_clv between 1 and 5 and predicted_clv is 6": "SG401",
    'number of "Placed Order" less than 0': "SG401",
    "accepts_cookies is true and accepts_cookies is false": "SG401",
    "subscribed to sms and unsubscribed from sms": "SG401",
    "subscribed to sms and never subscribed to sms": "SG401",
    'did "Placed Order" in the last 30 days and did not "Placed Order" in the last 90 days': "SG401",
    'did "Placed Order" where (Total more than 5 and Total less than 3)': "SG401",
    'not (gender is "m" and gender is "f")': "SG401",
    'gender is set or gender is not set or did "Placed Order"': "SG402",
    "not predicted_clv at least 5 or predicted_clv at least 5": "SG402",
    'number of "Placed Order" at least 0': "SG402",
    'did "Placed Order" at least 0 times': "SG402",
    'did "Placed Order" at least 3 times this month and did "Placed Order" at least 5 times this month': "SG403",
    'did "Placed Order" in the last 30 days or did "Placed Order" in the last 90 days': "SG403",
    'did "Placed Order" where Total more than 9 and did "Placed Order"': "SG403",
    'gender is "f" and can receive sms and gender is "F"': "SG403",
    'gender is "f" or gender is in ("f", "m")': "SG403",
    "can receive sms and subscribed to sms": "SG403",
    'gender contains "a" and gender is set': "SG403",
    'last "Placed Order" is in the last 3 days and last "Placed Order" is more than 60 days ago': "SG404",
    "created in the last 1 month and created is more than 60 days ago": "SG404",
    "created is before 2023-01-01 and created is after 2023-05-01": "SG404",
    "created is today and created is yesterday": "SG404",
    'plan is "premum"': "SG405",
    'plan is in ("Trial", "gold")': "SG405",
    'did "Left Review" where Mood is "badd"': "SG405",
    'topics contains "event"': "SG405",
    'topics contains any of ("events", "restock")': "SG405",
    'every item of topics is "event"': "SG405",
    'any item of topics is in ("events", "sale")': "SG405",
    'gender is not "f"': "SG406",
    'can receive sms and "SMS Preferences" does not contain "a"': "SG406",
    'no item of "SMS Preferences" contains "a"': "SG406",
    "can receive sms and no item of Cart where Price is 3": "SG406",
    'segment "SMS Women": gender is "f"': "SG407",
    'segment "Women" [tags: sms]: gender is "f" or gender is "w"': "SG407",
    'segment "E-mail openers": did "Opened Email"': "SG407",
}
NOTHING = (
    'gender is "m" or gender is "f"',
    "predicted_clv at least 10 and predicted_clv at most 10",
    "accepts_cookies is true or accepts_cookies is false",  # not those of whom it is not known
    'did "Placed Order" in the last 30 days and did not "Placed Order" in the last 3 days',
    "created in the last 1 month and created is more than 29 days ago",
    "created in the last 7 days and created is more than 3 days ago",
    'last "Placed Order" is in the last 3 days and first "Placed Order" is more than 60 days ago',
    'did "Placed Order" at least 3 times in the last 90 days and did "Placed Order" in the last 30 days',
    'plan is "premium"',
    'topics contains all of ("EVENTS", "restocks")',
    'any item of topics contains "even" and any item of topics is not "events"',
    'gender is "anything"',  # its values are not known
    'gender is not "f" or gender is not set',
    'gender is not "f" and gender is set',
    'not gender is "f"',
    'segment "SMS Women": can receive sms and gender is "f"',
    'segment "SMS Quitters": unsubscribed from sms',
    'segment "SMS Women": in segment "Subscribers" and gender is "f"',
    'segment "Women": gender is "f"',
)


def codes(text: str) -> list[str]:
    return [one.code.name for one in check(text, SEEN)]


@pytest.mark.parametrize("text", FOUND)
def test_a_lint_finds_it_and_no_other_does(text: str) -> None:
    assert codes(text) == [FOUND[text]]


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert codes(text) == []


def test_every_lint_is_shown() -> None:
    assert {code.name for code in Code if code.name.startswith("SG4")} == set(FOUND.values())


def test_a_wrong_text_is_not_linted() -> None:
    assert codes('gander is "f" and gender is "m" and gender is "f"') == ["SG201"]


def test_warnings_do_not_keep_a_definition_from_being_used() -> None:
    assert compile('gender is "m" and gender is "f"', SEEN).sql().text


# ---- What a lint says is true of every store -----------------------------------------------------------------------


def pairs() -> st.SearchStrategy[tuple[Condition, Condition]]:
    """Two conditions about the same thing, so that they often have to do with each other."""
    scope = profiles(depth=0)
    kinds = {kind: [name for name, other in scope.kinds if other == kind] for _, kind in scope.kinds}

    def about(term: Any, kind: Any) -> Any:
        tests = operators.tests(kind, scope) | st.builds(c.IsSet, negated=st.booleans())
        one = st.builds(c.Comparison, term=st.just(term), test=tests)
        return st.tuples(one, one)

    same_term = [
        about(c.Attribute(name=kinds[kind][0]), kind)
        for kind in ("text", "number", "boolean", "datetime", "list")
    ]
    event = c.Events(names=(c.EventName(name="Placed Order"),))
    counted = c.Measure(function="number", events=event)
    often = st.none() | st.builds(
        c.HowOften, operator=st.sampled_from(("at least", "at most", "exactly")), times=st.integers(0, 3)
    )
    window = st.none() | windows(future=False)
    did = st.builds(c.Did, events=st.just(event), negated=st.booleans(), how_often=often, window=window)
    latest = c.Recency(which="last", event=event.names[0])
    consent = st.builds(
        c.ConsentStatus,
        status=st.sampled_from(("subscribed to", "unsubscribed from", "pending for")),
        channel=st.just("sms"),
        window=window,
    )
    consent |= st.just(c.CanReceive(channel="sms")) | st.just(
        c.ConsentStatus(status="never subscribed to", channel="sms")
    )
    negated = st.booleans()

    def turned(pair: tuple[Condition, Condition], one: bool, other: bool) -> tuple[Condition, Condition]:
        return tuple(
            c.Not(child=part) if not_ else part for part, not_ in zip(pair, (one, other), strict=True)
        )  # type: ignore[return-value]

    whole = st.one_of(
        *same_term,
        about(counted, "number"),
        about(latest, "datetime"),
        st.tuples(did, did),
        st.tuples(consent, consent),
    )
    return st.builds(turned, whole, negated, negated)


def catalog(world: Any) -> Any:
    from segql.compiler.catalog.model import Attribute, Catalog, Event, Property

    return Catalog(
        account=world.account,
        attributes=tuple(Attribute(name=name, type=kind) for name, kind in world.attributes.items()),
        events=tuple(
            Event(
                name=name,
                properties=tuple(Property(name=key, type=kind) for key, kind in type_.properties.items()),
                amount=type_.amount,
                label=type_.label,
            )
            for name, type_ in world.events.items()
        ),
        lists=words.LISTS,
    )


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(worlds(), st.lists(pairs(), min_size=60, max_size=60))
def test_what_follows_in_the_plan_follows_for_people(
    drawn: Any, asked: list[tuple[Condition, Condition]]
) -> None:
    """Contradiction (nobody), tautology (everybody) and redundancy (the same people without it) rest on these three."""
    world, now = drawn
    names = catalog(world)
    everybody = {person.id for person in world.people}
    for one, other in asked:
        first, second = (compile(part.text(), names).plan for part in (one, other))
        here, there = members(world, one, now), members(world, other, now)
        said = f"{one.text()}   {other.text()}   at {now}"
        assert not excludes(first, second) or not here & there, said
        assert not covers(first, second) or here | there == everybody, said
        assert not implies(first, second) or here <= there, said


@settings(max_examples=EXAMPLES * 40, deadline=None)
@given(
    windows(future=True),
    windows(future=True),
    st.datetimes().map(lambda at: at),
    st.sampled_from(words.ZONES),
)
def test_windows_are_compared_as_their_bounds_are(one: Any, other: Any, at: Any, zone: str) -> None:
    from datetime import UTC
    from zoneinfo import ZoneInfo

    assume(1990 < at.year < 2090)
    moment = Moment(at.replace(tzinfo=UTC), ZoneInfo(zone))
    (start, end), (low, high) = moment.bounds(one.lower()), moment.bounds(other.lower())
    if is_within(one.lower(), other.lower()):
        empty = start is not None and end is not None and start > end
        assert empty or (low is None or (start is not None and low <= start))
        assert empty or (high is None or (end is not None and end <= high))
    if are_apart(one.lower(), other.lower()):
        assert (end is not None and low is not None and end < low) or (
            high is not None and start is not None and high < start
        )


def test_redundancy_is_mended_without_losing_brackets_or_comments() -> None:
    def fixes(text: str) -> list[Diagnostic]:
        return [one for one in check(text, SEEN) if one.fixes]

    assert fixes(
        '(gender is "f" or created is today) and can receive sms and gender is "f"\nand gender is "f"'
    )
    assert not fixes('gender is "f" -- a reason\nand gender is "f"')
