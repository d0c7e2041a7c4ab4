"""The words and signs of a text with what they are, for colours: of any text, every character that is no blank."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

from segql.compiler.parse.leaves import PART, Leaf, Leaves, leaves
from segql.compiler.service.words import keywords
from segql.compiler.source import Span

TokenKind = Literal[
    "keyword",
    "event",
    "attribute",
    "property",
    "list",
    "segment",
    "place",
    "region",
    "define",
    "parameter",
    "string",
    "number",
    "unit",
    "time",
    "operator",
    "bracket",
    "comment",
    "error",
]


class SemanticToken(NamedTuple):
    """A stretch of the text and what it is. `error`: what cannot be read."""

    span: Span
    kind: TokenKind


_TERMINALS: dict[str, TokenKind] = {
    "STRING": "string",
    "NUMBER": "number",
    "MONEY": "number",
    "UNIT": "unit",
    "DISTANCE_UNIT": "unit",
    "DATE": "time",
    "DAY_WORD": "time",
    "PARAMETER": "parameter",
}
# What a name or a text in quotes is by the rule that it stands in.
_BY_RULE: dict[str, TokenKind] = {
    "event": "event",
    "segment_named": "segment",
    "in_segment": "segment",
    "moved_segment": "segment",
    "in_list": "list",
    "moved_list": "list",
    "fact_list": "list",
    "named_place": "place",
    "is_in_region": "region",
    "is_not_in_region": "region",
    "is_in_quoted": "region",
    "is_not_in_quoted": "region",
    "call": "define",
    "define": "define",
    "formal": "parameter",
    "number_of_different": "property",
    "total_different": "property",
    "aggregate": "property",
    "total_aggregate": "property",
    "value_of": "property",
    "total_value": "property",
    "example_property": "property",
}
# Right of these a text in quotes is a value, else a name.
_VALUES = (
    "is_value",
    "is_not_value",
    "is_in",
    "is_not_in",
    "compares",
    "contains",
    "contains_several",
    "has_been",
)
_PIECE = re.compile(
    r"""(?P<comment>--[^\n]*) | (?P<string>"(?:[^"\\\n]|\\.)*"?) | (?P<parameter>\$[^\W\d]\w*)
    | (?P<number>[$€£¥]?\d+(?:\.\d+)?) | (?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    | (?P<operator>[<>!]=|[-<>=+*/%,:;]) | (?P<bracket>[()\[\]{}]) | (?P<error>\S)""",
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> tuple[SemanticToken, ...]:
    """What stands where in a text, in order; of a text with mistakes as far as it could be read."""
    return tuple(tokens_of(text, leaves(text)))


def tokens_of(text: str, read: Leaves) -> Iterator[SemanticToken]:
    """The tokens of a text whose leaves are known."""
    starts = sorted(read.leaves)
    wrong = [problem.span for problem in read.problems]
    place = 0
    while (match := _PIECE.search(text, place)) is not None:
        leaf = read.leaves.get(match.start())
        if leaf is not None:
            place = leaf.span.end
            yield SemanticToken(leaf.span, kind_of(leaf))
            continue
        # What begins in the middle was read as something of its own.
        following = bisect_left(starts, match.start())
        end = match.end()
        if match.lastgroup not in ("comment", "string") and following < len(starts):
            end = min(end, starts[following])
        place = end
        yield SemanticToken(Span(match.start(), end), _unread(match, wrong))


def kind_of(leaf: Leaf) -> TokenKind:
    """What a leaf is."""
    if leaf.terminal not in ("NAME", "STRING"):
        return _TERMINALS[leaf.terminal]
    rule, is_quoted = leaf.rule, leaf.terminal == "STRING"
    match rule:
        case "segment":
            return "segment" if leaf.part == 0 else "string"
        case "argument" if not leaf.is_name:
            return "string" if is_quoted else "parameter"
        case "fact_named":
            value = leaf.within.tree.children[1]
            return "event" if getattr(value, "data", "") == "happenings" else "attribute"
        case "postal_code":
            return "string" if is_quoted else "region"
        case _ if rule in _VALUES and is_quoted:
            return "string"
        case _ if rule in _BY_RULE:
            return _BY_RULE[rule]
        case _ if leaf.is_name or (rule == PART and not is_quoted):
            return "property" if leaf.is_of_event else "attribute"
        case _:
            return "string"


def _unread(match: re.Match[str], wrong: list[Span]) -> TokenKind:
    """What a piece is that is no leaf: a keyword, a sign, or something that could not be read."""
    kind = match.lastgroup
    if kind != "comment" and kind != "string" and any(_holds(span, match) for span in wrong):
        return "error"
    if kind == "word":
        return "keyword" if match[0].lower() in keywords() else "attribute"
    return cast(TokenKind, kind)


def _holds(span: Span, match: re.Match[str]) -> bool:
    return span.start <= match.start() and match.end() <= span.end
