"""Colours: what every word and sign is, also while one types."""

import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from syrupy.assertion import SnapshotAssertion

from segql.compiler.parse.parser import MAX_WORDS
from segql.compiler.service import tokens
from tests.compiler.definitions import DEFINITIONS
from tests.compiler.test_fuzz import mutated
from tests.compiler.test_recovery import MISTAKES

ORDER = '"Placed Order"'


def told(text: str) -> str:
    return " ".join(f"{' '.join(text[start:end].split())}/{kind}" for (start, end), kind in tokens(text))


def kinds(text: str) -> dict[str, str]:
    return {text[start:end]: kind for (start, end), kind in tokens(text)}


def test_every_definition_has_its_colours(snapshot: SnapshotAssertion) -> None:
    assert {name: told(text) for name, text in DEFINITIONS.items()} == snapshot


@pytest.mark.parametrize("name", DEFINITIONS)
def test_nothing_of_a_right_text_is_an_error(name: str) -> None:
    assert "error" not in kinds(DEFINITIONS[name]).values()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # While one types.
        (f"did {ORDER} at ", {"did": "keyword", ORDER: "event", "at": "error"}),
        (f"did {ORDER} where Total ", {ORDER: "event", "where": "keyword", "Total": "property"}),
        ('did "Pl', {"did": "keyword", '"Pl': "string"}),
        ("pl", {"pl": "attribute"}),
        (f"gender is set and did {ORDER} in the last ", {"gender": "attribute", ORDER: "event"}),
        ('segment "A": in list "VIP" and', {'"A"': "segment", '"VIP"': "list", "and": "error"}),
        # Mistakes.
        ("gander foo and plan is 1", {"gander": "attribute", "foo": "error", "plan": "attribute"}),
        ('in lsit "VIP"', {"in": "keyword", "lsit": "error", '"VIP"': "list"}),
        ("gender is 'f' @", {"'f'": "string", "@": "error"}),
        ('gender is "f\nsegment "B": plan is set', {'"f': "string", '"B"': "segment", "plan": "attribute"}),
        # A word is what its place makes of it.
        ('first is "x" and first "Placed Order" is set', {"first": "keyword", '"x"': "string"}),
        ('"Loyalty Tier" is "Loyalty Tier"', {'"Loyalty Tier"': "string"}),
        ("define a(event): did $event", {"a": "define", "event": "parameter", "$event": "parameter"}),
        ("count everybody -- and did", {"everybody": "keyword", "-- and did": "comment"}),
    ],
)
def test_a_word_is_what_its_place_makes_of_it(text: str, expected: dict[str, str]) -> None:
    found = kinds(text)
    assert {word: found.get(word) for word in expected} == expected


def covers(text: str) -> None:
    place = 0
    for (start, end), _ in tokens(text):
        assert place <= start < end <= len(text)
        assert not text[place:start].strip()
        place = end
    assert not text[place:].strip()


@given(mutated())
@settings(
    max_examples=int(os.environ.get("SEGQL_EXAMPLES", "10")) * 10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_every_sign_of_any_text_has_a_colour(text: str) -> None:
    covers(text)


@pytest.mark.parametrize(
    "text", [*MISTAKES, "", " ", '"', '"\\', "((((", "\x00", "$", "é" * 9, "a is 1 " * MAX_WORDS]
)
def test_every_sign_of_a_broken_text_has_a_colour(text: str) -> None:
    covers(text)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_text_that_is_being_typed_keeps_its_colours(name: str) -> None:
    """What stands well before the place at which one types is what it is in the whole text."""
    text = DEFINITIONS[name]
    whole = dict(tokens(text))
    for word in re.finditer(r"\s+and\s+(?!\d)", text):
        typed = dict(tokens(text[: word.start()]))
        changed = {
            text[span.start : span.end]: (kind, whole.get(span))
            for span, kind in typed.items()
            if kind != "error" and whole.get(span) != kind and span.end < word.start()
        }
        assert changed == {}, text[: word.start()]
