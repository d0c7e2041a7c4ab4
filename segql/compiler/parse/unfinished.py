"""Conditions of which a part is missing: what a window or an operator is about, or the rest of a keyword."""

import re
from collections.abc import Iterator

from segql.compiler.diagnostics.diagnostic import Edit, Fix
from segql.compiler.parse.repair import Repair, Stop
from segql.compiler.parse.stretches import statement_after
from segql.compiler.source import Span
from segql.compiler.text import listing

_UNIT = r"(?:minute|hour|day|week|month|quarter|year)s?\b"
_WORD = re.compile(r"[^\W\d]\w*")
# A window; the first two also half written, or with a unit that is none.
_WHEN = re.compile(
    rf"""in\s+the\s+(?:last|next)\b(?:\s+\d+)?(?:\s+(?!(?:and|or|where|then|over)\b)[^\W\d]\w*)?
    | in\s+the\b
    | more\s+than\s+\d+\s+{_UNIT}\s+ago\b
    | between\s+\d+\s+and\s+\d+\s+{_UNIT}\s+ago\b
    | (?:before|after|on|since)\s+(?:\d[\d-]*(?:\s+{_UNIT}\s+ago\b)?|today\b|yesterday\b)
    | (?:this|last)\s+{_UNIT}
    | (?:today|yesterday|ever)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WHOLE = re.compile(rf"(?!in\b).*|in\s+the\s+\w+\s+(?:\d+\s+)?{_UNIT}", re.IGNORECASE)
_OPERATOR = re.compile(
    r"""(?!\w+\s+\w+\s+\d+\s+of\b | between\s+\d+\s+and\s+\d+\s+of\b)(?:
    (?P<number>at\s+least|at\s+most|more\s+than|less\s+than|fewer\s+than|between)
    | is(?:\s+not)?(?!\s+scheduled) | contains | does\s+not\s+(?:contain|start\s+with|end\s+with|match)
    | starts\s+with | ends\s+with | matches)\b""",
    re.IGNORECASE | re.VERBOSE,
)


# Statements that lack what makes them one, from their beginning on; what is said, and how one looks that is whole.
_STATEMENTS = (
    (
        re.compile(r"define\b(?:\s+[^\W\d]\w*)?(?=\s*(?:\Z|:))", re.IGNORECASE),
        "a `define` has a name and brackets",
        "write: define lapsed(event): did not $event in the last 60 days",
    ),
    (
        re.compile(r"segment(?=\s*(?:\Z|:))", re.IGNORECASE),
        "a segment has a name in quotes",
        'write: segment "Subscribers": can receive sms',
    ),
    (
        re.compile(r"why(?=\s*\Z)", re.IGNORECASE),
        "`why` asks about somebody and a condition",
        'write: why "ada@example.com" in can receive sms',
    ),
    (
        re.compile(r"then(?=\s+(?:not\s+)?(?:within|where)\b)", re.IGNORECASE),
        "behind `then` stands an event",
        'write: then "Placed Order" within 2 days',
    ),
)


def half_a_statement(stop: Stop) -> Iterator[Repair]:
    """A statement, or a step of a sequence, that lacks its name."""
    places = {stop.place} if stop.begin is None else {stop.place, stop.begin}
    for pattern, message, remedy in _STATEMENTS:
        for match in filter(None, (pattern.match(stop.text, place) for place in sorted(places))):
            yield _unmended(match, message, remedy)


def without_beginning(stop: Stop) -> Iterator[Repair]:
    """A condition that begins with a window, or with an operator: nothing says what it is about."""
    if stop.begin is None or "AND" in stop.accepted_at_begin:
        return
    when = _WHEN.match(stop.text, stop.begin, statement_after(stop.text, stop.begin + 1))
    if when is not None and stop.place <= _behind(stop.text, when.end()):
        said = _on_one_line(when[0])
        yield _unmended(when, f"`{said}` says when, but not what", _what_is_then(said))
        return
    operator = _OPERATOR.match(stop.text, stop.begin)
    if operator is not None and stop.place <= _behind(stop.text, operator.end()):
        example = 'number of "Placed Order" at least 3' if operator["number"] else 'gender is "female"'
        remedy = f"write before it the name of an attribute or a measure, as in: {example}"
        yield _unmended(operator, f"nothing stands before `{_on_one_line(operator[0])}`", remedy)


def _what_is_then(said: str) -> str:
    """The remedy of a window by itself."""
    ahead = " next " in f"{said} ".lower()
    whole = _WHOLE.fullmatch(said) is not None
    window = said if whole else "in the next 7 days" if ahead else "in the last 30 days"
    examples = (f"birthday {window}",) if ahead else (f'did "Placed Order" {window}', f"created {window}")
    remedy = f"write: {', or: '.join(examples)}"
    behind = "; behind `last` or `next` stands a number with a unit (minutes, hours, days, weeks ...)"
    return remedy if whole else f"{remedy}{behind}"


def half_a_keyword(stop: Stop) -> Iterator[Repair]:
    """The first words of a keyword of several, at the place or where the condition began, without the others."""
    places = {stop.place: stop.accepted} | (
        {} if stop.begin is None else {stop.begin: stop.accepted_at_begin}
    )
    for place, accepted in places.items():
        phrases = [words.split() for words in stop.keywords(accepted) if words.replace(" ", "").isalpha()]
        written = _words(stop.text, place, max(map(len, phrases), default=0))
        begun = [(_alike(written, phrase), phrase) for phrase in phrases]
        if any(alike == len(phrase) for alike, phrase in begun):
            continue
        longest = max((alike for alike, _ in begun), default=0)
        if not longest or stop.place > _behind(stop.text, written[longest - 1].end()):
            continue
        yield _half(
            stop,
            Span(place, written[longest - 1].end()),
            sorted(" ".join(phrase) for alike, phrase in begun if alike == longest),
        )
        return


def _half(stop: Stop, span: Span, keywords: list[str]) -> Repair:
    said = _on_one_line(stop.text[span.start : span.end])
    message = f"`{said}` is only the beginning of {listing(f'`{one}`' for one in keywords)}"
    remedy = f"write: {listing(keywords)}"
    if " " not in said and span.start == stop.begin:
        remedy += "; behind the name of an attribute stands an operator (is, contains, at least ...)"
    edit = Edit(span, keywords[0])
    if len(keywords) == 1 and stop.trial(edit) > 0:
        return Repair(edit, span, message, remedy, (Fix(f"write {keywords[0]}", (edit,)),))
    return Repair(None, span, message, remedy, ())


def _unmended(match: re.Match[str], message: str, remedy: str) -> Repair:
    return Repair(None, Span(*match.span()), message, remedy, ())


def _words(text: str, place: int, most: int) -> list[re.Match[str]]:
    """The words that stand at a place, one behind the other."""
    found: list[re.Match[str]] = []
    while len(found) < most and (word := _WORD.match(text, place)) is not None:
        found.append(word)
        place = _behind(text, word.end())
    return found


def _alike(written: list[re.Match[str]], phrase: list[str]) -> int:
    """How many words a phrase begins with are written."""
    count = 0
    for word, wanted in zip(written, phrase, strict=False):
        if word[0].lower() != wanted:
            break
        count += 1
    return count


def _behind(text: str, place: int) -> int:
    """The next place that is not blank."""
    return len(text) - len(text[place:].lstrip())


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
