"""What the emitter needs of an engine: a closed table of primitives, which each module of this folder fills in.

Terms come as fragments and go as fragments. All of them give NULL where a term is not set. An engine for own tables has
those of a `Dialect`; one that keeps a store has those of a `StoreDialect`, too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from segql.compiler.sql.build import Sql
from segql.compiler.sql.select import Select


@dataclass(frozen=True)
class Later:
    """Rows (profile_id, occurred_at) under an alias, of which the next one after another row is looked for, and perhaps
    has to be there. `carried`: further columns of instants, none of which is later in an earlier row."""

    rows: Select
    alias: str
    has_to_come: bool
    carried: tuple[str, ...] = ()


class Dialect(Protocol):
    """The primitives. A module fulfils it by functions and constants of these names."""

    @property
    def JOINS_SETS(self) -> bool:  # noqa: N802  # a module's constant
        """Whether a set of people is better joined than looked into, where it is not all that is asked."""

    @property
    def EXACT_ON_RAW_INSTANTS(self) -> bool:  # noqa: N802  # a module's constant
        """Whether `raw_between` is exact. Where it is not, its rows are asked again by `instant`."""

    def parameter(self, name: str, value: object) -> Sql:
        """A bound value of a known type."""

    def ordered(self, value: Sql, *, descending: bool = False) -> Sql:
        """A value to order by; rows in which it is not set come last."""

    # ---- Sets of people

    def member(self, key: Sql, keys: Select, *, negated: bool = False) -> Sql:
        """A key among those of a query, of which none is NULL; or not among them."""

    def next_after(
        self, rows: Select, alias: str, others: Sequence[Later]
    ) -> tuple[Select, list[tuple[Sql, ...]]]:
        """Rows (profile_id, occurred_at) under an alias, and of each of some others when the next later one of the same
        profile comes, with what is carried."""

    # ---- Texts and lists

    def text(self, value: Sql) -> Sql:
        """A value as text."""

    def fold(self, text: Sql) -> Sql:
        """Text for comparison: the same rule as `segql.compiler.text.fold`."""

    def text_equals(self, text: Sql, values: list[Sql], *, negated: bool = False) -> Sql:
        """One of the values, or none of them."""

    def text_contains(self, text: Sql, value: Sql) -> Sql:
        """Holds the value as a part."""

    def text_has_word(self, text: Sql, value: Sql) -> Sql:
        """Holds the value with neither a letter nor a digit at its sides."""

    def text_starts_with(self, text: Sql, value: Sql) -> Sql:
        """Begins with the value."""

    def text_ends_with(self, text: Sql, value: Sql) -> Sql:
        """Ends with the value."""

    def pattern(self, written: str) -> str:
        """A pattern of the language as this engine reads it."""

    def text_matches(self, text: Sql, pattern: Sql) -> Sql:
        """The pattern is found somewhere, in any case."""

    def list_contains(self, items: Sql, values: list[Sql], *, folded: bool = False) -> Sql:
        """Holds any of the folded values as an item. `folded`: whether the items are so already."""

    def list_size(self, items: Sql) -> Sql:
        """The number of items."""

    def has_items(
        self, items: Sql, item: Sql, condition: Sql, *, some: bool = True, of_objects: bool = False
    ) -> Sql:
        """Some of the items, or none, fulfil a condition, in which each goes by the name given."""

    # ---- Properties and objects

    def nothing(self, kind: str) -> Sql:
        """No value of a type."""

    def typed(self, value: Sql, kind: str) -> Sql:
        """A value of whatever type as one of a type; NULL where it cannot be."""

    def field(self, properties: Sql, name: str, kind: str) -> Sql:
        """A property of an event, or a field of an object, as a value of a type; NULL where it is of another type."""

    def objects(self, value: Sql, fields: Mapping[str, str]) -> Sql:
        """A list of objects with the fields that are asked for, by their types; NULL where it is no such list."""

    # ---- Time

    def instant(self, value: Sql) -> Sql:
        """An instant, with its zone or in UTC, or a day as UTC in whole seconds."""

    def raw_between(
        self, raw: Sql, first: datetime | None, last: datetime, bind: Callable[[datetime], Sql]
    ) -> list[Sql]:
        """That an instant, with its zone or in UTC, or a day lies from one whole second to the end of another, in a way
        that an engine can skip by; it may let through what lies a day or less outside."""

    def local(self, instant: Sql, zone: str) -> Sql:
        """What the clocks of a zone show at an instant."""

    def midnight(self, day: Sql, zone: str) -> Sql:
        """The instant at which a date begins in a zone."""

    def seconds_between(self, earlier: Sql, later: Sql) -> Sql:
        """Seconds from one instant to another."""

    def later(self, instant: Sql, seconds: int) -> Sql:
        """An instant so many seconds later."""

    def month_and_day(self, day: Sql) -> Sql:
        """100 * month + day of the month."""

    def hour(self, clock: Sql) -> Sql:
        """The hour that clocks show, 0 to 23."""

    def weekday(self, clock: Sql) -> Sql:
        """The day of the week: mon to sun."""

    def period_start(self, clock: Sql, period: str, week_starts: str) -> Sql:
        """What tells calendar periods apart: where the one begins that a time lies in."""

    # ---- Numbers

    def number(self, value: Sql) -> Sql:
        """A number as floating point."""

    def divided(self, numerator: Sql, denominator: Sql) -> Sql:
        """One number divided by another, with its fraction; NULL where that is 0."""

    def rounded(self, number: Sql) -> Sql:
        """The nearest whole number, halves away from zero."""

    def divided_up(self, numerator: Sql, denominator: int) -> Sql:
        """Whole numbers divided, rounded up."""

    def median(self, value: Sql) -> Sql:
        """The median over a group of rows."""

    def quartile(self, value: Sql, number: int) -> Sql:
        """The first, second or third quartile over a group of rows: between two of them in proportion."""

    def value_at_end(self, value: Sql, order: list[Sql], *, last: bool) -> Sql:
        """The value in the first or the last row of a group, which may be NULL."""

    def sample_bucket(self, salt: Sql, profile_id: Sql) -> Sql:
        """The first 32 bits of the MD5 of a salt and a profile's key."""


class StoreDialect(Dialect, Protocol):
    """The primitives that only a store is read by."""

    def transformed(self, items: Sql, item: Sql, value: Sql) -> Sql:
        """A value of each item, in which it goes by the name given."""

    def struct(self, fields: Mapping[str, Sql]) -> Sql:
        """Values under names of ours, as one value."""
