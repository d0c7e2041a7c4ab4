"""Notebooks as people run them: a real kernel, whose cells open a store and ask it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from nbclient.exceptions import CellExecutionError

import segql
from tests.notebook.running import Notebook

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of four people."""
    folder = tmp_path_factory.mktemp("notebook")
    people = {
        "external_id": ["ada", "bob", "cyd", "<b>dan</b>"],
        "gender": ["female", "male", "female", "<script>"],
        "joined": [datetime(2026, month, 15, tzinfo=UTC) for month in (2, 3, 4, 5)],
    }
    with segql.open(folder / "shop.duckdb", create=True) as store:
        store.upsert_profiles(pa.table(people), NOW)
        orders = {
            "external_id": ["ada", "cyd", "cyd"],
            "occurred_at": [datetime(2026, month, 20, tzinfo=UTC) for month in (3, 4, 5)],
            "event_id": ["1", "2", "3"],
            "Total": [40.0, 5.0, 6.0],
        }
        store.append_events("Placed Order", pa.table(orders), amount="Total")
    return folder


@pytest.fixture(scope="module")
def notebook(folder: Path) -> Iterator[Notebook]:
    opened = Notebook(folder)
    assert opened.run("%load_ext segql") == []
    assert opened.text("%segql shop.duckdb") == "shop.duckdb: 4 people"
    yield opened
    opened.close()


AS_OF = "--as-of 2026-06-01T12:00+00:00"


def test_a_condition_gives_people_with_count_and_share(notebook: Notebook) -> None:
    shown = notebook.html(f'%%segql women {AS_OF}\ngender is "female"\n  and did "Placed Order"')
    assert "2 of 4 people (50.0%)" in shown
    assert shown.count("<tr>") == 3
    assert notebook.text("type(women).__module__, women.column('external_id').to_pylist()") == (
        "('pyarrow.lib', ['ada', 'cyd'])"
    )


def test_the_answer_itself_is_an_arrow_stream(notebook: Notebook) -> None:
    notebook.run(f'%%segql {AS_OF}\ndid "Placed Order" twice')
    assert notebook.text("import pyarrow as pa; pa.table(_).column_names") == "['profile_id', 'external_id']"


@pytest.mark.parametrize("package", ["polars", "pandas"])
def test_the_table_can_be_one_of_another_library(notebook: Notebook, package: str) -> None:
    notebook.run(f"%%segql found -p {package} {AS_OF}\ncount everybody by gender")
    assert (
        notebook.text("type(found).__module__.split('.')[0], type(found).__name__")
        == f"('{package}', 'DataFrame')"
    )


def test_counts_have_shares_and_bars(notebook: Notebook) -> None:
    shown = notebook.html(f"%%segql {AS_OF}\ncount everybody by gender")
    assert '<th style="text-align:left">share</th>' in shown
    assert "50.0%" in shown
    assert "width:10.0em" in shown


def test_a_trend_has_a_line(notebook: Notebook) -> None:
    shown = notebook.html(f"%%segql {AS_OF}\ntrend joined is set over the last 4 months by month")
    assert "<polyline" in shown
    assert "<title>2026-06-01 12:00: 4</title>" in shown


def test_a_funnel_has_bars_and_times(notebook: Notebook) -> None:
    shown = notebook.html(f'%%segql {AS_OF}\nfunnel did "Placed Order" then "Placed Order" within 90 days')
    assert shown.count("<tr>") == 3
    assert "then &quot;Placed Order&quot; within 90 days" in shown
    assert "50.0%" in shown
    assert "30 days to 30 days" in shown
    assert "width:10.0em" in shown


def test_what_people_wrote_is_text(notebook: Notebook) -> None:
    shown = notebook.html(f"%%segql {AS_OF}\nshow external_id, gender where everybody")
    assert "&lt;b&gt;dan&lt;/b&gt;" in shown
    assert "<script>" not in shown


def test_what_is_probably_not_meant_is_told(notebook: Notebook) -> None:
    assert "SG405" in notebook.html(f'%%segql {AS_OF}\ngender is "femal"')


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('%%segql\ngander is "f"', "error SG201: there is no attribute called"),
        ("%%segql -p excel\neverybody", "invalid choice: 'excel'"),
        ("%%segql --as-of soon\neverybody", "'soon' is no instant"),
        ("%segql nowhere.duckdb", "nowhere.duckdb"),
        ('%segql "', "No closing quotation"),
    ],
)
def test_a_mistake_stops_the_notebook_with_its_message(notebook: Notebook, cell: str, said: str) -> None:
    with pytest.raises(CellExecutionError) as found:
        notebook.run(cell)
    assert said in str(found.value)
    notebook.run("%segql shop.duckdb")


def test_what_can_be_written_is_proposed_with_how_much_there_is(notebook: Notebook) -> None:
    assert notebook.proposals("%%segql\ndid Pl|") == [('"Placed Order"', "3 events")]
    assert notebook.proposals("%%segql women\ngen| and joined is set")[0] == (
        "gender",
        "attribute, text, 4 people",
    )
    values = notebook.proposals('%%segql\njoined is set\n  and gender is "|')
    assert values[:2] == [('"female"', "value, 2"), ('"<script>"', "value, 1")]
    assert ("can receive", "keyword") in notebook.proposals("%%segql\ncan re|")
    assert [text for text, _ in notebook.proposals("women = [1]\nwomen.app|")] == ["append"]


def test_a_store_is_given_free(notebook: Notebook, folder: Path) -> None:
    assert notebook.text("%segql --close") == "no store is open"
    with segql.open(folder / "shop.duckdb") as store:
        assert store.population() == 4
    with pytest.raises(CellExecutionError, match="no store is open"):
        notebook.run("%%segql\neverybody")
    assert notebook.text("%segql shop.duckdb") == "shop.duckdb: 4 people"
    assert notebook.text("%segql") == "shop.duckdb: 4 people"


def test_a_saved_notebook_holds_the_answers(notebook: Notebook) -> None:
    """What is committed shows without a kernel."""
    notebook.run(f"%%segql {AS_OF}\ncount everybody by gender")
    assert "text/html" in json.dumps(notebook._notebook)
