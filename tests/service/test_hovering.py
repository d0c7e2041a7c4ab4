"""What is told of a place: of names what is known of them, of conditions their English, of time its dates."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from segql.compiler.ast.base import Condition, Node, Term, Test, Window
from segql.compiler.catalog.model import Catalog, Segment
from segql.compiler.service import Hover, actions, complete, hover
from segql.compiler.service.sections import anchor, section_of
from tests.compiler.account import NOW
from tests.compiler.definitions import DEFINITIONS
from tests.compiler.seen import SEEN
from tests.compiler.test_fuzz import mutated

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
TEXT = """define lapsed(event, window = 60 days): did $event and did not $event in the last $window

segment "Regulars" "Who comes often" [tags: vip; owner: ada]:
  lapsed("Placed Order") and plan is "Basic" and "Loyalty Tier" is set
  and did "Left Review" at least 3 times in the last 3 days where Mood is "good"
  and any item of Cart where Price > 5

segment "Others":
  in segment "Regulars" and not in list "VIP" and within 5 miles of place "Store" and country is in EU
  and (historic_clv > 3 or did "Placed Order" where any item of Items where Price > 3)
  and did "Placed Order" where (hour is 3 and Total more than 3)
"""


def at(text: str, catalog: Catalog = SEEN) -> Hover | None:
    """What is told of the place of the bar in a text."""
    before, after = text.split("|")
    return hover(before + after, catalog, len(before), NOW)


def test_everything_is_told(snapshot: SnapshotAssertion) -> None:
    told = {}
    for word in re.finditer(r"\S+", TEXT):
        found = hover(TEXT, SEEN, word.start(), NOW)
        if found is not None:
            told[f"{word.start()} {word[0]}"] = "\n".join(
                (TEXT[found.span.start : found.span.end], found.title, *found.lines, str(found.section))
            )
    assert told == snapshot


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('did "Placed |Order"', "Total is its amount."),
        ('did "sent sms|"', 'The account calls it "Texted Us".'),
        ("pla|n is set", 'Seen: "Basic", "Premium" and "Trial".'),
        ("pl|an", "A text."),
        ('did "Placed Order" where T|otal', "A number."),
        ('did "Placed Order" where T|otal at', 'Of "Placed Order".'),
        ("sum of |Total from any", 'Of "Placed Order" and "Started Checkout".'),
        ('did "Placed Order" where any item of Items where Pr|ice', 'Of "Placed Order".'),
        ("created in |the last 3 days", "In the last 3 days (2023-06-14 to 2023-06-17 13:00)."),
        ("gander foo and created is |today", "Today (2023-06-17)."),
        ("gander foo |and plan is set", "People whose ... and whose plan is known."),
        ("in segment |Subscribers", "`can receive sms`"),
        ('in segment "|Subscribers"', "`can receive sms`"),
    ],
)
def test_what_is_known_is_told_also_while_one_types(text: str, line: str) -> None:
    found = at(text)
    assert found is not None
    assert line in found.lines


@pytest.mark.parametrize(
    "text",
    ["-- com|ment", "gen|der is set and plan is set | ", "gander| is set", "x @|", "|", "nothing |foo"],
)
def test_nothing_is_told_of_what_is_not_known(text: str) -> None:
    assert at(text.replace("gen|der", "gender") if text.count("|") > 1 else text) is None


def test_a_broken_stored_definition_does_no_harm() -> None:
    broken = SEEN.changed(
        segments=(Segment(name="Broken", definition="this is ( broken"),), templates=("define broken(: (",)
    )
    text = 'define a(x): plan is $x\nsegment "S": in segment "Broken" and a("y") and plan is set'
    for place in range(len(text)):
        actions(text, broken, (place, place))
        complete(text, place, broken)
        assert hover(text, broken, place, NOW) is not None or text[place].isspace()


def test_every_section_is_there() -> None:
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    kinds = [node for kind in (Condition, Term, Test, Window) for node in leaves(kind)]
    assert {node.__name__: section_of(node) for node in kinds if section_of(node) not in headings} == {}
    assert anchor("And, or, not") == "docs/language.md#and-or-not"


def leaves(kind: type[Node]) -> set[type[Node]]:
    below = kind.__subclasses__()
    return {leaf for one in below for leaf in leaves(one)} if below else {kind}


def test_every_kind_of_node_says_what_it_is() -> None:
    silent = [
        node.__name__
        for kind in (Condition, Term, Test, Window)
        for node in leaves(kind)
        if not (node.__doc__ or "").strip()
    ]
    assert silent == []


@given(mutated(), st.data())
@settings(
    max_examples=int(os.environ.get("SEGQL_EXAMPLES", "10")) * 5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_place_of_any_text_can_be_asked(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    found = hover(text, SEEN, place, NOW)
    if found is not None:
        assert 0 <= found.span.start <= place < found.span.end <= len(text)
        assert found.title


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_word_of_a_definition_can_be_asked(name: str) -> None:
    text = DEFINITIONS[name]
    words = [word for word in re.finditer(r"[^\W\d]\w+", text) if text[: word.start()].count('"') % 2 == 0]
    silent = [word[0] for word in words if hover(text, SEEN, word.start(), NOW) is None]
    assert set(silent) <= {"sat", "sun"}  # values without quotes
