"""House rules that a reader relies on: files say what they are for and stay short; the grammar has all its builders."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "segql").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_says_what_it_is_for_and_is_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert text.count("\n") <= 300


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_are_short(path: Path) -> None:
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno > 70
    ]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_notes_to_self(path: Path) -> None:
    assert (
        re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b|NotImplementedError", path.read_text(encoding="utf-8")) == []
    )


def test_fragments_of_sql_are_made_in_one_place() -> None:
    """All else is put together by that place's functions, which are told the names of SQL's functions literally."""
    kinds = {"Sql", "Operation", "Comparison", "Negation", "Conjunction", "Disjunction"}
    home = ROOT / "segql" / "compiler" / "sql"
    makers = {home / "build.py", home / "select.py", *(home / "dialects").glob("*.py")}
    users = {path for path in MODULES if "segql.compiler.sql" in path.read_text(encoding="utf-8")}
    for path in users | makers:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func).removeprefix("build.") if isinstance(node, ast.Call) else ""
            assert path in makers or called not in kinds, f"{path}:{node.lineno}"
            if called == "call" and path.is_relative_to(home):
                name = node.args[0]
                names = (name.body, name.orelse) if isinstance(name, ast.IfExp) else (name,)
                assert all(isinstance(one, ast.Constant) for one in names), f"{path}:{node.lineno}"


def test_every_rule_of_the_grammar_has_its_builder() -> None:
    from segql.compiler.parse.parser import grammar
    from segql.compiler.parse.tree import TreeBuilder

    made = {str(rule.alias or rule.options.template_source or rule.origin.name) for rule in grammar().rules}
    inlined = {
        rule.origin.name
        for rule in grammar().rules
        if rule.options.expand1 or rule.origin.name.startswith("_")
    }
    missing = {name for name in made if not hasattr(TreeBuilder, name)} - inlined
    assert missing - {"start", "test"} == set()


def test_every_condition_is_in_the_public_schema() -> None:
    from segql.compiler.ast.base import Condition, Term, Test, Window
    from segql.compiler.statements import Tree

    def leaves(kind: type) -> set[type]:
        below = kind.__subclasses__()
        return {leaf for one in below for leaf in leaves(one)} if below else {kind}

    schema = Tree.schema()["$defs"]
    nodes = {node.__name__ for kind in (Condition, Term, Test, Window) for node in leaves(kind)}
    assert nodes - set(schema) == set()
