"""Writes editors/vscode/segql.tmLanguage.json, the colours of editors before the language server has answered, from the
words of the grammar. A name that is also a keyword is coloured as a keyword until it has."""

import json
from collections.abc import Iterable
from pathlib import Path

from segql.compiler.service.words import keywords, words_of

FILE = Path(__file__).parent / "vscode" / "segql.tmLanguage.json"
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_TEXT = r'"(?:[^"\\]|\\.)*"'
# A number may stand before a unit, a keyword may not be a part of a dotted name.
_WORD = r"(?i)(?<![\w.$])(?:{})(?!\w|\.[^\W\d])"


def grammar() -> dict[str, object]:
    """The TextMate grammar. Of several patterns that fit at a place the first one is taken."""
    units = words_of("UNIT") | words_of("DISTANCE_UNIT")
    days = words_of("DAY_WORD")
    constants = words_of("BOOLEAN")
    others = keywords() - units - days - constants
    patterns = [
        {"name": "comment.line.double-dash.segql", "match": "--.*$"},
        _after(rf"(?i)\b(segment)\s*({_TEXT})", "keyword.control.segql", "entity.name.type.segql"),
        _after(rf"(?i)\b(list)\s*({_TEXT})", "keyword.control.segql", "entity.name.tag.segql"),
        _after(rf"(?i)\b(did)\s+({_TEXT})", "keyword.control.segql", "support.type.event.segql"),
        _after(
            rf"(?i)\b(define)\s+({_NAME})(?=\s*\()", "keyword.control.segql", "entity.name.function.segql"
        ),
        {
            "name": "string.quoted.double.segql",
            "begin": '"',
            "end": '"',
            "patterns": [{"name": "constant.character.escape.segql", "match": r"\\."}],
        },
        {"name": "variable.parameter.segql", "match": r"\$[^\W\d]\w*"},
        {
            "name": "constant.numeric.date.segql",
            "match": r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?",
        },
        {"name": "constant.numeric.segql", "match": r"(?:[$€£¥]\s?)?\d+(?:\.\d+)?%?"},
        {"name": "constant.language.segql", "match": _any(constants)},
        {"name": "constant.other.unit.segql", "match": _any(units)},
        {"name": "constant.other.day.segql", "match": _any(days)},
        {"name": "keyword.control.segql", "match": _any(others)},
        {"name": "entity.name.function.segql", "match": rf"{_NAME}(?=\()"},
        {"name": "variable.other.segql", "match": _NAME},
        {"name": "keyword.operator.segql", "match": r"[<>!]=|[-<>=+*/%]"},
        {"name": "punctuation.segql", "match": r"[\[\](){},:;]"},
    ]
    return {
        "information_for_contributors": "Made by editors/textmate.py from segql/grammar.lark.",
        "name": "segql",
        "scopeName": "source.segql",
        "patterns": patterns,
    }


def _after(match: str, keyword: str, name: str) -> dict[str, object]:
    return {"match": match, "captures": {"1": {"name": keyword}, "2": {"name": name}}}


def _any(words: Iterable[str]) -> str:
    return _WORD.format("|".join(sorted(words, key=lambda word: (-len(word), word))))


def text() -> str:
    """The file's text."""
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
