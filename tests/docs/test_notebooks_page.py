"""The page on notebooks: its cells run one after the other, in the made-up shop."""

from pathlib import Path
from shutil import copy

from tests.docs.pages import DOCS, blocks
from tests.notebook.running import Notebook


def test_the_cells_of_the_page_run(shop: Path, tmp_path: Path) -> None:
    copy(shop, tmp_path / "segql-demo.duckdb")
    notebook = Notebook(tmp_path)
    loaded, asked, number, counted, drawn = (
        notebook.run(one.text) for one in blocks(DOCS / "notebooks.md", "ipython")
    )
    notebook.close()
    assert loaded[0]["text"] == "segql-demo.duckdb: 2,001 people\n"
    people = int(number[0]["data"]["text/plain"])
    assert f"{people:,} of 2,001 people" in asked[0]["data"]["text/html"]
    assert "share" in counted[0]["data"]["text/html"]
    assert "<svg" in drawn[0]["data"]["text/html"]
