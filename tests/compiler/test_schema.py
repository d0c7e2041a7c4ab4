"""The published JSON Schema of the tree is that of this version, and what the compiler writes fits it."""

import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from segql import Tree
from segql.compiler.parse import parse
from tests.compiler.definitions import DEFINITIONS

SCHEMA = Draft202012Validator(Tree.schema())


def test_the_published_schema_is_the_tree_s() -> None:
    published = files("segql.compiler").joinpath("schema", "tree-1.json").read_text(encoding="utf-8")
    assert json.loads(published) == Tree.schema()


def test_the_version_is_in_the_schema() -> None:
    """A change that old readers cannot read gets a new number and a new file."""
    version = Tree.schema()["$defs"]["Tree"]["properties"]["version"]
    assert version["enum"] == [1]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(Tree.schema())
    kinds = [
        kind
        for one in Tree.schema()["$defs"].values()
        for kind in one["properties"].get("kind", {}).get("enum", ())
    ]
    assert len(kinds) == len(set(kinds)) > 70
    assert all(kind.islower() for kind in kinds)  # a class without a tag would be called by its own name
    assert all(definition["additionalProperties"] is False for definition in Tree.schema()["$defs"].values())
    assert not [name for name, one in Tree.schema()["$defs"].items() if "\n " in one["description"]]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_what_is_read_from_texts_fits_it(name: str) -> None:
    SCHEMA.validate(parse(DEFINITIONS[name]).to_dict())


def test_it_refuses_what_a_tree_refuses() -> None:
    tree = parse('did "Placed Order" at least 3 times').to_dict()
    assert SCHEMA.is_valid(tree)
    condition = tree["statements"][0]["condition"]
    for wrong in (
        {"kind": "does"},
        {"surplus": 1},
        {"events": {"names": []}},
        {"how_often": {"operator": "at least"}},
    ):
        changed = {"statements": [{"kind": "ask", "condition": condition | wrong}]}
        assert not SCHEMA.is_valid(changed)
        with pytest.raises(ValueError, match=r"\$\.statements\[0\]\.condition"):
            Tree.from_dict(changed)
