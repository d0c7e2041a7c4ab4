"""One small shop for all tests, as tables of a DuckDB of its own, so that laws about it are plain SQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from segql.cli.demo.shop import Shop, make_shop


@pytest.fixture(scope="session")
def shop() -> Shop:
    return make_shop(seed=7, until=datetime(2026, 11, 21, 15, 30, tzinfo=UTC), profiles=4_000)


@pytest.fixture(scope="session")
def ask(shop: Shop) -> Iterator[Callable[..., Any]]:
    """The one value that a query gives, `$until` bound to the shop's end. The tables are `profiles`,
    `consents`, and one for each event, named as the event."""
    with duckdb.connect(config={"python_enable_replacements": "false"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("profiles", shop.profiles)
        connection.register("consents", shop.consents)
        for kind in shop.events:
            connection.register(kind.event, kind.table)

        def one_value(query: str, **values: object) -> Any:
            values |= {"until": shop.until.replace(tzinfo=None)} if "$until" in query else {}
            ((value,),) = connection.execute(query, values).fetchall()
            return value

        yield one_value
