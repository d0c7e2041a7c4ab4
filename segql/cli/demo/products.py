"""What the shop sells."""

from dataclasses import dataclass

import numpy as np

from segql.cli.demo.columns import Real, Text, Whole, texts

# Category: what is in it, with the price in cents.
_RANGE = {
    "Accessories": (
        ("Wool socks", 1200), ("Beanie", 1900), ("Leather belt", 3900), ("Silk scarf", 5900),
        ("Sunglasses", 8900),
    ),
    "Shirts": (
        ("Plain tee", 1800), ("Striped tee", 2400), ("Linen shirt", 5400), ("Oxford shirt", 6200),
        ("Flannel shirt", 6800),
    ),
    "Trousers": (
        ("Chinos", 5900), ("Slim jeans", 7400), ("Wide jeans", 7900), ("Cord trousers", 8200),
        ("Hiking trousers", 9800),
    ),
    "Dresses": (
        ("Jersey dress", 4900), ("Summer dress", 6900), ("Wrap dress", 9900), ("Evening dress", 18900),
    ),
    "Shoes": (
        ("Canvas sneakers", 4500), ("Running shoes", 11900), ("Ankle boots", 14900),
        ("Hiking boots", 17900), ("Loafers", 12900),
    ),
    "Jackets": (
        ("Rain jacket", 8900), ("Denim jacket", 9400), ("Wool coat", 22900), ("Down parka", 28900),
    ),
    "Bags": (
        ("Tote bag", 2200), ("Belt bag", 3400), ("Backpack", 7900), ("Weekend bag", 15900),
    ),
    "Home": (
        ("Scented candle", 1600), ("Tea towels", 1400), ("Wool blanket", 8900), ("Linen sheets", 16900),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Range:
    """Everything on sale, a column each, the cheapest first. Prices in cents."""

    sku: Text
    name: Text
    category: Text
    price: Whole

    def draw(self, generator: np.random.Generator, thrift: Real) -> Whole:
        """What people of that thrift look at: one product each, the thrifty among the cheaper."""
        return (len(self.price) * generator.random(len(thrift)) ** (1 + 2 * thrift)).astype(np.int64)


def products_on_sale() -> Range:
    """The whole range of the shop."""
    rows = sorted((price, name, category) for category, items in _RANGE.items() for name, price in items)
    return Range(
        sku=texts(
            [
                f"{category[:2].upper()}-{number:03d}"
                for number, (_, _, category) in enumerate(rows, start=101)
            ]
        ),
        name=texts([name for _, name, _ in rows]),
        category=texts([category for _, _, category in rows]),
        price=np.array([price for price, _, _ in rows], dtype=np.int64),
    )
