"""docs/language.md: every example runs in the shop, every table's words are read, no rule of the grammar is left out."""

import re

import pytest
from lark import Tree as ParseTree

import segql
from segql.compiler.catalog.regions import REGIONS
from segql.compiler.parse.comments import without_comments
from segql.compiler.parse.parser import grammar
from tests.docs.conftest import NOW
from tests.docs.pages import DOCS, blocks, definitions

PAGE = DOCS / "language.md"
EXAMPLES = [(block.place, text) for block in blocks(PAGE, "segql") for text in definitions(block)]


def words_of_the_time_table() -> list[str]:
    rows = re.findall(r"^\| (`.*?) \|", PAGE.read_text("utf-8").partition("\n## Time\n")[2], re.MULTILINE)
    return [
        words.replace(" E", " 2023-02-01").replace(" D", " 2023-01-01")
        for row in rows
        for words in re.findall(r"`([^`]*)`", row)
    ]


@pytest.mark.parametrize(
    "text", [text for _, text in EXAMPLES], ids=[f"{place} {text[:40]}" for place, text in EXAMPLES]
)
def test_example_runs(store: segql.Store, text: str) -> None:
    found = segql.check(text, store.catalog)
    # A negative operator by itself is hinted at, which is what the page says of it.
    assert [problem for problem in found if problem.severity != "hint"] == []
    again = segql.format(text)
    assert segql.parse(again) == segql.parse(text)
    if definitions_in(text):
        for segment in store.save_segments(text, NOW):
            assert 0 <= store.count(segment.name, NOW) < store.population()
    elif not store.compile(text).parameters:
        store.ask(text, NOW)


def definitions_in(text: str) -> bool:
    """Whether a text is one of segments and templates."""
    return re.match(r"(?:--.*\n|\s)*(?:segment|define)\b", text) is not None


def test_every_rule_of_the_grammar_is_shown() -> None:
    shown: set[str] = set()
    for _, example in EXAMPLES:
        parsed = grammar().parse(without_comments(example))
        shown |= {str(tree.data) for tree in parsed.iter_subtrees() if isinstance(tree, ParseTree)}
    rules = {str(rule.alias or rule.origin.name) for rule in grammar().rules}
    inlined = {
        rule.origin.name
        for rule in grammar().rules
        if rule.options.expand1 or rule.origin.name.startswith("_")
    }
    assert rules - shown - inlined - {"start"} == set()


@pytest.mark.parametrize("words", words_of_the_time_table())
def test_windows_of_the_table_are_read(store: segql.Store, words: str) -> None:
    assert segql.check(f"created is {words}", store.catalog) == ()


def test_sets_of_countries_are_listed() -> None:
    assert f"Sets of countries: {', '.join(REGIONS)}." in PAGE.read_text("utf-8")
