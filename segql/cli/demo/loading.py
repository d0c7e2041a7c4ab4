"""Puts a made-up shop into an empty store, through the same functions as every import."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from segql.cli.demo.shop import Shop
from segql.runtime.store.catalog import save_account
from segql.runtime.store.compaction import compact
from segql.runtime.store.consents import record_consents
from segql.runtime.store.database import Database
from segql.runtime.store.events import append_events
from segql.runtime.store.lists import add_to_list
from segql.runtime.store.places import save_places, save_postal_codes
from segql.runtime.store.profiles import upsert_profiles


def rows_to_load(shop: Shop) -> int:
    """How many rows `load` will report in all."""
    events = sum(kind.table.num_rows for kind in shop.events)
    return int(shop.profiles.num_rows + events + shop.consents.num_rows)


def load(database: Database, shop: Shop, loaded: Callable[[str, int], None]) -> None:
    """Load the whole shop in one transaction: all or nothing. `loaded` is told what went in, and how many
    rows of it, step by step. Raises `StoreError` as the store's functions do."""
    with database.transaction() as connection:
        save_account(connection, shop.account)
        save_postal_codes(connection, shop.postal_codes)
        save_places(connection, shop.places)
        written = upsert_profiles(connection, shop.profiles, shop.account)
        loaded("profiles", shop.profiles.num_rows)
        for kind in shop.events:
            append_events(connection, kind.event, kind.table, amount=kind.amount, label=kind.label)
            loaded(kind.event, kind.table.num_rows)
        record_consents(connection, shop.consents)
        loaded("consents", shop.consents.num_rows)
        for joining in shop.lists:
            rows = pc.index_in(pa.array(joining.external_ids), shop.profiles["external_id"])
            add_to_list(connection, joining.list_name, written.profile_ids.take(rows).to_pylist(), joining.at)
    compact(database)
