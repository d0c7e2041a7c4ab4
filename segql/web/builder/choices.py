"""What can be chosen in a form: the names that the catalog knows, and what can be asked of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segql.compiler.catalog.model import Catalog, Property, ValueType
from segql.compiler.catalog.regions import REGIONS
from segql.compiler.conditions.times import TIME_PARTS, WEEKDAYS
from segql.compiler.conditions.values import ORDER_VALUES
from segql.compiler.text import fold
from segql.web.builder import operators, windows
from segql.web.builder.forms import SEVERAL
from segql.web.builder.of_events import SCHEDULED, SENT, TEXTED, VERBS, needs_property
from segql.web.builder.of_people import STATUSES
from segql.web.builder.row import CHANNELS, OFTEN
from segql.web.builder.rows import ROWS

Choice = tuple[str, str]
Events = Sequence[str] | None
_MEASURES = {
    "number": "the number of", "sum": "the sum of", "average": "the average of", "median": "the median of",
    "minimum": "the least", "maximum": "the greatest", "number of different": "the number of different",
    "longest gap": "the longest gap between, in days,", "first": "the first", "last": "the last",
}  # fmt: skip
_CHANNEL_NAMES = {"sms": "SMS", "email": "e-mail", "push": "push"}


@dataclass(frozen=True)
class Choices:
    """The choices of an account."""

    catalog: Catalog

    rows = tuple((kind, row.label) for kind, row in ROWS.items())
    shape = staticmethod(operators.shape)
    window_shape = staticmethod(windows.shape)
    is_date = staticmethod(windows.is_date)
    needs_property = staticmethod(needs_property)
    units = tuple((unit, f"{unit}s") for unit in windows.UNITS)
    channels = tuple((name, _CHANNEL_NAMES[name]) for name in CHANNELS)
    measures = tuple(_MEASURES.items())
    ranks = (("", "the attribute"), *(item for item in _MEASURES.items() if item[0] not in ("first", "last")))
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

    @property
    def attributes(self) -> list[Choice]:
        """Attributes, and what is computed from orders."""
        known = [attribute.name for attribute in self.catalog.attributes]
        return _same([*known, *(name for name in ORDER_VALUES if name not in known)])

    @property
    def numbers(self) -> list[Choice]:
        """Attributes that are numbers, and what is computed from orders."""
        return [(name, name) for name, _ in self.attributes if self.type_of(name, None) == "number"]

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

    def names(self, events: Events) -> list[Choice]:
        """Attributes, or the properties of events."""
        if events is None:
            return self.attributes
        return _same(dict.fromkeys([*(one.name for one in self._properties(events)), *TIME_PARTS]))

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

    def type_of(self, name: str, events: Events) -> ValueType | None:
        """The type of an attribute or a property; None where there is none of that name."""
        if events is None:
            found = self.catalog.attribute(name)
            return found.type if found else "number" if name in ORDER_VALUES else None
        known = self._property(name, events)
        return (
            known.type if known else {fold(part): kind for part, kind in TIME_PARTS.items()}.get(fold(name))
        )

    def values(self, name: str, events: Events) -> Sequence[str]:
        """The values that occur, where they are few."""
        if events is None:
            found = self.catalog.attribute(name)
            return found.values if found else ()
        known = self._property(name, events)
        return known.values if known else WEEKDAYS if fold(name) == "weekday" else ()

    def operators(self, kind: ValueType | None, current: str) -> list[Choice]:
        """What can be asked of a type; where it is not known, what is asked now."""
        known = operators.OPERATORS[kind] if kind else (current, *operators.OPERATORS["text"][:1])
        return [(one, operators.LABELS.get(one, one)) for one in dict.fromkeys(known)]

    def _properties(self, events: Sequence[str]) -> list[Property]:
        known = (self.catalog.event(name) for name in events)
        return [one for event in known if event is not None for one in event.properties]

    def _property(self, name: str, events: Sequence[str]) -> Property | None:
        return next((one for one in self._properties(events) if fold(one.name) == fold(name)), None)


def _same(names: Iterable[str]) -> list[Choice]:
    return [(name, name) for name in names]
