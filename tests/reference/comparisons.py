"""The right halves of comparisons. They are only asked of a value that is set; without one a comparison is false."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from segql.compiler import conditions as c
from segql.compiler.ast.base import Node
from segql.compiler.catalog.regions import region_named
from segql.compiler.conditions.windows import InMonth
from segql.compiler.text import fold
from tests.reference.days import EXACT, duration
from tests.reference.people import Value
from tests.reference.reading import Subject, covers, holds, passes, value
from tests.reference.terms import WEEKDAYS, Weekday
from tests.reference.windows import days_of_year


@holds.register
def _(condition: c.Comparison, subject: Subject) -> bool:
    """False of what is not set, the negative operators included; only `is not set` asks for it."""
    found = value(condition.term, subject)
    if isinstance(condition.test, c.IsSet):
        return (found is not None) != condition.test.negated
    if isinstance(condition.test, c.HasBeen):
        assert isinstance(condition.term, c.Attribute)
        return has_been(condition.term.name, condition.test, subject)
    return found is not None and passes(condition.test, found, subject)


def has_been(name: str, test: c.HasBeen, subject: Subject) -> bool:
    """The value that the attribute has now, since where `in the last ...` begins or earlier."""
    assert isinstance(test.value, c.Text)
    calendar, length = subject.calendar, test.length
    assert isinstance(length, c.Length)
    ago = calendar.now - length.count * EXACT[length.unit] if length.unit in EXACT else None
    boundary = ago or calendar.midnight(calendar.back(length.count, length.unit))
    return any(
        begin <= min(boundary, subject.now)
        and (end is None or subject.now < end)
        and fold(found) == fold(test.value.value)
        for key, periods in subject.person.history.items()
        if fold(key) == fold(name)
        for found, begin, end in periods
    )


@passes.register
def _(test: c.Is, found: Value, subject: Subject) -> bool:
    """`is`, `is not`: texts without regard to case and Unicode form, days of the week by any of their words."""
    other = weekday(test.value) if isinstance(found, Weekday) else right(test.value, subject)
    return other is not None and same(found, other) != test.negated


@passes.register
def _(test: c.IsExactly, found: Value, subject: Subject) -> bool:
    """`is exactly`: byte by byte."""
    return found == test.value.value


@passes.register
def _(test: c.IsIn, found: Value, subject: Subject) -> bool:
    """`is in (a, b)` is `is a or is b`; `is not in (a, b)` is `is not a and is not b`."""
    each = (c.Is(value=item, negated=test.negated) for item in test.values)
    return (all if test.negated else any)(passes(item, found, subject) for item in each)


@passes.register
def _(test: c.IsInRegion, found: Value, subject: Subject) -> bool:
    """`is in EU`: a country of the set, by its code or any of its names."""
    assert isinstance(found, str)
    return (fold(found) in map(fold, region_named(test.region) or ())) != test.negated


@passes.register
def _(test: c.Compares, found: Value, subject: Subject) -> bool:
    """`at least`, `at most`, `more than`, `less than`."""
    return compare(found, test.operator, right(test.value, subject))


@passes.register
def _(test: c.Between, found: Value, subject: Subject) -> bool:
    """`between 3 and 5`: both included."""
    low, high = right(test.low, subject), right(test.high, subject)
    return compare(found, "at least", low) and compare(found, "at most", high)


@passes.register
def _(test: c.TextMatch, found: Value, subject: Subject) -> bool:
    """`starts with`, `ends with` without regard to case; `matches`: the pattern is found anywhere, in any case."""
    assert isinstance(found, str)
    text, part = fold(found), fold(test.value.value)
    match test.operator:
        case "starts with":
            matched = text.startswith(part)
        case "ends with":
            matched = text.endswith(part)
        case "matches":
            composed = unicodedata.normalize("NFC", found)
            matched = re.search(test.value.value, composed, re.IGNORECASE) is not None
    return matched != test.negated


@passes.register
def _(test: c.Contains, found: Value, subject: Subject) -> bool:
    """A part of a text, an item of a list; a number stands for its digits."""
    assert isinstance(found, str | list)
    inside = fold(found) if isinstance(found, str) else [fold(item) for item in found]
    each = [fold(right_text(item)) in inside for item in test.values]
    held = all(each) if test.quantifier == "all" else any(each)
    turned = test.negated != (test.quantifier == "none")
    return held != turned


@passes.register
def _(test: c.HasItems, found: Value, subject: Subject) -> bool:
    """`has at least 3 items`."""
    assert isinstance(found, list)
    if test.operator == "exactly":
        return len(found) == test.count
    return compare(float(len(found)), test.operator, float(test.count))


@passes.register
def _(test: c.IsEmpty, found: Value, subject: Subject) -> bool:
    """`is empty`: a list with nothing in it."""
    return (found == []) != test.negated


@passes.register
def _(test: c.IsSet, found: Value, subject: Subject) -> bool:
    """Of an item of a list, which is there."""
    return not test.negated


@passes.register
def _(test: c.IsBoolean, found: Value, subject: Subject) -> bool:
    """`is true`, `is false`."""
    return found is test.value


@passes.register
def _(test: c.IsDuring, found: Value, subject: Subject) -> bool:
    """A date without a time of day counts as its midnight."""
    return covers(test.window, moment(found, subject), subject.calendar) != test.negated


@passes.register
def _(test: c.IsAnniversary, found: Value, subject: Subject) -> bool:
    """`is today, any year`, `is in month 5`: by month and day of the local date."""
    assert isinstance(found, date)
    day = subject.calendar.local(found).date() if isinstance(found, datetime) else found
    if isinstance(test.when, InMonth):
        return (day.month == test.when.month) != test.negated
    days = days_of_year(test.when, subject.calendar)
    return (days is None or (day.month, day.day) in days) != test.negated


@passes.register
def _(test: c.IsBeside, found: Value, subject: Subject) -> bool:
    """`is before B`, `is within 7 days after B`: strictly; false where B is not set."""
    other = value(test.other, subject)
    if other is None:
        return False
    later = moment(found, subject) - moment(other, subject)
    distance = later if test.relation == "after" else -later
    beside = distance > timedelta()
    if test.within is not None:
        assert isinstance(test.within, c.Length)
        beside = beside and distance <= duration(test.within.count, test.within.unit)
    return beside != test.negated


def moment(found: Value, subject: Subject) -> datetime:
    """A date as its midnight."""
    assert isinstance(found, date)
    return found if isinstance(found, datetime) else subject.calendar.midnight(found)


def weekday(word: Node) -> Value:
    """The day of the week that a word means: its name, or at least three letters of it."""
    said = fold(
        word.value if isinstance(word, c.Text) else word.name if isinstance(word, c.Attribute) else ""
    )
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    means = {
        name[:length]: day
        for name, day in zip(full, WEEKDAYS, strict=True)
        for length in range(3, len(name) + 1)
    }
    return means.get(said)


def same(left: Value, right: Value) -> bool:
    """Texts are the same in any case and Unicode form."""
    return fold(left) == fold(right) if isinstance(left, str) and isinstance(right, str) else left == right


def compare(left: Value, operator: str, right: Value) -> bool:
    """False where the right side is not set."""
    if not isinstance(left, float) or not isinstance(right, float):
        return False
    by_operator = {"at least": left >= right, "at most": left <= right}
    by_operator |= {"more than": left > right, "less than": left < right}
    return by_operator[operator]


def right(node: Node, subject: Subject) -> Value:
    """What stands on the right: a written text, or the value of a term."""
    return node.value if isinstance(node, c.Text) else value(node, subject)


def right_text(node: Node) -> str:
    """A written text, or the digits of a written number."""
    if isinstance(node, c.Text):
        return node.value
    assert isinstance(node, c.Number)
    whole, _, fraction = f"{node.value:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0')}".rstrip(".")
