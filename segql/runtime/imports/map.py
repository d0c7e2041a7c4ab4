"""The map of an import: which columns of the files are what. A TOML file with a section for each kind."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import structs
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from segql.compiler.catalog.model import Account
from segql.compiler.record import Record
from segql.compiler.text import listing, nearest
from segql.runtime.errors import Code, StoreError

Kind = Literal["profiles", "events", "orders", "consents", "lists", "places"]
Identifier = Literal["external_id", "email", "phone_number"]
Fold = Literal["most frequent", "first", "last"]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone, such as Europe/London") from error
    return name


class MapModel(BaseModel):
    """Base of all parts of a map: strict about keys and types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Section(MapModel):
    """What every kind can say of its columns.

    columns: what the store calls it = what the file calls it; none means every column by its own name.
    constants: what is the same for every row. words: for one name, the file's words = the store's. time_zone:
    where times without one were written down. time_format: as in strptime, where times are not ISO 8601.
    """

    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str | int | float | bool] = Field(default_factory=dict)
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    time_format: str | None = None


class ProfilesMap(Section):
    """People. fold: where a person has many rows, which of the values of an attribute is theirs (the last,
    if not said); the most frequent one, of equally frequent ones the first in the alphabet."""

    fold: dict[str, Fold] = Field(default_factory=dict)


class EventsMap(Section):
    """Events, of the kind named by `event`, or by the column that is `event`. amount, label: properties
    that the store keeps as the event's money and as its one much-repeated text."""

    event: str | None = None
    amount: str | None = None
    label: str | None = None


class ConsentsMap(Section):
    """Consents: channel, kind, address, status, occurred_at, method, and detail, recorded_at, actor where
    known."""


class ListsMap(Section):
    """Memberships of lists: list, who, and added_at where known."""


class PlacesMap(Section):
    """Places (name, latitude, longitude) or postal codes (country, code, latitude, longitude)."""


class When(MapModel):
    """A test of one column of an order's lines."""

    column: str
    starts_with: str | None = None
    is_in: tuple[str, ...] | None = Field(default=None, strict=False)

    @model_validator(mode="after")
    def _has_one_test(self) -> "When":
        if (self.starts_with is None) == (self.is_in is None):
            raise ValueError('either "starts_with" or "is_in" is needed')
        return self


class OrderEvent(MapModel):
    """An event that an order becomes; the first one that fits is taken, and one without `when` fits every
    order."""

    event: str
    when: When | None = None


class OrdersMap(MapModel):
    """Lines of orders, folded into one event an order, at the time of its earliest line.

    order, time, quantity, price: columns. customer: identifiers of the customer = columns. items: what is
    kept of each line = columns. properties: properties of the order = columns (the first line that has a
    value gives it).
    """

    order: str
    time: str
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    time_format: str | None = None
    customer: dict[Identifier, str] = Field(min_length=1)
    quantity: str
    price: str
    total: str = "Total"
    items_name: str = "Items"
    items: dict[str, str] = Field(min_length=1)
    properties: dict[str, str] = Field(default_factory=dict)
    events: tuple[OrderEvent, ...] = Field(min_length=1, strict=False)


def _like(record: type[Record]) -> type[BaseModel]:
    """A model with the fields of a record, so that mistakes in it are told as everywhere in a map."""
    fields: dict[str, Any] = {}
    for field in structs.fields(record):
        is_record = isinstance(field.type, type) and issubclass(field.type, Record)
        fields[field.name] = (_like(field.type) if is_record else field.type, None)
    return create_model(record.__name__, __config__=ConfigDict(extra="forbid", frozen=True), **fields)


_Account = _like(Account)


class ImportMap(MapModel):
    """A whole map. account: what is said of the shop's settings, taken over by a store that has none."""

    account: _Account | None = None  # type: ignore[valid-type]  # it is made from the record above
    profiles: ProfilesMap | None = None
    events: EventsMap | None = None
    orders: OrdersMap | None = None
    consents: ConsentsMap | None = None
    lists: ListsMap | None = None
    places: PlacesMap | None = None


def read_map(path: Path | None) -> ImportMap:
    """Read a map; without a path, the map that takes every column by its own name.

    Raises `StoreError` where it cannot be read, is not TOML, or has keys or values that do not fit, naming
    the map, the key, what was found, and the names that may have been meant.
    """
    if path is None:
        return ImportMap()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad_map(path, f"cannot be read: {error.strerror}.", "Check the path.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad_map(path, f"is not TOML: {error}.", "Mend the text at that place.") from error
    try:
        return ImportMap.model_validate(document)
    except ValidationError as error:
        raise _misfit(path, error) from error


def _bad_map(path: Path, message: str, remedy: str) -> StoreError:
    return StoreError(Code.BAD_MAP, f"The map {path} {message}", remedy)


def _misfit(path: Path, error: ValidationError) -> StoreError:
    """The first thing that does not fit, said as the map's writer would say it."""
    first = error.errors()[0]
    location = [str(part) for part in first["loc"]]
    key = ".".join(location)
    if first["type"] == "extra_forbidden":
        allowed = _keys_beside(location)
        close = nearest(location[-1], allowed)
        remedy = f"Did you mean {listing(close)}?" if close else f"Known keys are {listing(allowed, 'and')}."
        return _bad_map(path, f'has the key "{key}", which means nothing there.', remedy)
    if first["type"] == "missing":
        return _bad_map(path, f'lacks the key "{key}".', "Add it.")
    found = "" if isinstance(first["input"], dict | list) else f" Found: {first['input']!r}."
    return _bad_map(path, f'has a wrong value at "{key}": {first["msg"]}.{found}', "Mend the value.")


def _keys_beside(location: list[str]) -> list[str]:
    """The keys that are known where an unknown one was found."""
    models: dict[str, Any] = {"account": _Account}
    models |= {"profiles": ProfilesMap, "events": EventsMap, "orders": OrdersMap, "consents": ConsentsMap}
    models |= {"lists": ListsMap, "places": PlacesMap}
    if len(location) == 1:
        return list(ImportMap.model_fields)
    inner: dict[str, type[BaseModel]] = {"events": OrderEvent, "when": When}
    named = [inner[part] for part in location[1:-1] if part in inner]
    model = named[-1] if named else models[location[0]]
    return list(model.model_fields)
