"""What names exist in an account: attributes, events and their properties, lists, segments, places, settings.

Plain data, from JSON or from a store. The compiler asks it and nothing else, so it compiles without any store.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Annotated, Literal, NamedTuple

import msgspec

from segql.compiler.catalog.tables import Tables
from segql.compiler.record import Record
from segql.compiler.text import fold, quoted

ValueType = Literal["text", "number", "boolean", "date", "datetime", "list", "object"]
Channel = Literal["sms", "email", "push"]

SUBSCRIBED_SMS = "Subscribed to SMS Marketing"
# What other tools call an event of ours, folded; an event of the account's own of that name comes first.
_ALSO_CALLED = {"sent sms": "texted us"}


class Property(Record):
    """A fact about an event, or a field of an object in a list. `values`: the values seen, where they are few, and
    `counts`: of how many people or events each of them is, where that was counted; `items`: the fields of the objects,
    where it is a list of objects."""

    name: str
    type: ValueType
    values: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    items: tuple["Property", ...] = ()


class Attribute(Property):
    """A fact about a profile. `kept_since`: from when on the store keeps what it was before, where it does."""

    kept_since: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Event(Record):
    """A kind of event. `amount` and `label` name the properties that the store keeps in columns of their own:
    the money of the event, and its one much-repeated text (see `sql/layout.py`)."""

    name: str
    properties: tuple[Property, ...] = ()
    amount: str | None = None
    label: str | None = None
    id: int | None = None

    @cached_property
    def _properties_by_key(self) -> dict[str, Property]:
        return {fold(property.name): property for property in self.properties}

    def property(self, name: str) -> Property | None:
        """The property of that name in any case, or None."""
        return self._properties_by_key.get(fold(name))


class Segment(Record):
    """A stored segment: its name and the text of its condition, with its time zone where it has one of its own.

    `examples`: the texts of its example people, `expect in: {...}`. `written`: the whole definition in canonical form
    with its comments, where it has some."""

    name: str
    definition: str
    description: str | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None
    examples: tuple[str, ...] = ()
    written: str | None = None


class Point(NamedTuple):
    """Degrees north and east (WGS 84)."""

    latitude: float
    longitude: float


class Interactions(Record):
    """Which events of a channel say that a person engaged with it, which that the person used it just now, and which
    that a message was sent to, received by, opened, clicked or replied to by a person."""

    engaged: tuple[str, ...] = ()
    interacted: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    clicked: tuple[str, ...] = ()
    replied: tuple[str, ...] = ()


class SmsInteractions(Interactions):
    """The events of text messages."""

    engaged: tuple[str, ...] = ("Clicked SMS", SUBSCRIBED_SMS)
    interacted: tuple[str, ...] = ("Clicked SMS", "Texted Us")
    sent: tuple[str, ...] = ("Received SMS", "Failed to Deliver SMS")
    received: tuple[str, ...] = ("Received SMS",)
    clicked: tuple[str, ...] = ("Clicked SMS",)
    replied: tuple[str, ...] = ("Texted Us",)


class EmailInteractions(Interactions):
    """The events of e-mail."""

    engaged: tuple[str, ...] = ("Opened Email", "Clicked Email")
    interacted: tuple[str, ...] = ("Opened Email", "Clicked Email")
    sent: tuple[str, ...] = ("Received Email", "Bounced Email")
    received: tuple[str, ...] = ("Received Email",)
    opened: tuple[str, ...] = ("Opened Email",)
    clicked: tuple[str, ...] = ("Clicked Email",)


class PushInteractions(Interactions):
    """The events of messages on the screen of a phone."""

    engaged: tuple[str, ...] = ("Opened Push",)
    interacted: tuple[str, ...] = ("Opened Push",)
    sent: tuple[str, ...] = ("Received Push", "Bounced Push")
    received: tuple[str, ...] = ("Received Push",)
    opened: tuple[str, ...] = ("Opened Push",)
    clicked: tuple[str, ...] = ("Opened Push",)


class Channels(Record):
    """The events of each channel; what an account does not say of them is as usual."""

    sms: SmsInteractions = SmsInteractions()
    email: EmailInteractions = EmailInteractions()
    push: PushInteractions = PushInteractions()

    def of(self, channel: Channel) -> Interactions:
        """The events of a channel by its name."""
        interactions: Interactions = getattr(self, channel)
        return interactions

    def all(self) -> tuple[Interactions, ...]:
        """The events of all channels."""
        return (self.sms, self.email, self.push)


class Account(Record):
    """Settings that give words their meaning. `timezone` is an IANA name, `currency` an ISO 4217 code, `country` the
    ISO 3166 code by which national phone numbers are read; `order_event` is the event whose amount is an order's value;
    `campaign_property` names the campaign of a message's events, `text_property` what was said in a text to us."""

    name: str = "My shop"
    timezone: str = "UTC"
    currency: str = "USD"
    country: str = "US"
    week_starts: Literal["monday", "sunday"] = "monday"
    order_event: str = "Placed Order"
    campaign_property: str = "Campaign"
    text_property: str = "Text"
    channels: Channels = Channels()


