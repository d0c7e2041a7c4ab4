"""What can be done at a place: fixes, and changes whose meaning is exact."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.compiler.conditions import Not
from segql.compiler.diagnostics.fixes import with_edits
from segql.compiler.pipeline import check, compile_all
from segql.compiler.plan import nodes as plan
from segql.compiler.service import Action, actions
from segql.compiler.source import Span
from segql.compiler.statements import Ask, Define
from tests.compiler.definitions import DEFINITIONS
from tests.compiler.seen import SEEN
from tests.compiler.test_fuzz import mutated

LAPSED = "define lapsed(event, window = 60 days): did $event and did not $event in the last $window\n"


def offered(text: str) -> tuple[str, dict[str, Action]]:
    """A text without its bars, and what is offered for the selection between them, or at the one."""
    parts = text.split("|")
    start = len(parts[0])
    found = actions("".join(parts), SEEN, Span(start, start + (len(parts[1]) if len(parts) == 3 else 0)))
    return "".join(parts), {one.kind: one for one in found}


def done(text: str, kind: str) -> str:
    written, found = offered(text)
    return with_edits(written, found[kind].edits)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("gender| is set", "not gender is set"),
        ("not gen|der is set", "gender is set"),
        ("no|t gender is set", "gender is set"),
        ("cannot re|ceive sms", "can receive sms"),
        ("gender is set an|d plan is set", "not (gender is set and plan is set)"),
        ("gender is set and not (gender is set o|r plan is set)", "gender is set and (gender is set or plan is set)"),
        ("gender is set and |plan is set|", "gender is set and not plan is set"),
        ("gender is set or |(plan is set and gender is set)|", "gender is set or (not (plan is set and gender is set))"),
        ('did "Placed Order" where Total| > 5', 'did "Placed Order" where (not (Total > 5))'),
        ('di|d "Placed Order" then "Clicked SMS"', 'not (did "Placed Order" then "Clicked SMS")'),
        ("gender is set -- said\n and plan| is set", "gender is set -- said\n and not plan is set"),
    ],
)  # fmt: skip
def test_a_condition_is_negated(text: str, after: str) -> None:
    assert done(text, "negate") == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            'segment "A": gender is set and |plan is set|',
            'define part():\n  plan is set\n\nsegment "A": gender is set and part()',
        ),
        (
            'define part(): gender is set\nsegment "A": pla|n is set',
            'define part(): gender is set\ndefine part_2():\n  plan is set\n\nsegment "A": part_2()',
        ),
        (
            LAPSED.replace("did not $event in", "|did not $event in").replace(
                "last $window", "last $window|"
            ),
            "define part(event, window):\n  did not $event in the last $window\n\n"
            "define lapsed(event, window = 60 days): did $event and part($event, $window)\n",
        ),
        ("count |plan is set| by gender", "define part():\n  plan is set\n\ncount part() by gender"),
    ],
)
def test_a_condition_is_extracted(text: str, after: str) -> None:
    assert done(text, "extract") == after


@pytest.mark.parametrize(
    "text",
    [
        # About an event, or in a text of one condition, which has no place for a define.
        'segment "A": did "Placed Order" where Total| > 5',
        "gender| is set",
        # Some conditions of several.
        'segment "A": |gender is set and plan is set| and email is set',
        'segment "A": gender is set and plan| is set and',
    ],
)
def test_what_cannot_be_extracted_is_not_offered(text: str) -> None:
    assert "extract" not in offered(text)[1]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            LAPSED + 'segment "A": gender is set and laps|ed("Placed Order")',
            LAPSED + 'segment "A": gender is set and did "Placed Order" and did not "Placed Order" in the last 60 days',
        ),
        (
            LAPSED + 'segment "A": gender is set or laps|ed("Clicked SMS", window: 3 days)',
            LAPSED + 'segment "A": gender is set or (did "Clicked SMS" and did not "Clicked SMS" in the last 3 days)',
        ),
    ],
)  # fmt: skip
def test_a_define_is_written_out(text: str, after: str) -> None:
    assert done(text, "inline") == after


def test_the_fixes_of_a_place_are_offered() -> None:
    text, found = offered('gender is set and did "Plaecd Ord|er" and gander is set')
    assert with_edits(text, found["fix"].edits) == text.replace("Plaecd", "Placed")
    assert found["fix"].code is not None
    assert [one.title for one in actions(text, SEEN, Span(0, len(text))) if one.kind == "fix"] == [
        'write "Placed Order"',
        "write gender",
    ]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_negation_is_exact_everywhere(name: str) -> None:
    """At the first word of a definition: the plan is the complement, and twice is not at all."""
    text = DEFINITIONS[name]
    before = [one for one in compile_all(text, SEEN) if not isinstance(one.statement, Define)][-1]
    if not isinstance(before.statement, Ask) or isinstance(before.statement.condition, Not):
        return
    whole = before.statement.condition.span
    negated = next(one for one in actions(text, SEEN, whole) if one.kind == "negate")
    after = with_edits(text, negated.edits)
    (compiled,) = compile_all(after, SEEN)
    assert compiled.plan == plan.complement(before.plan)
    (condition,) = compiled.statement.conditions()
    again = next(one for one in actions(after, SEEN, condition.span) if one.kind == "negate")
    assert compile_all(with_edits(after, again.edits), SEEN)[0].plan == before.plan


def errors(text: str) -> set[str]:
    return {one.message for one in check(text, SEEN) if one.severity == "error"}


@given(mutated(), st.data())
@settings(
    max_examples=int(os.environ.get("SEGQL_EXAMPLES", "10")) * 3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_whatever_is_offered_for_any_text_can_be_done(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for one in actions(text, SEEN, Span(start, end)):
        assert all(0 <= edit.span.start <= edit.span.end <= len(text) for edit in one.edits)
        after = with_edits(text, one.edits)
        if one.kind != "fix":
            assert errors(after) <= errors(text)
