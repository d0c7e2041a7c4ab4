"""Who allowed the shop to write to them, from when until when, and the log that says so."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segql.cli.demo.columns import DAY, NEVER, Text, Truth, Whole, chosen, instants, present, texts
from segql.cli.demo.people import People

# Where people subscribed, by the method.
_DETAILS = {"form": "Pop-up", "keyword": "JOIN", "manual_import": "Trade fair", "checkout": "Checkout"}


@dataclass(frozen=True)
class Subscription:
    """Marketing consent on one channel: person i allowed it in [since, until), NEVER where not.

    `method`: how the person subscribed."""

    channel: str
    address: Text
    since: Whole
    until: Whole
    method: Text

    def holds(self, at: int) -> Truth:
        """Who allows it at an instant."""
        return (self.since <= at) & (at < self.until)

    @property
    def began(self) -> Whole:
        """The people who ever subscribed."""
        return np.flatnonzero(self.since < NEVER)

    @property
    def ended(self) -> Whole:
        """The people who unsubscribed."""
        return np.flatnonzero(self.until < NEVER)


def subscribe_to_email(generator: np.random.Generator, people: People, until: int) -> Subscription:
    """Four in five with an address subscribe as they come; some leave, those who do not read sooner."""
    willing = present(people.email) & (generator.random(len(people)) < 0.8)
    leaves = generator.random(len(people)) < 0.22 - 0.3 * people.reader
    method = chosen(generator, ("form", "checkout", "manual_import"), len(people), (7, 2, 1))
    address = texts([None if email is None else email.lower() for email in people.email])
    return _subscription(generator, "email", people, until, willing, leaves, address, method)


def subscribe_to_sms(generator: np.random.Generator, people: People, until: int) -> Subscription:
    """Half of those with a number that works subscribe; those who never click text STOP sooner."""
    willing = people.owns_phone & (generator.random(len(people)) < 0.5)
    leaves = generator.random(len(people)) < 0.2 - 0.4 * people.texter
    method = chosen(generator, ("form", "keyword", "manual_import"), len(people), (7, 2, 1))
    return _subscription(generator, "sms", people, until, willing, leaves, people.phone, method)


def _subscription(
    generator: np.random.Generator, channel: str, people: People, until: int,
    willing: Truth, leaves: Truth, address: Text, method: Text,
) -> Subscription:  # fmt: skip
    """Most subscribe within minutes; one in five some weeks later."""
    at_once = generator.random(len(people)) < 0.8
    wait = np.where(
        at_once, generator.integers(20, 600, len(people)), generator.exponential(40 * DAY, len(people))
    )
    since = people.created + wait.astype(np.int64)
    since = np.where(willing & (since < until), since, NEVER)
    stay = generator.exponential(150 * DAY, len(people)).astype(np.int64) + DAY
    left = np.where(leaves & (since < NEVER), since + stay, NEVER)
    return Subscription(channel, address, since, np.where(left < until, left, NEVER), method)


def consent_log(
    generator: np.random.Generator, people: People, sms: Subscription, email: Subscription,
    first_orders: Whole, until: int,
) -> pa.Table:  # fmt: skip
    """Every entry of the consent log before `until`, shaped for `record_consents`, in the order of time.

    `first_orders`: when each person first ordered; at the checkout most allow texts about their orders."""
    chance = generator.random((3, len(people)))
    pending = np.flatnonzero(people.owns_phone & (sms.since == NEVER) & (chance[0] < 0.05))
    blocked = np.flatnonzero(people.owns_phone & (chance[1] < 0.003))
    buyers = np.flatnonzero(people.owns_phone & (first_orders < NEVER) & (chance[2] < 0.6))
    way_out = chosen(generator, ("one_click_unsubscribe", "preference_page"), len(people), (8, 2))
    phone, created = people.phone, people.created
    parts = [
        _entries("sms marketing subscribed", sms.began, sms.address, sms.since, sms.method),
        _entries("sms marketing unsubscribed", sms.ended, sms.address, sms.until, "keyword", "STOP"),
        _entries("sms marketing pending", pending, phone, created + 60, "form"),
        _entries("sms transactional subscribed", buyers, phone, first_orders, "checkout"),
        _entries("sms block blocked", blocked, phone, created + DAY, "inbox", None, "support"),
        _entries("email marketing subscribed", email.began, email.address, email.since, email.method),
        _entries("email marketing unsubscribed", email.ended, email.address, email.until, way_out),
    ]
    log = pa.concat_tables(parts).sort_by("occurred_at")
    return log.filter(pc.less(log["occurred_at"], instants(np.array([until]))[0]))


def _entries(
    what: str, who: Whole, address: Text, at: Whole, method: Text | str,
    detail: str | None = None, actor: str = "customer",
) -> pa.Table:  # fmt: skip
    """Entries of one channel, kind and status. `address`, `at` and `method` have an item for every person."""
    channel, kind, status = what.split()
    methods = [method] * len(who) if isinstance(method, str) else method[who].tolist()
    constants = {"channel": channel, "kind": kind, "status": status, "actor": actor}
    return pa.table(
        {
            **{name: pa.repeat(value, len(who)) for name, value in constants.items()},
            "address": pa.array(address[who], pa.string()),
            "occurred_at": instants(at[who]),
            "recorded_at": instants(at[who]),
            "method": pa.array(methods, pa.string()),
            "detail": pa.array([detail or _DETAILS.get(way) for way in methods], pa.string()),
        }
    )
