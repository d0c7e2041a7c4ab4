"""Laws of refreshing, for random definitions and histories: after every tick the stored members are those whom SQL
names at that instant, and a refresh from nothing finds no difference.

SEGQL_EXAMPLES sets how many histories are drawn.
"""

import os
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import segql
from segql.compiler.statements import SegmentDefinition
from segql.runtime.refresh.changes import Changes
from segql.runtime.refresh.upkeep import Upkeep
from tests.reference import vocabulary as words
from tests.reference.definitions import conditions, profiles
from tests.reference.people import World
from tests.refresh.histories import Tick, histories
from tests.semantics.loading import LONG_AGO, load

HISTORIES = int(os.environ.get("SEGQL_EXAMPLES", "3"))
SEGMENTS = 16
TICKS = 4
# Not shrunk: a world takes half a second to load.
UNHURRIED: dict[str, Any] = {
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
}


class Case:
    """People, segments and what happens. No dataclass, whose printing fills pages."""

    def __init__(
        self, world: World, segments: list[SegmentDefinition], first: datetime, ticks: list[Tick]
    ) -> None:
        self.world = world
        self.segments = segments
        self.first = first
        self.ticks = ticks


@st.composite
def cases(draw: DrawFn) -> Case:
    world, first, ticks = draw(histories(TICKS))
    definitions = draw(st.lists(conditions(profiles()), min_size=SEGMENTS, max_size=SEGMENTS))
    zones = st.sampled_from((None, None, *words.ZONES))
    segments = [
        SegmentDefinition(name=f"segment {number}", condition=condition, timezone=draw(zones))
        for number, condition in enumerate(definitions)
    ]
    return Case(world, segments, first, ticks)


@settings(max_examples=HISTORIES, **UNHURRIED)
@given(cases())
def test_members_are_those_whom_sql_names_after_every_tick(case: Case) -> None:
    with load(case.world) as store:
        # Where nobody has a history, none is kept, and nothing can be asked about it.
        asked = {one.name: one.text() for one in case.segments if not segql.check(one.text(), store.catalog)}
        store.save_segments("\n".join(asked.values()), at=LONG_AGO)
        upkeep = Upkeep()
        streamed: dict[str, set[int]] = {name: set() for name in asked}
        for tick in (Tick([], case.first), *case.ticks):
            for action in tick.actions:
                action(store)
            follow(streamed, upkeep.refresh(store.database, None, tick.now))
            stored = members(store)
            for name, text in asked.items():
                meant = set(store.members(name, as_of=tick.now)["profile_id"].to_pylist())
                where = f"{text}\nat {tick} in {case.world.account}"
                assert stored.get(name, set()) == meant, where
                assert streamed[name] == meant, where
            assert len(Upkeep().refresh(store.database, None, tick.now)) == 0


def follow(streamed: dict[str, set[int]], changes: Changes) -> None:
    """Take in the stream of who entered and who left; nobody enters twice, and nobody leaves who is not in."""
    for change in changes:
        assert (change.profile_id in streamed[change.segment]) != change.entered
        streamed[change.segment] ^= {change.profile_id}


def members(store: segql.Store) -> dict[str, set[int]]:
    """Who is in each segment, as the store's periods have it."""
    found: dict[str, set[int]] = {}
    with store.database.cursor() as cursor:
        rows = cursor.execute(
            """SELECT name, profile_id, count(*) FROM segment_periods JOIN segments USING (segment_id)
            WHERE until_at = '9999-12-31' GROUP BY ALL"""
        ).fetchall()
    for name, profile_id, periods in rows:
        assert periods == 1
        found.setdefault(name, set()).add(profile_id)
    return found
