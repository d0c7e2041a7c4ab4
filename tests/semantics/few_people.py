"""Five people, each with something special, and the check that the store and the reference name the same of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import segql
from segql.compiler.catalog.model import Account, Point
from segql.compiler.statements import Ask
from tests.reference.evaluate import members
from tests.reference.people import ConsentEntry, Event, EventType, Person, Value, World
from tests.semantics.loading import named

NOW = datetime(2023, 6, 17, 12, tzinfo=UTC)
ORDER, CLICK, TEXTED = "Placed Order", "Clicked Email", "Texted Us"


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def order(days: float, **properties: Any) -> Event:
    return Event(ORDER, ago(days), {"Total": None, "Category": None, **properties})


def facts(**attributes: Value) -> dict[str, Value]:
    return attributes


def consent(channel: Any, kind: str, status: str, days: float) -> ConsentEntry:
    return ConsentEntry(channel, kind, status, ago(days))


PEOPLE = (
    Person(
        "anna",
        facts(
            name="Anna",
            score=10.0,
            spare=2.0,
            vip=True,
            tags=["Sales", "caf\u00e9"],
            seen=ago(3),
            email="anna@example.com",
            phone_number="+16172530010",
            phone_valid=True,
        ),
        (
            *(order(day, Total=0.1, Category=("Shoes", "shoes")[day % 2]) for day in range(1, 11)),
            Event(CLICK, ago(1), {}),
            Event(TEXTED, ago(100), {}),
        ),
        (
            consent("sms", "marketing", "subscribed", 20),
            consent("email", "marketing", "subscribed", 20),
            consent("email", "marketing", "unsubscribed", 10),
        ),
        {"VIP": ((ago(30), ago(10)), (ago(5), None))},
    ),
    Person(
        "ben",
        facts(
            name="STRASSE",
            score=10.0,
            spare=0.0,
            vip=False,
            tags=[],
            email="ben@example.com",
            phone_number="+16172530011",
            phone_valid=True,
        ),
        (
            order(3, Total=100.0, Category="SHOES"),
            order(2, Total=-40.0, Category="Hats"),
            order(-1, Total=1000.0, Category="Shoes"),
        ),
        (
            # At one instant the stricter one wins.
            consent("sms", "marketing", "subscribed", 5),
            consent("sms", "marketing", "unsubscribed", 5),
            consent("email", "marketing", "pending", 5),
        ),
        {"VIP": ((ago(10), ago(0)),)},
    ),
    Person(
        "cleo",
        facts(
            name="Cafe\u0301", score=7.0, tags=["10"], seen=ago(-3), phone_number="12345", phone_valid=False
        ),
        (order(5), Event(TEXTED, ago(3), {})),
        (consent("push", "marketing", "subscribed", 400), consent("push", "block", "blocked", 3)),
    ),
    Person("dora", {"name": "İstanbul", "score": -1.0, "email": "dora@example.com"}, (), ()),
    Person(
        "emil",
        {"phone_number": "+16172530012", "phone_valid": True},
        (),
        (consent("sms", "transactional", "subscribed", 9),),
    ),
)
WORLD = World(
    Account(),
    PEOPLE,
    {
        "name": "text",
        "score": "number",
        "spare": "number",
        "vip": "boolean",
        "tags": "list",
        "seen": "datetime",
        "email": "text",
        "phone_number": "text",
        "phone_valid": "boolean",
    },
    {
        ORDER: EventType({"Total": "number", "Category": "text"}, amount="Total", label="Category"),
        CLICK: EventType({"Campaign": "text"}),
        TEXTED: EventType(),
    },
    ("VIP",),
    places={"Shop": Point(42.0, -71.0)},
)
EVERYBODY = "anna ben cleo dora emil"


def check(store: segql.Store, text: str, expected: str, now: datetime = NOW) -> None:
    """The store and the reference name the people expected, and everybody else for the complement."""
    statement = segql.parse(text).statements[0]
    assert isinstance(statement, Ask)
    assert members(WORLD, statement.condition, now) == set(expected.split())
    assert named(store, text, now) == set(expected.split())
    assert named(store, f"not ({text})", now) == set(EVERYBODY.split()) - set(expected.split())
