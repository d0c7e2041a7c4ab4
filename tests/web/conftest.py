"""A made-up shop for all tests of the web, and an office upon a copy of it for each file of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.office import Office, make_shop, opened_office


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "made-up.duckdb"
    make_shop(path)
    return path


@pytest.fixture(scope="module")
def office(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened_office(shop, tmp_path_factory.mktemp("office")) as opened:
        yield opened
