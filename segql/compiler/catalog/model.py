"""What names exist in an account: attributes, events and their properties, lists, segments, places, settings.

Plain data, from JSON or from a store. The compiler asks it and nothing else, so it compiles without any store.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, NamedTuple, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_serializer, field_validator

from segql.compiler.text import fold

ValueType = Literal["text", "number", "boolean", "date", "datetime", "list", "object"]
Channel = Literal["sms", "email", "push"]

SUBSCRIBED_SMS = "Subscribed to SMS Marketing"


class CatalogModel(BaseModel):
    """Base of all catalog data: immutable, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Property(CatalogModel):
    """A fact about an event, or a field of an object in a list. `values`: the values seen, where they are few;
    `items`: the fields of the objects, where it is a list of objects."""

    name: str
    type: ValueType
    values: tuple[str, ...] = ()
    items: tuple["Property", ...] = ()

    @field_serializer("values")
    def _written_values(self, values: Iterable[str]) -> list[str]:
        # A store reads values when they are asked for; written down, they are all there.
        return list(values)


class Attribute(Property):
    """A fact about a profile. `kept_since`: from when on the store keeps what it was before, where it does."""

    kept_since: AwareDatetime | None = None


class Event(CatalogModel):
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


class Segment(CatalogModel):
    """A stored segment: its name and the text of its condition, with its time zone where it has one of its own."""

    name: str
    definition: str
    description: str | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None


class Point(NamedTuple):
    """Degrees north and east (WGS 84)."""

    latitude: float
    longitude: float


class Interactions(CatalogModel):
    """Which events of a channel say that a person engaged with it, which that the person used it just now, and which
    that a message was sent to, received by, opened, clicked or replied to by a person."""

    engaged: tuple[str, ...]
    interacted: tuple[str, ...]
    sent: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    clicked: tuple[str, ...] = ()
    replied: tuple[str, ...] = ()


def _default_channels() -> dict[Channel, Interactions]:
    return {
        "sms": Interactions(
            engaged=("Clicked SMS", SUBSCRIBED_SMS),
            interacted=("Clicked SMS", "Texted Us"),
            sent=("Received SMS", "Failed to Deliver SMS"),
            received=("Received SMS",),
            clicked=("Clicked SMS",),
            replied=("Texted Us",),
        ),
        "email": Interactions(
            engaged=("Opened Email", "Clicked Email"),
            interacted=("Opened Email", "Clicked Email"),
            sent=("Received Email", "Bounced Email"),
            received=("Received Email",),
            opened=("Opened Email",),
            clicked=("Clicked Email",),
        ),
        "push": Interactions(
            engaged=("Opened Push",),
            interacted=("Opened Push",),
            sent=("Received Push", "Bounced Push"),
            received=("Received Push",),
            opened=("Opened Push",),
            clicked=("Opened Push",),
        ),
    }


class Account(CatalogModel):
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
    channels: Mapping[Channel, Interactions] = Field(default_factory=_default_channels)

    @field_validator("channels", mode="before")
    @classmethod
    def _with_what_is_usual(cls, given: Any) -> Any:
        """What is not said of a channel is as usual: settings that an older version saved say less."""
        if not isinstance(given, Mapping):
            return given
        usual = {name: dict(channel) for name, channel in _default_channels().items()}
        return usual | {name: usual.get(name, {}) | dict(channel) for name, channel in given.items()}


class Catalog(CatalogModel):
    """Everything that a definition can name."""

    account: Account = Account()
    attributes: tuple[Attribute, ...] = ()
    events: tuple[Event, ...] = ()
    lists: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    templates: tuple[str, ...] = ()
    postal_codes: Mapping[str, Mapping[str, Point]] = Field(default_factory=dict)
    places: Mapping[str, Point] = Field(default_factory=dict)

    @field_serializer("postal_codes")
    def _written_postal_codes(self, codes: Mapping[str, Mapping[str, Point]]) -> dict[str, dict[str, Point]]:
        # A store's catalog looks postal codes up when they are asked for; written down, they are all there.
        return {country: dict(of_country) for country, of_country in codes.items()}

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a catalog from its JSON form. Raises `pydantic.ValidationError` where it does not fit."""
        return cls.model_validate_json(text)

    def to_json(self) -> str:
        """The catalog as JSON, readable by `from_json`."""
        return self.model_dump_json(indent=2)

    def with_definitions(
        self, segments: tuple[Segment, ...], templates: tuple[str, ...] | None = None
    ) -> "Catalog":
        """The same catalog with other segments and, where they are given, other templates. (A `model_copy` would keep
        what was looked up before.)"""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        changed = {"segments": segments, "templates": self.templates if templates is None else templates}
        return Catalog.model_construct(**{**fields, **changed})

    @cached_property
    def _attributes_by_key(self) -> dict[str, Attribute]:
        return {fold(attribute.name): attribute for attribute in self.attributes}

    @cached_property
    def _events_by_key(self) -> dict[str, Event]:
        return {fold(event.name): event for event in self.events}

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
        """The event of that name in any case, or None."""
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
