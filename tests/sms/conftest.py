"""What every SMS test starts from."""

from collections.abc import Iterator

import pytest

from .shop import Shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop where SMS is set up, with credits and nobody in it."""
    made = Shop().set_up()
    yield made
    made.close()


@pytest.fixture
def bare() -> Iterator[Shop]:
    """A shop where SMS is not set up."""
    made = Shop()
    yield made
    made.close()
