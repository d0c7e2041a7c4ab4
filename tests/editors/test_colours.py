"""Colours made by patterns (TextMate) and by Pygments, beside those of the grammar itself."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pygments.token import Error, Token

from editors import textmate
from segql.compiler.service import tokens
from segql.compiler.service.words import keywords
from segql.pygments_lexer import SegqlLexer
from tests.compiler.definitions import DEFINITIONS
from tests.docs.pages import PAGES, ROOT, blocks

FOLDER = ROOT / "editors" / "vscode"
TEXTS = {**DEFINITIONS, **{block.place: block.text for page in PAGES for block in blocks(page, "segql")}}
# The first part of the scopes that a kind of token can have. A name may look like a keyword, or a text like an event.
SCOPES = {
    "keyword": ("keyword.control", "constant"),
    "comment": ("comment",),
    "parameter": ("variable.parameter", "variable.other", "keyword.control", "constant.other"),
    "string": ("string", "variable.other", "keyword.control", "support.type.event", "entity.name"),
    "number": ("constant.numeric",),
    "unit": ("constant.other.unit",),
    "time": ("constant.numeric.date", "constant.other.day"),
    "operator": ("keyword.operator", "punctuation", "constant.numeric"),
    "bracket": ("punctuation",),
    "define": ("entity.name.function", "keyword.control"),
    "segment": ("entity.name.type", "string"),
    "event": ("support.type.event", "string"),
    "list": ("entity.name.tag", "string"),
    "place": ("string",),
}


def scopes(text: str) -> dict[int, str]:
    """By place the scope that the TextMate grammar gives it, as editors read it: line by line, the first pattern that
    fits earliest."""
    found: dict[int, str] = {}
    inside: dict[str, str] | None = None
    patterns = json.loads(textmate.FILE.read_text(encoding="utf-8"))["patterns"]
    start = 0
    for line in text.splitlines(keepends=True):
        place = 0
        while place < len(line):
            if inside is not None:
                match = re.compile(r"\\.|" + inside["end"], re.DOTALL).search(line, place)
                end = len(line) if match is None else match.end()
                found.update(dict.fromkeys(range(start + place, start + end), inside["name"]))
                inside = inside if match is None or match[0].startswith("\\") else None
                place = end
                continue
            fitting = [
                (one, re.compile(one.get("match", one.get("begin"))).search(line, place)) for one in patterns
            ]
            earliest = min((match.start() for _, match in fitting if match is not None), default=None)
            if earliest is None:
                break
            pattern, match = next(
                (one, match) for one, match in fitting if match is not None and match.start() == earliest
            )
            for group, name in _named(pattern):
                found.update(dict.fromkeys(range(start + match.start(group), start + match.end(group)), name))
            inside = pattern if "begin" in pattern else None
            place = match.end()
        start += len(line)
    return found


def _named(pattern: dict[str, object]) -> Iterator[tuple[int, str]]:
    captures = pattern.get("captures")
    if isinstance(captures, dict):
        yield from ((int(group), one["name"]) for group, one in captures.items())
    else:
        yield 0, str(pattern["name"])


def test_the_committed_grammar_is_the_one_that_the_words_give() -> None:
    assert textmate.FILE.read_text(encoding="utf-8") == textmate.text(), "run: python -m editors.textmate"


@pytest.mark.parametrize("name", TEXTS)
def test_patterns_colour_as_the_grammar_does(name: str) -> None:
    text = TEXTS[name]
    given = scopes(text)
    wrong = {}
    for (start, end), kind in tokens(text):
        scope = given.get(start, "")
        if kind in SCOPES and not scope.startswith(SCOPES[kind]):
            wrong[f"{start} {text[start:end]}"] = (kind, scope)
    assert wrong == {}


def test_every_keyword_has_a_colour() -> None:
    words = {word: scopes(word).get(0, "") for word in keywords()}
    assert {
        word: scope for word, scope in words.items() if not scope.startswith(("keyword", "constant"))
    } == {}
    assert scopes("address.city")[0].startswith("variable")


def test_the_extension_names_files_that_are_there() -> None:
    package = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    (language,) = package["contributes"]["languages"]
    (grammar,) = package["contributes"]["grammars"]
    configuration = json.loads((FOLDER / language["configuration"]).read_text(encoding="utf-8"))
    assert (FOLDER / grammar["path"]).resolve() == textmate.FILE
    assert grammar["scopeName"] == textmate.grammar()["scopeName"]
    assert configuration["comments"] == {"lineComment": "--"}
    (command,) = [one["default"] for one in package["contributes"]["configuration"]["properties"].values()]
    assert command == ["segql", "lsp"]


@pytest.mark.parametrize("name", TEXTS)
def test_pygments_gives_back_the_whole_text_without_errors(name: str) -> None:
    pieces = list(SegqlLexer(stripnl=False, ensurenl=False).get_tokens(TEXTS[name]))
    assert "".join(piece for _, piece in pieces) == TEXTS[name]
    assert not [piece for kind, piece in pieces if kind in Error]
    assert all(kind in Token for kind, _ in pieces)


def test_pygments_finds_the_lexer_by_name() -> None:
    project = tomllib.loads(Path(ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"]["pygments.lexers"]
    assert points == {"segql": f"{SegqlLexer.__module__}:{SegqlLexer.__name__}"}
