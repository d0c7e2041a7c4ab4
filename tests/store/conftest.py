"""A store in memory and one on disk, for every test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from segql.runtime.store.database import Database


@pytest.fixture
def database() -> Iterator[Database]:
    with Database.open(":memory:") as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.duckdb"
