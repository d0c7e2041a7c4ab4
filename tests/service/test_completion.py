"""What could be written at a place: names that exist, values that were seen, keywords that can stand there."""

import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.compiler.catalog.model import Attribute
from segql.compiler.pipeline import check
from segql.compiler.service.completion import complete
from segql.compiler.text import fold
from tests.compiler.definitions import DEFINITIONS
from tests.compiler.seen import SEEN
from tests.compiler.test_fuzz import mutated

NAMES = {
    *(fold(one.name) for one in (*SEEN.attributes, *SEEN.events, *SEEN.segments)),
    *(fold(one.name) for event in SEEN.events for one in event.properties),
    *map(fold, (*SEEN.lists, *SEEN.places)),
}
# Words that are no set of names: a country, a day, a method of consent.
OPEN = ("US", "sat", "form")
ORDER = '"Placed Order"'


def proposed(text: str) -> dict[str, str]:
    """What is proposed at the bar in a text, by kind."""
    before, after = text.split("|")
    return {one.text: one.kind for one in complete(before + after, len(before), SEEN)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", {"gender": "attribute", "can receive": "keyword", "did": "keyword", "segment": "keyword"}),
        ("ge|", {"gender": "attribute"}),
        ("GE|", {"gender": "attribute"}),
        ("can re|", {"can receive": "keyword"}),
        ("can receive |", {"sms": "keyword", "email": "keyword", "push": "keyword"}),
        ("did Pl|", {ORDER: "event"}),
        ('did "Pl|', {ORDER: "event"}),
        ('did "Pl|" at least 3 times', {ORDER: "event"}),
        (f"did {ORDER} where T|", {"Total": "property"}),
        (f"did {ORDER} and (plan is set or ge|", {"gender": "attribute"}),
        (f"did {ORDER} where any item of Items where Pr|", {"Price": "property"}),
        ("sum of Tot| from", {"Total": "property"}),
        ("plan is |", {'"Basic"': "value", '"Premium"': "value", '"Trial"': "value", "after": "keyword"}),
        ('plan is "p|', {'"Premium"': "value"}),
        ('plan is in ("Basic", T|', {'"Trial"': "value"}),
        ('did "Left Review" where Mood is "|', {'"good"': "value", '"bad"': "value"}),
        ("in list |", {'"VIP"': "list", '"Do not disturb"': "list"}),
        ('in segment "Circle|', {'"Circle A"': "segment"}),
        ('segment "Mine": gender is set\nsegment "Other": in segment "Mi|', {'"Mine"': "segment"}),
        ('segment "First": in segment "La|"\nsegment "Later": gender is set', {'"Later"': "segment"}),
        ('within 5 miles of place "|', {'"Store"': "place"}),
        ('define quiet(event): did not $event\nsegment "Q": qu|', {"quiet": "define"}),
        ("created more than 60 |", {"days ago": "keyword"}),
        ("created more than 60 days |", {"ago": "keyword"}),
        ("created is this |", {"month": "keyword"}),
        ("at least 2 |", {"of": "keyword"}),
        ("count everybody by gen|", {"gender": "attribute"}),
        ("show gen|", {"gender": "attribute"}),
        ("loyalty|", {'"Loyalty Tier"': "attribute"}),
        # Mistakes elsewhere do no harm.
        ("this is nonsense and did Pl|", {ORDER: "event"}),
        (f"did {ORDER} att least 3 times and ge|", {"gender": "attribute"}),
    ],
)
def test_what_can_stand_there_is_proposed(text: str, expected: dict[str, str]) -> None:
    found = proposed(text)
    assert {one: found.get(one) for one in expected} == expected


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("did |", "gender"),
        (f"did {ORDER} where |", "gender"),
        ("in list |", '"Circle A"'),
        ("can receive |", "gender"),
        ("gender is set and -- ge|", "gender"),
        ('gender is "did|', "did"),
        ("ge|", "country"),
        ('plan is "P|', '"Basic"'),
    ],
)
def test_what_cannot_stand_there_is_not_proposed(text: str, absent: str) -> None:
    assert absent not in proposed(text)


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("birth", "birthday", "date"),
        ("historic", "historic_clv", "number"),
        (f"did {ORDER} where To", "Total", "number"),
        ("did Pl", ORDER, None),
    ],
)
def test_the_type_of_a_value_is_told(text: str, word: str, kind: str | None) -> None:
    assert {one.text: one.type for one in complete(text, len(text), SEEN)}[word] == kind


