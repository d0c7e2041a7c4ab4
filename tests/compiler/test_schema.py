"""The published JSON Schema of the tree is that of this version, and what the compiler writes fits it."""

import json
from importlib.resources import files

from segql import Tree


def test_the_published_schema_is_the_tree_s() -> None:
    published = files("segql.compiler").joinpath("schema", "tree-1.json").read_text(encoding="utf-8")
    assert json.loads(published) == Tree.model_json_schema()


def test_the_version_is_in_the_schema() -> None:
    """A change that old readers cannot read gets a new number and a new file."""
    version = Tree.model_json_schema()["properties"]["version"]
    assert version["const"] == 1
