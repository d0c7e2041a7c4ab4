"""Plain data: an account's people, what they did and what they permitted, with no database anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from segql.compiler.ast.base import Condition
from segql.compiler.catalog.model import Account, Channel, Point, ValueType

# Instants are aware and have whole seconds. What is not set is None, or missing.
Value = str | float | bool | date | list[str] | dict[str, str] | None


@dataclass(frozen=True)
class Event:
    """Something that a person did."""

    name: str
    at: datetime
    properties: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class ConsentEntry:
    """A line of the consent log."""

    channel: Channel
    kind: str
    status: str
    at: datetime


@dataclass(frozen=True)
class Person:
    """`lists`: by the list's name, from when until when the person was on it (None: still is)."""

    id: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    consents: tuple[ConsentEntry, ...] = ()
    lists: Mapping[str, tuple[tuple[datetime, datetime | None], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class EventType:
    """The properties of a kind of event with their types, and those that the store is asked to keep apart."""

    properties: Mapping[str, ValueType] = field(default_factory=dict)
    amount: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class World:
    """Everything that a definition can speak of."""

    account: Account
    people: tuple[Person, ...]
    attributes: Mapping[str, ValueType]
    events: Mapping[str, EventType]
    lists: tuple[str, ...] = ()
    segments: Mapping[str, Condition] = field(default_factory=dict)
    places: Mapping[str, Point] = field(default_factory=dict)
    postal_codes: Mapping[tuple[str, str], Point] = field(default_factory=dict)
