"""Random histories: a store of random people, and what is stored about them from one refresh to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import segql
from tests.reference import vocabulary as words
from tests.reference.days import Calendar
from tests.reference.people import ConsentEntry, Event, World
from tests.reference.worlds import Draws, consents, events, worlds
from tests.semantics.loading import ARROW_TYPES, everybody

Action = Callable[[segql.Store], object]


@dataclass(repr=False)
class Tick:
    """What is stored, and then the instant of the next refresh."""

    actions: list[Action]
    now: datetime

    def __repr__(self) -> str:
        told = [f"{action.func.__name__}{action.args}" for action in self.actions]  # type: ignore[attr-defined]
        return f"{told} then at {self.now}"


class Scene:
    """What the things that happen are drawn from. No dataclass, whose printing fills pages."""

    def __init__(self, world: World, draws: Draws) -> None:
        self.world = world
        self.draws = draws
        self.names = [person.id for person in world.people] + ["somebody new", "somebody else"]
        self.values = {
            name: kind
            for name, kind in world.attributes.items()
            if name in words.ATTRIBUTES and not name.startswith(("phone", "email"))
        }


@st.composite
def histories(draw: DrawFn, ticks: int) -> tuple[World, datetime, list[Tick]]:
    """A world, the instant of its first refresh, and what happens afterwards. Time stands, creeps, or jumps to the
    ends of windows and beyond."""
    world, first = draw(worlds())
    draws = Draws.around(Calendar(first, world.account.timezone, world.account.week_starts))
    scene = Scene(world, draws)
    now, happened = first, []
    for number in range(ticks):
        acts = draw(st.lists(actions(scene, number), max_size=4))
        now = draw(later(now, scene))
        happened.append(Tick(acts, now))
    return world, first, happened


def later(now: datetime, scene: Scene) -> SearchStrategy[datetime]:
    """The instant of the next refresh."""
    steps = st.sampled_from((0, 0.4, 1, 59, 3600, 86_400, 40 * 86_400))
    return st.one_of(
        steps.map(lambda seconds: now + timedelta(seconds=seconds)),
        scene.draws.times.map(lambda at: max(at, now)),
    )


@st.composite
def actions(draw: DrawFn, scene: Scene, number: int) -> Action:
    """Something that is stored before the refresh of this number."""
    who, draws = draw(st.sampled_from(scene.names)), scene.draws
    match draw(st.sampled_from(("event", "event", "consent", "join", "leave", "value"))):
        case "event":
            return partial(
                append, scene.world, who, draw(events(draws)), f"{number} {draw(st.integers(0, 99))}"
            )
        case "consent":
            return partial(consent, who, draw(consents(draws, ["push"])))
        case "join":
            return partial(join, draw(st.sampled_from(scene.world.lists)), who, draw(draws.times))
        case "leave":
            return partial(leave, draw(st.sampled_from(scene.world.lists)), who, draw(draws.times))
        case _:
            name, kind = draw(st.sampled_from(sorted(scene.values.items())))
            return partial(change, who, name, pa.array([draw(draws.values[kind])], ARROW_TYPES[kind]))


def append(world: World, who: str, event: Event, event_id: str, store: segql.Store) -> None:
    kind = world.events[event.name]
    columns: dict[str, Any] = {
        "external_id": pa.array([who]),
        "occurred_at": pa.array([event.at], pa.timestamp("s", "UTC")),
        "event_id": pa.array([event_id]),
    }
    for key, type_ in kind.properties.items():
        columns[key] = pa.array([event.properties.get(key)], ARROW_TYPES[type_])
    assert (
        store.append_events(event.name, pa.table(columns), amount=kind.amount, label=kind.label).rejected
        == []
    )


def consent(who: str, entry: ConsentEntry, store: segql.Store) -> None:
    row = {
        "channel": entry.channel, "kind": entry.kind, "address": who, "status": entry.status, "occurred_at": entry.at,
        "recorded_at": entry.at, "method": "form", "detail": None, "actor": "test",
    }  # fmt: skip
    assert store.record_consents(pa.Table.from_pylist([row])).rejected == []


def join(name: str, who: str, at: datetime, store: segql.Store) -> None:
    store.add_to_list(name, _ids(store, who), at)


def leave(name: str, who: str, at: datetime, store: segql.Store) -> None:
    store.remove_from_list(name, _ids(store, who), at)


def change(who: str, name: str, value: Any, store: segql.Store) -> None:
    assert store.upsert_profiles(pa.table({"external_id": pa.array([who]), name: value})).rejected == []


def _ids(store: segql.Store, who: str) -> list[int]:
    return [row["profile_id"] for row in everybody(store) if row["external_id"] == who]
