"""What could have stood where reading stopped, in a marketer's words."""

import re

from lark.exceptions import UnexpectedInput

from segql.compiler.text import listing, nearest

# Terminals that are one kind of thing, in the order in which they are named.
_KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        'a condition (such as: can receive sms, did "Placed Order", gender is "female")',
        frozenset(("_DID", "_CAN", "_ENGAGED", "_NOT")),
    ),
    (
        "an operator (is, is not, contains, at least, more than, is set ...)",
        frozenset(("IS_NOT", "CONTAINS", "TEXT_OPERATOR")),
    ),
    (
        "a window (in the last 30 days, more than 60 days ago, before 2026-01-31 ...)",
        frozenset(("DATE_OPERATOR", "_MORE_THAN_AGO")),
    ),
    ("how often (once, at least 3 times ...)", frozenset(("ONCE",))),
    ("`where`", frozenset(("WHERE",))),
    ("`and` or `or`", frozenset(("AND", "OR"))),
    ("a number", frozenset(("NUMBER",))),
    ("a unit (minutes, hours, days, weeks, months, quarters, years)", frozenset(("UNIT",))),
    ("a channel (sms, email, push)", frozenset(("CHANNEL",))),
    ("a date (2026-01-31)", frozenset(("DATE",))),
    ("a distance in miles or km", frozenset(("DISTANCE_UNIT",))),
    ('a name or a text in quotes ("...")', frozenset(("STRING",))),
    ("a closing bracket", frozenset(("RPAR",))),
    ("an opening bracket", frozenset(("LPAR",))),
    ("a comma", frozenset(("COMMA",))),
    ("a colon", frozenset(("COLON",))),
)
# Kinds that say it all, so that the parts of theirs need not be named as well.
_COVERS = {0: {8, 6, 11, 13}, 1: {2}}

_WORDS = {
    "AND": "and", "OR": "or", "WHERE": "where", "RECEIVE": "receive", "WITH": "with", "TIMES": "times", "THE": "the",
    "LAST": "last", "AGO": "ago", "FROM": "from", "BY": "by", "SET": "set", "IS": "is", "IN": "in", "OF": "of",
    "LIST": "list", "SEGMENT": "segment", "CONTAINS": "contains", "BETWEEN": "between", "AMONG": "among", "OVER": "over",
    "ITEMS": "items", "NEXT": "next", "THIS": "this", "EVER": "ever", "LIMIT": "limit", "ORDER": "order",
}  # fmt: skip
# Words that go on after a first word; a misspelt one makes the first word look like an attribute's name.
_AFTER = {
    "can": ("receive",),
    "engaged": ("with",),
    "subscribed": ("to",),
    "unsubscribed": ("from",),
    "never": ("subscribed",),
    "pending": ("for",),
    "in": ("list", "segment"),
    "number": ("of",),
    "sum": ("of",),
    "average": ("of",),
    "minimum": ("of",),
    "maximum": ("of",),
}
_MANY = {
    "UNIT": ("days", "hours", "weeks", "months", "years", "minutes"),
    "CHANNEL": ("sms", "email", "push"),
    "WORD_COMPARATOR": ("at", "more", "less"),
    "DATE_OPERATOR": ("before", "after", "since", "on"),
    "ONCE": ("once", "twice"),
    "DAY_WORD": ("today", "yesterday"),
    "DISTANCE_UNIT": ("miles", "km"),
}


def after_error(error: UnexpectedInput) -> str:
    """The remedy: what could have stood at the place of the error."""
    accepted = _accepted(error)
    found = [index for index, (_, terminals) in enumerate(_KINDS) if accepted & terminals]
    hidden = {covered for index in found for covered in _COVERS.get(index, ())}
    kinds = [_KINDS[index][0] for index in found if index not in hidden]
    if not kinds:
        kinds = [f"`{_WORDS[name]}`" for name in sorted(accepted) if name in _WORDS]
    if "$END" in accepted and kinds:
        return f"here the text can end, or go on with {listing(kinds)}"
    return f"expected {listing(kinds)}" if kinds else "take it out"


def close_word(found: str, error: UnexpectedInput) -> str | None:
    """The keyword that the found text was probably meant to be."""
    if not re.fullmatch(r"[^\W\d]+", found):
        return None
    before = getattr(error, "token_history", None) or [""]
    accepted = _accepted(error)
    general = [_WORDS[name] for name in accepted if name in _WORDS]
    for name in accepted:
        general.extend(_MANY.get(name, ()))
    for candidates in (_AFTER.get(str(before[-1]).lower(), ()), sorted(general)):
        near = nearest(found, candidates, limit=1)
        if near:
            return near[0]
    return None


def _accepted(error: UnexpectedInput) -> frozenset[str]:
    names = (
        getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None)
    )
    return frozenset(names or ())
