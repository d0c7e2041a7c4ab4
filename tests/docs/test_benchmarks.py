"""Benchmarks run on a little shop, too: a figure that nobody can measure again is none."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOP = ("--profiles", "2000", "--events", "20000")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("compile", ("--rounds", "100")),
        ("load", (*SHOP, "--format", "csv")),
        ("memory", (*SHOP, "--segments", "10")),
        ("one_person", (*SHOP, "--people", "10")),
        ("one_event", (*SHOP, "--segments", "20")),
        ("refresh", (*SHOP, "--segments", "10", "--growth")),
        ("sms", ("--people", "2000", "--texts", "1000")),
    ],
    ids=lambda given: given if isinstance(given, str) else " ".join(given),
)
def test_it_comes_to_its_figures(tmp_path: Path, name: str, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
