"""Laws of the language, for random definitions on random people: SQL and the reference name the same people.

SEGQL_EXAMPLES sets how many worlds are drawn; each is asked fifty definitions. On a failure Hypothesis prints
how to draw the same example again.
"""

import os
import re
from dataclasses import replace
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import segql
from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.statements import Ask, Tree
from tests.reference.definitions import conditions, profiles
from tests.reference.evaluate import members
from tests.reference.people import World
from tests.reference.worlds import worlds
from tests.semantics.loading import load, named

WORLDS = int(os.environ.get("SEGQL_EXAMPLES", "10"))
DEFINITIONS = 50
SEGMENTS = ("Quiet", 'Été "99%"')
# Not shrunk: a world takes half a second to load, and a failure names the few people that matter.
UNHURRIED: dict[str, Any] = {
    "deadline": None,
    "print_blob": True,
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
}


class Case:
    """A world with stored segments, an instant, and definitions to ask then. No dataclass, whose printing fills pages."""

    def __init__(self, world: World, now: datetime, asked: list[Condition]) -> None:
        self.world = world
        self.now = now
        self.asked = asked

    def difference(self, condition: Condition, found: set[str]) -> str:
        """What there is to know where the store named other people than the reference."""
        people = [person for person in self.world.people if person.id in found ^ self.meant(condition)]
        segments = "".join(f"\n{name}: {segment.text()}" for name, segment in self.world.segments.items())
        lines = [f"{condition.text()}{segments}", f"asked at {self.now} in {self.world.account}"]
        lines += [f"SQL {'names' if person.id in found else 'leaves out'} {person}" for person in people]
        return "\n".join(lines)

    def meant(self, condition: Condition) -> set[str]:
        return members(self.world, condition, self.now)


@st.composite
def cases(draw: DrawFn) -> Case:
    """Of the two stored segments the second may use the first."""
    world, now = draw(worlds())
    first, second = draw(conditions(profiles())), draw(conditions(profiles(SEGMENTS[:1])))
    asked = draw(st.lists(conditions(profiles(SEGMENTS)), min_size=DEFINITIONS, max_size=DEFINITIONS))
    return Case(replace(world, segments=dict(zip(SEGMENTS, (first, second), strict=True))), now, asked)


@settings(max_examples=WORLDS, **UNHURRIED)
@given(cases())
def test_sql_and_the_reference_name_the_same_people(case: Case) -> None:
    with load(case.world) as store:
        for condition in case.asked:
            found = named(store, condition.text(), case.now)
            assert found == case.meant(condition), case.difference(condition, found)


@settings(max_examples=max(2, WORLDS // 5), **UNHURRIED)
@given(cases())
def test_a_condition_and_its_complement_are_everybody(case: Case) -> None:
    with load(case.world) as store:
        for condition in case.asked:
            among, others = condition.text(), c.Not(child=condition).text()
            total = store.count(among, as_of=case.now) + store.count(others, as_of=case.now)
            assert total == len(case.world.people), f"{among}   asked at {case.now}"


def renamed(data: Any, texts: Any) -> Any:
    """The JSON of a tree with other texts for its names, texts and postal codes."""
    if isinstance(data, list):
        return [renamed(item, texts) for item in data]
    if not isinstance(data, dict):
        return data
    free = ("name", "code", *["value"] * (data.get("kind") == "text"))
    return {key: next(texts) if key in free else renamed(value, texts) for key, value in data.items()}


# Names and texts of every kind: the words of the language itself, and anything else.
GRAMMAR = Path(segql.__file__).with_name("grammar.lark").read_text(encoding="utf-8")
WORDS = tuple(sorted(set(re.findall(r"[a-z]{2,}", GRAMMAR.lower()))))
TEXTS = st.text(max_size=8) | st.sampled_from(WORDS)


@st.composite
def trees(draw: DrawFn) -> Tree:
    """Syntax trees with any names."""
    condition = draw(conditions(profiles(SEGMENTS, depth=3)))
    tree = Tree(statements=(Ask(condition=condition),))
    texts = cycle(draw(st.lists(TEXTS, min_size=1, max_size=5)))
    return Tree.model_validate(renamed(tree.model_dump(mode="json"), texts))


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
    condition = c.And(
        children=(
            *(c.Comparison(term=term, test=test) for term in (name, number) for test in (*tests, c.IsSet())),
            c.Comparison(term=c.Arithmetic(operator="*", left=name, right=name), test=tests[0]),
            c.Comparison(term=c.Recency(which="last", event=event), test=c.IsSet()),
            c.Ranked(end="top", people=1, by=name, among=inside),
            c.InList(name=word),
        )
    )
    tree = Tree(statements=(Ask(condition=condition),))
    assert segql.parse(tree.text()) == tree, tree.text()


@settings(max_examples=WORLDS * 10, **UNHURRIED)
@given(trees())
def test_the_json_of_a_tree_reads_as_that_tree(tree: Tree) -> None:
    assert Tree.model_validate_json(tree.model_dump_json()) == tree


@settings(max_examples=WORLDS * 10, **UNHURRIED)
@given(trees())
def test_the_formatter_keeps_the_tree_and_is_a_fixed_point(tree: Tree) -> None:
    formatted = segql.format(tree.text())
    assert segql.parse(formatted) == tree, formatted
    assert segql.format(formatted) == formatted
