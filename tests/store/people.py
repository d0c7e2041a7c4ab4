"""A store with two people who have something in every table, for the tests of merging, erasing, exporting, copying."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from segql.compiler.catalog.model import Account
from segql.runtime.store.consents import record_consents
from segql.runtime.store.database import Database
from segql.runtime.store.events import append_events
from segql.runtime.store.lists import add_to_list, remove_from_list
from segql.runtime.store.profiles import upsert_profiles

ACCOUNT = Account(country="US")
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
ANN, BOB = "+12125550100", "+12125550101"
# Words that are nowhere but with Ann.
UNIQUE = ("ann@unique.example", ANN, "Annabel", "kumquat", "platypus", "ocarina", "zucchini", "marzipan")


def consent(
    address: str, status: str, *, channel: str = "sms", kind: str = "marketing", days: int = 90
) -> Any:
    """An entry of the consent log, so many days before AT."""
    at = (AT - timedelta(days=days)).replace(tzinfo=None)
    entry = {"channel": channel, "kind": kind, "address": address, "status": status, "occurred_at": at}
    return entry | {"recorded_at": at, "method": "form", "detail": None, "actor": "test"}


def say(database: Database, *entries: Any) -> None:
    """Append to the consent log."""
    with database.transaction() as connection:
        assert record_consents(connection, pa.Table.from_pylist(list(entries))).rejected == []


def write(database: Database, *people: dict[str, Any]) -> list[int]:
    """Write profiles, one row each; their profile_ids."""
    with database.transaction() as connection:
        columns = {name: [person.get(name) for person in people] for person in people for name in person}
        written = upsert_profiles(connection, pa.table(columns), ACCOUNT, AT)
    assert written.rejected == []
    return written.profile_ids.to_pylist()  # type: ignore[no-any-return]


def rows(database: Database, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The answer to a query."""
    with database.cursor() as cursor:
        return cursor.execute(query, list(values)).fetchall()


def happened(database: Database, event: str, **columns: Any) -> int:
    """Append events of one kind; how many were new."""
    with database.transaction() as connection:
        return append_events(connection, event, pa.table(columns), at=AT, **_kept(columns)).added


def _kept(columns: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): name for name in ("Amount", "Label") if name in columns}


def fill(database: Database) -> None:
    """Ann (profile 0) and Bob (profile 1), with rows in every table that holds something of a person."""
    write(
        database,
        {"external_id": "ann", "email": "Ann@unique.example", "phone_number": ANN, "first_name": "Annabel"}
        | {"address": {"street": "1 kumquat Road"}},
        {"external_id": "bob", "email": "bob@home.example", "phone_number": BOB, "first_name": "Bob"},
    )
    times = [AT - timedelta(days=3), AT - timedelta(days=2), AT - timedelta(days=1)]
    happened(
        database,
        "Bought",
        external_id=["ann", "ann", "bob"],
        occurred_at=times,
        Amount=[1.5, 2.25, 3.0],
        Label=["platypus", "shared", "shared"],
        note=["ocarina", None, "plain"],
    )
    say(
        database,
        consent(ANN, "subscribed") | {"detail": "zucchini"},
        consent(BOB, "subscribed"),
        consent("ann@unique.example", "subscribed", channel="email"),
        consent("ann", "subscribed", channel="push"),
    )
    with database.transaction() as connection:
        add_to_list(connection, "News", [0, 1], AT - timedelta(days=9))
        remove_from_list(connection, "News", [0], AT - timedelta(days=5))
        connection.execute(
            """INSERT INTO segments (name, key, definition, saved_at) VALUES ('All', 'all', 'email is set', '2026-01-01');
            INSERT INTO segment_moves SELECT segment_id, 0, '2026-01-01', true, 'first' FROM segments;
            INSERT INTO sms_campaigns (campaign_id, name, key, definition, transactional, started_at)
            VALUES (1, 'Sale', 'sale', '{}', false, '2026-05-01')"""
        )
        for message, profile, number, state in (
            (1, 0, ANN, "delivered"),
            (2, 1, BOB, "sent"),
            (3, 0, None, "skipped"),
        ):
            connection.execute(
                """INSERT INTO sms_messages (message_id, campaign_id, purpose, profile_id, number, country, sender, text,
                  parts, credits, trial, state, reason, due_at, attempts, queued_at, handed_at, finished_at, carrier,
                  carrier_id, contradictions)
                VALUES ($id, 1, 'marketing', $profile, $number, 'US', '+18005550100',
                'Hi ' || $name, 1, 1, false, $state, NULL, NULL, 1, '2026-05-01', '2026-05-01', NULL, 'simulated',
                'c' || $id, 0)""",
                {
                    "id": message,
                    "profile": profile,
                    "number": number,
                    "name": "marzipan" if profile == 0 else "Bob",
                    "state": state,
                },
            )
        connection.execute(
            """INSERT INTO sms_links VALUES (1, 'abc', 1, 'https://shop.example/?who=marzipan'),
              (2, 'abd', 2, 'https://shop.example/');
            INSERT INTO sms_clicks (link_id, clicked_at) VALUES (1, '2026-05-02'), (2, '2026-05-02');
            INSERT INTO sms_ledger VALUES ('2026-05-01', 10, 0, 'bought', NULL, 'x'), ('2026-05-01', -1, 0, 'sent', 1, 'x');
            INSERT INTO sms_receipts VALUES
              (1, 'simulated', 'c1', 'ok', 'delivered', NULL, '2026-05-01', '2026-05-01', 1, 'applied')"""
        )
        connection.execute(
            """INSERT INTO sms_inbound VALUES (1, 'simulated', 'i1', $ann, '+18005550100', 'marzipan?', '2026-05-03',
              '2026-05-03', 0, 'conversation', NULL, 1),
              (2, 'simulated', 'i2', $bob, '+18005550100', 'hello', '2026-05-03', '2026-05-03', 1, 'conversation', NULL,
              0)""",
            {"ann": ANN, "bob": BOB},
        )
        connection.execute(
            """INSERT INTO sms_conversations VALUES ($ann, 1, 0), ($bob, 2, 0);
            INSERT INTO sms_feed VALUES (1, 'text', $ann, '2026-05-03'), (2, 'text', $bob, '2026-05-03');
            INSERT INTO sms_forwards VALUES (1, 'desk@shop.example', 0, '2026-05-03', NULL)""".replace(
                "$ann", f"'{ANN}'"
            ).replace("$bob", f"'{BOB}'")
        )
