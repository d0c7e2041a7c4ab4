"""Round trips: text to tree to text, tree to JSON and back, the formatter; for trees of every class, with any names.

SEGQL_EXAMPLES sets how many are drawn, as for the other laws.
"""

import re
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import segql
from segql.compiler import conditions as c
from segql.compiler.statements import Ask, Tree
from tests.reference.definitions import conditions, profiles
from tests.reference.statements import ZONE, statements
from tests.reference.vocabulary import SEGMENTS
from tests.semantics.test_laws import UNHURRIED, WORLDS


def renamed(data: Any, texts: Any) -> Any:
    """The JSON of a tree with other texts wherever any text may stand."""
    if isinstance(data, list):
        return [renamed(item, texts) for item in data]
    if not isinstance(data, dict):
        return data
    kind = data.get("kind")
    # Parameters and templates are called by words.
    named = ("name",) if kind not in ("call", "parameter", "define", None) else ()
    free = (*named, *NAMES, *["value"] * (kind == "text"))
    return {
        key: next(texts) if key in free and isinstance(value, str)
        else renamed(value, texts)
        for key, value in data.items()
    }  # fmt: skip


# Where any text may stand, besides names and texts.
NAMES = ("code", "campaign", "word", "via", "method", "description", "owner", "who")
# Names and texts of every kind: the words of the language itself, and anything else.
GRAMMAR = Path(segql.__file__).with_name("grammar.lark").read_text(encoding="utf-8")
WORDS = tuple(sorted(set(re.findall(r"[a-z]{2,}", GRAMMAR.lower()))))
# What no define can be called: a condition or a question begins with it.
NO_CALLS = frozenset(
    (
        *("not", "did", "everybody", "first", "last", "prefers", "within"),
        *("count", "show", "explain", "trend", "overlap", "funnel", "compare"),
    )
)
TEXTS = st.text(max_size=8) | st.sampled_from(WORDS)


@st.composite
def trees(draw: DrawFn) -> Tree:
    """Syntax trees with any names."""
    condition = conditions(profiles(SEGMENTS, depth=3))
    asks = st.builds(Ask, condition=condition, timezone=ZONE).map(lambda ask: (ask,))
    tree = Tree(statements=draw(asks | st.lists(statements(), min_size=1, max_size=3).map(tuple)))
    texts = cycle(draw(st.lists(TEXTS, min_size=1, max_size=5)))
    return Tree.from_dict(renamed(tree.to_dict(), texts))


@settings(max_examples=WORLDS * 30, **UNHURRIED)
@given(trees())
def test_the_text_of_a_tree_reads_as_that_tree(tree: Tree) -> None:
    assert segql.parse(tree.text()) == tree, tree.text()


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_language_can_be_a_name(word: str) -> None:
    name, event = c.Attribute(name=word), c.EventName(name=word)
    inside = c.Comparison(term=name, test=c.Is(value=c.Text(value=word)))
    number = c.Measure(function="sum", property=name, events=c.Events(names=(event,)), where=inside)
    tests = (c.Is(value=name), c.Compares(operator="more than", value=number), c.Between(low=name, high=name))
    given = (c.Argument(value=name), c.Argument(name=word, value=name), c.Argument(value=c.Text(value=word)))
    called = word if word not in NO_CALLS else "f"
    condition = c.And(
        children=(
            c.Call(name=called, arguments=given),
            *(c.Comparison(term=term, test=test) for term in (name, number) for test in (*tests, c.IsSet())),
            c.Comparison(term=c.Arithmetic(operator="*", left=name, right=name), test=tests[0]),
            c.Comparison(term=c.Recency(which="last", event=event), test=c.IsSet()),
            c.Ranked(end="top", people=1, by=name, among=inside),
            c.Comparison(term=c.ValueOf(property=name, which="last", event=event), test=tests[0]),
            c.Comparison(
                term=name, test=c.HasBeen(value=c.Text(value=word), length=c.Length(count=1, unit="day"))
            ),
            c.Items(quantifier="any", list=name, where=inside),
            c.Several(operator="at least", number=1, children=(inside, c.InList(name=word))),
            c.Did(
                events=c.Events(names=(event,)),
                steps=(c.Step(events=c.Events(names=(event,)), where=inside),),
            ),
            c.InList(name=word),
            c.ConsentStatus(status="subscribed to", channel="sms", via=word, method=word),
        )
    )
    tree = Tree(statements=(Ask(condition=condition),))
    assert segql.parse(tree.text()) == tree, tree.text()


@settings(max_examples=WORLDS * 10, **UNHURRIED)
@given(trees())
def test_the_json_of_a_tree_reads_as_that_tree(tree: Tree) -> None:
    assert Tree.from_json(tree.to_json()) == tree


@settings(max_examples=WORLDS * 10, **UNHURRIED)
@given(trees())
def test_the_formatter_keeps_the_tree_and_is_a_fixed_point(tree: Tree) -> None:
    formatted = segql.format(tree.text())
    assert segql.parse(formatted) == tree, formatted
    assert segql.format(formatted) == formatted


@pytest.mark.parametrize(
    "text",
    [
        'count everybody in time zone "America/New_York" by method, tier',
        "count subscribed to sms by method",
        'count subscribed to sms via "form" by method "double opt-in" by method',
    ],
)
def test_people_are_counted_by_an_attribute_called_method(text: str) -> None:
    tree = segql.parse(text)
    assert segql.parse(tree.text()) == tree
    assert "method" in str(tree.to_dict()["statements"][0]["by"])


@pytest.mark.parametrize(
    "text",
    [
        'funnel tier is "gold" then any of (everybody, did "Placed Order")',
        'funnel tier is "gold" then any of ("a name" of first "Placed Order" is 1, tier is $rich)',
        'funnel did "Viewed" then any of (did "Placed Order", tier is "gold")',
        'funnel did "Viewed" then any of ("Placed Order", $event) then everybody',
        'did "Viewed" where "is" is "x" then not any of ("Placed Order", "Refunded")',
    ],
)
def test_then_any_of_leads_to_events_in_a_sequence_and_to_conditions_in_a_funnel(text: str) -> None:
    assert segql.format(text) == text + "\n"
