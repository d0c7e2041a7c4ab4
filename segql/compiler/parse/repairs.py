"""Mistakes that have one likely cause: a word misspelt, left out, or there twice; each with the edit that mends it."""

import re
from collections.abc import Iterator

from segql.compiler.diagnostics.diagnostic import Edit, Fix
from segql.compiler.parse.idioms import idioms
from segql.compiler.parse.repair import Repair, Stop
from segql.compiler.parse.spelling import Meant, meant
from segql.compiler.parse.stretches import open_brackets, statement_before
from segql.compiler.parse.unfinished import half_a_keyword, half_a_statement, without_beginning
from segql.compiler.source import Span

# Signs of other languages.
_SIGNS = {"&&": "and", "&": "and", "||": "or", "|": "or", "==": "=", "<>": "!=", "=>": ">=", "=<": "<="}
_ODD_QUOTES = re.compile(r"[“„‟”«]([^“”„‟«»\n\"]*)[“”‟»]|[‘']([^‘’'\n\"]*)[’']")
_TWICE = re.compile(r"(\b[a-z]+\b|=)(\s*(?<![^\s=])\1(?!\w))", re.IGNORECASE)
_BEFORE = re.compile(r"(\w+|,)\s*\Z")
_IN = re.compile(r"\b((?:not\s+)?in)\s*\Z", re.IGNORECASE)
_UNQUOTED_HEADING = re.compile(r"segment\s+([^\W\d]\w*)(?=\s*[:\[\"])", re.IGNORECASE)
_CONNECTIVES = ("and", "or")
_CONNECTIVE = re.compile(r"(?:and|or)\b", re.IGNORECASE)
_NEAR = 60
# Words whose absence means something else; nobody leaves them out by mistake.
_NEVER_LEFT_OUT = frozenset({"not", "ever", "exactly"})
# Something was left out if with it two more words can be read.
_PROOF = 2


def repair(stop: Stop) -> Repair | None:
    """The likeliest repair; None where there is none that is likely."""
    for kind in (
        _signs,
        _quotes,
        half_a_statement,
        without_beginning,
        idioms,
        _misspelt,
        half_a_keyword,
        _written_twice,
        _too_much,
        _left_out,
        _unquoted,
    ):
        for one in kind(stop):
            return one
    return None


def _signs(stop: Stop) -> Iterator[Repair]:
    word = _SIGNS.get(stop.found)
    if word is not None and word in stop.keywords(stop.accepted):
        span = Span(stop.place, stop.place + len(stop.found))
        yield _replacement(span, word, f"`{stop.found}` is no word of the language")


def _quotes(stop: Stop) -> Iterator[Repair]:
    match = _ODD_QUOTES.match(stop.text, stop.place)
    if match is not None:
        text = f'"{match[1] or match[2] or ""}"'
        message = f"{match[0][0]} is not the quotation mark of the language"
        edit = Edit(Span(*match.span()), text)
        remedy = 'write texts and names in straight double quotes: "..."'
        yield Repair(edit, edit.span, message, remedy, (Fix(f"write {text}", (edit,)),))


def _misspelt(stop: Stop) -> Iterator[Repair]:
    """A keyword misspelt: at the place, or where the condition began, as `can recieve` makes `can` a name."""
    here = meant(stop.text, stop.place, stop.keywords(stop.accepted))
    earlier: list[Meant] = []
    if stop.begin is not None and stop.begin != stop.place:
        earlier += meant(stop.text, stop.begin, stop.keywords(stop.accepted_at_begin))
    # The first of two words may have been taken for a name, as in `more then 5`.
    before = _BEFORE.search(stop.text, max(0, stop.place - _NEAR), stop.place)
    if before is not None and before.start() != stop.begin:
        phrases = {words for name in stop.spellings for words in stop.spellings[name] if " " in words}
        earlier += meant(stop.text, before.start(), phrases)
    tried = [(stop.trial(Edit(one.written, one.keyword)), one) for one in (*here, *earlier)]
    # Where something was read as it stands, more has to be readable otherwise.
    likely = [(read, one) for read, one in tried if read >= (1 if one in earlier else 0)]
    if likely:
        yield _misspelling(stop, max(likely, key=lambda pair: pair[0])[1])


def _misspelling(stop: Stop, best: Meant) -> Repair:
    found = re.sub(r"\s+", " ", stop.text[best.wrong.start : best.wrong.end])
    return Repair(
        Edit(best.written, best.keyword),
        best.wrong,
        f"`{found}` cannot stand here",
        f"did you mean `{best.words}`?",
        (Fix(f"write {best.words}", (Edit(best.wrong, best.words),)),),
    )


def _written_twice(stop: Stop) -> Iterator[Repair]:
    """A word or a sign that stands twice; the second may have been taken for a name."""
    match = _TWICE.search(stop.text, stop.begin or 0, stop.place + len(stop.found))
    if match is not None and not stop.text[match.end() : stop.place].strip():
        yield from _removed(
            stop, Span(*match.span(2)), Span(*match.span(2)), f"`{match[1]}` stands here twice"
        )


