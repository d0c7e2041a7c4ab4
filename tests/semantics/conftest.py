"""A store with the few people in it."""

from collections.abc import Iterator

import pytest

import segql
from tests.semantics.few_people import WORLD
from tests.semantics.loading import load


@pytest.fixture(scope="module")
def few() -> Iterator[segql.Store]:
    """Only read: all tests of a module share it."""
    with load(WORLD) as store:
        yield store
