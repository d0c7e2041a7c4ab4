"""A small shop to test SMS upon: a store, a carrier whose numbers decide how texts fare, and people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from segql.compiler.catalog.model import Account
from segql.runtime.store.catalog import read_account, save_account
from segql.runtime.store.consents import record_consents
from segql.runtime.store.database import Database
from segql.runtime.store.events import append_events
from segql.runtime.store.profiles import upsert_profiles
from segql.sms import Campaign, Sms
from segql.sms.carriers.simulated import SimulatedCarrier

# A Monday, noon in New York.
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
DELIVERED, UNDELIVERED, REJECTED, EXPIRED, REPEATED, CONTRADICTED, BAD, BUSY, SILENT, EARLY = range(10)


@dataclass(frozen=True)
class WrittenQuery:
    """What the store's compiler gives: here the condition is SQL already."""

    text: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class WrittenCatalog:
    """The account's settings are all that SMS asks of a catalog."""

    account: Account


@dataclass(frozen=True)
class WrittenStore:
    """The part of the store that SMS uses, with conditions written in SQL."""

    database: Database
    catalog: WrittenCatalog

    def query(self, text: str, as_of: datetime) -> WrittenQuery:
        return WrittenQuery(
            f"SELECT p.profile_id FROM profiles p WHERE ({text}) AND $p0 IS NOT NULL",
            {"p0": as_of.isoformat()},
        )


def number(index: int, digit: int = DELIVERED, area: str = "212") -> str:
    """A number that exists, which asks the carrier for a behaviour by its last digit. Area 212 is New York."""
    return f"+1{area}3{index:05}{digit}"


class Shop:
    """Everything a test needs, and the shortest way to say it."""

    def __init__(self, path: str = ":memory:", memory: str = ":memory:") -> None:
        self.database = Database.open(path, create=True)
        account = Account(name="Acme", timezone="America/New_York", currency="USD", country="US")
        with self.database.transaction() as connection:
            # A handful of rows: a second thread costs more than it brings.
            connection.execute("SET GLOBAL threads = 1")
            save_account(connection, account)
        self.carrier = SimulatedCarrier(seed=7, by_digit=True, path=memory)
        self.now = NOON
        self.sms = self.open_sms()

    def open_sms(self) -> Sms:
        store: Any = WrittenStore(self.database, WrittenCatalog(self.account))
        return Sms(store, self.carrier, clock=lambda: self.now, random=Random(7))

    @property
    def account(self) -> Account:
        with self.database.cursor() as cursor:
            return read_account(cursor)

    def set_up(self, credits: int = 1000, **changes: Any) -> "Shop":
        self.sms.setup("ann", "owner", countries=("US", "CA", "GB"), changes=changes)
        if credits:
            self.sms.add_credits("ann", "owner", credits)
        return self

    def add(
        self, numbers: Iterable[str | None], *, consent: str | None = "subscribed", **columns: Any
    ) -> None:
        """Profiles, external ids c1, c2, ... in order, each with consent to marketing unless told otherwise."""
        numbers = list(numbers)
        first = self.scalar("SELECT count(*) FROM profiles") + 1
        table = {
            "external_id": [f"c{first + index}" for index in range(len(numbers))],
            "phone_number": pa.array(numbers, pa.string()),
        }
        with self.database.transaction() as connection:
            upsert_profiles(connection, pa.table({**table, **columns}), self.account)
        if consent:
            self.consent([each for each in numbers if each], consent)

    def consent(
        self,
        numbers: Iterable[str],
        status: str,
        *,
        kind: str = "marketing",
        at: datetime | None = None,
        method: str = "form",
    ) -> None:
        when = (at or NOON - timedelta(days=90)).replace(tzinfo=None)
        entries = [
            {
                "channel": "sms",
                "kind": kind,
                "address": address,
                "status": status,
                "occurred_at": when,
                "recorded_at": when,
                "method": method,
                "detail": None,
                "actor": "test",
            }
            for address in numbers
        ]
        if entries:
            with self.database.transaction() as connection:
                record_consents(connection, pa.Table.from_pylist(entries))

    def order(self, external_id: str, total: float, at: datetime) -> None:
        table = pa.table({"external_id": [external_id], "occurred_at": [at], "Total": [total]})
        with self.database.transaction() as connection:
            append_events(connection, "Placed Order", table, amount="Total")

    def text(self, sender: str, body: str, *, at: datetime | None = None) -> None:
        """A customer texts; the carrier brings it, and we act on it."""
        self.carrier.text(sender, body, at or self.now)
        self.sms.advance(at or self.now)

    def taken(self, sender: str | None = None) -> list[str]:
        """What phones got, or one phone got."""
        return [text.body for text in self.carrier.taken() if sender in (None, text.number)]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.database.cursor() as cursor:
            return cursor.execute(query, list(values)).fetchall()

    def scalar(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def events(self, name: str) -> int:
        return self.scalar(
            "SELECT count(*) FROM events WHERE metric_id = (SELECT metric_id FROM metrics WHERE name = ?)",
            name,
        )

    def states(self, campaign: str = "Sale") -> dict[str, int]:
        counted = self.rows(
            """SELECT state, count(*) FROM sms_messages JOIN sms_campaigns USING (campaign_id)
            WHERE name = ? GROUP BY state ORDER BY state""",
            campaign,
        )
        return dict(counted)

    def close(self) -> None:
        self.sms.close()
        self.database.close()


def campaign(text: str = "Everything must go.", **changes: Any) -> Campaign:
    """A campaign to everybody."""
    return Campaign(**{"name": "Sale", "include": ("true",), "text": text, **changes})