class Counts(Record):
    """How much there is of what has a name, by its name as the account writes it: how many people have an attribute, are
    on a list, or were in a segment as of its last refresh; how often an event happened. What was not counted is absent."""

    attributes: Mapping[str, int] = msgspec.field(default_factory=dict)
    events: Mapping[str, int] = msgspec.field(default_factory=dict)
    lists: Mapping[str, int] = msgspec.field(default_factory=dict)
    segments: Mapping[str, int] = msgspec.field(default_factory=dict)


class Catalog(Record):
    """Everything that a definition can name. `counts`: how much there is of it, which no definition depends on; `tables`:
    where it stands, where that is not a store."""

    account: Account = Account()
    attributes: tuple[Attribute, ...] = ()
    events: tuple[Event, ...] = ()
    lists: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    templates: tuple[str, ...] = ()
    # A store's catalog has mappings that look up a code or a country when they are asked for it.
    postal_codes: Mapping[str, Mapping[str, Point]] = msgspec.field(default_factory=dict)
    places: Mapping[str, Point] = msgspec.field(default_factory=dict)
    counts: Counts = Counts()
    tables: Tables | None = None

    def __post_init__(self) -> None:
        if self.tables is None:
            return
        profiles = "tables.profiles.attributes"
        _same_names((one.name for one in self.attributes), self.tables.profiles.attributes, profiles)
        _same_names((event.name for event in self.events), self.tables.events, "tables.events")
        for event in self.events:
            columns = self.tables.by_event[fold(event.name)].properties
            where = f"tables.events[{quoted(event.name)}].properties"
            _same_names((one.name for one in event.properties), columns, where)
        kept = next((one.name for one in self.attributes if one.kept_since is not None), None)
        if kept is not None:
            raise ValueError(f"{quoted(kept)} has kept_since, and own tables keep no history: leave it out")

    def to_json(self) -> str:
        """The catalog as JSON for people's eyes, readable by `from_json`."""
        return msgspec.json.format(super().to_json())

    def without_counts(self) -> "Catalog":
        """The same names and values, without how much there is of each."""
        uncounted = (
            event.changed(properties=tuple(one.changed(counts=()) for one in event.properties))
            for event in self.events
        )
        attributes = tuple(one.changed(counts=()) for one in self.attributes)
        return self.changed(counts=Counts(), attributes=attributes, events=tuple(uncounted))

    @cached_property
    def _attributes_by_key(self) -> dict[str, Attribute]:
        return {fold(attribute.name): attribute for attribute in self.attributes}

    @cached_property
    def _events_by_key(self) -> dict[str, Event]:
        known = {fold(event.name): event for event in self.events}
        also = {alias: known[name] for alias, name in _ALSO_CALLED.items() if name in known}
        return also | known

    @cached_property
    def _lists_by_key(self) -> dict[str, str]:
        return {fold(name): name for name in self.lists}

    @cached_property
    def _segments_by_key(self) -> dict[str, Segment]:
        return {fold(segment.name): segment for segment in self.segments}

    @cached_property
    def _places_by_key(self) -> dict[str, Point]:
        return {fold(name): point for name, point in self.places.items()}

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name in any case, or None."""
        return self._attributes_by_key.get(fold(name))

    def event(self, name: str) -> Event | None:
        """The event of that name, or of one that other tools call it by, in any case, or None."""
        return self._events_by_key.get(fold(name))

    def list_name(self, name: str) -> str | None:
        """The list's name as the account writes it, or None."""
        return self._lists_by_key.get(fold(name))

    def segment(self, name: str) -> Segment | None:
        """The stored segment of that name in any case, or None."""
        return self._segments_by_key.get(fold(name))

    def place(self, name: str) -> Point | None:
        """Where the account's place of that name lies, or None."""
        return self._places_by_key.get(fold(name))

    def postal_code(self, country: str, code: str) -> Point | None:
        """Where a postal code lies, or None."""
        codes = self.postal_codes.get(country.upper())
        return None if codes is None else codes.get(code.upper())


def _same_names(named: Iterable[str], mapped: Iterable[str], where: str) -> None:
    """Raise `ValueError` where the own tables lack something that the catalog names, or have more than that."""
    known, placed = ({fold(name): name for name in names} for names in (named, mapped))
    for name in known.keys() - placed.keys():
        raise ValueError(f"{where} has no {quoted(known[name])}: add it, or take it out of the catalog")
    for name in placed.keys() - known.keys():
        raise ValueError(
            f"{where} has {quoted(placed[name])}, which the catalog does not name: declare it there"
        )
