"""Puts a world of the reference into somebody else's tables: other names for everything, keys that are texts, a table for
each kind of event, instants with fractions of a second and some with zones, rows that are nobody's."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

import segql
from segql.compiler.catalog.model import Attribute, Event, Property, Segment, ValueType
from segql.compiler.catalog.tables import ConsentTable, EventTable, ListTable, ProfileTable, Tables
from segql.compiler.statements import SegmentDefinition
from tests.reference.people import ConsentEntry, EventType, Value, World
from tests.semantics.loading import arrow_types

# What stands in nobody's way: names that have to be quoted, words of SQL, names of ours.
PEOPLE = ('the "crm"; --', "profiles")
LISTS = "lists"
KEY, WHO, WHEN, ID = "profile_id", "select", "occurred_at", "event_key"
INSTANT_TYPES = ("TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_S", "TIMESTAMP_NS")
FRACTION = timedelta(microseconds=400_000)


def column(index: int) -> str:
    """The name of a column in their tables."""
    return (f"$p{index}", f'c"{index}', f"größe {index}", f"_t{index}")[index % 4]


def instant_type(index: int) -> str:
    """The type of instants in their tables."""
    return INSTANT_TYPES[index % len(INSTANT_TYPES)]


def catalog(world: World) -> segql.Catalog:
    """What the world's names are, and where they stand."""
    return segql.Catalog(
        account=world.account,
        attributes=tuple(
            Attribute(name=name, type=kind, items=fields)
            for name, kind, fields in named(world.attributes, world.items)
        ),
        events=tuple(
            Event(
                name=name,
                amount=kind.amount,
                label=kind.label,
                properties=tuple(
                    Property(name=name, type=type, items=fields)
                    for name, type, fields in named(kind.properties, kind.items)
                ),
            )
            for name, kind in world.events.items()
        ),
        lists=world.lists,
        segments=tuple(
            Segment(
                name=name,
                definition=SegmentDefinition(
                    name=name, condition=condition, timezone=world.zones.get(name)
                ).text(),
            )
            for name, condition in world.segments.items()
        ),
        templates=tuple(template.text() for template in world.templates.values()),
        postal_codes=postal_codes(world),
        places=world.places,
        tables=Tables(
            profiles=ProfileTable(table=PEOPLE, key=KEY, attributes=columns(world.attributes, world.items)),
            events={
                name: EventTable(
                    table=table_of(index),
                    profile=WHO,
                    at=WHEN,
                    id=ID,
                    properties=columns(kind.properties, kind.items),
                )
                for index, (name, kind) in enumerate(world.events.items())
            },
            lists=ListTable(table=LISTS, profile=WHO, list="list", joined=WHEN, left=ID),
            consents=ConsentTable(
                table=("main", "consents"),
                profile=WHO,
                at=WHEN,
                channel="c",
                kind="k",
                status="s",
                method="m",
                detail=ID,
            ),
        ),
    ).validated()


def postal_codes(world: World) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for (country, code), point in world.postal_codes.items():
        found.setdefault(country, {})[code] = point
    return found


def named(
    kinds: Mapping[str, ValueType], items: Mapping[str, Mapping[str, ValueType]]
) -> list[tuple[str, ValueType, tuple[Property, ...]]]:
    """Names with their types, and the fields of lists of objects."""
    plain = [(name, kind, ()) for name, kind in kinds.items()]
    objects = [
        (name, "object", tuple(Property(name=key, type=kind) for key, kind in fields.items()))
        for name, fields in items.items()
    ]
    return [*plain, *objects]  # type: ignore[list-item]


def columns(kinds: Mapping[str, ValueType], items: Mapping[str, object]) -> dict[str, str]:
    """Their column of each name."""
    return {name: column(index) for index, name in enumerate((*kinds, *items))}


def table_of(index: int) -> str | tuple[str, ...]:
    """Their table of a kind of event; the first two are called as ours are."""
    return ("events", "labels", (PEOPLE[0], "events"), f'$p{index}; "x"')[min(index, 3)]


