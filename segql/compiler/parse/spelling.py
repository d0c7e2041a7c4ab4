"""How the keywords of the grammar are written, found in their patterns, and the keyword that a person may have meant."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from re import _parser as pattern_parser  # what `re` itself reads patterns with
from typing import Any, NamedTuple

from lark import Lark

from segql.compiler.source import Span

_WORDS = re.compile(r"[^\W\d]\w*")
_MANY = 60


class Meant(NamedTuple):
    """The keyword that was probably meant by a stretch of text, and which words of it are wrong."""

    keyword: str
    written: Span
    words: str
    wrong: Span


@cache
def spellings(grammar: Lark) -> dict[str, tuple[str, ...]]:
    """By terminal, the words (or the signs) that it is written as; none for names, numbers and texts."""
    found = {}
    for terminal in grammar.terminals:
        texts = _spelled(pattern_parser.parse(terminal.pattern.to_regexp(), re.IGNORECASE))
        found[terminal.name] = tuple(text.strip() for text in texts if text.strip())
    return found


def beginnings(grammar: Lark) -> dict[str, frozenset[str]]:
    """By terminal, the characters in lower case that it can begin with, 0 for any digit; none where they are many."""
    found = {}
    for terminal in grammar.terminals:
        first = _first(list(pattern_parser.parse(terminal.pattern.to_regexp(), re.IGNORECASE)))
        if first is not None:
            found[terminal.name] = first
    return found


def _first(pattern: Sequence[Any]) -> frozenset[str] | None:
    """The characters that what fits a pattern can begin with; None for any."""
    for place, (operation, argument) in enumerate(pattern):
        match str(operation):
            case "AT" | "ASSERT" | "ASSERT_NOT":
                continue
            case "LITERAL":
                return frozenset(chr(argument).lower())
            case "IN" if str(argument) == "[(CATEGORY, CATEGORY_DIGIT)]":
                return frozenset("0")
            case "IN" if all(str(kind) == "LITERAL" for kind, _ in argument):
                return frozenset(chr(code).lower() for _, code in argument)
            case "SUBPATTERN":
                return _first([*argument[-1], *pattern[place + 1 :]])
            case "BRANCH":
                return _either([_first([*branch, *pattern[place + 1 :]]) for branch in argument[1]])
            case "MAX_REPEAT":
                least, _, repeated = argument
                if least:
                    return _first(list(repeated))
                return _either([_first(list(repeated)), _first(pattern[place + 1 :])])
            case _:
                return None
    return None


def _either(sets: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    known = [one for one in sets if one is not None]
    return frozenset().union(*known) if len(known) == len(sets) else None


def _spelled(pattern: Any) -> list[str]:
    """The texts that fit a pattern, in lower case; none where it leaves them open."""
    found = [""]
    for operation, argument in pattern:
        following = [""]
        match str(operation):
            case "LITERAL":
                following = [chr(argument).lower()]
            case "AT" | "ASSERT_NOT":
                pass
            case "ASSERT":
                # What has to follow; as far as it is written in words.
                following = _spelled(argument[1]) or [""]
            case "SUBPATTERN":
                following = _spelled(argument[-1])
            case "BRANCH":
                following = [text for branch in argument[1] for text in _spelled(branch)]
            case "MAX_REPEAT":
                least, _, repeated = argument
                blank = "CATEGORY_SPACE" in str(repeated)
                following = [" " if least else ""] if blank else _spelled(repeated) + [""] * (not least)
            case _:
                return []
        found = [text + more for text in found for more in following][:_MANY]
    return found


def meant(text: str, place: int, keywords: Iterable[str]) -> list[Meant]:
    """The keywords (of one word or several) that are nearly written at a place, the nearest first."""
    # Loaded here: only a mistake needs it, and a correct text should not pay for its import.
    from rapidfuzz.distance import OSA

    found: list[tuple[int, int, Meant]] = []
    known = {keyword for keyword in keywords if keyword.replace(" ", "").isalpha()}
    joined = _words_at(text, place, 1)
    for keyword in sorted(known):
        if joined is not None and joined[0].lower() == keyword.replace(" ", "") != keyword:
            found.append((0, 0, Meant(keyword, Span(*joined.span()), keyword, Span(*joined.span()))))
        written = _words_at(text, place, keyword.count(" ") + 1)
        said = re.sub(r"\s+", " ", written[0]).lower() if written else ""
        if written is None or said in known:
            continue
        distance = OSA.distance(said, keyword, score_cutoff=_tolerance(keyword))
        if distance <= _tolerance(keyword):
            found.append((distance, -len(keyword), _narrowed(written, keyword)))
    return [what for _, _, what in sorted(found)]


def _tolerance(keyword: str) -> int:
    """How many wrong letters a keyword may have and still be meant."""
    return 0 if len(keyword) < 3 else 1 if len(keyword) < 5 else 2


def _words_at(text: str, place: int, count: int) -> re.Match[str] | None:
    return re.compile(rf"{_WORDS.pattern}(?:\s+{_WORDS.pattern}){{{count - 1}}}").match(text, place)


def _narrowed(written: re.Match[str], keyword: str) -> Meant:
    """Without the words that are right at either end."""
    places = [(word.start() + written.start(), word[0].lower()) for word in _WORDS.finditer(written[0])]
    words = keyword.split()
    wrong = [index for index, (_, word) in enumerate(places) if word != words[index]]
    first, last = wrong[0], wrong[-1]
    end = places[last][0] + len(places[last][1])
    wrong_span = Span(places[first][0], end)
    return Meant(keyword, Span(*written.span()), " ".join(words[first : last + 1]), wrong_span)
