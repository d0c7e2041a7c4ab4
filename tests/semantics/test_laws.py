"""Laws of the language, for random definitions on random people: SQL and the reference name the same people.

SEGQL_EXAMPLES sets how many worlds are drawn; each is asked fifty definitions (200 make 10,000). `--hypothesis-seed=N`
draws the same ones again, and on a failure Hypothesis prints
how to draw the same example again.
"""

import os
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.statements import Ask
from tests.reference.definitions import conditions, profiles
from tests.reference.evaluate import members
from tests.reference.people import World
from tests.reference.vocabulary import SEGMENTS, ZONES
from tests.reference.worlds import worlds
from tests.semantics.loading import load, named

WORLDS = int(os.environ.get("SEGQL_EXAMPLES", "10"))
DEFINITIONS = 50
# Not shrunk: a world takes half a second to load, and a failure names the few people that matter.
UNHURRIED: dict[str, Any] = {
    "deadline": None,
    "print_blob": True,
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
}


class Case:
    """A world with stored segments, an instant, and definitions to ask then. No dataclass, whose printing fills pages."""

    def __init__(self, world: World, now: datetime, asked: list[Condition], timezone: str | None) -> None:
        self.world = world
        self.now = now
        self.asked = asked
        self.timezone = timezone

    def difference(self, condition: Condition, found: set[str]) -> str:
        """What there is to know where the store named other people than the reference."""
        people = [person for person in self.world.people if person.id in found ^ self.meant(condition)]
        segments = "".join(f"\n{name}: {segment.text()}" for name, segment in self.world.segments.items())
        lines = [f"{self.text(condition)}{segments}", f"asked at {self.now} in {self.world.account}"]
        lines += [f"SQL {'names' if person.id in found else 'leaves out'} {person}" for person in people]
        return "\n".join(lines)

    def text(self, condition: Condition) -> str:
        return Ask(condition=condition, timezone=self.timezone).text()

    def meant(self, condition: Condition) -> set[str]:
        return members(self.world, condition, self.now, self.timezone)


@st.composite
def cases(draw: DrawFn) -> Case:
    """Of the two stored segments the second may use the first; one may have a time zone of its own, and so may the
    definitions."""
    world, now = draw(worlds())
    zones = st.sampled_from((None, None, *ZONES))
    zone, timezone = draw(zones), draw(zones)
    first, second = draw(conditions(profiles())), draw(conditions(profiles(SEGMENTS[:1])))
    asked = draw(st.lists(conditions(profiles(SEGMENTS)), min_size=DEFINITIONS, max_size=DEFINITIONS))
    segments = dict(zip(SEGMENTS, (first, second), strict=True))
    world = replace(world, segments=segments, zones={SEGMENTS[0]: zone} if zone else {})
    return Case(world, now, asked, timezone)


@settings(max_examples=WORLDS, **UNHURRIED)
@given(cases())
def test_sql_sets_of_ids_and_the_reference_name_the_same_people(case: Case) -> None:
    with load(case.world) as store:
        for condition in case.asked:
            text = case.text(condition)
            found = named(store, text, case.now)
            assert found == case.meant(condition), case.difference(condition, found)
            by_sets = store.members(text, as_of=case.now)
            assert set(by_sets["external_id"].to_pylist()) == found, f"{text}   asked at {case.now}"
            ids = by_sets["profile_id"].to_pylist()
            assert ids == sorted(set(ids))
            assert store.count(text, as_of=case.now) == len(ids)


@settings(max_examples=max(2, WORLDS // 5), **UNHURRIED)
@given(cases())
def test_a_condition_and_its_complement_are_everybody(case: Case) -> None:
    with load(case.world) as store:
        for condition in case.asked:
            among, others = case.text(condition), case.text(c.Not(child=condition))
            total = store.count(among, as_of=case.now) + store.count(others, as_of=case.now)
            assert total == len(case.world.people), f"{among}   asked at {case.now}"
