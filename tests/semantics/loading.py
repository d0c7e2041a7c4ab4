"""Puts a world of the reference into a store, through the store's public methods."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

import segql
from segql.compiler.catalog.model import ValueType
from segql.compiler.statements import SegmentDefinition
from segql.compiler.text import fold
from tests.reference.people import Event, EventType, Person, Value, World

ARROW_TYPES: dict[ValueType, Any] = {
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("s", "UTC"),
    "list": pa.list_(pa.string()),
    "object": pa.struct([("size", pa.string())]),
}
SAMPLES: dict[ValueType, Value] = {
    "text": "a",
    "number": 1.0,
    "boolean": True,
    "date": date(2000, 1, 1),
    "datetime": datetime(2000, 1, 1, tzinfo=UTC),
    "list": ["a"],
    "object": {"size": "M"},
}
DERIVED = ("phone_valid", "phone_country")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def load(world: World) -> segql.Store:
    """A store in memory with everything of a world in it. The caller closes it."""
    store = segql.open(":memory:", create=True)
    store.save_account(world.account)
    taught = replace(world, people=(teacher(world), *world.people))
    load_profiles(store, taught)
    for name, kind in world.events.items():
        load_events(store, taught, name, kind)
    with store.database.transaction() as connection:
        connection.execute(
            "DELETE FROM events USING profiles p WHERE events.profile_id = p.profile_id AND p.external_id = 'teacher'"
        )
        connection.execute("DELETE FROM profiles WHERE external_id = 'teacher'")
    load_consents(store, world)
    load_lists(store, world)
    load_places(store, world)
    for name, condition in world.segments.items():
        store.save_segments(SegmentDefinition(name=name, condition=condition).text(), at=LONG_AGO)
    return store


def teacher(world: World) -> Person:
    """Somebody with a value for everything: the store learns names and types from values. Leaves before the questions."""
    attributes = {name: SAMPLES[kind] for name, kind in world.attributes.items()}
    events = (
        Event(name, LONG_AGO, {key: SAMPLES[type_] for key, type_ in kind.properties.items()})
        for name, kind in world.events.items()
    )
    return Person("teacher", attributes, tuple(events))


def load_profiles(store: segql.Store, world: World) -> None:
    columns: dict[str, Any] = {"external_id": pa.array([person.id for person in world.people], pa.string())}
    for name, kind in world.attributes.items():
        if name not in DERIVED:
            values = [person.attributes.get(name) for person in world.people]
            columns[name] = pa.array(values, ARROW_TYPES[kind])
    assert store.upsert_profiles(pa.table(columns)).rejected == []


def load_events(store: segql.Store, world: World, name: str, kind: EventType) -> None:
    happened: list[tuple[str, Event]] = [
        (person.id, event) for person in world.people for event in person.events if event.name == name
    ]
    columns: dict[str, Any] = {
        "external_id": pa.array([person for person, _ in happened], pa.string()),
        "occurred_at": pa.array([event.at for _, event in happened], pa.timestamp("s", "UTC")),
        "event_id": pa.array([str(index) for index in range(len(happened))], pa.string()),
    }
    for key, type_ in kind.properties.items():
        values = [event.properties.get(key) for _, event in happened]
        columns[key] = pa.array(values, ARROW_TYPES[type_])
    written = store.append_events(name, pa.table(columns), amount=kind.amount, label=kind.label)
    assert (written.added, written.rejected) == (len(happened), [])


def load_consents(store: segql.Store, world: World) -> None:
    addresses = {"sms": "phone_number", "email": "email"}
    entries = [
        {
            "channel": entry.channel,
            "kind": entry.kind,
            "address": person.attributes[addresses[entry.channel]]
            if entry.channel in addresses
            else person.id,
            "status": entry.status,
            "occurred_at": entry.at,
            "recorded_at": entry.at,
            "method": "form",
            "detail": str(index),
            "actor": "test",
        }
        for person in world.people
        for index, entry in enumerate(person.consents)
    ]
    if entries:
        assert store.record_consents(pa.Table.from_pylist(entries)).rejected == []


def load_lists(store: segql.Store, world: World) -> None:
    """Periods are written as the schema has them: adding and removing one by one would take most of the time."""
    ids = {row["external_id"]: row["profile_id"] for row in everybody(store)}
    for name in world.lists:
        store.add_to_list(name, [], LONG_AGO)
    periods = [
        (fold(name), ids[person.id], begin.replace(tzinfo=None), end and end.replace(tzinfo=None))
        for person in world.people
        for name, turns in person.lists.items()
        for begin, end in turns
    ]
    if periods:
        with store.database.transaction() as connection:
            connection.executemany(
                """INSERT INTO list_periods
                SELECT list_id, $2, $3::TIMESTAMP_S, coalesce($4::TIMESTAMP_S, '9999-12-31') FROM lists WHERE key = $1""",
                periods,
            )


def load_places(store: segql.Store, world: World) -> None:
    if world.places:
        store.save_places(pa.Table.from_pylist([{"name": n, **p._asdict()} for n, p in world.places.items()]))
    if world.postal_codes:
        codes = [
            {"country": country, "code": code, **point._asdict()}
            for (country, code), point in world.postal_codes.items()
        ]
        store.save_postal_codes(pa.Table.from_pylist(codes))


def everybody(store: segql.Store) -> list[dict[str, Any]]:
    with store.database.cursor() as cursor:
        return cursor.sql("SELECT profile_id, external_id FROM profiles").to_arrow_table().to_pylist()  # type: ignore[no-any-return]


def named(store: segql.Store, text: str, now: datetime) -> set[str]:
    """The external ids of those whom the store names."""
    return set(store.members(text, as_of=now)["external_id"].to_pylist())
