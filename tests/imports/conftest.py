"""A store, a folder, and a short way to import what a test writes down."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from segql.runtime.imports.importing import ImportReport, import_file
from segql.runtime.imports.map import Kind
from segql.runtime.store.database import Database

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
Load = Callable[..., ImportReport]


@pytest.fixture
def database() -> Iterator[Database]:
    with Database.open(":memory:") as opened:
        yield opened


@pytest.fixture
def load(database: Database, tmp_path: Path) -> Load:
    """Import a text as a file of that name, by the text of a map."""

    def import_text(
        kind: Kind, text: str, name: str = "data.csv", map_text: str | None = None
    ) -> ImportReport:
        (tmp_path / name).write_text(text, encoding="utf-8")
        map_path = tmp_path / "map.toml" if map_text is not None else None
        if map_path is not None and map_text is not None:
            map_path.write_text(map_text, encoding="utf-8")
        return import_file(
            database, kind, [tmp_path / name], map_path, rejects=tmp_path / "rejects.jsonl", now=NOW
        )

    return import_text


@pytest.fixture
def read(database: Database) -> Callable[[str], list[tuple[Any, ...]]]:
    def rows(query: str) -> list[tuple[Any, ...]]:
        with database.cursor() as cursor:
            return cursor.execute(query).fetchall()

    return rows
