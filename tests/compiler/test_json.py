"""Trees from JSON: a form can make any definition, and nothing that the language does not have."""

import pytest

import segql
from segql.compiler import conditions as c
from segql.compiler.pipeline import bind
from segql.compiler.statements import Ask, Tree
from tests.compiler.account import CATALOG


def ask(condition: dict[str, object]) -> dict[str, object]:
    return {"version": 1, "statements": [{"kind": "ask", "condition": condition}]}


GENDER = {
    "kind": "comparison",
    "term": {"kind": "attribute", "name": "gender"},
    "test": {"kind": "is", "value": {"kind": "text", "value": 'a "b"'}},
}
DID = {"kind": "did", "events": {"names": [{"kind": "event", "name": "Placed Order"}]}}


def test_a_tree_from_json_compiles_as_its_text_does() -> None:
    tree = segql.Tree.from_dict(ask({"kind": "and", "children": [GENDER, DID]}))
    assert tree.text() == 'gender is "a \\"b\\"" and did "Placed Order"'
    (compiled,) = bind(tree, CATALOG)
    assert compiled.plan == segql.compile(tree.text(), CATALOG).plan


def test_mistakes_in_a_tree_from_json_are_shown_in_its_text() -> None:
    tree = segql.Tree.from_dict(ask({"kind": "and", "children": [DID, {"kind": "in list", "name": "VPI"}]}))
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
        {
            "kind": "did",
            "events": {"names": [{"kind": "event", "name": "A"}, {"kind": "event", "name": "B"}]},
        },
        {"kind": "ranked", "end": "top", "by": {"kind": "number", "value": "1"}},
        {**GENDER, "extra": 1},
        {"kind": "sampled", "percent": "NaN"},
        {"kind": "within", "distance": "Infinity", "unit": "km", "place": {"kind": "place", "name": "Store"}},
        {"kind": "call", "name": "two words"},
        {
            "kind": "call",
            "name": "f",
            "arguments": [{"name": "a\n", "value": {"kind": "text", "value": "x"}}],
        },
        {"kind": "call", "name": "f", "arguments": [{"value": {"kind": "day", "on": "gender"}}]},
        {
            "kind": "call",
            "name": "f",
            "arguments": [{"value": {"kind": "parameter", "name": "p", "place": "day"}}],
        },
        {"kind": "in list"},
        {"kind": "in list", "name": 5},
    ],
    ids=str,
)
def test_what_the_language_cannot_say_is_refused(condition: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        segql.Tree.from_dict(ask(condition))


def test_conditions_about_people_are_refused_inside_where() -> None:
    tree = segql.Tree.from_dict(ask({**DID, "where": {"kind": "in list", "name": "VIP"}}))
    with pytest.raises(segql.DefinitionError) as raised:
        bind(tree, CATALOG)
    assert [diagnostic.code.name for diagnostic in raised.value.diagnostics] == ["SG306"]


def test_json_that_does_not_fit_says_where() -> None:
    with pytest.raises(ValueError, match=r"unknown field `nme` - at `\$\.statements\[0\]\.condition`"):
        segql.Tree.from_dict(ask({"kind": "in list", "nme": "VIP"}))
    with pytest.raises(ValueError, match="truncated"):
        segql.Tree.from_json("{")
    with pytest.raises(ValueError, match="nested too deeply"):
        segql.Tree.from_json(
            '{"statements":' + '[{"kind":"ask","condition":' + '{"kind":"not","child":' * 100_000
        )


def test_a_tree_of_a_program_s_own_is_validated_where_it_is_bound() -> None:
    right = Tree(statements=(Ask(condition=c.InList(name="VIP")),))
    assert bind(right, CATALOG)[0].plan == segql.compile('in list "VIP"', CATALOG).plan
    for wrong in (c.InList(name=5), c.And(children=(c.Everybody(),)), "everybody", object()):  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"condition|object"):
            bind(Tree(statements=(Ask(condition=wrong),)), CATALOG)  # type: ignore[arg-type]


def test_where_it_stood_is_no_part_of_a_node() -> None:
    (here,), (there,) = (segql.parse(text).statements for text in ("everybody", "   everybody"))
    assert here == there and hash(here) == hash(there) and repr(here) == repr(there)
    assert here.span != there.span
    assert there.changed(timezone="UTC").span == there.span
    assert there.changed(span=here.span).span == here.span
