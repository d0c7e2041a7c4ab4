"""Trees from JSON: a form can make any definition, and nothing that the language does not have."""

import pytest
from pydantic import ValidationError

import segql
from segql.compiler.pipeline import bind
from tests.compiler.account import CATALOG


def ask(condition: dict[str, object]) -> dict[str, object]:
    return {"version": 1, "statements": [{"kind": "ask", "condition": condition}]}


GENDER = {
    "kind": "comparison",
    "term": {"kind": "attribute", "name": "gender"},
    "test": {"kind": "is", "value": {"kind": "text", "value": 'a "b"'}},
}
DID = {"kind": "did", "events": {"names": [{"name": "Placed Order"}]}}


def test_a_tree_from_json_compiles_as_its_text_does() -> None:
    tree = segql.Tree.model_validate(ask({"kind": "and", "children": [GENDER, DID]}))
    assert tree.text() == 'gender is "a \\"b\\"" and did "Placed Order"'
    (compiled,) = bind(tree, CATALOG)
    assert compiled.plan == segql.compile(tree.text(), CATALOG).plan


def test_mistakes_in_a_tree_from_json_are_shown_in_its_text() -> None:
    tree = segql.Tree.model_validate(
        ask({"kind": "and", "children": [DID, {"kind": "in list", "name": "VPI"}]})
    )
    with pytest.raises(segql.DefinitionError) as raised:
        bind(tree, CATALOG)
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.source.text[diagnostic.span.start : diagnostic.span.end] == 'in list "VPI"'


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "and", "children": [GENDER]},
        {"kind": "nothing"},
        {**DID, "how_often": {"operator": "between", "times": 1}},
        {**DID, "how_often": {"operator": "at least", "times": -1}},
        {**DID, "window": {"kind": "in the last", "count": -3, "unit": "day"}},
        {**DID, "window": {"kind": "by day", "relation": "before", "day": {}}},
        {"kind": "did", "events": {"names": []}},
        {"kind": "did", "events": {"names": [{"name": "A"}, {"name": "B"}]}},
        {"kind": "ranked", "end": "top", "by": {"kind": "number", "value": "1"}},
        {**GENDER, "extra": 1},
    ],
    ids=str,
)
def test_what_the_language_cannot_say_is_refused(condition: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        segql.Tree.model_validate(ask(condition))


def test_conditions_about_people_are_refused_inside_where() -> None:
    tree = segql.Tree.model_validate(ask({**DID, "where": {"kind": "in list", "name": "VIP"}}))
    with pytest.raises(segql.DefinitionError) as raised:
        bind(tree, CATALOG)
    assert [diagnostic.code.name for diagnostic in raised.value.diagnostics] == ["SG306"]
