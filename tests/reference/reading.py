"""The four questions that the reference can answer of a syntax tree; each family's answers stand in its own file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import singledispatch

from segql.compiler.ast.base import Condition, Node, Test, Window
from tests.reference.days import Calendar
from tests.reference.people import Event, Person, Value, World


@dataclass(frozen=True)
class Subject:
    """Of whom, in which world and when; inside `where` also of which event, and of which object in a list. `timezone`:
    whose days are meant, where not the account's."""

    world: World
    now: datetime
    person: Person
    event: Event | None = None
    item: Mapping[str, Value] | None = None
    timezone: str | None = None

    @property
    def calendar(self) -> Calendar:
        account = self.world.account
        return Calendar(self.now, self.timezone or account.timezone, account.week_starts)

    def of(self, person: Person) -> "Subject":
        return replace(self, person=person, event=None, item=None)

    def about(self, event: Event) -> "Subject":
        return replace(self, event=event, item=None)

    def about_item(self, item: Mapping[str, Value]) -> "Subject":
        return replace(self, item=item)

    def elsewhere(self, timezone: str | None) -> "Subject":
        return replace(self, timezone=timezone)


@singledispatch
def holds(condition: Condition, subject: Subject) -> bool:
    """Whether a condition is true of the subject."""
    raise TypeError(condition)


@singledispatch
def value(term: Node, subject: Subject) -> Value:
    """The value of a term, None where it is not set."""
    raise TypeError(term)


@singledispatch
def passes(test: Test, found: Value, subject: Subject) -> bool:
    """Whether a value that is set passes the right half of a comparison."""
    raise TypeError(test)


@singledispatch
def covers(window: Window, instant: datetime, calendar: Calendar) -> bool:
    """Whether an instant lies in a window."""
    raise TypeError(window)
