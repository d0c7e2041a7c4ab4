"""docs/language.md: every example compiles, every table's words are read, and no rule of the grammar is left out."""

import re
from pathlib import Path

import pytest
from lark import Tree as ParseTree

from segql.compiler.parse.comments import without_comments
from segql.compiler.parse.parser import grammar
from segql.compiler.pipeline import check
from tests.compiler.account import CATALOG

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```segql\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.splitlines()[0][:50] for example in EXAMPLES])
def test_example_compiles(example: str) -> None:
    assert check(example, CATALOG) == ()


def test_every_rule_of_the_grammar_is_shown() -> None:
    shown: set[str] = set()
    for example in EXAMPLES:
        parsed = grammar().parse(without_comments(example))
        shown |= {str(tree.data) for tree in parsed.iter_subtrees() if isinstance(tree, ParseTree)}
    rules = {str(rule.alias or rule.origin.name) for rule in grammar().rules}
    inlined = {
        rule.origin.name
        for rule in grammar().rules
        if rule.options.expand1 or rule.origin.name.startswith("_")
    }
    assert rules - shown - inlined - {"start"} == set()


@pytest.mark.parametrize("words", re.findall(r"^\| `([^|`]*)`(?: \([^|]*\))? \|", PAGE, re.MULTILINE))
def test_windows_of_the_table_are_read(words: str) -> None:
    window = words.replace(" E", " 2023-02-01").replace(" D", " 2023-01-01")
    assert (
        check(f"created is {window}", CATALOG) == () or check(f'did "Placed Order" {window}', CATALOG) == ()
    )
