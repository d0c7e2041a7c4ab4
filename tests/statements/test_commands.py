"""`segql why` and `segql query` as a person runs them: tables, trees and JSON in a pipe, pictures on a terminal."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from rich.console import Console

from segql.cli import output, pictures
from segql.cli.pictures import bar, sparkline
from segql.runtime.documents import duration_text
from tests.cli.command_line import Done, segql

PEOPLE = """external_id,email,gender,created
ada,ada@example.com,female,2026-01-05
bob,bob@example.com,male,2026-02-05
"""
ORDERS = """external_id,occurred_at,event_id,Total
ada,2026-05-01T10:00:00Z,o1,40
ada,2026-05-30T10:00:00Z,o2,25.5
bob,2026-03-01T10:00:00Z,o3,600
"""
MAP = '[account]\ntimezone = "Europe/Paris"\n[events]\nevent = "Placed Order"\namount = "Total"\n'
AS_OF = ("--as-of", "2026-06-01T12:00")
TWICE = 'did "Placed Order" twice in the last 30 days'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("shop")
    store = folder / "shop.duckdb"
    for name, text in (("people.csv", PEOPLE), ("orders.csv", ORDERS), ("map.toml", MAP)):
        (folder / name).write_text(text, encoding="utf-8")
    for kind, name in (("profiles", "people.csv"), ("events", "orders.csv")):
        done = segql("import", kind, folder / name, "--map", folder / "map.toml", "--store", store)
        assert done.code == 0, done.err
    yield store


def run(shop: Path, *arguments: str) -> Done:
    return segql(*arguments, "--store", shop, *AS_OF)


def on_a_terminal(shop: Path, *arguments: str) -> str:
    """What a command prints on a terminal without colours."""
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, color_system=None, width=100)
    with patch.object(output, "console", lambda: console), patch.object(pictures, "console", lambda: console):
        done = run(shop, *arguments)
    assert done.code == 0, done.err
    return screen.getvalue() + done.out


def test_why_is_a_tree(shop: Path) -> None:
    done = run(shop, "why", "bob@example.com", f'gender is "female" or not ({TWICE})')
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "bob@example.com: yes, as of 2026-06-01 12:00",
        "✓ any of these",
        '├── ✗ gender is "female"',
        '│   ├── gender is "male"',
        '│   └── missing: gender that is "female"',
        "└── ✓ not",
        f"    └── ✗ {TWICE}",
        '        └── 0 "Placed Order" (2026-05-02 to 2026-06-01 12:00)',
    ]


def test_why_says_until_when(shop: Path) -> None:
    done = run(shop, "why", "ada", 'did "Placed Order" in the last 3 days')
    assert done.out.splitlines() == [
        "ada: yes, as of 2026-06-01 12:00; until 2026-06-03, if nothing happens",
        '✓ did "Placed Order" in the last 3 days',
        '├── 1 "Placed Order" (2026-05-29 to 2026-06-01 12:00): 2026-05-30 12:00',
        "└── until 2026-06-03, if nothing happens",
    ]


def test_why_as_json(shop: Path) -> None:
    document = run(shop, "why", "ada", TWICE, "--json").document
    assert document == {
        "who": "ada",
        "profile_id": 0,
        "as_of": "2026-06-01T10:00:00Z",
        "holds": False,
        "clause": {
            "kind": "condition",
            "text": TWICE,
            "holds": False,
            "found": ['1 "Placed Order" (2026-05-02 to 2026-06-01 12:00): 2026-05-30 12:00'],
            "events": [{"event": "Placed Order", "at": "2026-05-30T10:00:00Z"}],
            "missing": '1 more "Placed Order" (2026-05-02 to 2026-06-01 12:00); '
            "the last one before was 2026-05-01 12:00, 12 hours too early",
            "changes_at": None,
            "parts": [],
        },
    }
    assert run(shop, "query", f'why "ada" in ({TWICE})', "--json").document == document


def test_why_of_nobody(shop: Path) -> None:
    done = run(shop, "why", "eve", TWICE)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error S017: Nobody has that")


def test_query_answers_every_statement_in_a_pipe(shop: Path) -> None:
    tables = {
        "trend gender is set over the last 1 day": [
            "at                count",
            "2026-05-31            2",
            "2026-06-01 12:00      2",
        ],
        'overlap gender is "female", did "Placed Order"': [
            'gender is "female"  did "Placed Order"  count',
            "true                true                    1",
            "false               true                    1",
        ],
        'funnel did "Placed Order" then gender is "female"': [
            "step  what                count  of first  of previous",
            '   1  did "Placed Order"      2  100.0%    -',
            '   2  gender is "female"      1   50.0%     50.0%',
        ],
        'funnel did "Placed Order" then "Placed Order" within 60 days': [
            "step  what                                count  of first  of previous",
            '   1  did "Placed Order"                      2  100.0%    -',
            '   2  then "Placed Order" within 60 days      1   50.0%     50.0%',
            "",
            "Time from the event before",
            "step  timed  median   half of them        from the first",
            "   2      1  29 days  29 days to 29 days  29 days",
        ],
        'compare (did "Placed Order" in the last 2 days) as of 5 days ago with today': [
            "1 entered, 0 left",
            "change   profile_id  external_id  clause                                 cause",
            'entered           0  ada          did "Placed Order" in the last 2 days  data arrived',
        ],
        "count gender is set by gender": ["gender  count", "female      1", "male        1"],
    }
    for statement, lines in tables.items():
        done = run(shop, "query", statement)
        assert (done.code, [line.rstrip() for line in done.out.splitlines()]) == (0, lines), statement


def test_query_as_json(shop: Path) -> None:
    document = run(shop, "query", "trend gender is set over the last 1 day", "--json").document
    assert document == {
        "rows": [{"at": "2026-05-31T21:59:59Z", "count": 2}, {"at": "2026-06-01T10:00:00Z", "count": 2}],
        "as_of": "2026-06-01T10:00:00Z",
    }


def test_pictures_on_a_terminal(shop: Path) -> None:
    assert on_a_terminal(shop, "query", "trend gender is set over the last 3 days").endswith("████\n")
    assert bar(1.0) in on_a_terminal(shop, "query", "count gender is set by gender")
    overlap = on_a_terminal(shop, "query", 'overlap gender is "female", did "Placed Order"')
    assert [line.split()[:3] for line in overlap.splitlines()[1:]] == [["●", "●", "1"], ["·", "●", "1"]]
    assert "✓" in on_a_terminal(shop, "why", "ada", 'gender is "female"')


@pytest.mark.parametrize(
    ("share", "drawn"), [(0, ""), (1, "█" * 30), (0.5, "█" * 15), (1 / 240, "▏"), (1 / 30 + 4 / 240, "█▌")]
)
def test_bars(share: float, drawn: str) -> None:
    assert bar(share) == drawn


def test_sparklines() -> None:
    assert sparkline([0, 2, 7, 14]) == "▁▂▅█"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((0, "0 seconds"), (1, "1 second"), (1.5, "1.5 seconds"), (59, "59 seconds"), (60, "1 minute")),
        *((3_599, "60 minutes"), (9_000, "2.5 hours"), (86_400, "1 day"), (20 * 86_400, "20 days")),
        (1_500 * 86_400, "1,500 days"),
    ],
)
def test_a_length_of_time_is_told_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert duration_text(seconds) == said
