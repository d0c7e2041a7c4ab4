"""What is loaded when: heavy libraries only where they are used, seen from a fresh interpreter."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import segql

HEAVY = (
    "duckdb",
    "pyarrow",
    "phonenumbers",
    "rich",
    "typer",
    "jinja2",
    "numpy",
    "lark",
    "pydantic",
)


def loaded_after(code: str) -> set[str]:
    """The heavy libraries that a fresh interpreter has loaded after running the code."""
    program = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1])) & set(HEAVY)


def test_import_segql_loads_nothing() -> None:
    assert loaded_after("import segql") == set()


@pytest.mark.parametrize(
    ("code", "not_loaded"),
    [
        ("import segql; segql.parse('can receive sms')", {"duckdb", "pyarrow", "phonenumbers", "pydantic"}),
        (
            "import segql; segql.check('x is 1', segql.Catalog())",
            {"duckdb", "pyarrow", "phonenumbers", "pydantic"},
        ),
        ("import segql; segql.format('can receive sms')", {"duckdb", "pyarrow", "phonenumbers", "pydantic"}),
        (
            "import segql; segql.compile('can receive sms', segql.Catalog()).sql()",
            {"duckdb", "pyarrow", "pydantic"},
        ),
        ("import segql.cli.main", {"duckdb", "pyarrow", "lark", "jinja2", "phonenumbers", "pydantic"}),
    ],
)
def test_a_stage_loads_only_what_it_needs(code: str, not_loaded: set[str]) -> None:
    assert loaded_after(code) & not_loaded == set()


@pytest.mark.parametrize("command", ["check", "fmt", "sql", "explain"])
def test_a_command_about_definitions_loads_no_pydantic(command: str, tmp_path: Path) -> None:
    """It reads maps and settings, which these commands have nothing to do with, and costs a third of their start."""
    store, text, catalog = tmp_path / "shop.duckdb", tmp_path / "quiet.segql", tmp_path / "catalog.json"
    segql.open(store, create=True).close()
    text.write_text("everybody\n", encoding="utf-8")
    catalog.write_text(segql.Catalog().to_json(), encoding="utf-8")
    arguments = {
        "check": [str(text), "--catalog", str(catalog)],
        "fmt": [str(text)],
        "sql": ["everybody", "--store", str(store)],
        "explain": ["everybody", "--store", str(store)],
    }[command]
    code = f"from segql.cli.main import app; app({[command, *arguments]}, standalone_mode=False)"
    assert "pydantic" not in loaded_after(code)


def test_public_names_are_all_there() -> None:
    assert sorted(name for name in segql.__all__ if getattr(segql, name) is not None) == sorted(segql.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = segql.nothing