def load(world: World) -> duckdb.DuckDBPyConnection:
    """A database of theirs with everything of a world in it, in a session far from UTC. The caller closes it."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Pacific/Auckland'")
    connection.execute(f"CREATE SCHEMA {quoted(PEOPLE[0])}")
    rows = [person.attributes for person in world.people]
    keys = [str(world.number(person)) for person in world.people]
    create(connection, PEOPLE, {KEY: pa.array(keys, pa.string())}, world.attributes, world.items, rows)
    for index, (name, kind) in enumerate(world.events.items()):
        load_events(connection, world, index, name, kind)
    load_lists(connection, world)
    load_consents(connection, world)
    return connection


def load_events(
    connection: duckdb.DuckDBPyConnection, world: World, index: int, name: str, kind: EventType
) -> None:
    happened = [
        (str(world.number(person)), event)
        for person in world.people
        for event in person.events
        if event.name == name
    ]
    # Of nobody, and of somebody who is not there any more.
    happened += [(stranger, event) for _, event in happened for stranger in (None, "gone")]  # type: ignore[misc]
    path = table_of(index)
    first = {
        WHO: pa.array([who for who, _ in happened], pa.string()),
        WHEN: instants([event.at for _, event in happened]),
        ID: pa.array(range(len(happened)), pa.int64()),
    }
    rows = [event.properties for _, event in happened]
    create(
        connection,
        (path,) if isinstance(path, str) else path,
        first,
        kind.properties,
        kind.items,
        rows,
        index,
    )


def load_lists(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    """Who was on a list from when until when; and nobody on all of them."""
    periods = [
        (str(world.number(person)), name.swapcase(), *period)
        for person in world.people
        for name, turns in person.lists.items()
        for period in turns
    ]
    periods += [(None, name, datetime(2000, 1, 1, tzinfo=UTC), None) for name in world.lists]  # type: ignore[list-item]
    whose, names, joined, left = zip(*periods, strict=True)
    first = {
        WHO: pa.array(whose, pa.string()), "list": pa.array(names, pa.string()),
        WHEN: instants(list(joined)), ID: instants(list(left)),
    }  # fmt: skip
    create(connection, (LISTS,), first, {}, {}, [], index=1)


def load_consents(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    """The log, in no order, with words in another case; and an opt-out of nobody."""
    log = [(str(world.number(person)), entry) for person in world.people for entry in person.consents]
    log.append((None, ConsentEntry("sms", "marketing", "unsubscribed", datetime(2000, 1, 1, tzinfo=UTC))))  # type: ignore[arg-type]
    first = {
        WHO: pa.array([who for who, _ in log], pa.string()),
        WHEN: instants([entry.at for _, entry in log]),
        "c": pa.array([entry.channel.upper() for _, entry in log], pa.string()),
        "k": pa.array([entry.kind for _, entry in log], pa.string()),
        "s": pa.array([entry.status.title() for _, entry in log], pa.string()),
        "m": pa.array([entry.method for _, entry in log], pa.string()),
        ID: pa.array([entry.detail for _, entry in log], pa.string()),
    }
    create(connection, ("consents",), first, {}, {}, [], index=1)


def create(
    connection: duckdb.DuckDBPyConnection,
    path: tuple[str, ...],
    first: dict[str, Any],
    kinds: Mapping[str, ValueType],
    items: Mapping[str, Mapping[str, ValueType]],
    rows: list[Mapping[str, Value]],
    index: int = 0,
) -> None:
    """A table with some columns, and then one for each name."""
    data = dict(first)
    place = columns(kinds, items)
    types = {WHEN: instant_type(index)}
    for number, (name, kind) in enumerate(arrow_types(kinds, items).items()):
        values: list[Any] = [row.get(name) for row in rows]
        if kinds.get(name) == "datetime":
            data[place[name]] = instants(values)
            types[place[name]] = instant_type(number)
        else:
            data[place[name]] = pa.array(values, kind)
    selected = ", ".join(
        f"CAST(TIMEZONE('UTC', {quoted(name)}) AS {types[name]})"
        if name in types and types[name] != "TIMESTAMPTZ"
        else quoted(name)
        for name in data
    )
    arrived = pa.table([*data.values()], names=[*data])
    connection.register("arrived", arrived)
    table = ".".join(map(quoted, path))
    names = ", ".join(map(quoted, data))
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM (SELECT {selected} FROM arrived) t({names})")
    connection.unregister("arrived")


def instants(values: list[datetime | None]) -> Any:
    """Instants with fractions of a second, which the language does not see."""
    return pa.array([None if at is None else at + FRACTION for at in values], pa.timestamp("us", "UTC"))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
