"""Which section of docs/language.md speaks of what."""

from segql.compiler.ast.base import Node
from segql.compiler.service.highlighting import TokenKind

PAGE = "docs/language.md"

_BY_FILE = {
    "calls": "Calls",
    "channels": "Channels and messages",
    "comparison": "What people are",
    "consent": "Permission",
    "days": "Time",
    "did": "What people did",
    "equality": "Texts as values",
    "events": "What people did",
    "everybody": "A condition",
    "examples": "Examples inside a definition",
    "how_often": "How often",
    "items": "Items",
    "lengths": "Time",
    "lists": "Lists as values",
    "logic": "And, or, not",
    "measures": "Measures",
    "membership": "Lists and segments",
    "messages": "Channels and messages",
    "numbers": "Numbers",
    "parameters": "Parameters of a program",
    "place": "Places",
    "questions": "Questions of analysts",
    "rank": "Ranks",
    "sample": "Samples",
    "several": "Several conditions",
    "states": "True, false, set",
    "texts": "Texts as values",
    "values": "Arithmetic",
    "windows": "Time",
}
# Where a file speaks of several things.
_BY_NODE = {
    "And": "And, or, not",
    "Ask": "A condition",
    "Attribute": "What people are",
    "Define": "Templates",
    "Formal": "Templates",
    "HasBeen": "Dates",
    "InMonth": "Dates",
    "IsAnniversary": "Dates",
    "IsBeside": "Dates",
    "IsDuring": "Dates",
    "Number": "Numbers",
    "Periods": "On different days, in each month",
    "Recency": "First and last",
    "SegmentDefinition": "Segments",
    "Step": "In which order",
    "Text": "Texts as values",
    "Tree": "Texts",
    "ValueOf": "First and last",
}
_BY_TOKEN: dict[TokenKind, str] = {
    "attribute": "What people are",
    "define": "Templates",
    "event": "What people did",
    "list": "Lists and segments",
    "parameter": "Templates",
    "place": "Places",
    "property": "Where",
    "region": "Texts as values",
    "segment": "Lists and segments",
}


def section_of(node: type[Node]) -> str | None:
    """The heading of the section about a kind of node."""
    file = node.__module__.rpartition(".")[2]
    return _BY_NODE.get(node.__name__, _BY_FILE.get(file))


def section_of_name(kind: TokenKind) -> str | None:
    """The heading of the section about a kind of name."""
    return _BY_TOKEN.get(kind)


def anchor(heading: str) -> str:
    """The address of a section of the page, as it is written in links."""
    words = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -")
    return f"{PAGE}#{words.replace(' ', '-')}"
