"""What people write before they know the language's own words, and how the language says it: one row an idiom."""

import re
from collections.abc import Iterator

from segql.compiler.diagnostics.diagnostic import Edit, Fix
from segql.compiler.parse.repair import Repair, Stop
from segql.compiler.source import Span

_TEXT = r'"(?:[^"\\]|\\.)*"'
_UNIT = r"(?:minute|hour|day|week|month|quarter|year)s?"
_LENGTH = rf"\d+ {_UNIT}"
_CHANNEL = r"(?:sms|email|push)"
_TERM = rf"[\w.]+|{_TEXT}"
_TEXTS, _EVENTS = "several texts stand in brackets", "several events stand in brackets"


def _spaced(pattern: str) -> str:
    """A pattern in which a blank stands for any."""
    return pattern.replace(" ", r"\s+")


# A pattern that ends where reading stopped, with the word found there; what it means in the language; what is wrong.
_IDIOMS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(rf"(?<![\w\"])(?:{_spaced(pattern)})\Z", re.IGNORECASE | re.DOTALL), meant, message)
    for pattern, meant, message in (
        (rf"({_TERM}) is ({_TEXT}) or ({_TEXT})", r"\1 is in (\2, \3)", _TEXTS),
        (rf"({_TERM}) is not ({_TEXT}) or ({_TEXT})", r"\1 is not in (\2, \3)", _TEXTS),
        (rf"({_TERM}) contains ({_TEXT}) or ({_TEXT})", r"\1 contains any of (\2, \3)", _TEXTS),
        (rf"({_TERM}) contains ({_TEXT}) and ({_TEXT})", r"\1 contains all of (\2, \3)", _TEXTS),
        (rf"did ({_TEXT}) or ({_TEXT})", r"did any of (\1, \2)", _EVENTS),
        (rf"did ({_TEXT}) and ({_TEXT})", r"did all of (\1, \2)", _EVENTS),
        (rf"did not ({_TEXT}) or ({_TEXT})", r"did none of (\1, \2)", _EVENTS),
        (rf"did ({_TEXT}) and then ({_TEXT})", r"did \1 then \2", "a sequence goes on with `then` alone"),
        (
            rf"can receive ({_CHANNEL}) (and|or) ({_CHANNEL})",
            r"can receive \1 \2 can receive \3",
            "each channel is asked by itself",
        ),
        ("each items?", "every item", "of a list it is `every item of`"),
        (
            rf"item of ({_TERM}) (?:has|have|having|with|that|which)",
            r"item of \1 where",
            "what an item is like stands behind `where`",
        ),
        ("then did", "then", "behind `then` comes the event alone"),
        (r"((?-i:[A-Z])\w*(?: (?-i:[A-Z])\w*)+)", r'"\1"', "a name of several words stands in quotes"),
        (rf"last ({_LENGTH})", r"in the last \1", "a time up to now is `in the last`"),
        ("(?:during|for|within) the (?:last|past)", "in the last", "a time up to now is `in the last`"),
        (rf"at least ({_LENGTH}) ago", r"more than \1 ago", "a time lies `more than` so long ago"),
        ("within", "in the last", "a time up to now is not `within` but `in the last`"),
    )
)
_REACH = 400


def idioms(stop: Stop) -> Iterator[Repair]:
    """The idiom that ends where reading stopped, said in the language's words, if it can be read so."""
    # Reading stops at the word that cannot stand there, or at the next one, where the last could have gone on. A
    # sequence that is written with `did` is seen at its `then`.
    word = re.compile(
        rf"{_TEXT}|\w+(?:\s+(?:did|the\s+(?:last|past)|(?-i:[A-Z]\w*)(?:\s+(?-i:[A-Z]\w*))*|{_UNIT})\b)?",
        re.IGNORECASE,
    ).match(stop.text, stop.place)
    ends = [word.end()] if word else []
    ends.append(len(stop.text[: stop.place].rstrip()))
    for end in ends:
        start = max(0, end - _REACH)
        for pattern, meant, message in _IDIOMS:
            match = pattern.search(stop.text[start:end])
            if match is None:
                continue
            span, said = Span(start + match.start(), end), match.expand(meant)
            edit = Edit(span, said)
            if stop.trial(edit) >= 0:
                yield Repair(edit, span, message, f"write: {said}", (Fix(f"write {said}", (edit,)),))
