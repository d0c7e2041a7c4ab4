"""What customers do while the demo's campaign is out: they text, follow links and order, as chance has it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from segql.cli.demo.geography import METROS, numbers_in
from segql.cli.demo.products import products_on_sale
from segql.runtime.api import Store
from segql.sms import Sms
from segql.sms.carriers.simulated import SimulatedCarrier
from segql.sms.phone import Exchange

# The share of those who got the text and follow its link, and of those the share who then order.
CLICKS = 0.08
ORDERS = 0.2


class Recipient(NamedTuple):
    """Somebody on whose phone the text has arrived."""

    external_id: str
    number: str


class Phoned(NamedTuple):
    """A text that a customer is going to send."""

    at: datetime
    number: str
    text: str


class Click(NamedTuple):
    """A short link that a recipient is going to follow, by its code."""

    at: datetime
    code: str
    external_id: str


class Order(NamedTuple):
    """An order that is going to be placed, of one of what the shop sells."""

    at: datetime
    external_id: str
    item: Mapping[str, str | float]
    total: Decimal


@dataclass(frozen=True)
class Crowd:
    """The people out there. All that they do is drawn from `chance`, and goes through what real people touch."""

    store: Store
    sms: Sms
    carrier: SimulatedCarrier
    chance: Random

    def recipients(self, campaign: str, at: datetime) -> list[Recipient]:
        """Who had got the campaign's text by then, as a segment says it."""
        condition = f'did "Received SMS" where Campaign is "{campaign}"'
        table = self.store.show(condition, ("external_id", "phone_number"), as_of=at)
        return [Recipient(*row.values()) for row in table.to_pylist()]

    def clicks(self, recipients: list[Recipient], since: datetime, until: datetime) -> list[Click]:
        """Who of them will follow the link, and when: mostly soon after `since`, all before `until`."""
        codes = self._codes()
        clicks = []
        for recipient in recipients:
            if self.chance.random() < CLICKS:
                at = since + timedelta(seconds=int(self.chance.expovariate(1 / 3600)))
                clicks.append(Click(min(at, until), codes[recipient.number], recipient.external_id))
        return sorted(clicks)

    def _codes(self) -> dict[str, str]:
        """The code of the short link on each phone."""
        link = re.compile(rf"https://{re.escape(self.sms.settings().link_host)}/(\w+)")
        read = ((text.number, link.search(text.body)) for text in self.carrier.taken())
        return {number: found[1] for number, found in read if found}

    def orders(self, clicks: list[Click], until: datetime) -> list[Order]:
        """What those who clicked will buy, within the hour after it and before `until`."""
        products = products_on_sale()
        orders = []
        for click in clicks:
            at = click.at + timedelta(minutes=self.chance.randint(5, 60))
            if self.chance.random() < ORDERS and at < until:
                total = (
                    Decimal(int(products.price[bought := self.chance.randrange(len(products.price))])) / 100
                )
                item = {
                    "sku": products.sku[bought],
                    "name": products.name[bought],
                    "category": products.category[bought],
                    "quantity": 1,
                    "price": float(total),
                }
                orders.append(Order(at, click.external_id, item, total))
        return orders

    def place(self, orders: list[Order]) -> None:
        """Place orders, as the shop's till would tell the store of them."""
        if orders:
            self.store.append_events("Placed Order", _as_events(orders), amount="Total")

    def stranger(self) -> str:
        """A number that the shop has never seen."""
        numbers = numbers_in(np.random.default_rng(self.chance.randrange(2**32)), METROS[0], 100)
        return next(number for number in numbers if not self.store.count(f'phone_number is "{number}"'))

    def text(self, phoned: Phoned) -> Exchange:
        """Text the shop from a simulated phone; what came back to it."""
        return self.sms.text_from_phone(phoned.number, phoned.text, at=phoned.at)


def _as_events(orders: list[Order]) -> pa.Table:
    ids = [f"{order.external_id}-{order.at:%Y%m%d%H%M%S}" for order in orders]
    return pa.table(
        {
            "external_id": [order.external_id for order in orders],
            "occurred_at": pa.array([order.at for order in orders], pa.timestamp("s", "UTC")),
            "event_id": ids,
            "Order ID": ids,
            "Total": [float(order.total) for order in orders],
            "Items": [[order.item] for order in orders],
        }
    )
