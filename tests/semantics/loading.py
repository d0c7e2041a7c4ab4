"""Puts a world of the reference into a store, through the store's public methods."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

import segql
from segql.compiler.catalog.model import ValueType
from segql.compiler.statements import SegmentDefinition
from segql.compiler.text import fold
from tests.reference.people import Event, EventType, Message, Person, Value, World

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
DERIVED = ("phone_valid", "phone_country", "phone_country_code")
LONG_AGO, FOREVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


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
    numbers = {row["external_id"]: row["profile_id"] for row in everybody(store)}
    assert numbers == {person.id: world.number(person) for person in world.people}
    load_consents(store, world)
    load_places(store, world)
    for template in world.templates.values():
        store.save_segments(template.text(), at=LONG_AGO)
    for name in world.lists:
        store.add_to_list(name, [], LONG_AGO)
    load_histories(store, world)
    for name, condition in world.segments.items():
        segment = SegmentDefinition(name=name, condition=condition, timezone=world.zones.get(name))
        store.save_segments(segment.text(), at=LONG_AGO)
    load_memberships(store, world)
    load_messages(store, world)
    return store


def teacher(world: World) -> Person:
    """Somebody with a value for everything: the store learns names and types from values. Leaves before the questions."""
    events = (
        Event(name, LONG_AGO, samples(kind.properties, kind.items)) for name, kind in world.events.items()
    )
    return Person("teacher", samples(world.attributes, world.items), tuple(events))


def samples(kinds: Mapping[str, ValueType], items: Mapping[str, Mapping[str, ValueType]]) -> dict[str, Value]:
    objects = {name: [{key: SAMPLES[kind] for key, kind in fields.items()}] for name, fields in items.items()}
    return {**{name: SAMPLES[kind] for name, kind in kinds.items()}, **objects}


def arrow_types(
    kinds: Mapping[str, ValueType], items: Mapping[str, Mapping[str, ValueType]]
) -> dict[str, Any]:
    """The type of each column, with those of lists of objects."""
    objects = {
        name: pa.list_(pa.struct([(key, ARROW_TYPES[kind]) for key, kind in fields.items()]))
        for name, fields in items.items()
    }
    return {**{name: ARROW_TYPES[kind] for name, kind in kinds.items()}, **objects}


def load_profiles(store: segql.Store, world: World) -> None:
    columns: dict[str, Any] = {"external_id": pa.array([person.id for person in world.people], pa.string())}
    for name, kind in arrow_types(world.attributes, world.items).items():
        if name not in DERIVED:
            columns[name] = pa.array([person.attributes.get(name) for person in world.people], kind)
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
    for key, type_ in arrow_types(kind.properties, kind.items).items():
        columns[key] = pa.array([event.properties.get(key) for _, event in happened], type_)
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
            "method": entry.method,
            "detail": entry.detail,
            "actor": "test",
        }
        for person in world.people
        for entry in person.consents
    ]
    if entries:
        assert store.record_consents(pa.Table.from_pylist(entries)).rejected == []


def load_histories(store: segql.Store, world: World) -> None:
    """Histories are written as the schema has them: one by one they would take most of the time."""
    values = [
        (fold(name), world.number(person), value, *plain(begin, end or FOREVER))
        for person in world.people
        for name, turns in person.history.items()
        for value, begin, end in turns
    ]
    write(
        store,
        "INSERT INTO kept_attributes VALUES ($1, $2)",
        [(fold(name), *plain(LONG_AGO)) for name in world.histories],
    )
    write(store, "INSERT INTO attribute_periods VALUES ($1, $2, $3, $4, $5)", values)


def load_memberships(store: segql.Store, world: World) -> None:
    """Periods on lists, and entries into segments with their exits; of those that the world has."""
    for groups, query in (
        ("lists", "INSERT INTO list_periods SELECT list_id, $2, $3, $4 FROM lists WHERE key = $1"),
        (
            "segments",
            """INSERT INTO segment_moves SELECT segment_id, $2, moved_at, entered, 'data' FROM segments,
              (VALUES ($3::TIMESTAMP_S, true), ($4::TIMESTAMP_S, false)) moves(moved_at, entered)
            WHERE key = $1 AND moved_at < TIMESTAMP_S '9999-12-31'""",
        ),
    ):
        periods = [
            (fold(name), world.number(person), *plain(begin, end or FOREVER))
            for person in world.people
            for name, turns in getattr(person, groups).items()
            for begin, end in turns
        ]
        write(store, query, periods)


def load_messages(store: segql.Store, world: World) -> None:
    """Campaigns that began long ago, and their messages to people."""
    names = dict.fromkeys(fold(message.campaign) for person in world.people for message in person.messages)
    ids = {name: index for index, name in enumerate(names)}
    write(
        store,
        """INSERT INTO sms_campaigns (campaign_id, name, key, definition, transactional, started_at)
        VALUES ($1, $2, $2, '{}', false, $3)""",
        [(index, name, *plain(LONG_AGO)) for name, index in ids.items()],
    )
    messages = [
        (
            ids[fold(message.campaign)],
            world.number(person),
            state(message),
            *plain(message.queued_at, message.handed_at),
        )
        for person in world.people
        for message in person.messages
    ]
    write(
        store,
        """INSERT INTO sms_messages (message_id, campaign_id, purpose, profile_id, credits, trial, state, attempts,
        queued_at, handed_at, contradictions) VALUES (0, $1, 'marketing', $2, 0, false, $3, 0, $4, $5, 0)""",
        messages,
    )


def state(message: Message) -> str:
    """The state that the store would have it in at the end of time."""
    return "skipped" if message.given_up else "queued" if message.handed_at is None else "sent"


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
    return set(store.show(text, ("external_id",), as_of=now)["external_id"].to_pylist())


def write(store: segql.Store, query: str, rows: list[tuple[Any, ...]]) -> None:
    """Run a query for each of the rows."""
    if rows:
        with store.database.transaction() as connection:
            connection.executemany(query, rows)


def plain(*instants: datetime | None) -> list[datetime | None]:
    """Instants as the store has them, without saying that they are UTC."""
    return [None if at is None else at.replace(tzinfo=None) for at in instants]
