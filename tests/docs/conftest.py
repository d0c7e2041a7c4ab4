"""The shop that the docs speak of: what the first command of the tutorial makes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest

import segql
from tests.cli.command_line import segql as command_line
from tests.docs.pages import DOCS, blocks, commands

# The instant at which the pages ask: noon in the shop's time zone.
NOW = datetime(2026, 6, 1, 16, tzinfo=UTC)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the tutorial's first command makes."""
    path = tmp_path_factory.mktemp("docs") / "segql-demo.duckdb"
    first = next(commands(blocks(DOCS / "tutorial.md", "console")[0]))
    done = command_line(*first.words[1:], "--store", path)
    assert done.code == 0, done.err
    return path


@pytest.fixture(scope="module")
def store(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[segql.Store]:
    """A copy of the shop for the tests of one page, which keeps the history of an attribute."""
    path = Path(copy(shop, tmp_path_factory.mktemp("page")))
    with segql.open(path) as store:
        store.keep_history("Loyalty Tier", NOW)
        yield store
