"""Fixes that a program applies: those that leave no doubt, nothing lost, and the file whole at every moment."""

import json
from pathlib import Path

import pytest

from segql.compiler.diagnostics.fixes import fixed
from segql.compiler.pipeline import check
from tests.cli.command_line import segql
from tests.compiler.seen import SEEN


def fix(text: str) -> str:
    return fixed(text, lambda one: check(one, SEEN)).text


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("can recieve sms", "can receive sms"),
        ('gander is "f"', 'gender is "f"'),
        (
            'did "Plaecd Order" in last 30 dyas and plan is "premum"',
            'did "Placed Order" in the last 30 days and plan is "Premium"',
        ),
        ("((gender is 'f' && can receive sms)", '((gender is "f" and can receive sms))'),
        ('gender is "f" and gender is "f" and gender is "f"', 'gender is "f"'),
        ('segment "A" gender is "f', 'segment "A": gender is "f"'),
        # Taken out in one round, seen in the next.
        ('gander is "f" and gender is "f"', 'gender is "f"'),
        # Comments and line ends stay.
        ('-- who\ngander is "f" -- really\n\n', '-- who\ngender is "f" -- really\n\n'),
        ('gender is "f" -- the first\nand gender is "f" -- again', 'gender is "f" -- the first\nand gender is "f" -- again'),
    ],
)  # fmt: skip
def test_what_has_one_fix_is_fixed(text: str, mended: str) -> None:
    assert fix(text) == mended


@pytest.mark.parametrize(
    "text",
    [
        'gender is "f" and can receive sms or did "Placed Order"',  # either may bind first
        'gender is "f" can receive sms',  # both, or one of them
        'gender is "f" and or can receive sms',
        'gender is not "f"',  # a hint: it may be meant as it stands
        'gender is "m" and gender is "f"',
        "gender foo bar",
        'zzzzqqq is "f"',
    ],
)
def test_what_is_in_doubt_is_left_alone(text: str) -> None:
    assert fix(text) == text


def test_a_fix_that_would_make_it_worse_is_not_kept() -> None:
    from segql.compiler.diagnostics.codes import Code
    from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix
    from segql.compiler.source import Source, Span

    def worse(text: str) -> list[Diagnostic]:
        source, span = Source(text), Span(0, 1)
        each = Diagnostic(
            Code.SG101, "it is wrong", span, source, None, (Fix("double", (Edit(span, "aa"),)),)
        )
        return [each] * len(text)

    assert fixed("a", worse).text == "a"


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.json"
    path.write_text(SEEN.to_json(), encoding="utf-8")
    return path


def test_check_fix_mends_files_and_says_what_it_did(tmp_path: Path, catalog: Path) -> None:
    path = tmp_path / "a.segql"
    path.write_bytes(b'segment "A": -- keep\r\n  can recieve sms and gander is "f"\r\n')
    path.chmod(0o640)
    done = segql("check", path, "--catalog", catalog, "--fix")
    assert done.code == 0
    assert done.out.splitlines()[:2] == [f"{path}:2: SG101: write receive", f"{path}:2: SG201: write gender"]
    assert path.read_bytes() == b'segment "A": -- keep\r\n  can receive sms and gender is "f"\r\n'
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir() if "a.segql" in one.name] == ["a.segql"]


def test_check_fix_leaves_a_right_file_untouched(tmp_path: Path, catalog: Path) -> None:
    path = tmp_path / "a.segql"
    path.write_text("can   receive sms", encoding="utf-8")
    before = path.stat().st_mtime_ns
    assert segql("check", path, "--catalog", catalog, "--fix").code == 0
    assert path.stat().st_mtime_ns == before


def test_check_without_fix_changes_nothing(tmp_path: Path, catalog: Path) -> None:
    path = tmp_path / "a.segql"
    path.write_text("can recieve sms", encoding="utf-8")
    assert segql("check", path, "--catalog", catalog).code == 1
    assert path.read_text(encoding="utf-8") == "can recieve sms"


def test_json_has_what_was_fixed_and_what_is_left(tmp_path: Path, catalog: Path) -> None:
    path = tmp_path / "a.segql"
    path.write_text('can recieve sms and gender is "m" and gender is "f"', encoding="utf-8")
    done = segql("check", path, "--catalog", catalog, "--fix", "--json")
    document = json.loads(done.out)
    assert [one["title"] for one in document["fixed"]] == ["write receive"]
    assert [(one["code"], one["severity"], one["line"], one["fixes"]) for one in document["diagnostics"]] == [
        ("SG401", "warning", 1, [])
    ]
    assert done.code == 0
