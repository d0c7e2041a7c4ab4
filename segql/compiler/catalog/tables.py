"""The account's own tables: where in somebody's database the people and events of a catalog stand.

With them queries run on that database as it is, and no data has to be moved.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Literal

import msgspec

from segql.compiler.record import Record
from segql.compiler.text import fold

# Any name, quoted wherever it is written.
Name = Annotated[str, msgspec.Meta(min_length=1)]
# A name by itself, or what leads to it: ["crm", "users"] is the table users in the schema crm.
TableName = Name | Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]


class _Table(Record):
    """A table, and what can be found of its columns."""

    table: TableName

    def __post_init__(self) -> None:
        # No `pattern` of msgspec: in a union with tuples it makes processes crash when they end (its issue 717).
        if any("\0" in name for value in msgspec.structs.astuple(self) for name in _names(value)):
            raise ValueError("no engine has names with the character NUL in them; rename it")

    @property
    def path(self) -> tuple[str, ...]:
        """The names that lead to the table."""
        return (self.table,) if isinstance(self.table, str) else self.table


class ProfileTable(_Table):
    """The people, one row each. `key`: the column that tells them apart, of any type and always set; queries answer with
    it. `attributes`: the column of each attribute."""

    key: Name
    attributes: Mapping[str, Name] = msgspec.field(default_factory=dict)

    @cached_property
    def columns(self) -> dict[str, str]:
        """The columns by the folded names of attributes."""
        return {fold(name): column for name, column in self.attributes.items()}


class EventTable(_Table):
    """The events of one kind, one row each. `profile`: the column that holds the key of whose event it is; rows in which
    it is not set are nobody's. `at`: when it happened, a TIMESTAMP in UTC, a TIMESTAMPTZ or a DATE. `id`: what orders
    the events of one second. `properties`: the column of each property."""

    profile: Name
    at: Name
    id: Name | None = None
    properties: Mapping[str, Name] = msgspec.field(default_factory=dict)

    @cached_property
    def columns(self) -> dict[str, str]:
        """The columns by the folded names of properties."""
        return {fold(name): column for name, column in self.properties.items()}


class ListTable(_Table):
    """Who is on which list: a row each. `list`: the column of the list's name. `joined`, `left`: when somebody came onto
    it and went off it, of the types of an event's `at`; who never left has nothing there."""

    profile: Name
    list: Name
    joined: Name | None = None
    left: Name | None = None


class ConsentTable(_Table):
    """The log of consents: a row each time that one was given or taken back. `at`: when; the latest row holds, and of
    one second the strictest. `channel`: sms, email or push. `kind`: marketing, transactional or block. `status`:
    subscribed, unsubscribed or pending, of a block blocked or unblocked; another word is none of them, ends
    what was before, and blocks. `method`, `detail`: how it came about."""

    profile: Name
    at: Name
    channel: Name
    kind: Name
    status: Name
    method: Name | None = None
    detail: Name | None = None


class Tables(Record):
    """The table of the people, one for each kind of event, by its name, and perhaps those of lists and of consents.
    `dialect`: the engine in which they stand."""

    profiles: ProfileTable
    events: Mapping[str, EventTable] = msgspec.field(default_factory=dict)
    lists: ListTable | None = None
    consents: ConsentTable | None = None
    dialect: Literal["duckdb", "postgresql"] = "duckdb"

    @cached_property
    def by_event(self) -> dict[str, EventTable]:
        """The tables by the folded names of events."""
        return {fold(name): table for name, table in self.events.items()}


def _names(value: object) -> Iterable[str]:
    """The names in a field: one, several, or of one thing by those of another."""
    if isinstance(value, Mapping):
        return (*value, *value.values())
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
