"""The small shop, as a store that was never refreshed."""

from collections.abc import Iterator

import pytest

import segql
from tests.refresh.shop import stock


@pytest.fixture
def store() -> Iterator[segql.Store]:
    with segql.open(":memory:") as opened:
        stock(opened)
        yield opened
