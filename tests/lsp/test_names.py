"""Where the names come from: a store that is not held, a catalog that changes, or nothing at all."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

import segql
from tests.lsp.editor import Editor

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEXT = 'segment "A": gender is "femal"'


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with segql.open(path, create=True) as opened:
        opened.upsert_profiles(pa.table({"external_id": ["ada", "bob"], "gender": ["female", "male"]}), NOW)
    return path


def test_a_store_is_read_and_not_held(store: Path) -> None:
    editor = Editor(store.parent, "--store", store.name)
    editor.open("a.segql", TEXT)
    # Values that were seen are known, although the store is closed.
    editor.diagnostics("a.segql", {"SG405"})
    with segql.open(store) as opened:
        opened.upsert_profiles(
            pa.table({"external_id": ["cyd"], "gender": ["femal"], "plan": ["Basic"]}), NOW
        )
    editor.save("a.segql")
    editor.change("a.segql", f"{TEXT} and plan is set")
    editor.diagnostics("a.segql", set())
    assert editor.close() == 0


def test_a_store_that_somebody_uses_is_read_when_it_is_free(store: Path) -> None:
    with segql.open(store):
        editor = Editor(store.parent, "--store", store.name)
        editor.sees("no names are known")
        editor.open("a.segql", f"{TEXT} and x is 1 or")
        # Without names only what cannot be read is told.
        assert {str(one.code) for one in editor.diagnostics("a.segql")} <= {"SG101", "SG102"}
    editor.save("a.segql")
    editor.change("a.segql", f"{TEXT} and x is 1")
    editor.diagnostics("a.segql", {"SG201"})
    assert editor.close() == 0


def test_a_catalog_that_is_broken_leaves_the_names_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "catalog.json"
    file.write_text(segql.Catalog().to_json(), encoding="utf-8")
    editor = Editor(tmp_path, "--catalog", "catalog.json")
    editor.open("a.segql", TEXT)
    editor.diagnostics("a.segql", {"SG201"})
    file.write_text("{", encoding="utf-8")
    editor.files_changed("catalog.json")
    editor.sees("the catalog is as it was")
    editor.change("a.segql", f"{TEXT} ")
    editor.diagnostics("a.segql", {"SG201"})
    assert editor.close() == 0


def test_without_any_catalog_texts_are_read_and_names_are_not_looked_up(tmp_path: Path) -> None:
    editor = Editor(tmp_path)
    editor.sees("segql.duckdb")
    editor.open("a.segql", TEXT)
    editor.diagnostics("a.segql", set())
    assert editor.close() == 0


def test_without_the_extra_the_command_says_what_to_install() -> None:
    program = "import sys; sys.modules['pygls'] = None; from segql.cli.main import run; sys.argv = ['segql', 'lsp']; run()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'segql[lsp]'" in done.stderr
