"""What can be chosen in a form: the names that the catalog knows, and what can be asked of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from segql.compiler.catalog.model import Catalog, Property, ValueType
from segql.compiler.catalog.regions import REGIONS
from segql.compiler.conditions.times import TIME_PARTS, WEEKDAYS
from segql.compiler.conditions.values import ORDER_VALUES
from segql.compiler.definitions import Definitions
from segql.compiler.source import Source
from segql.compiler.statements import Tree
from segql.compiler.text import fold
from segql.web.builder import operators, windows
from segql.web.builder.forms import SEVERAL
from segql.web.builder.of_calls import Given, given_in, settle_call
from segql.web.builder.of_comparisons import JOINS, WRITTEN, needs_length
from segql.web.builder.of_events import SCHEDULED, SENT, TEXTED, VERBS, needs_property
from segql.web.builder.of_items import QUANTIFIERS
from segql.web.builder.of_people import STATUSES
from segql.web.builder.parts import Part
from segql.web.builder.row import CHANNELS, OFTEN
from segql.web.builder.rows import ROWS, WHERE

Choice = tuple[str, str]
# What rows can ask for: attributes of people, properties of events, fields of items.
Known = Sequence[Property]
_MEASURES = {
    "number": "the number of", "sum": "the sum of", "average": "the average of", "median": "the median of",
    "minimum": "the least", "maximum": "the greatest", "number of different": "the number of different",
    "longest gap": "the longest gap between, in days,", "first": "the first", "last": "the last",
    "first value": "the value, at the first, of", "last value": "the value, at the last, of",
}  # fmt: skip
# Measures that are instants, or of any type.
_OF_ANY_TYPE = ("first", "last", "first value", "last value")
_CHANNEL_NAMES = {"sms": "SMS", "email": "e-mail", "push": "push"}


@dataclass(frozen=True)
class Choices:
    """The choices of an account."""

    catalog: Catalog

    shape = staticmethod(operators.shape)
    window_shape = staticmethod(windows.shape)
    is_date = staticmethod(windows.is_date)
    needs_property = staticmethod(needs_property)
    units = tuple((unit, f"{unit}s") for unit in windows.UNITS)
    channels = tuple((name, _CHANNEL_NAMES[name]) for name in CHANNELS)
    measures = tuple(_MEASURES.items())
    ranks = (("", "the attribute"), *(item for item in _MEASURES.items() if item[0] not in _OF_ANY_TYPE))
    compared = ((WRITTEN, "the number"), ("", "the attribute"), *_MEASURES.items())
    compared_in_where = compared[:2]
    joins = tuple(JOINS.items())
    needs_length = staticmethod(needs_length)
    where_kinds = WHERE
    labels: ClassVar = {kind: row.label for kind, row in ROWS.items()}
    written = WRITTEN
    quantifiers = tuple(QUANTIFIERS.items())
    messages = (
        *((verb, f"{verb} campaign" if verb != "was sent" else "was sent the campaign") for verb in VERBS),
        (SCHEDULED, "is scheduled for campaign"), (SENT, "was sent messages"), (TEXTED, "texted us a word"),
    )  # fmt: skip
    several = tuple((one, one if one in OFTEN else f"{one} of") for one in SEVERAL)
    often = tuple((one, one) for one in OFTEN)
    scheduled, counts_messages, texted = SCHEDULED, SENT, TEXTED
    periods = (("", "times"), *((unit, f"different {unit}s") for unit in windows.UNITS[2:]))
    statuses = (
        ("can receive", "can receive"), ("can receive transactional", "can receive transactional"),
        *((status, status) for status in STATUSES),
    )  # fmt: skip
    regions = tuple((name, name) for name in REGIONS)

    @cached_property
    def people(self) -> Known:
        """Attributes, and what is computed from orders."""
        computed = (Property(name=name, type="number") for name in ORDER_VALUES)
        return _first_of_name([*self.catalog.attributes, *computed])

    def of_events(self, events: Iterable[str]) -> Known:
        """The properties of events, and the parts of the time at which they happened."""
        parts = (
            Property(name=part, type=kind, values=WEEKDAYS if part == "weekday" else ())
            for part, kind in TIME_PARTS.items()
        )
        return _first_of_name([*self._properties(events), *parts])

    def items(self, known: Known, name: str) -> Known:
        """The fields of the objects in a list; none of another attribute."""
        found = _named(known, name)
        return found.items if found else ()

    def rows(self) -> list[Choice]:
        """The rows that can be added."""
        missing = ("call" if not self.defines else None, "items" if not self.lists_in(self.people) else None)
        return [(kind, label) for kind, label in self.labels.items() if kind not in missing]

    def where_rows(self, known: Known) -> list[Choice]:
        """The rows that can be added to a `where`."""
        kinds = {kind: self.labels[kind] for kind in WHERE} | {"attribute": "A property"}
        return [(kind, label) for kind, label in kinds.items() if kind != "items" or self.lists_in(known)]

    @property
    def numbers(self) -> list[Choice]:
        """Attributes that are numbers, and what is computed from orders."""
        return self.names(self.people, "number")

    @cached_property
    def _definitions(self) -> Definitions:
        return Definitions(self.catalog, Tree(statements=()), Source(""))

    @cached_property
    def defines(self) -> list[Choice]:
        """Stored `define`s."""
        return [(name, name) for name in self._definitions.template_names()]

    def settle_call(self, part: Part) -> None:
        """Give a call a field for each parameter of what it calls."""
        template = self._definitions.template(part.get("name"))
        if template is not None:
            settle_call(part, template, self._type_anywhere)

    def given(self, part: Part) -> list[Given]:
        """What a call gives for the parameters of what it calls."""
        return given_in(part, self._definitions.template(part.get("name")), self._type_anywhere)

    def _type_anywhere(self, name: str) -> ValueType | None:
        everything = (*self.people, *self.of_events(event.name for event in self.catalog.events))
        return self.type_of(name, everything)

    @property
    def campaigns(self) -> list[str]:
        """Campaigns of which messages came."""
        of_all = self._properties([event.name for event in self.catalog.events])
        named = (one for one in of_all if fold(one.name) == fold(self.catalog.account.campaign_property))
        return sorted({value for one in named for value in one.values})

    @property
    def events(self) -> list[Choice]:
        """Kinds of events."""
        return _same(event.name for event in self.catalog.events)

    @property
    def lists(self) -> list[Choice]:
        """Lists."""
        return _same(self.catalog.lists)

    @property
    def segments(self) -> list[Choice]:
        """Stored segments."""
        return _same(segment.name for segment in self.catalog.segments)

    @property
    def places(self) -> list[Choice]:
        """Places of the account."""
        return _same(self.catalog.places)

    @property
    def countries(self) -> list[Choice]:
        """Countries of which postal codes are known."""
        return _same(self.catalog.postal_codes)

    def names(self, known: Known, *kinds: ValueType) -> list[Choice]:
        """The names of what rows can ask for; where types are named, of those alone."""
        return _same(one.name for one in known if not kinds or one.type in kinds)

    def lists_in(self, known: Known) -> list[Choice]:
        """The names of lists, of texts or of objects."""
        return _same(one.name for one in known if one.type == "list" or one.items)

    def windows(self, place: str) -> list[Choice]:
        """Stretches of time: of a condition ("when"), of what people `did`, of a date ("date"), "anniversary"."""
        kinds = dict(windows.KINDS)
        if place == "did":
            kinds["each"] = "in each of the last"
        if place in ("date", "anniversary"):
            del kinds[""]
            kinds["in the next"] = "in the next"
        if place == "anniversary":
            kinds["in month"] = "in month"
        return list(kinds.items())

    def type_of(self, name: str, known: Known) -> ValueType | None:
        """The type of an attribute or a property; None where there is none of that name."""
        found = _named(known, name)
        return found.type if found else None

    def measured_type(self, part: Part) -> ValueType | None:
        """The type of what a row measures."""
        match part.get("function"):
            case "first" | "last":
                return "datetime"
            case "first value" | "last value":
                return self.type_of(part.get("property"), self.of_events(part.all("event")))
            case _:
                return "number"

    def values(self, name: str, known: Known) -> Sequence[str]:
        """The values that occur, where they are few."""
        found = _named(known, name)
        return found.values if found else ()

    def operators(self, kind: ValueType | None, current: str) -> list[Choice]:
        """What can be asked of a type; where it is not known, what is asked now."""
        known = operators.OPERATORS[kind] if kind else (current, *operators.OPERATORS["text"][:1])
        return [(one, operators.LABELS.get(one, one)) for one in dict.fromkeys(known)]

    def _properties(self, events: Iterable[str]) -> list[Property]:
        known = (self.catalog.event(name) for name in events)
        return [one for event in known if event is not None for one in event.properties]


def _named(known: Known, name: str) -> Property | None:
    return next((one for one in known if fold(one.name) == fold(name)), None)


def _first_of_name(known: Iterable[Property]) -> Known:
    found: dict[str, Property] = {}
    for one in known:
        found.setdefault(fold(one.name), one)
    return tuple(found.values())


def _same(names: Iterable[str]) -> list[Choice]:
    return [(name, name) for name in names]
