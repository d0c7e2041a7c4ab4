"""Catalogs of somebody else's tables, and a world of the reference put into such tables.

Other names for everything, keys that are texts, a table for each kind of event, instants with fractions of a second and some
with zones, rows that are nobody's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import segql
from segql.compiler.catalog.model import Attribute, Event, Property, Segment, ValueType
from segql.compiler.catalog.tables import ConsentTable, EventTable, ListTable, ProfileTable, Tables
from segql.compiler.statements import SegmentDefinition
from tests.reference.people import ConsentEntry, EventType, Value, World

# What stands in nobody's way: names that have to be quoted, words of SQL, names of ours.
PEOPLE = ('the "crm"; --', "profiles")
LISTS = "lists"
KEY, WHO, WHEN, ID = "profile_id", "select", "occurred_at", "event_key"
FRACTION = timedelta(microseconds=400_000)


def column(index: int) -> str:
    """The name of a column in their tables."""
    return (f"$p{index}", f'c"{index}', f"größe {index}", f"_t{index}")[index % 4]


def orders_and_views(dialect: Literal["duckdb", "postgresql"] = "duckdb") -> segql.Catalog:
    """A site of three tables: users, and what they bought and looked at."""
    return segql.Catalog.from_dict(
        {
            "account": {"timezone": "America/New_York"},
            "attributes": [{"name": "joined", "type": "datetime"}, {"name": "tier", "type": "text"}],
            "events": [
                {"name": "Bought", "properties": [{"name": "Sum", "type": "number"}]},
                {"name": "Looked", "properties": [{"name": "Page", "type": "text"}]},
            ],
            "tables": {
                "dialect": dialect,
                "profiles": {
                    "table": "users",
                    "key": "id",
                    "attributes": {"joined": "since", "tier": "tier"},
                },
                "events": {
                    "Bought": {
                        "table": "orders",
                        "profile": "user_id",
                        "at": "at",
                        "properties": {"Sum": "cents"},
                    },
                    "Looked": {
                        "table": "views",
                        "profile": "user_id",
                        "at": "at",
                        "properties": {"Page": "page"},
                    },
                },
            },
        }
    )


def catalog(world: World, dialect: Literal["duckdb", "postgresql"] = "duckdb") -> segql.Catalog:
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
            dialect=dialect,
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


@dataclass
class Table:
    """A table of theirs: the type and the values of each column, and the fields of those that hold objects."""

    path: tuple[str, ...]
    kinds: dict[str, ValueType] = field(default_factory=dict)
    values: dict[str, Sequence[Any]] = field(default_factory=dict)
    fields: dict[str, Mapping[str, ValueType]] = field(default_factory=dict)

    def add(self, name: str, kind: ValueType, values: Sequence[Any]) -> None:
        """One more column; instants have fractions of a second, which the language does not see."""
        self.kinds[name] = kind
        is_instant = kind == "datetime"
        self.values[name] = [at and at + FRACTION for at in values] if is_instant else values

    def add_named(
        self,
        kinds: Mapping[str, ValueType],
        items: Mapping[str, Mapping[str, ValueType]],
        rows: list[Mapping[str, Value]],
    ) -> "Table":
        """A column for each name that the language knows."""
        place = columns(kinds, items)
        for name in place:
            self.add(place[name], kinds.get(name, "object"), [row.get(name) for row in rows])
        self.fields = {place[name]: fields for name, fields in items.items()}
        return self


def tables(world: World) -> Iterator[Table]:
    """Everything of a world."""
    people = Table(PEOPLE)
    people.add(KEY, "text", [str(world.number(person)) for person in world.people])
    yield people.add_named(world.attributes, world.items, [person.attributes for person in world.people])
    for index, (name, kind) in enumerate(world.events.items()):
        yield events(world, index, name, kind)
    yield lists(world)
    yield consents(world)


def events(world: World, index: int, name: str, kind: EventType) -> Table:
    happened: list[tuple[str | None, Any]] = [
        (str(world.number(person)), event)
        for person in world.people
        for event in person.events
        if event.name == name
    ]
    # Of nobody, and of somebody who is not there any more.
    happened += [(stranger, event) for _, event in happened for stranger in (None, "gone")]
    path = table_of(index)
    table = Table((path,) if isinstance(path, str) else path)
    table.add(WHO, "text", [who for who, _ in happened])
    table.add(WHEN, "datetime", [event.at for _, event in happened])
    table.add(ID, "number", [float(number) for number in range(len(happened))])
    return table.add_named(kind.properties, kind.items, [event.properties for _, event in happened])


def lists(world: World) -> Table:
    """Who was on a list from when until when; and nobody on all of them."""
    periods: list[tuple[str | None, str, datetime, datetime | None]] = [
        (str(world.number(person)), name.swapcase(), *period)
        for person in world.people
        for name, turns in person.lists.items()
        for period in turns
    ]
    periods += [(None, name, datetime(2000, 1, 1, tzinfo=UTC), None) for name in world.lists]
    table = Table((LISTS,))
    kinds: tuple[tuple[str, ValueType], ...] = (
        (WHO, "text"), ("list", "text"), (WHEN, "datetime"), (ID, "datetime"),
    )  # fmt: skip
    for place, (name, kind) in enumerate(kinds):
        table.add(name, kind, [period[place] for period in periods])
    return table


def consents(world: World) -> Table:
    """The log, in no order, with words in another case; and an opt-out of nobody."""
    log: list[tuple[str | None, ConsentEntry]] = [
        (str(world.number(person)), entry) for person in world.people for entry in person.consents
    ]
    log.append((None, ConsentEntry("sms", "marketing", "unsubscribed", datetime(2000, 1, 1, tzinfo=UTC))))
    table = Table(("main", "consents"))
    table.add(WHO, "text", [who for who, _ in log])
    table.add(WHEN, "datetime", [entry.at for _, entry in log])
    table.add("c", "text", [entry.channel.upper() for _, entry in log])
    table.add("k", "text", [entry.kind for _, entry in log])
    table.add("s", "text", [entry.status.title() for _, entry in log])
    table.add("m", "text", [entry.method for _, entry in log])
    table.add(ID, "text", [entry.detail for _, entry in log])
    return table


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
