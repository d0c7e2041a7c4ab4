"""One person as a plan reads them: plain data, with no store behind it. All instants are aware, in UTC."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import NamedTuple

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment

# Numbers are floats, lists hold texts; an object is True where there is one. What is not set is None.
Value = str | float | bool | date | tuple[str | None, ...] | None
_at = attrgetter("at")
# Until when a period lasts that has not ended.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """The values of a profile, of an event or of an item of a list, by the terms that read them. `objects`: the lists
    of objects, by the term of the list; None where it is no such list."""

    values: Mapping[plan.Term, Value] = field(default_factory=dict)
    objects: Mapping[plan.Term, tuple["Row", ...] | None] = field(default_factory=dict)


class Event(NamedTuple):
    """Something that the person did: the event's name, when, and its properties. `key` tells apart what happened in the
    same second."""

    name: str
    at: datetime
    key: int
    row: Row


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant up to, but without, another."""

    from_at: datetime
    until_at: datetime

    def holds(self, instant: datetime) -> bool:
        """Whether the instant lies in it."""
        return self.from_at <= instant < self.until_at

    def known_at(self, instant: datetime) -> "Period":
        """The period as it looked at an instant when it had begun."""
        return self if self.until_at <= instant else replace(self, until_at=FOREVER)


@dataclass(frozen=True, slots=True)
class Consent:
    """A status of the person's address on a channel, and how it came about."""

    channel: str
    kind: str
    status: str
    period: Period
    method: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A period in a list or a segment, or of an attribute with a value. `name` is folded; `value` is the attribute's, or
    why the segment was entered."""

    name: str
    period: Period
    value: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a campaign (its folded name). `waits`: it was neither handed over nor given up so far."""

    campaign: str
    queued_at: datetime
    handed_at: datetime | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the person is among the first by a rank, and the number of the last one who is."""

    member: bool
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of one person, as far as some plans read it. `events`: by name, in the order of time and key.
    `standings`: their place in ranks, which only a look at everybody can tell."""

    number: int
    row: Row = Row()
    events: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    lists: tuple[Stay, ...] = ()
    segments: tuple[Stay, ...] = ()
    history: tuple[Stay, ...] = ()
    messages: tuple[Message, ...] = ()
    standings: Mapping[plan.Ranked, Standing] = field(default_factory=dict)

    def known_at(self, instant: datetime) -> "Person":
        """The person as they were known at an instant: nothing of what came later, and no end that had not come. The
        values of attributes stay those that were read."""
        return replace(
            self,
            events={
                name: events[: bisect_right(events, instant, key=_at)] for name, events in self.events.items()
            },
            consents=tuple(
                replace(one, period=one.period.known_at(instant))
                for one in self.consents
                if one.period.from_at <= instant
            ),
            lists=_known(self.lists, instant),
            segments=_known(self.segments, instant),
            history=_known(self.history, instant),
            messages=tuple(
                one
                if one.handed_at is None or one.handed_at <= instant
                else replace(one, handed_at=None, waits=True)
                for one in self.messages
                if one.queued_at <= instant
            ),
        )


def _known(stays: tuple[Stay, ...], instant: datetime) -> tuple[Stay, ...]:
    return tuple(
        replace(stay, period=stay.period.known_at(instant))
        for stay in stays
        if stay.period.from_at <= instant
    )


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom something is asked, and when; `row` has the values at hand: the person's, or those of an event (which
    happened `at` an instant) or of an item of a list."""

    person: Person
    moment: Moment
    row: Row
    at: datetime | None = None

    @classmethod
    def whole(cls, person: Person, moment: Moment) -> "Subject":
        """The person themselves."""
        return cls(person, moment, person.row)

    def event(self, event: Event) -> "Subject":
        """One of the person's events."""
        return Subject(self.person, self.moment, event.row, event.at)

    def item(self, row: Row) -> "Subject":
        """An item of a list."""
        return Subject(self.person, self.moment, row, self.at)

    def later(self, now: datetime) -> "Subject":
        """The same at another instant."""
        return Subject(self.person, self.moment.later(now), self.row, self.at)
