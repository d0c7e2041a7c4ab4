"""What is loaded when: heavy libraries only where they are used, seen from a fresh interpreter."""

import json
import subprocess
import sys

import pytest

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
        ("import segql; segql.parse('can receive sms')", {"duckdb", "pyarrow", "phonenumbers"}),
        ("import segql; segql.check('x is 1', segql.Catalog())", {"duckdb", "pyarrow", "phonenumbers"}),
        ("import segql; segql.format('can receive sms')", {"duckdb", "pyarrow", "phonenumbers"}),
        ("import segql; segql.compile('can receive sms', segql.Catalog()).sql()", {"duckdb", "pyarrow"}),
        ("import segql.cli.main", {"duckdb", "pyarrow", "lark", "jinja2", "phonenumbers"}),
    ],
)
def test_a_stage_loads_only_what_it_needs(code: str, not_loaded: set[str]) -> None:
    assert loaded_after(code) & not_loaded == set()


def test_public_names_are_all_there() -> None:
    import segql

    assert sorted(name for name in segql.__all__ if getattr(segql, name) is not None) == sorted(segql.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = segql.nothing
