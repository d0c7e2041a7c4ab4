"""How people shop: visits, what they look at, carts, checkouts, orders, and orders that come back."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from segql.cli.demo.columns import (
    DAY,
    HOUR,
    Real,
    Text,
    Truth,
    Whole,
    chosen,
    numbered,
    positions_within,
    texts,
)
from segql.cli.demo.history import History
from segql.cli.demo.messages import Messages
from segql.cli.demo.people import People
from segql.cli.demo.products import Range, products_on_sale
from segql.cli.demo.rhythm import Rhythm

_DISCOUNTS = {"WELCOME10": 10, "SAVE15": 15, "SALE25": 25}
_REGRETS = ("Changed my mind", "Found it cheaper", "Too slow")
_FAULTS = ("Does not fit", "Not as shown", "Damaged")


@dataclass(frozen=True)
class Visits:
    """Visits a row each, in the order of time: whose, when, and what led there."""

    who: Whole
    at: Whole
    source: Text


@dataclass(frozen=True)
class Orders:
    """Orders that were placed, a row each, in the order of time: whose, when, for how many cents."""

    who: Whole
    at: Whole
    cents: Whole


@dataclass(frozen=True)
class _Views:
    """Products looked at, a row each, those of one visit side by side. `visit`: the visit's row;
    `carted`: how many of the product went into the cart, mostly none."""

    visit: Whole
    who: Whole
    at: Whole
    product: Whole
    carted: Whole


def shop_around(
    generator: np.random.Generator, people: People, clicks: dict[str, Messages],
    rhythm: Rhythm, history: History,
) -> Orders:  # fmt: skip
    """Make up every visit of every person, those that begin with a click among them; returns the orders."""
    visits = _visits(generator, people, clicks, rhythm)
    history.add("Active on Site", visits.who, visits.at, {"Source": visits.source}, label="Source")
    products = products_on_sale()
    views = _views(generator, people, visits, products)
    carts = np.flatnonzero(views.carted)
    for event, rows, more in (
        ("Viewed Product", np.arange(len(views.who)), {}),
        ("Added to Cart", carts, {"Quantity": views.carted[carts]}),
    ):
        product = views.product[rows]
        properties = {
            "SKU": products.sku[product],
            "Product": products.name[product],
            "Category": products.category[product],
            "Price": products.price[product] / 100,
            **more,
        }
        at = views.at[rows] + (25 if more else 0)
        history.add(event, views.who[rows], at, properties, amount="Price", label="Category")
    return _checkouts(generator, people, visits, views, products, rhythm, history)


def _visits(
    generator: np.random.Generator, people: People, clicks: dict[str, Messages], rhythm: Rhythm
) -> Visits:
    """Own visits thin out after the first, sooner for those of little zeal; every click is a visit too."""
    own = 1 + generator.poisson(2.6 * people.zeal)
    who = np.repeat(np.arange(len(people)), own)
    first = positions_within(own) == 0
    life = (40 * DAY * generator.lognormal(0, 1, len(people)) * (1 + people.zeal))[who]
    begins = rhythm.pulse(people.created[who])
    left = np.maximum(rhythm.length - begins, 1)
    # The inverse of an exponential distribution that is cut off at the end of the history.
    after = -life * np.log1p(-generator.random(len(who)) * -np.expm1(-left / life))
    later = np.maximum(rhythm.wall(begins + after) + people.lag[who], people.created[who] + HOUR)
    direct = chosen(generator, ("Direct", "Search", "Social"), len(who), (5, 3, 2))
    all_who = np.concatenate([who, *(click.who for click in clicks.values())])
    all_at = np.concatenate(
        [np.where(first, people.created[who], later), *(click.at + 5 for click in clicks.values())]
    )
    source = np.concatenate([direct, *(texts([name] * len(click.who)) for name, click in clicks.items())])
    order = np.argsort(all_at, kind="stable")
    return Visits(all_who[order], all_at[order], source[order])


def _views(generator: np.random.Generator, people: People, visits: Visits, products: Range) -> _Views:
    counts = generator.poisson(0.9 + 0.4 * np.log1p(people.zeal[visits.who]))
    visit = np.repeat(np.arange(len(counts)), counts)
    who = visits.who[visit]
    at = visits.at[visit] + 20 + 75 * positions_within(counts) + generator.integers(0, 40, len(visit))
    likes = generator.random(len(visit)) < 0.16 + 0.03 * np.log1p(people.zeal[who])
    quantity = 1 + (generator.random(len(visit)) < 0.12) + (generator.random(len(visit)) < 0.03)
    return _Views(visit, who, at, products.draw(generator, people.thrift[who]), np.where(likes, quantity, 0))


def _checkouts(
    generator: np.random.Generator, people: People, visits: Visits, views: _Views,
    products: Range, rhythm: Rhythm, history: History,
) -> Orders:  # fmt: skip
    """Seven in ten carts come to the checkout, most of those become orders; both list what is in it."""
    goes = generator.random(len(visits.who)) < 0.7
    items = np.flatnonzero((views.carted > 0) & goes[views.visit])
    visit, starts, sizes = np.unique(views.visit[items], return_index=True, return_counts=True)
    cents = (
        np.add.reduceat(products.price[views.product[items]] * views.carted[items], starts)
        if len(items)
        else starts
    )
    who, at = visits.who[visit], views.at[items[starts + sizes - 1]] + 120
    cart = _item_lists(views, items, sizes, products)
    history.add("Started Checkout", who, at, {"Total": cents / 100, "Items": cart}, amount="Total")

    buys = generator.random(len(who)) < 0.62 + 0.25 * (generator.random(len(who)) < people.zeal[who] / 3)
    placed_at = at + generator.integers(40, 400, len(at))
    placed = np.flatnonzero(buys & (placed_at < rhythm.until))
    placed = placed[np.argsort(placed_at[placed], kind="stable")]
    code, price = _discounted(generator, people.thrift[who[placed]], cents[placed])
    orders = Orders(who[placed], placed_at[placed], price)
    numbers = numbered("S", np.arange(10_001, 10_001 + len(placed)))
    properties = {
        "Order ID": numbers,
        "Total": price / 100,
        "Items": cart.take(pa.array(placed)),
        "Discount Code": code,
    }
    history.add("Placed Order", orders.who, orders.at, properties, amount="Total")
    _returns(generator, orders, numbers, history)
    return orders


def _item_lists(views: _Views, items: Whole, sizes: Whole, products: Range) -> pa.Array:
    """What is in each cart, one list of items a cart."""
    product = views.product[items]
    item = pa.StructArray.from_arrays(
        [
            pa.array(products.sku[product]),
            pa.array(products.name[product]),
            pa.array(products.category[product]),
            pa.array(views.carted[items]),
            pa.array(products.price[product] / 100),
        ],
        names=["sku", "name", "category", "quantity", "price"],
    )
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), item)


def _discounted(generator: np.random.Generator, thrift: Real, cents: Whole) -> tuple[Text, Whole]:
    """A code for some, mostly the thrifty, and what each pays with it."""
    used: Truth = generator.random(len(thrift)) < 0.05 + 0.7 * thrift
    code = chosen(generator, list(_DISCOUNTS), len(thrift), (4, 3, 2))
    code[~used] = None
    percent = np.array([_DISCOUNTS.get(name, 0) for name in code.tolist()], dtype=np.int64)
    return code, cents * (100 - percent) // 100


def _returns(generator: np.random.Generator, orders: Orders, numbers: pa.Array, history: History) -> None:
    """A few orders are cancelled within days, others come back within weeks, in whole or in part."""
    fate = generator.random(len(orders.who))
    cancelled, refunded = np.flatnonzero(fate < 0.04), np.flatnonzero((fate >= 0.04) & (fate < 0.11))
    parts = np.where(generator.random(len(refunded)) < 0.7, 100, 50)
    for event, rows, after, percent, reasons in (
        ("Cancelled Order", cancelled, (HOUR // 2, 2 * DAY), 100, _REGRETS),
        ("Refunded Order", refunded, (4 * DAY, 28 * DAY), parts, _FAULTS),
    ):
        properties = {
            "Order ID": numbers.take(pa.array(rows)),
            "Total": orders.cents[rows] * percent // 100 / 100,
            "Reason": chosen(generator, reasons, len(rows), (3, 1, 1)),
        }
        at = orders.at[rows] + generator.integers(*after, len(rows))
        history.add(event, orders.who[rows], at, properties, amount="Total")
