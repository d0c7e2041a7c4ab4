"""The account that the compiler's tests speak of, and the moment at which they ask."""

from datetime import UTC, datetime

from segql.compiler.catalog.model import Account, Attribute, Catalog, Event, Point, Property, Segment

NOW = datetime(2023, 6, 17, 12, tzinfo=UTC)

CATALOG = Catalog(
    account=Account(timezone="Europe/London"),
    attributes=(
        Attribute(name="gender", type="text"),
        Attribute(name="address.city", type="text"),
        Attribute(name="Loyalty Tier", type="text", kept_since=datetime(2023, 1, 1, tzinfo=UTC)),
        Attribute(name="SMS Preferences", type="list"),
        Attribute(name="predicted_clv", type="number"),
        Attribute(name="birthday", type="date"),
        Attribute(name="created", type="datetime"),
        Attribute(name="accepts_cookies", type="boolean"),
        Attribute(name="phone_country", type="text"),
        Attribute(name="details", type="object"),
        Attribute(name="country", type="text"),
        Attribute(name="email", type="text"),
        Attribute(name="days_between_orders", type="number"),
        Attribute(name="expected_next_order", type="date"),
        Attribute(
            name="Cart",
            type="object",
            items=(Property(name="Category", type="text"), Property(name="Price", type="number")),
        ),
        Attribute(name="first", type="text"),
    ),
    events=(
        Event(
            name="Placed Order",
            id=3,
            amount="Total",
            properties=(
                Property(name="Total", type="number"),
                Property(name="Discount Code", type="text"),
                Property(
                    name="Items",
                    type="list",
                    items=(Property(name="Category", type="text"), Property(name="Price", type="number")),
                ),
                Property(name="Gift", type="boolean"),
            ),
        ),
        Event(
            name="Started Checkout",
            id=7,
            properties=(Property(name="Total", type="number"), Property(name="Gift", type="text")),
        ),
        Event(
            name="Clicked SMS", id=4, label="Campaign", properties=(Property(name="Campaign", type="text"),)
        ),
        Event(name="Opened Email", id=5),
        Event(name="Clicked Email", id=6),
        Event(name="Received SMS", id=8, properties=(Property(name="Campaign", type="text"),)),
        Event(name="Texted Us", id=9, properties=(Property(name="Text", type="text"),)),
    ),
    lists=("VIP", "Do not disturb"),
    segments=(
        Segment(name="Subscribers", definition="can receive sms"),
        Segment(name="Circle A", definition='in segment "Circle B"'),
        Segment(name="Circle B", definition='in segment "Circle A"'),
    ),
    postal_codes={"US": {"02139": Point(42.3647, -71.1042)}},
    places={"Store": Point(42.37, -71.12)},
)
