"""The account of the compiler's tests in tables of its own, of which some things that a store has are missing."""

from segql.compiler.catalog.model import Catalog, Event
from segql.compiler.catalog.tables import EventTable, ProfileTable, Tables
from tests.compiler.account import CATALOG


def _table_of(event: Event) -> EventTable:
    name = event.name.lower().replace(" ", "_")
    properties = {one.name: one.name.lower().replace(" ", "_") for one in event.properties}
    return EventTable(
        table=("shop", name), profile="user_id", at="created_at", id="id", properties=properties
    )


_ATTRIBUTES = tuple(one.changed(kept_since=None) for one in CATALOG.attributes)
# Nothing tells who opened an e-mail or was sent a push message.
_EVENTS = tuple(event for event in CATALOG.events if "Email" not in event.name)

OWN: Catalog = CATALOG.changed(
    attributes=_ATTRIBUTES,
    events=_EVENTS,
    tables=Tables(
        profiles=ProfileTable(
            table="users", key="id", attributes={one.name: f"{one.name}_column" for one in _ATTRIBUTES}
        ),
        events={event.name: _table_of(event) for event in _EVENTS},
    ),
)
