"""A made-up shop: two years of people, consents and events, coherent and skewed as real ones are.

The same seed, number of profiles and last instant make the same shop, to the last byte.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from segql.cli.demo.attributes import profile_table
from segql.cli.demo.columns import DAY, NEVER, Text, Whole
from segql.cli.demo.consent import consent_log, subscribe_to_email, subscribe_to_sms
from segql.cli.demo.geography import ACCOUNT_COUNTRY, SHOP_ZONE, places, postal_codes
from segql.cli.demo.history import EventTable, History
from segql.cli.demo.messages import questions, subscriptions_as_events, write_emails, write_texts
from segql.cli.demo.people import People, invent_people
from segql.cli.demo.rhythm import Rhythm
from segql.cli.demo.visits import Orders, shop_around
from segql.compiler.catalog.model import Account

ACCOUNT = Account(name="Harbor Lane", timezone=SHOP_ZONE, currency="USD", country=ACCOUNT_COUNTRY)


@dataclass(frozen=True)
class Joining:
    """People who joined a list at one instant, by external id."""

    list_name: str
    external_ids: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Shop:
    """All that a store is given: tables shaped for its functions of the same names."""

    account: Account
    until: datetime
    profiles: pa.Table
    events: tuple[EventTable, ...]
    consents: pa.Table
    lists: tuple[Joining, ...]
    postal_codes: pa.Table
    places: pa.Table


def make_shop(*, seed: int, until: datetime, profiles: int = 20_000) -> Shop:
    """A shop of that many profiles (at least 1), about thirty events each; its history ends at `until`."""
    rhythm = Rhythm(until, SHOP_ZONE)
    source = np.random.default_rng(seed)

    def chance() -> np.random.Generator:
        """A stream of its own for each part, so that a change in one leaves the others as they were."""
        return source.spawn(1)[0]

    people = invent_people(chance(), profiles, rhythm)
    sms = subscribe_to_sms(chance(), people, rhythm.until)
    email = subscribe_to_email(chance(), people, rhythm.until)
    history = History(people, rhythm.until)
    clicks = {
        "Email": write_emails(chance(), people, email, rhythm, history),
        "SMS": write_texts(chance(), people, sms, rhythm, history),
    }
    orders = shop_around(chance(), people, clicks, rhythm, history)
    subscriptions_as_events(history, sms, email)
    questions(chance(), people, rhythm, history)
    first_orders = np.full(profiles, NEVER)
    np.minimum.at(first_orders, orders.who, orders.at)
    return Shop(
        account=ACCOUNT,
        until=until,
        profiles=profile_table(chance(), people, orders, sms, rhythm.until),
        events=tuple(history.tables),
        consents=consent_log(chance(), people, sms, email, first_orders, rhythm.until),
        lists=_lists(chance(), people, orders, rhythm.until),
        postal_codes=postal_codes(),
        places=places(),
    )


def _lists(generator: np.random.Generator, people: People, orders: Orders, until: int) -> tuple[Joining, ...]:
    """The best customers read the VIP newsletter; a few people asked to be left alone, whoever they are."""
    joined = until - 120 * DAY
    spent = np.bincount(orders.who, orders.cents, len(people))
    known = people.created < joined
    best = np.flatnonzero(known & (spent > np.quantile(spent, 0.93)) & (generator.random(len(people)) < 0.8))
    alone = np.flatnonzero(known & (generator.random(len(people)) < 0.03))
    at = datetime.fromtimestamp(joined, UTC)
    return (
        Joining("VIP newsletter", _ids(people.external_id, best), at),
        Joining("Do not disturb", _ids(people.external_id, alone), at),
    )


def _ids(external_id: Text, rows: Whole) -> tuple[str, ...]:
    return tuple(external_id[rows])
