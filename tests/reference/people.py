"""Plain data: an account's people, what they did and what they permitted, with no database anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from segql.compiler.ast.base import Condition
from segql.compiler.catalog.model import Account, Channel, Point, ValueType
from segql.compiler.statements import Define

# Instants are aware and have whole seconds. What is not set is None, or missing. Lists hold texts or objects.
Value = str | float | bool | date | list[Any] | dict[str, Any] | None
# From when until when (None: still).
Periods = tuple[tuple[datetime, datetime | None], ...]


@dataclass(frozen=True)
class Event:
    """Something that a person did."""

    name: str
    at: datetime
    properties: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class ConsentEntry:
    """A line of the consent log, with how it came about."""

    channel: Channel
    kind: str
    status: str
    at: datetime
    method: str = "form"
    detail: str | None = None


@dataclass(frozen=True)
class Message:
    """A message of a campaign: when it was queued, and when it was handed over. `given_up`: it never will be."""

    campaign: str
    queued_at: datetime
    handed_at: datetime | None = None
    given_up: bool = False


@dataclass(frozen=True)
class Person:
    """`lists`, `segments`: by their names, when the person was in them. `history`: by the attribute's name, which
    values it had one after the other, each with its period."""

    id: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    consents: tuple[ConsentEntry, ...] = ()
    lists: Mapping[str, Periods] = field(default_factory=dict)
    segments: Mapping[str, Periods] = field(default_factory=dict)
    history: Mapping[str, tuple[tuple[str, datetime, datetime | None], ...]] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True)
class EventType:
    """The properties of a kind of event with their types, and those that the store is asked to keep apart. `items`:
    the fields of the objects, by the name of a list of objects."""

    properties: Mapping[str, ValueType] = field(default_factory=dict)
    amount: str | None = None
    label: str | None = None
    items: Mapping[str, Mapping[str, ValueType]] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """Everything that a definition can speak of. `zones`: the time zones of segments that have one of their own;
    `items`: as of events, for attributes; `histories`: the attributes of which it is known what they were."""

    account: Account
    people: tuple[Person, ...]
    attributes: Mapping[str, ValueType]
    events: Mapping[str, EventType]
    lists: tuple[str, ...] = ()
    segments: Mapping[str, Condition] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, Define] = field(default_factory=dict)
    places: Mapping[str, Point] = field(default_factory=dict)
    postal_codes: Mapping[tuple[str, str], Point] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, ValueType]] = field(default_factory=dict)
    histories: tuple[str, ...] = ()

    def number(self, person: Person) -> int:
        """The number that a store gives a person: they come one after the other, the first is 1."""
        return self.people.index(person) + 1
