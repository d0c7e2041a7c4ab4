"""What a test of values found, and what the value lacks."""

from dataclasses import dataclass

from segql.compiler.ast.voice import Voice
from segql.compiler.person import comparisons, words
from segql.compiler.person.evaluate import LATITUDE, LONGITUDE, holds, instant, items_of, number, value
from segql.compiler.person.record import Subject
from segql.compiler.plan import nodes as plan
from segql.compiler.text import listing, quoted

_KILOMETRE = 1_000
# What a text does, and what it does not.
_VERBS: dict[plan.TextOperator, tuple[str, str]] = {
    "equals": ("is", "is not"),
    "contains": ("contains", "does not contain"),
    "has word": ("has the word", "does not have the word"),
    "starts with": ("starts with", "does not start with"),
    "ends with": ("ends with", "does not end with"),
    "matches": ("matches", "does not match"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what would have to be so for the wanted answer."""

    found: tuple[str, ...] = ()
    missing: str | None = None


def of_values(node: plan.Predicate, subject: Subject, voice: Voice, *, wanted: bool) -> Finding:
    """The finding of a test that asks for values, for a place, a rank or a sample."""
    match node:
        case plan.Constant():
            return Finding(("the account has nothing of the kind",) if not node.value else ())
        case plan.Compare():
            return _compare(node, subject, voice, wanted=wanted)
        case plan.CompareInstants(left=left, right=right, zone=zone):
            sides = ((side, instant(side, zone, subject)) for side in (left, right))
            found = tuple(f"{words.named(side)} is {words.said(at, voice)}" for side, at in sides)
            return Finding(
                found,
                f"{words.named(left)} {_not(node.negated == wanted)}{node.relation} {words.named(right)}",
            )
        case plan.InWindow(term, window, negated):
            return _in_window(term, window, subject, voice, inside=wanted != negated)
        case plan.HasItems(term, quantifier) if plan.type_of(term) == "object":
            rows = items_of(term, subject)
            size = "not set" if rows is None else words.units(len(rows), "item")
            return Finding(
                (f"{words.named(term)}: {size}",), f"{_not(not wanted)}{quantifier} item like that"
            )
        case plan.HasItems():
            return _text_items(node, subject, voice, wanted=wanted)
        case plan.Near():
            return _near(node, subject)
        case plan.Ranked():
            return _ranked(node, subject, voice)
        case plan.Sampled():
            return Finding(
                ("drawn by chance, and always the same",), "another chance: a sample never changes"
            )
        case (
            plan.IsSet() | plan.TextTest() | plan.IsBoolean() | plan.ListContains() | plan.ListSize()
            | plan.OnDayOfYear()
        ):  # fmt: skip
            found_value = value(node.term, subject)
            found_words = (f"{words.named(node.term)} is {words.said(found_value, voice)}",)
            return Finding(found_words, _needed(node, wanted=wanted))
        case _:
            raise TypeError(node)


def _needed(
    node: plan.IsSet | plan.TextTest | plan.IsBoolean | plan.ListContains | plan.ListSize | plan.OnDayOfYear,
    *,
    wanted: bool,
) -> str:
    name = words.named(node.term)
    match node:
        case plan.IsSet():
            return f"{name} {'set' if wanted else 'not set'}"
        case plan.TextTest(operator, _, values, _, negated):
            verb = _VERBS[operator][wanted == negated]
            return f"{name} that {verb} {listing(map(quoted, values))}"
        case plan.IsBoolean(_, wished):
            return f"{name} {str(wished == wanted).lower()}"
        case plan.ListContains(_, quantifier, values, negated):
            last = "and" if quantifier == "all" else "or"
            return f"{name} with{'out' * (wanted == negated)} {listing(map(quoted, values), last)}"
        case plan.ListSize(_, operator, size):
            return f"{name} with {_not(not wanted)}{_comparison(operator)}{size} items"
        case plan.OnDayOfYear(negated=negated):
            return f"{name} {_not(wanted == negated)}on one of these days"


def _text_items(node: plan.HasItems, subject: Subject, voice: Voice, *, wanted: bool) -> Finding:
    """Either an item is missing, or the items are named that should not be there."""
    name = words.named(node.term)
    found = (f"{name} is {words.said(value(node.term, subject), voice)}",)
    items = items_of(node.term, subject)
    sought = node.quantifier != "all"  # the items in question are those that fulfil it, or those that do not
    if (node.quantifier == "any") == wanted:
        like = (
            _needed(node.where, wanted=sought)
            if isinstance(node.where, plan.TextTest)
            else f"item {'like' if sought else 'unlike'} that"
        )
        return Finding(found, f"{name}: an {like}")
    if items is None:
        return Finding(found, f"{name} set")
    wrong = [item.values[plan.Item()] for item in items if holds(node.where, subject.item(item)) == sought]
    return Finding(found, f"{name} without {listing((words.said(one, voice) for one in wrong), 'and')}")


def _compare(node: plan.Compare, subject: Subject, voice: Voice, *, wanted: bool) -> Finding:
    left, right = number(node.left, subject), number(node.right, subject)
    written = isinstance(node.right, plan.Number)
    sides = [(node.left, left)] if written else [(node.left, left), (node.right, right)]
    found = tuple(f"{words.named(term)} is {words.said(one, voice)}" for term, one in sides)
    unset = [words.named(term) for term, one in ((node.left, left), (node.right, right)) if one is None]
    if left is None or right is None:
        return Finding(found, f"{listing(unset, 'and')} set")
    aim, gap = words.rounded(right), words.rounded(abs(right - left))
    if node.operator == "=":
        same = wanted != node.negated
        need = (
            f"{gap} {'more' if right > left else 'less'}, that is {aim}"
            if same
            else f"another number than {aim}"
        )
        return Finding(found, f"{words.named(node.left)}: {need}")
    too_little = (node.operator in (">", ">=")) == wanted
    strictly = (node.operator in (">", "<")) == wanted
    limit = f"{'more' if too_little else 'less'} than {aim}" if strictly else aim
    need = limit if right == left else f"{gap} {'short of' if too_little else 'above'} {limit}"
    return Finding(found, f"{words.named(node.left)}: {need}")


def _in_window(
    term: plan.Term, window: plan.Window, subject: Subject, voice: Voice, *, inside: bool
) -> Finding:
    found_value = value(term, subject)
    found = (f"{words.named(term)} is {words.said(found_value, voice)}",)
    if found_value is None:
        return Finding(found, f"{words.named(term)} set")
    if not inside:
        return Finding(found, f"{words.named(term)} outside of that time{voice.dates(window)}")
    at = instant(term, window.zone, subject)
    first, last = subject.moment.bounds(window)
    place = comparisons.place_in_window(found_value, window, subject.moment)
    if place > 0 and first is not None and at is not None:
        return Finding(found, f"{words.length((first - at).total_seconds())} too early{voice.dates(window)}")
    if place < 0 and last is not None and at is not None:
        return Finding(found, f"{words.length((at - last).total_seconds())} too late{voice.dates(window)}")
    return Finding(found)


def _near(node: plan.Near, subject: Subject) -> Finding:
    latitude, longitude = subject.row.values.get(LATITUDE), subject.row.values.get(LONGITUDE)
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return Finding(("the place is not known",), "latitude and longitude set")
    metres = comparisons.metres_away(node, latitude, longitude)
    beyond = abs(metres - node.metres) / _KILOMETRE
    side = "too far" if metres > node.metres else "too near"
    return Finding((f"{words.rounded(round(metres / _KILOMETRE, 1))} km away",), f"{beyond:,.1f} km {side}")


def _ranked(node: plan.Ranked, subject: Subject, voice: Voice) -> Finding:
    mine = number(node.term, subject)
    standing = subject.person.standings[node]
    name = words.named(node.term)
    if standing.last is None:
        return Finding((f"{name} is {words.said(mine, voice)}",))
    found = (f"{name} is {words.said(mine, voice)}", f"the last one in has {words.rounded(standing.last)}")
    if mine is None:
        return Finding(found, f"{name} set")
    if standing.member:
        return Finding(found, f"a place behind {words.rounded(standing.last)}")
    gap = standing.last - mine if node.end == "top" else mine - standing.last
    if gap > 0:
        return Finding(
            found,
            f"{words.rounded(gap)} {'short of' if node.end == 'top' else 'above'} {words.rounded(standing.last)}",
        )
    return Finding(found, "to be one of those who are ranked")


def _comparison(operator: plan.Comparator) -> str:
    return {"=": "", ">=": "at least ", "<=": "at most ", ">": "more than ", "<": "less than "}[operator]


def _not(turned: bool) -> str:
    return "not " if turned else ""
