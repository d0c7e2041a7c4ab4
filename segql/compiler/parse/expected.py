"""What could have stood where reading stopped, in a marketer's words."""

from collections.abc import Set

from segql.compiler.text import listing

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
    ("`and`, `or`", frozenset(("AND", "OR"))),
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
_COVERS = {0: {8, 6, 9, 11, 13}, 1: {2, 13}}


def expectation(accepted: Set[str], spellings: dict[str, tuple[str, ...]]) -> str:
    """The remedy at a place where these terminals could have stood."""
    found = [index for index, (_, terminals) in enumerate(_KINDS) if accepted & terminals]
    hidden = {covered for index in found for covered in _COVERS.get(index, ())}
    kinds = [_KINDS[index][0] for index in found if index not in hidden]
    if not kinds:
        kinds = [f"`{words}`" for name in sorted(accepted) for words in spellings.get(name, ())[:1]]
    if "$END" in accepted and kinds:
        return f"here the text can end, or go on with {listing(kinds)}"
    return f"expected {listing(kinds)}" if kinds else "take it out"