@pytest.mark.parametrize(
    ("text", "word", "about"),
    [
        ("did Pl", ORDER, "1,200 events"),
        ('did "Clicked S', '"Clicked SMS"', "1 event"),
        ("did Left", '"Left Review"', "event"),
        ("pla", "plan", "attribute, text, 800 people"),
        ("gen", "gender", "attribute, text, 1 person"),
        ("historic", "historic_clv", "attribute, number"),
        ("in list ", '"VIP"', "list, 12 people"),
        ("in segment ", '"Circle A"', "segment, 3 people"),
        ('plan is "', '"Trial"', "value, 80"),
        ('did "Left Review" where Mood is ', '"bad"', "value, 5"),
        ("topics contains ", '"Events"', "value"),
        ("can re", "can receive", "keyword"),
    ],
)
def test_how_much_there_is_of_something_is_told(text: str, word: str, about: str) -> None:
    assert {one.text: one.about for one in complete(text, len(text), SEEN)}[word] == about


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("plan is ", ['"Premium"', '"Trial"', '"Basic"']),
        ('plan is "i', ['"Premium"', '"Trial"', '"Basic"']),
        ("topics contains ", ['"Events"', '"Restocks"']),
        ('did "Left Review" where Mood is not in ("', ['"good"', '"bad"']),
    ],
)
def test_frequent_values_come_first(text: str, values: list[str]) -> None:
    assert [one.text for one in complete(text, len(text), SEEN) if one.kind == "value"] == values


def test_values_that_differ_in_case_are_counted_together() -> None:
    spelled = Attribute(name="size", type="text", values=("L", "XL", "xl"), counts=(5, 3, 4))
    catalog = SEEN.changed(attributes=(spelled,))
    assert [(one.text, one.count) for one in complete('size is "', 9, catalog)] == [('"xl"', 7), ('"L"', 5)]


def test_what_begins_so_comes_before_what_holds_it() -> None:
    found = [one.text for one in complete("s", 1, SEEN) if one.kind == "attribute"]
    assert found[0].strip('"').lower().startswith("s")
    assert not found[-1].strip('"').lower().startswith("s")


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_word_of_a_definition_is_proposed_where_it_stands(name: str) -> None:
    """All names and keywords: those of a definition that nobody has typed yet."""
    text = DEFINITIONS[name]
    missing = []
    for word in re.finditer(r'"[^"]*"|[^\W\d][\w.]*', text):
        if word[0] in OPEN or (word[0].startswith('"') and fold(word[0].strip('"')) not in NAMES):
            continue
        if re.match(r"\s+of\s+(?:first|last)\b", text[word.end() :]):
            continue  # a property of an event that is not yet written
        found = complete(text[: word.start()], word.start(), SEEN)
        behind = [fold(re.sub(r"\s+", " ", text[one.span.start :])) for one in found]
        if not any(rest.startswith(fold(one.text)) for one, rest in zip(found, behind, strict=True)):
            missing.append(text[word.start() :])
    assert missing == []


@pytest.mark.parametrize(
    "text", ["|", "did |", f"did {ORDER} where |", "in list |", "in segment |", "plan is |"]
)
def test_what_is_proposed_is_known(text: str) -> None:
    before, _ = text.split("|")
    for one in complete(before, len(before), SEEN):
        said = before[: one.span.start] + one.text
        unknown = [found for found in check(said, SEEN) if found.choices and found.span.end == len(said)]
        assert unknown == [], said


@given(mutated(), st.data())
@settings(
    max_examples=int(os.environ.get("SEGQL_EXAMPLES", "10")) * 3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_text_can_be_completed_anywhere(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    for one in complete(text, place, SEEN):
        assert 0 <= one.span.start <= place <= one.span.end <= len(text)


@pytest.mark.parametrize(
    "text", ['"', '"\\', "((((", ")", "\x00", '"a" "b', "$", "did $x where ", "--", "é" * 50]
)
def test_any_text_can_be_completed(text: str) -> None:
    for place in range(-1, len(text) + 2):
        complete(text, place, SEEN)
