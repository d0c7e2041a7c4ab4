"""Where names stand: definitions, uses, renaming; a text as a list of statements; canonical form as edits."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.compiler.diagnostics.fixes import with_edits
from segql.compiler.format import format
from segql.compiler.service import (
    definition,
    format_edits,
    occurrences,
    references,
    renamable,
    rename,
    symbols,
)
from tests.compiler.definitions import DEFINITIONS
from tests.compiler.test_fuzz import mutated

TEXT = """define lapsed(event, window = 60 days):
  did $event and did not $event in the last $window

define quiet(event): not lapsed($event, window: 3 days)

segment "Gone": lapsed("Placed Order", window: 90 days) and plan is $plan
segment "Back": not in segment "gone" and plan is $plan

compare "Gone" as of yesterday with today
"""


def places(word: str, text: str = TEXT) -> list[int]:
    found, place = [], text.find(word)
    while place >= 0:
        found.append(place)
        place = text.find(word, place + 1)
    return found


def test_a_name_leads_to_its_definition() -> None:
    for place in places("lapsed"):
        assert definition(TEXT, place) == (7, 13)
    gone = TEXT.index('"Gone"')
    for place in (*places('"Gone"'), *places('"gone"')):
        assert definition(TEXT, place + 2) == (gone, gone + 6)
    for place in (*places("$window"), *places("window: ")):
        assert definition(TEXT, place + 1) == (TEXT.index("window ="), TEXT.index("window =") + 6)
    assert definition(TEXT, TEXT.index('"Placed')) is None


def test_all_that_means_the_same_is_found() -> None:
    assert [span.start for span in references(TEXT, TEXT.index("lapsed"))] == places("lapsed")
    assert [span.start for span in references(TEXT, TEXT.index('"gone"'))] == sorted(
        (*places('"Gone"'), *places('"gone"'))
    )
    # Each define has its own `event`, each segment its own `$plan`.
    assert len(references(TEXT, TEXT.index("event,"))) == 3
    assert len(references(TEXT, TEXT.index("$plan"))) == 1
    assert len(references(TEXT, TEXT.index("plan is"))) == 2


@pytest.mark.parametrize(
    ("at", "name", "expected"),
    [
        ("lapsed", "asleep", TEXT.replace("lapsed", "asleep")),
        ('"gone"', "Über \"x\"", TEXT.replace('"Gone"', '"Über \\"x\\""').replace('"gone"', '"Über \\"x\\""')),
        ("$window", "days_without", TEXT.replace("window", "days_without")),
        ("event, ", "what", TEXT.replace("(event, ", "(what, ").replace(" $event", " $what")),
    ],
)  # fmt: skip
def test_a_name_is_changed_everywhere(at: str, name: str, expected: str) -> None:
    assert with_edits(TEXT, rename(TEXT, TEXT.index(at), name)) == expected


@pytest.mark.parametrize(
    ("at", "name", "why"),
    [
        ("lapsed", "quiet", "there is a define called"),
        ("lapsed", "did", "cannot be the name"),
        ("lapsed", "two words", "cannot be the name"),
        ("lapsed", "", "a name is needed"),
        ("$window", "event", "there is a parameter called"),
        ("$window", "1x", "cannot be the name"),
        ('"Gone"', "back", "there is a segment called"),
    ],
)
def test_a_name_that_cannot_be_is_refused(at: str, name: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        rename(TEXT, TEXT.index(at), name)


def test_what_an_account_has_is_not_renamed_here() -> None:
    assert renamable(TEXT, TEXT.index('"Placed')) is None
    assert rename(TEXT, TEXT.index('"Placed'), "x") == ()


def test_statements_are_listed() -> None:
    assert [(one.name, one.kind) for one in symbols(TEXT)] == [
        ("lapsed", "define"),
        ("quiet", "define"),
        ("Gone", "segment"),
        ("Back", "segment"),
        ('compare "Gone" as of yesterday with today', "compare"),
    ]
    for one in symbols(TEXT):
        assert one.span.start <= one.name_span.start <= one.name_span.end <= one.span.end


def test_statements_of_a_broken_text_are_listed() -> None:
    broken = TEXT.replace("did not $event in the", "did not $event in teh").replace(
        "plan is $plan\n", "plan is\n", 1
    )
    assert [one.name for one in symbols(broken)][:4] == ["lapsed", "quiet", "Gone", "Back"]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_edits_of_formatting_give_canonical_form(name: str) -> None:
    text = DEFINITIONS[name].replace(" and ", "\n   and   ")
    assert with_edits(text, format_edits(text)) == format(text)
    assert format_edits(format(text)) == ()


def test_formatting_touches_only_the_lines_that_change() -> None:
    text = format(TEXT)
    (edit,) = format_edits(text.replace("not in segment", "not  in segment"))
    assert edit.span.start > text.index("Back")


def test_a_text_that_cannot_be_read_is_not_formatted() -> None:
    assert format_edits("gender is") == ()


@given(mutated(), st.data())
@settings(
    max_examples=int(os.environ.get("SEGQL_EXAMPLES", "10")) * 5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_text_can_be_asked(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    ends = [(one.span.start, one.span.end) for one in occurrences(text)]
    assert all(0 <= start < end <= len(text) for start, end in ends)
    assert ends == sorted(ends)
    definition(text, place)
    references(text, place)
    for one in symbols(text):
        assert 0 <= one.span.start <= one.span.end <= len(text)
    assert not format_edits(text) or with_edits(text, format_edits(text)) == format(text)
