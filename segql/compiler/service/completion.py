"""What could be written at a place of a text: names, values and keywords, for editors and for the command line.

The checker says it itself. A word that nobody uses is put in, with the least behind it that makes a whole of the text,
and the names that the checker then says it knows instead are those that can stand there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, get_args

from lark.exceptions import UnexpectedInput

from segql.compiler.catalog.model import Catalog, Counts, ValueType
from segql.compiler.compiled import Compiled
from segql.compiler.conditions.lengths import Unit
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.parse.comments import without_comments
from segql.compiler.parse.cursor import Cursor
from segql.compiler.parse.parser import Reading, read
from segql.compiler.parse.recovery import Recovery
from segql.compiler.parse.spelling import spellings
from segql.compiler.parse.stretches import open_brackets, statement_after, statement_before
from segql.compiler.parse.tables import grammar
from segql.compiler.service.reading import checked_anyway
from segql.compiler.source import Source, Span
from segql.compiler.text import fold, name_text, quoted

Kind = Literal[
    "attribute", "event", "property", "list", "segment", "place", "define", "region", "value", "keyword"
]

_KINDS: dict[Code, Kind] = {
    Code.SG201: "attribute",
    Code.SG202: "event",
    Code.SG203: "property",
    Code.SG204: "list",
    Code.SG205: "segment",
    Code.SG206: "place",
    Code.SG209: "define",
    Code.SG210: "region",
    Code.SG405: "value",
}
# These are written without quotes where they can be.
_BARE = ("attribute", "property", "define", "region")
# A letter for "many-eyed seraphim", once written in a psalter: nothing is called so.
_NOBODY = "ꙮ"
# What can end a text behind a name: a value, what is asked of a value, an event, a list of objects; a call.
_ENDINGS = ("", " is set", " is set is set", ") is set", " where x is set", " where everybody", "()")
# A keyword has so many words at most, of which all but the last may be written.
_WORDS = 5
_OPEN = re.compile(r'"(?:[^"\\]|\\.)*(?P<end>"|\Z)|(?P<comment>--[^\n]*)', re.DOTALL)
# Words by which the lexer tells from afar what the words before them mean.
_BEHIND_NUMBERS = (*(f"{unit}s ago" for unit in get_args(Unit)), "ago", "of")
_NUMBER_BEFORE = re.compile(r"\d\s+(?:[^\W\d]+\s+)?\Z")
_WORD = re.compile(r"(?:[^\W\d]\w*(?:\.[^\W\d]\w*)*\.?)?\Z")


@dataclass(frozen=True, slots=True)
class Completion:
    """A text that could be written in the place of `span`, what it names, and the type of an attribute or a property.

    `count`: how often an event happened, or a value occurs, how many people have an attribute, are on a list or in a
    segment; None where that was not counted."""

    text: str
    kind: Kind
    span: Span
    type: ValueType | None = None
    count: int | None = None

    @property
    def about(self) -> str:
        """What it is, and how much there is of it."""
        said = self.kind if self.type is None else f"{self.kind}, {self.type}"
        if self.count is None:
            return said
        if self.kind == "event":
            return f"{self.count:,} {'event' if self.count == 1 else 'events'}"
        people = "" if self.kind == "value" else " person" if self.count == 1 else " people"
        return f"{said}, {self.count:,}{people}"


def complete(text: str, place: int, catalog: Catalog) -> tuple[Completion, ...]:
    """What could be written at a place (an offset in the text), or be meant by what is written just before it.

    Names and values come first: those that begin as it was written, then those that hold it; then keywords. Of values the
    most frequent come first. Nothing is proposed inside a comment. Mistakes elsewhere in the text do no harm."""
    place = min(max(place, 0), len(text))
    start, is_text = _beginning(text, place)
    if start is None:
        return ()
    typed = text[start + is_text : place]
    end = place + (is_text and text[place:].startswith('"'))
    found = _names(text, start, place, catalog)
    names = [one for one in found if fold(typed) in fold(one[0])]
    names.sort(
        key=lambda one: (not fold(one[0]).startswith(fold(typed)), -(found[one] or 0), fold(one[0]), one)
    )
    completions = [
        Completion(
            _written(name, kind, is_text),
            kind,
            Span(start, end),
            _type(name, kind, catalog),
            found[name, kind] if kind == "value" else _count(name, kind, catalog.counts),
        )
        for name, kind in names
    ]
    return tuple(dict.fromkeys((*completions, *(() if is_text else _keywords(text, place)))))


def _type(name: str, kind: Kind, catalog: Catalog) -> ValueType | None:
    """The type of an attribute, or of a property where it is the same in all events that have it."""
    if kind == "attribute":
        found = catalog.attribute(name)
        return "number" if found is None else found.type  # what is computed from orders is a number
    types = {known.type for event in catalog.events if (known := event.property(name)) is not None}
    return types.pop() if kind == "property" and len(types) == 1 else None


def _count(name: str, kind: Kind, counts: Counts) -> int | None:
    """How much there is of what a name means."""
    match kind:
        case "attribute":
            return counts.attributes.get(name)
        case "event":
            return counts.events.get(name)
        case "list":
            return counts.lists.get(name)
        case "segment":
            return counts.segments.get(name)
        case _:
            return None


def _written(name: str, kind: Kind, is_text: bool) -> str:
    if kind in _BARE and not is_text:
        return name_text(name)
    return quoted(name)


def _beginning(text: str, place: int) -> tuple[int | None, bool]:
    """Where the word or the quoted text begins that ends at a place, and whether it is quoted; None in a comment."""
    for match in _OPEN.finditer(text, 0, place):
        if match.end() == place and match["comment"]:
            return None, False
        if match["end"] == "":
            return match.start(), True
    word = _WORD.search(text, 0, place)
    return (place if word is None else word.start()), False


def _names(text: str, start: int, place: int, catalog: Catalog) -> dict[tuple[str, Kind], int | None]:
    """The names and values that could stand at a place, the values with how often they occur."""
    found: dict[tuple[str, Kind], int | None] = {}
    code = without_comments(text)
    behind = "\n" + text[statement_after(code, place) :]
    opened = len(open_brackets(code, statement_before(code, max(0, start - 1)), start))
    accepted, is_right = _behind(text[:start])
    words = [
        word for terminal, word in (("NAME", _NOBODY), ("STRING", quoted(_NOBODY))) if terminal in accepted
    ]
    events = ", ".join(quoted(event.name) for event in catalog.events) or '"x"'
    for word in words:
        for ending in (*_ENDINGS, f" from any of ({events}) is set"):
            brackets = ")" * (opened - ending.startswith(")"))
            tried = Source(f"{text[:start]}{word}{ending}{brackets}{behind}")
            for one in _missed(read(tried, recovering=not is_right), start, catalog):
                for choice, count in zip_longest(one.choices, one.counts):
                    found[choice, _KINDS[one.code]] = count
    return found


def _missed(reading: Reading, start: int, catalog: Catalog) -> Iterator[Diagnostic]:
    """What is said of the word that was put in; nothing where the text could not be read behind it."""
    if reading.tree is None or any(one.span.end > start for one in reading.problems):
        return
    scopes, found = checked_anyway(reading.tree, catalog, reading.source)
    if not reading.problems and not any(one.severity == "error" for one in found):
        compiled = map(Compiled, reading.tree.statements, scopes)
        found += [warning for one in compiled for warning in one.warnings]
    for one in found:
        if one.code in _KINDS and _NOBODY in one.message:
            yield one


def _keywords(text: str, place: int) -> Iterator[Completion]:
    """The keywords of which the last words before a place are the beginning, the longest beginning first."""
    known = spellings(grammar())
    for start in _starts(text, place):
        typed = " ".join(text[start:place].lower().split(" "))
        accepted, _ = _behind(text[:start])
        words = {spelled.rstrip(' "(') for name in accepted for spelled in known.get(name, ())}
        if _NUMBER_BEFORE.search(text, 0, start):
            words.update(phrase for phrase in _BEHIND_NUMBERS if _can_be_read(text[:start] + phrase))
        for word in sorted(words):
            if word.startswith(typed) and word != typed and word.replace(" ", "").isalpha():
                yield Completion(word, "keyword", Span(start, place))


def _behind(text: str) -> tuple[frozenset[str], bool]:
    """The terminals that can stand behind a text, and whether it has no mistakes as far as it goes."""
    before = without_comments(text)
    recovery = Recovery(grammar(), Source(before), before)
    return recovery.accepted_at_end(), not recovery.problems


def _starts(text: str, place: int) -> list[int]:
    """Where the last words begin, the first of them first."""
    word = _WORD.search(text, 0, place)
    starts = [place if word is None else word.start()]
    while len(starts) < _WORDS:
        before = re.search(r"[^\W\d]\w* \Z", text[: starts[0]])
        if before is None:
            break
        starts.insert(0, before.start())
    return starts


def _can_be_read(text: str) -> bool:
    try:
        Cursor(grammar(), without_comments(text)).read_on()
    except UnexpectedInput:
        return False
    return True
