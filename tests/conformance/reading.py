"""Reads the files in `cases/` (README.md says what stands in them): each is a world and what is asked of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from segql.compiler.catalog.model import Account, Point, ValueType
from segql.compiler.parse import parse
from segql.compiler.statements import Define, SegmentDefinition
from segql.compiler.text import fold
from tests.reference.people import ConsentEntry, Event, EventType, Message, Periods, Person, Value, World

FOLDER = Path(__file__).with_name("cases")
VERSION = 1


@dataclass(frozen=True)
class Case:
    """A definition, what is given for its parameters, the instant (aware) at which it is asked, and who is in."""

    definition: str
    given: Mapping[str, Any]
    now: datetime
    members: frozenset[str]


@dataclass(frozen=True)
class FunnelCase:
    """A funnel, the instant (aware) at which it is asked, and of each step what README.md says."""

    funnel: str
    now: datetime
    steps: list[dict[str, Any]]


@dataclass(frozen=True)
class Family:
    """A file: its people, and the cases and funnels that are asked of them."""

    name: str
    world: World
    cases: tuple[Case, ...]
    funnels: tuple[FunnelCase, ...]


def families() -> list[Family]:
    """All files, by their names."""
    return [_family(path.stem, json.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.json"))]


def _family(name: str, document: dict[str, Any]) -> Family:
    if document["version"] != VERSION:
        raise ValueError(f"{name}: version {document['version']} is not {VERSION}")
    now = _instant(document["now"])
    cases = tuple(
        Case(row["definition"], row.get("given", {}), _instant(row.get("now")) or now, frozenset(row["in"]))
        for row in document["cases"]
    )
    funnels = tuple(
        FunnelCase(row["funnel"], _instant(row.get("now")) or now, row["steps"])
        for row in document.get("funnels", ())
    )
    return Family(name, _world(document), cases, funnels)


def _world(document: dict[str, Any]) -> World:
    attributes, items = _types(document.get("attributes", {}))
    events = {name: _event_type(types) for name, types in document.get("events", {}).items()}
    statements = [one for text in document.get("definitions", ()) for one in parse(text).statements]
    segments = [one for one in statements if isinstance(one, SegmentDefinition)]
    return World(
        account=Account.from_dict(document.get("account", {})),
        people=tuple(_person(name, one, document) for name, one in document["people"].items()),
        attributes=attributes,
        events=events,
        lists=tuple(document.get("lists", ())),
        segments={one.name: one.condition for one in segments},
        zones={one.name: one.timezone for one in segments if one.timezone is not None},
        templates={one.name: one for one in statements if isinstance(one, Define)},
        places={name: Point(*point) for name, point in document.get("places", {}).items()},
        postal_codes={
            (country, code): Point(*point)
            for country, codes in document.get("postal_codes", {}).items()
            for code, point in codes.items()
        },
        items=items,
        histories=tuple({name for one in document["people"].values() for name in one.get("history", ())}),
    )


def _types(types: Mapping[str, Any]) -> tuple[dict[str, ValueType], dict[str, dict[str, ValueType]]]:
    """The types of single values and of lists of texts; the fields of lists of objects."""
    single: dict[str, Any] = {name: kind for name, kind in types.items() if isinstance(kind, str)}
    return single, {name: fields for name, fields in types.items() if isinstance(fields, dict)}


def _event_type(types: dict[str, Any]) -> EventType:
    """The money and the label of an event are marked by a star and by a plus behind their types."""
    plain = {name: kind.rstrip("*+") if isinstance(kind, str) else kind for name, kind in types.items()}
    kept = {kind[-1]: name for name, kind in types.items() if isinstance(kind, str)}
    properties, items = _types(plain)
    return EventType(properties, kept.get("*"), kept.get("+"), items)


def _person(name: str, one: dict[str, Any], document: dict[str, Any]) -> Person:
    types = document.get("attributes", {})
    return Person(
        name,
        _values(one.get("attributes", {}), types),
        tuple(
            Event(event, _instant(at), _values(dict(*properties), document["events"][event]))
            for event, at, *properties in one.get("events", ())
        ),
        tuple(
            ConsentEntry(channel, kind, status, _instant(at), *how)
            for channel, kind, status, at, *how in one.get("consents", ())
        ),
        _periods(one.get("lists", {})),
        _periods(one.get("segments", {})),
        {
            attribute: tuple((value, _instant(begin), _instant(end)) for value, begin, end in turns)
            for attribute, turns in one.get("history", {}).items()
        },
        tuple(Message(campaign, *map(_instant, times)) for campaign, *times in one.get("messages", ())),
    )


def _periods(groups: dict[str, Any]) -> dict[str, Periods]:
    return {
        name: tuple((_instant(begin), _instant(end)) for begin, end in periods)
        for name, periods in groups.items()
    }


def _values(values: dict[str, Any], types: dict[str, Any]) -> dict[str, Value]:
    """Values of their types; everything else is not set."""
    known = {fold(name): kind for name, kind in types.items()}
    return {
        **dict.fromkeys(types),
        **{name: _value(value, known[fold(name)]) for name, value in values.items()},
    }


def _value(value: Any, kind: Any) -> Any:
    match kind:
        case "datetime" | "datetime+":
            return _instant(value)
        case "date":
            return date.fromisoformat(value)
        case "number" | "number*":
            return float(value)
        case dict() as fields:
            return [_values(item, fields) for item in value]
        case _:
            return value


def _instant(written: str | None) -> Any:
    return None if written is None else datetime.fromisoformat(written)
