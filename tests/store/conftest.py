"""A store in memory and one on disk, for every test of this folder."""

from collections.abc import Iterator
from datetime import UTC, datetime
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


def instant(*parts: int) -> datetime:
    """An instant as the store gives it: in UTC, without saying so."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[misc]
