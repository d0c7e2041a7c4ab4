"""The tables that answer statements, on the few people."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import segql
from segql.compiler.catalog.model import Account
from segql.compiler.diagnostics.diagnostic import DefinitionError
from tests.semantics.few_people import NOW, WORLD, ago
from tests.semantics.loading import load


@pytest.fixture(scope="module")
def few() -> Iterator[segql.Store]:
    with load(WORLD) as store:
        store.save_segments('segment "Valued": score at least 8', at=ago(9))
        yield store


def rows(few: segql.Store, statement: str, now: datetime = NOW) -> list[dict[str, Any]]:
    return few.ask(statement, now).to_pylist()  # type: ignore[no-any-return]


def test_a_condition_names_its_people(few: segql.Store) -> None:
    assert [row["external_id"] for row in rows(few, "score is set")] == ["anna", "ben", "cleo", "dora"]


def test_count_by_several_attributes(few: segql.Store) -> None:
    assert rows(few, "count score at least 7 by vip, score") == [
        {"vip": False, "score": 10.0, "count": 1},
        {"vip": True, "score": 10.0, "count": 1},
        {"vip": None, "score": 7.0, "count": 1},
    ]


def test_show_with_measures(few: segql.Store) -> None:
    text = 'show external_id, sum of Total from "Placed Order" where score is set order by score desc limit 2'
    assert rows(few, text) == [
        {"external_id": "anna", 'sum of Total from "Placed Order"': 1.0},
        {"external_id": "ben", 'sum of Total from "Placed Order"': 60.0},
    ]


def test_explain_is_one_text(few: segql.Store) -> None:
    ((_, text),) = rows(few, "explain vip is true")[0].items()
    assert text.startswith("People whose vip is true.")


# ---- Trend ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "days"),
    [
        ("3 days", ["2023-06-14", "2023-06-15", "2023-06-16"]),
        ("3 weeks by week", ["2023-05-28", "2023-06-04", "2023-06-11"]),
        ("2 months by month", ["2023-04-30", "2023-05-31"]),
        ("1 year by quarter", ["2022-06-30", "2022-09-30", "2022-12-31", "2023-03-31"]),
    ],
)
def test_trend_has_the_end_of_each_unit_and_now(few: segql.Store, over: str, days: list[str]) -> None:
    ends = [datetime.fromisoformat(f"{day}T23:59:59+00:00") for day in days]
    found = rows(few, f'trend did "Placed Order" in the last 3 days over the last {over}')
    assert [row["at"] for row in found] == [*ends, NOW]
    for row in found:
        assert row["count"] == few.count('did "Placed Order" in the last 3 days', row["at"])


def test_trend_counts_hours_from_now(few: segql.Store) -> None:
    found = rows(few, "trend vip is true over the last 3 hours")
    assert [row["at"] for row in found] == [NOW - timedelta(hours=back) for back in (3, 2, 1, 0)]


def test_trend_ends_units_by_the_clocks_of_its_zone(few: segql.Store) -> None:
    found = rows(few, 'trend vip is true in time zone "Pacific/Auckland" over the last 1 day')
    assert found[0]["at"] == datetime(2023, 6, 17, 11, 59, 59, tzinfo=UTC)


def test_trend_of_too_many_points_is_refused(few: segql.Store) -> None:
    with pytest.raises(DefinitionError) as refused:
        few.ask("trend vip is true over the last 10 years by minute", NOW)
    assert refused.value.diagnostics[0].code.name == "SG106"


# ---- Overlap and funnel -----------------------------------------------------------------------------------------------


def test_overlap_counts_each_combination(few: segql.Store) -> None:
    found = rows(few, 'overlap "Valued", vip is true, did "Placed Order"')
    names = ("Valued", "vip is true", 'did "Placed Order"')
    assert [tuple(row[name] for name in (*names, "count")) for row in found] == [
        (True, True, True, 1),  # anna
        (True, False, True, 1),  # ben
        (False, False, True, 1),  # cleo
    ]
    assert sum(row["count"] for row in found) == few.count(
        'in segment "Valued" or vip is true or did "Placed Order"', NOW
    )


def test_overlap_of_a_group_with_itself(few: segql.Store) -> None:
    (row,) = rows(few, "overlap vip is true, vip is true")
    assert row == {"vip is true": True, "vip is true (2)": True, "count": 1}


def test_overlap_leaves_nobody_out_who_is_not_set(few: segql.Store) -> None:
    """A comparison of what is not set is false, and no third truth value makes a group of its own."""
    found = rows(few, "overlap score is set, score is not 10, not vip is true")
    assert sum(row["count"] for row in found) == 5
    assert all(isinstance(value, bool) for row in found for name, value in row.items() if name != "count")


def test_funnel_counts_who_is_left(few: segql.Store) -> None:
    found = rows(
        few, 'funnel score is set then did "Placed Order" then "Clicked Email" within 2 days then vip is true'
    )
    assert [(row["step"], row["what"], row["count"]) for row in found] == [
        (1, "score is set", 4),
        (2, 'did "Placed Order"', 3),
        (3, 'did "Placed Order" then "Clicked Email" within 2 days', 1),
        (4, "vip is true", 1),
    ]
    assert [row["share_of_first"] for row in found] == [1, 0.75, 0.25, 0.25]
    assert [row["share_of_previous"] for row in found] == [None, 0.75, 1 / 3, 1]


def test_funnel_of_nobody(few: segql.Store) -> None:
    found = rows(few, "funnel score more than 1000 then vip is true")
    assert [(row["count"], row["share_of_first"], row["share_of_previous"]) for row in found] == [
        (0, None, None),
        (0, None, None),
    ]


def test_funnel_times_the_first_way_to_a_step(few: segql.Store) -> None:
    """Ben ordered 3 and 2 days ago; Anna on each of the last ten days, and clicked a day ago."""
    found = rows(few, 'funnel did "Placed Order" then "Placed Order" then "Clicked Email" within 2 days')
    day = 86_400
    names = ("count", "timed", "lower_quartile_seconds", "median_seconds", "upper_quartile_seconds")
    assert [tuple(row[name] for name in (*names, "median_seconds_from_first")) for row in found] == [
        (3, None, None, None, None, None),
        (2, 2, day, day, day, day),
        # Behind her first order, the earliest one that the click follows in time is 3 days old.
        (1, 1, 2 * day, 2 * day, 2 * day, 9 * day),
    ]


def test_funnel_times_conditions_that_are_events(few: segql.Store) -> None:
    """Everybody who is left is counted; the times are those of whoever did the events in this order."""
    found = rows(few, 'funnel did "Texted Us" then everybody then did "Placed Order"')
    assert [(row["count"], row["timed"]) for row in found] == [(2, None), (2, None), (2, 1)]
    assert found[2]["median_seconds"] == found[2]["median_seconds_from_first"] == 90 * 86_400


def test_funnel_has_no_times_of_what_is_no_event(few: segql.Store) -> None:
    found = rows(
        few,
        'funnel did "Texted Us" then did "Placed Order" at least 2 times then did not "Clicked Email" then '
        'did "Placed Order" then not "Placed Order"',
    )
    assert [row["timed"] for row in found] == [None, None, None, 0, None]


# ---- Compare ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'compare (did "Placed Order" in the last 30 hours) as of 3 days ago with today',
            [
                ("left", "ben", 'did "Placed Order" in the last 30 hours', "time passed"),
            ],
        ),
        (
            'compare (in list "VIP" and score at least 8) as of 8 days ago with today',
            [
                ("entered", "anna", 'in list "VIP"', "data arrived"),
                ("left", "ben", 'in list "VIP"', "data arrived"),
            ],
        ),
        (
            "compare (seen is more than 1 day ago) as of 3 days ago with today",
            [("entered", "anna", "seen is more than 1 day ago", "time passed")],
        ),
        (
            'compare (top 1 by sum of Total from "Placed Order" among (score is set)) as of 2023-06-13 with yesterday',
            [
                (
                    change,
                    who,
                    'top 1 by sum of Total from "Placed Order" among (score is set)',
                    "data arrived",
                )
                for change, who in (("entered", "ben"), ("left", "anna"))
            ],
        ),
        ("compare (vip is true) as of yesterday with today", []),
    ],
)
def test_compare_says_who_came_and_went_and_why(
    few: segql.Store, text: str, expected: list[tuple[str, ...]]
) -> None:
    found = rows(few, text)
    names = ("change", "external_id", "clause", "cause")
    assert [tuple(row[name] for name in names) for row in found] == expected


def test_compare_takes_the_end_of_a_day_and_now_for_today(few: segql.Store) -> None:
    asked = 'did "Placed Order" in the last 2 days'
    found = rows(few, f"compare ({asked}) as of 2023-06-06 with today")
    then = set(few.members(asked, datetime(2023, 6, 6, 23, 59, 59, tzinfo=UTC))["external_id"].to_pylist())
    now = set(few.members(asked, NOW)["external_id"].to_pylist())
    assert {row["external_id"] for row in found if row["change"] == "entered"} == now - then
    assert {row["external_id"] for row in found if row["change"] == "left"} == then - now


def test_everybody_is_counted_though_few_are_explained(few: segql.Store) -> None:
    from segql.compiler.statements import Compare
    from segql.runtime.compare import compare

    compiled = few.compile('compare (did "Placed Order") as of 20 days ago with today')
    assert isinstance(compiled.statement, Compare)
    table = compare(few.database, compiled.statement, compiled.scope, NOW, explained=1)
    assert table.num_rows == 3
    assert table["cause"].to_pylist() == ["data arrived", None, None]


# ---- Why --------------------------------------------------------------------------------------------------------------


def test_why_is_a_table_of_clauses(few: segql.Store) -> None:
    assert rows(few, 'why "anna" in (vip is true and did "Placed Order" in the last 3 days)') == [
        {
            "depth": 0,
            "clause": 'vip is true and did "Placed Order" in the last 3 days',
            "holds": True,
            "found": None,
            "missing": None,
            "changes_at": datetime(2023, 6, 20, tzinfo=UTC),
        },
        {
            "depth": 1,
            "clause": "vip is true",
            "holds": True,
            "found": "vip is true",
            "missing": None,
            "changes_at": None,
        },
        {
            "depth": 1,
            "clause": 'did "Placed Order" in the last 3 days',
            "holds": True,
            "found": '3 "Placed Order" (2023-06-14 to 2023-06-17 12:00): '
            "2023-06-16 12:00, 2023-06-15 12:00, 2023-06-14 12:00",
            "missing": None,
            "changes_at": datetime(2023, 6, 20, tzinfo=UTC),
        },
    ]


def test_why_does_not_change_what_it_is_asked_of(few: segql.Store) -> None:
    assert few.why("Valued", "anna", NOW).document() == few.why("Valued", "anna", NOW).document()
    assert few.catalog.account == Account()
