"""A made-up shop for all tests of the web; an office or a running server upon a copy of it for each file of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.office import Office, make_shop, opened_office
from tests.web.running import Places, Running


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "made-up.duckdb"
    make_shop(path)
    return path


@pytest.fixture(scope="module")
def office(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened_office(shop, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture(scope="module")
def running(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server = Running(shop, tmp_path_factory.mktemp("served"))
    yield server
    server.stop()


@pytest.fixture
def places(running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setenv("SEGQL_TOKEN", running.token)
    monkeypatch.chdir(tmp_path)
    return Places(running)
