"""Hypothesis strategies for windows, terms and comparisons, with names of the vocabulary and fitting types."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.catalog.model import ValueType
from segql.compiler.conditions import windows as w
from segql.compiler.conditions.events import Quantifier
from tests.reference import vocabulary as words
from tests.reference.worlds import COUNTS, UNITS

DATES = ("2023-06-14", "2023-06-17", "2024-02-29", "2023-03-26", "2018-11-04")
CLOCKS = (" 00:00", " 02:30", "T12:34:56", " 12:34Z", "T23:59:59+05:45")


@dataclass(frozen=True)
class Scope:
    """What can be named in a place: attributes or, inside `where`, properties; segments; how much deeper it may go."""

    kinds: tuple[tuple[str, ValueType], ...]
    depth: int = 2
    in_event: bool = False
    segments: tuple[str, ...] = ()

    @property
    def deeper(self) -> "Scope":
        return replace(self, depth=self.depth - 1)

    @cache  # noqa: B019  # there are few scopes
    def names(self, kind: ValueType) -> SearchStrategy[c.Attribute]:
        """Names of values of a type, in any case. Nothing where there is none."""
        found = [name for name, other in self.kinds if other == kind]
        both = [*found, *(name.swapcase() for name in found)]
        return st.builds(c.Attribute, name=st.sampled_from(both)) if found else st.nothing()


def properties(names: Iterable[str], depth: int = 0) -> Scope:
    """The scope of a `where` behind some events."""
    kinds = {key: kind for name in names for key, kind in words.EVENTS[name].properties.items()}
    return Scope(tuple(sorted(kinds.items())), depth, in_event=True)


# ---- Windows --------------------------------------------------------------------------------------------------------


@cache
def windows(*, future: bool) -> SearchStrategy[Any]:
    """Any window; those that lie ahead only where they are allowed."""
    counted = [w.InTheLast, w.MoreThanAgo, *([w.InTheNext] if future else [])]
    count, unit = st.sampled_from(COUNTS), st.sampled_from(("minute", "hour", *UNITS))
    return st.one_of(
        st.builds(lambda kind, n, u: kind(count=n, unit=u), st.sampled_from(counted), count, unit),
        st.builds(
            lambda ends, u: w.BetweenAgo(low=min(ends), high=max(ends), unit=u), st.tuples(count, count), unit
        ),
        st.builds(w.Calendar, which=st.sampled_from(("this", "last")), unit=st.sampled_from(UNITS)),
        by_days(),
        st.builds(between_days, st.sampled_from(DATES), st.sampled_from(DATES)),
        st.just(w.Ever()),
    )


@cache
def by_days() -> SearchStrategy[w.ByDay]:
    relation = st.sampled_from(("before", "after", "on", "since"))
    written = st.sampled_from(DATES) | st.builds(str.__add__, st.sampled_from(DATES), st.sampled_from(CLOCKS))
    named = written | st.sampled_from(("today", "yesterday"))
    ago = st.builds(w.Day, ago=st.sampled_from(COUNTS), unit=st.sampled_from(UNITS))
    elapsed = st.builds(w.Day, ago=st.sampled_from(COUNTS), unit=st.sampled_from(("minute", "hour")))
    point = st.sampled_from(("before", "after", "since"))
    return st.builds(w.ByDay, relation=relation, day=st.builds(w.Day, on=named) | ago) | st.builds(
        w.ByDay, relation=point, day=elapsed
    )


def between_days(one: str, other: str) -> w.BetweenDays:
    first, last = sorted((one, other))
    return w.BetweenDays(first=w.Day(on=first), last=w.Day(on=last))


# ---- Terms ----------------------------------------------------------------------------------------------------------


@cache
def numbers() -> SearchStrategy[c.Number]:
    decimals = st.sampled_from([Decimal(str(number)) for number in words.NUMBERS])
    small = st.integers(-2, 12).map(Decimal)
    return st.builds(c.Number, value=decimals | small, currency=st.sampled_from((None, None, "$")))


@cache
def number_terms(scope: Scope) -> SearchStrategy[Any]:
    """Terms that are numbers."""
    choices: list[SearchStrategy[Any]] = [numbers(), scope.names("number")]
    if not scope.in_event:
        choices += [measures(scope), measures(scope)]
    if scope.depth > 0:
        choices.append(arithmetic(scope))
    return st.one_of(choices)


@cache
def arithmetic(scope: Scope) -> SearchStrategy[c.Arithmetic]:
    part = st.deferred(lambda: number_terms(scope.deeper))
    return st.builds(c.Arithmetic, operator=st.sampled_from("+-*/"), left=part, right=part)


@cache
@st.composite
def events_meant(draw: DrawFn, scope: Scope, quantifiers: tuple[Quantifier | None, ...]) -> dict[str, Any]:
    """Events with their window and `where`, as the fields of a node."""
    quantifier = draw(st.sampled_from(quantifiers))
    known = st.sampled_from(tuple(words.EVENTS))
    names = draw(st.lists(known, min_size=1, max_size=1 if quantifier is None else 3))
    inside = properties(names, scope.depth - 1)
    where = None
    if inside.kinds and scope.depth > 0 and draw(st.booleans()):
        where = draw(event_conditions(inside))
    return {
        "events": c.Events(
            names=tuple(c.EventName(name=draw(st.sampled_from((name, name.upper())))) for name in names),
            quantifier=quantifier,
        ),
        "window": draw(st.none() | windows(future=False)),
        "where": where,
    }


@cache
@st.composite
def measures(draw: DrawFn, scope: Scope) -> c.Measure:
    fields = draw(events_meant(scope, (None, None, "any")))
    said = {event.name.lower() for event in fields["events"].names}
    inside = properties(name for name in words.EVENTS if name.lower() in said)
    countable = [kind for _, kind in inside.kinds if kind not in ("list", "object")]
    functions = ["number", *["number of different"] * bool(countable)]
    if "number" in countable:
        functions += ["sum", "average", "minimum", "maximum"]
    function: Any = draw(st.sampled_from(functions))
    if function == "number":
        return c.Measure(function=function, **fields)
    kind = draw(st.sampled_from(countable)) if function == "number of different" else "number"
    return c.Measure(function=function, property=draw(inside.names(kind)), **fields)


@cache
@st.composite
def recencies(draw: DrawFn, scope: Scope) -> c.Recency:
    fields = draw(events_meant(scope, (None,)))
    event = fields.pop("events").names[0]
    return c.Recency(which=draw(st.sampled_from(("first", "last"))), event=event, **fields)


# ---- Comparisons ----------------------------------------------------------------------------------------------------


@cache
def written_texts() -> SearchStrategy[c.Text]:
    return st.builds(c.Text, value=st.sampled_from(words.TEXTS + words.PARTS + words.ITEMS))


def several(one: SearchStrategy[Any]) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=1, max_size=3).map(tuple)


@cache
def comparisons(scope: Scope) -> SearchStrategy[Condition]:
    """Comparisons of every type that the place has, each with every test that fits it."""
    known: dict[ValueType, SearchStrategy[Any]] = {kind: scope.names(kind) for _, kind in scope.kinds}
    terms = {**known, "number": number_terms(scope)}
    if not scope.in_event:
        terms["datetime"] = known["datetime"] | recencies(scope)
    is_set = st.builds(c.IsSet, negated=st.booleans())
    return st.one_of(
        [st.builds(c.Comparison, term=term, test=tests(kind, scope) | is_set) for kind, term in terms.items()]
    )


@cache
def tests(kind: ValueType, scope: Scope) -> SearchStrategy[Any]:
    """The tests of values of a type."""
    negated = st.booleans()
    match kind:
        case "text":
            return text_tests()
        case "number":
            return number_tests(scope)
        case "boolean":
            return st.builds(c.IsBoolean, value=st.booleans())
        case "date" | "datetime":
            return st.builds(c.IsDuring, window=windows(future=True), negated=negated)
        case "list":
            operators = st.sampled_from(("at least", "at most", "more than", "less than", "exactly"))
            return st.one_of(
                contains(),
                st.builds(c.IsEmpty, negated=negated),
                st.builds(c.HasItems, operator=operators, count=st.integers(0, 3)),
            )
        case "object":
            return st.nothing()


@cache
def text_tests() -> SearchStrategy[Any]:
    text, negated = written_texts(), st.booleans()
    patterns = st.builds(c.Text, value=st.sampled_from(words.PATTERNS))
    ends = st.sampled_from(("starts with", "ends with"))
    return st.one_of(
        st.builds(c.Is, value=text, negated=negated),
        st.builds(c.IsExactly, value=text),
        st.builds(c.IsIn, values=several(text), negated=negated),
        st.builds(c.TextMatch, operator=ends, value=text, negated=negated),
        st.builds(c.TextMatch, operator=st.just("matches"), value=patterns, negated=negated),
        contains(),
    )


@cache
def contains() -> SearchStrategy[c.Contains]:
    value = written_texts() | numbers()
    many = st.sampled_from(("any", "all", "none"))
    return st.builds(c.Contains, values=st.tuples(value), negated=st.booleans()) | st.builds(
        c.Contains, quantifier=many, values=several(value), negated=st.booleans()
    )


@cache
def number_tests(scope: Scope) -> SearchStrategy[Any]:
    number, negated = st.deferred(lambda: number_terms(scope.deeper)), st.booleans()
    operators = st.sampled_from(("at least", "at most", "more than", "less than"))
    return st.one_of(
        st.builds(c.Compares, operator=operators, value=number),
        st.builds(c.Is, value=number, negated=negated),
        st.builds(c.IsIn, values=several(number), negated=negated),
        st.builds(between, number, number),
    )


def between(one: Any, other: Any) -> c.Between:
    """Two written numbers stand in their order, else the check refuses them."""
    if isinstance(one, c.Number) and isinstance(other, c.Number) and one.value > other.value:
        one, other = other, one
    return c.Between(low=one, high=other)


@cache
def event_conditions(scope: Scope) -> SearchStrategy[Any]:
    """Any condition about an event, as it stands behind `where`."""
    single = comparisons(scope)
    return (
        combined(single, st.deferred(lambda: event_conditions(scope.deeper))) if scope.depth > 0 else single
    )


def combined(single: SearchStrategy[Any], part: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """A condition by itself, or several joined; `and` directly inside `and` is one `and`, `or` likewise."""
    parts = st.lists(part, min_size=2, max_size=3)
    return st.one_of(
        single, single, single, st.builds(c.Not, child=part), parts.map(conjunction), parts.map(disjunction)
    )


def conjunction(children: list[Any]) -> c.And:
    flat = (each for child in children for each in (child.children if isinstance(child, c.And) else (child,)))
    return c.And(children=tuple(flat))


def disjunction(children: list[Any]) -> c.Or:
    flat = (each for child in children for each in (child.children if isinstance(child, c.Or) else (child,)))
    return c.Or(children=tuple(flat))
