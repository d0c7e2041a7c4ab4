"""Laws of funnels: counts and times are those of the reference, for random steps of people who did much in little time.

SEGQL_EXAMPLES sets how many worlds are drawn, ten at least; each is asked twenty funnels."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.catalog.model import Account
from segql.compiler.conditions.windows import InTheLast
from segql.compiler.statements import Funnel
from tests.reference.funnels import Left, funnel, quartiles
from tests.reference.people import Event, EventType, Person, World
from tests.semantics.loading import load
from tests.semantics.test_laws import UNHURRIED

WORLDS = max(10, int(os.environ.get("SEGQL_EXAMPLES", "10")))
FUNNELS = 20
NOW = datetime(2023, 6, 17, 12, tzinfo=UTC)
NAMES = ("Viewed Product", "Added to Cart", "Placed Order")
MINUTES = st.integers(1, 8).map(lambda count: c.Length(count=count, unit="minute"))


@st.composite
def people(draw: DrawFn, number: int) -> Person:
    """Somebody with so many events in a quarter of an hour that several of them are in one second."""
    happening = st.tuples(st.sampled_from(NAMES), st.integers(-1, 15), st.sampled_from((0, 0, 1)))
    done = draw(st.lists(happening, min_size=4, max_size=12, unique=True))
    events = (Event(name, NOW - timedelta(minutes=back, seconds=beside)) for name, back, beside in done)
    return Person(f"p{number}", {"score": draw(st.sampled_from((None, 1.0)))}, tuple(events))


@st.composite
def worlds(draw: DrawFn) -> World:
    shoppers = tuple(draw(people(number)) for number in range(draw(st.integers(6, 12))))
    return World(Account(), shoppers, {"score": "number"}, {name: EventType() for name in NAMES})


@st.composite
def events_meant(draw: DrawFn) -> c.Events:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    return c.Events(
        names=tuple(c.EventName(name=name) for name in names), quantifier="any" if len(names) > 1 else None
    )


@st.composite
def dids(draw: DrawFn) -> c.Did:
    """Events in a sequence, or by themselves."""
    window = st.none() | st.none() | st.builds(InTheLast, length=MINUTES)
    limit = st.none() | MINUTES
    absent = st.sampled_from((False, False, True))
    step = st.builds(c.Step, events=events_meant(), negated=absent, within=limit)
    return c.Did(
        events=draw(events_meant()),
        window=draw(window),
        steps=tuple(draw(st.lists(step, max_size=3))),
    )


def others() -> st.SearchStrategy[Condition]:
    """What has no event of its own."""
    order = c.Events(names=(c.EventName(name="Placed Order"),))
    least = c.HowOften(operator="at least", times=2)
    known = c.Comparison(term=c.Attribute(name="score"), test=c.IsSet())
    return st.sampled_from(
        (c.Everybody(), known, c.Did(events=order, negated=True), c.Did(events=order, how_often=least))
    )


class Case:
    """A world, and funnels to ask of it. No dataclass, whose printing fills pages."""

    def __init__(self, world: World, asked: list[list[Condition]]) -> None:
        self.world = world
        self.asked = asked


@st.composite
def cases(draw: DrawFn) -> Case:
    steps = st.lists(dids() | dids() | dids() | others(), min_size=1, max_size=3)
    return Case(draw(worlds()), draw(st.lists(steps, min_size=FUNNELS, max_size=FUNNELS)))


def test_counts_and_times_are_those_of_the_reference() -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=WORLDS, **UNHURRIED)
    @given(cases())
    def agree(case: Case) -> None:
        with load(case.world) as store:
            for conditions in case.asked:
                text = Funnel(steps=tuple(conditions)).text()
                found = store.ask(text, NOW).to_pylist()
                expected = funnel(case.world, conditions, NOW)
                met.update(kind for one in expected for kind in kinds(one))
                assert list(map(told, found)) == list(map(meant, expected)), f"{text}\n{case.world.people}"

    agree()
    # The law would say little of people who never come so far.
    assert all(met[kind] for kind in ("times", "times that differ", "people without", "untimed")), met


def kinds(left: Left) -> list[str]:
    """What there is to see in the answer."""
    if left.between is None:
        return ["untimed"]
    found = {
        "times": bool(left.between),
        "times that differ": len(set(left.between)) > 1,
        "people without": 0 < len(left.between) < left.count,
    }
    return [kind for kind, is_there in found.items() if is_there]


def told(row: dict[str, Any]) -> list[Any]:
    names = (
        "lower_quartile_seconds",
        "median_seconds",
        "upper_quartile_seconds",
        "median_seconds_from_first",
    )
    return [row["count"], row["timed"], *(row[name] for name in names)]


def meant(left: Left) -> list[Any]:
    if left.between is None or left.in_all is None:
        return [left.count, None, None, None, None, None]
    if not left.between:
        return [left.count, 0, None, None, None, None]
    between, in_all = quartiles(left.between), quartiles(left.in_all)
    return [left.count, len(left.between), *(pytest.approx(one) for one in (*between, in_all[1]))]
