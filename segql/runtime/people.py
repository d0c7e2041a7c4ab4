"""What programs and faces do with one person of a store, named by external id, e-mail address or phone number: show
everything that is known of them, merge them with another, erase them."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.runtime.store.erasure import erase_person, finish_erasures
from segql.runtime.store.merge import merge_people
from segql.runtime.store.person import describe_person, find_person

if TYPE_CHECKING:
    from segql.runtime.api import Store


def describe(store: "Store", who: str, as_of: datetime | None = None) -> dict[str, Any]:
    """Everything that the store holds about a person, and the segments that they are in, as one document.

    Segments whose definition is wrong by now are named apart: nobody can say who is in them.

    `as_of`: the aware instant as of which segments are asked, the present by default. Raises `StoreError` where
    nobody is meant, or several are.
    """
    at = as_of or datetime.now(UTC)
    with store.database.cursor() as cursor:
        profile_id = find_person(cursor, who, store.catalog.account)
        document = describe_person(cursor, profile_id)
        document["segments"] = []
        document["segments_in_error"] = []
        for segment in store.catalog.segments:
            try:
                query = store.query(segment.name, at)
            except DefinitionError:
                document["segments_in_error"].append(segment.name)
                continue
            inside = f"SELECT 1 FROM ({query.text}) WHERE profile_id = $g_person"  # noqa: S608 - the compiler's
            if cursor.execute(inside, {**query.values, "g_person": profile_id}).fetchall():
                document["segments"].append(segment.name)
    return document


def merge(store: "Store", who: str, into: str, actor: str, at: datetime | None = None) -> int:
    """Make one person a part of another, who keeps their own identifiers and values; the survivor's profile_id.

    `at`: the aware instant of it, the present by default. Raises `StoreError` where nobody is meant, several are,
    or both are one.
    """
    account = store.catalog.account
    with store.database.transaction() as connection:
        merged, survivor = (find_person(connection, each, account) for each in (who, into))
        merge_people(connection, merged, survivor, at or datetime.now(UTC), actor)
    return survivor


def erase(store: "Store", who: str, actor: str, at: datetime | None = None) -> None:
    """Erase a person, for good (see `store/erasure.py`). What an erasure that was killed left to do is done first.

    `at`: the aware instant of it, the present by default. Raises `StoreError` where nobody is meant, or several are.
    """
    finish_erasures(store.database)
    with store.database.cursor() as cursor:
        profile_id = find_person(cursor, who, store.catalog.account)
    erase_person(store.database, profile_id, at or datetime.now(UTC), actor, secrets.token_bytes(32))