def _too_much(stop: Stop) -> Iterator[Repair]:
    """A connective too many, a bracket that closes nothing, a comma or a connective behind which nothing comes."""
    # Where a condition begins, a connective is taken for a name.
    first = None if stop.begin is None else _CONNECTIVE.match(stop.text, stop.begin)
    place = stop.place if first is None else first.start()
    found = stop.found.lower() if first is None else first[0].lower()
    found = ")" if found.startswith(")") else found
    before = _BEFORE.search(stop.text, max(0, place - _NEAR), place)
    last, start = (before[1].lower(), before.start()) if before else ("", place)
    here, following = Span(place, place + len(found)), Span(start, place)
    if found in _CONNECTIVES and last in _CONNECTIVES:
        fixes = [_removal(here, f"keep `{last}`")]
        if last != found:
            fixes.append(_removal(following, f"keep `{found}`"))
        yield from _removed(stop, here, here, f"`{found}` directly follows `{last}`", tuple(fixes))
    elif first is not None:
        yield from _removed(stop, here, here, f"no condition stands before this `{found}`")
    elif last == "," and found in (")", "]"):
        yield from _removed(stop, following, Span(start, start + 1), "nothing follows behind this comma")
    elif last in _CONNECTIVES and found in ("", ")"):
        said = Span(start, start + len(last))
        yield from _removed(stop, following, said, f"no condition follows behind this `{last}`")
    elif found == ")" and not open_brackets(stop.text, statement_before(stop.text, stop.place), stop.place):
        yield from _removed(stop, here, here, "this bracket closes nothing")
    elif found in (",", ";", "."):
        yield from _removed(stop, here, here, f"`{found}` cannot stand here")


def _removed(
    stop: Stop, removed: Span, span: Span, message: str, fixes: tuple[Fix, ...] | None = None
) -> Iterator[Repair]:
    edit = Edit(removed, "")
    if stop.trial(edit) > 0:
        said = re.sub(r"\s+", " ", stop.text[span.start : span.end]).strip()
        yield Repair(
            edit, span, message, f"take out `{said}`", fixes or (_removal(removed, f"take out `{said}`"),)
        )


def _unquoted(stop: Stop) -> Iterator[Repair]:
    """A text without its quotation marks, where only a text can stand."""
    if "STRING" in stop.accepted and "NAME" not in stop.accepted and stop.found.isidentifier():
        yield from _in_quotes(stop, Span(stop.place, stop.place + len(stop.found)), stop.place)
        return
    for place in dict.fromkeys((stop.place, stop.begin)):
        heading = None if place is None else _UNQUOTED_HEADING.match(stop.text, place)
        if heading is not None:
            yield from _in_quotes(stop, Span(*heading.span(1)), heading.start())


def _in_quotes(stop: Stop, span: Span, start: int) -> Iterator[Repair]:
    word = stop.text[span.start : span.end]
    edit = Edit(Span(start, span.end), f'{stop.text[start : span.start]}"{word}"')
    if stop.trial(edit) > 0:
        fix = Fix(f'write "{word}"', (Edit(span, f'"{word}"'),))
        yield Repair(edit, span, f"{word} has no quotation marks", f'write "{word}"', (fix,))


def _left_out(stop: Stop) -> Iterator[Repair]:
    """A connective, or the one keyword with which reading can go on."""
    if not stop.found:
        return
    here = Span(stop.place, stop.place)
    shown = stop.found if len(stop.found) <= 40 else f"{stop.found[:37]}..."
    found = Span(stop.place, stop.place + len(stop.found))
    bare_in = _IN.search(stop.text, max(0, stop.place - _NEAR), stop.place)
    if bare_in is not None and stop.found.startswith("("):
        yield from _put_in(stop, bare_in.start(1), "is", Span(*bare_in.span(1)))
        return
    if {"AND", "OR"} <= stop.accepted and stop.trial(Edit(here, "and ")) >= _PROOF:
        fixes = tuple(Fix(f"write {word}", (Edit(here, f"{word} "),)) for word in _CONNECTIVES)
        message = f"`and` or `or` is missing before `{shown}`"
        remedy = "write `and` where both are needed, `or` where one is enough"
        yield Repair(Edit(here, "and "), found, message, remedy, fixes)
        return
    words = [
        words[0]
        for name in stop.accepted
        if len(words := stop.spellings.get(name, ())) == 1
        and words[0] not in _NEVER_LEFT_OUT
        and (words[0].isalpha() or words[0] in ",:")
    ]
    possible = [word for word in sorted(words) if stop.trial(Edit(here, f"{word} ")) >= _PROOF]
    if len(possible) == 1:
        yield from _put_in(stop, stop.place, possible[0], found)


def _put_in(stop: Stop, place: int, word: str, span: Span) -> Iterator[Repair]:
    edit = Edit(Span(place, place), f"{word} ")
    if not word.isalpha():
        behind = len(stop.text[:place].rstrip())
        edit = Edit(Span(behind, behind), word)
    if stop.trial(edit) >= _PROOF:
        shown = stop.text[span.start : min(span.end, span.start + 40)]
        message = f"`{word}` is missing before `{shown}`"
        remedy = f"write: {word} {shown}" if word.isalpha() else f"write {word} between them"
        yield Repair(edit, span, message, remedy, (Fix(f"write {word}", (edit,)),))


def _replacement(span: Span, word: str, message: str) -> Repair:
    edit = Edit(span, word)
    return Repair(edit, span, message, f"did you mean `{word}`?", (Fix(f"write {word}", (edit,)),))


def _removal(span: Span, title: str) -> Fix:
    return Fix(title, (Edit(span, ""),))
