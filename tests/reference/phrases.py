"""Hypothesis strategies for terms, and for the events that are meant, with names of the vocabulary."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from segql.compiler import conditions as c
from segql.compiler.catalog.model import ValueType
from segql.compiler.conditions.events import Quantifier
from tests.reference import vocabulary as words
from tests.reference.spans import lengths, perhaps, windows

Kinds = tuple[tuple[str, ValueType], ...]


@dataclass(frozen=True)
class Scope:
    """What can be named in a place: attributes or, inside `where`, properties or fields; lists of objects with their
    fields; segments; how much deeper it may go. `clock`: whether there is the time of an event."""

    kinds: Kinds
    depth: int = 2
    in_event: bool = False
    clock: bool = False
    items: tuple[tuple[str, Kinds], ...] = ()
    segments: tuple[str, ...] = ()

    @property
    def deeper(self) -> "Scope":
        return replace(self, depth=self.depth - 1)

    def of_items(self, fields: Kinds) -> "Scope":
        return Scope(fields, self.depth - 1, in_event=True)

    @cache  # noqa: B019  # there are few scopes
    def names(self, kind: ValueType) -> SearchStrategy[c.Attribute]:
        """Names of values of a type, in any case. Nothing where there is none."""
        return named([name for name, other in self.kinds if other == kind])


def named(names: list[str]) -> SearchStrategy[c.Attribute]:
    both = [*names, *(name.swapcase() for name in names)]
    return st.builds(c.Attribute, name=st.sampled_from(both)) if names else st.nothing()


def properties(names: Iterable[str], depth: int = 0) -> Scope:
    """The scope of a `where` behind some events."""
    known = [words.EVENTS[name] for name in names]
    kinds = {key: kind for event in known for key, kind in event.properties.items()}
    items = {key: tuple(fields.items()) for event in known for key, fields in event.items.items()}
    return Scope(tuple(sorted(kinds.items())), depth, True, True, tuple(items.items()))


# ---- Terms ----------------------------------------------------------------------------------------------------------


@cache
def written_numbers() -> SearchStrategy[c.Number]:
    decimals = st.sampled_from([Decimal(str(number)) for number in words.NUMBERS])
    small = st.integers(-2, 12).map(Decimal)
    return st.builds(c.Number, value=decimals | small, currency=st.sampled_from((None, None, "$")))


@cache
def numbers() -> SearchStrategy[Any]:
    """Numbers as they are written, and lengths of time, which are numbers of days."""
    written = written_numbers()
    return st.one_of(written, written, written, lengths(exact=True))


@cache
def number_terms(scope: Scope) -> SearchStrategy[Any]:
    """Terms that are numbers."""
    choices: list[SearchStrategy[Any]] = [numbers(), scope.names("number")]
    if not scope.in_event:
        choices += [measures(scope), measures(scope), values_of(scope, "number")]
    elif scope.clock:
        choices.append(st.builds(c.Attribute, name=st.sampled_from(("hour", "HOUR"))))
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
    known = st.sampled_from(("Placed Order", "Placed Order", "Placed Order", *words.EVENTS))
    names = draw(st.lists(known, min_size=1, max_size=1 if quantifier is None else 3))
    inside = properties(names, scope.depth - 1)
    where = None
    if scope.depth > 0 and draw(st.booleans()):
        where = draw(event_conditions(inside))
    return {
        "events": c.Events(
            names=tuple(c.EventName(name=draw(st.sampled_from((name, name.upper())))) for name in names),
            quantifier=quantifier,
        ),
        "window": draw(perhaps(windows(future=False))),
        "where": where,
    }


@cache
@st.composite
def measures(draw: DrawFn, scope: Scope) -> c.Measure:
    fields = draw(events_meant(scope, (None, None, "any")))
    said = {event.name.lower() for event in fields["events"].names}
    inside = properties(name for name in words.EVENTS if name.lower() in said)
    countable = [kind for _, kind in inside.kinds if kind not in ("list", "object")]
    functions = ["number", "longest gap", *["number of different"] * bool(countable)]
    if "number" in countable:
        functions += ["sum", "average", "median", "minimum", "maximum"]
    function: Any = draw(st.sampled_from(functions))
    if function in ("number", "longest gap"):
        return c.Measure(function=function, **fields)
    kind = draw(st.sampled_from(countable)) if function == "number of different" else "number"
    return c.Measure(function=function, property=draw(inside.names(kind)), **fields)


@cache
@st.composite
def recencies(draw: DrawFn, scope: Scope) -> c.Recency:
    fields = draw(events_meant(scope, (None,)))
    event = fields.pop("events").names[0]
    return c.Recency(which=draw(st.sampled_from(("first", "last"))), event=event, **fields)


@cache
@st.composite
def values_of(draw: DrawFn, scope: Scope, kind: ValueType) -> c.ValueOf:
    """The first or the last value of a property of a type."""
    having = [name for name, known in words.EVENTS.items() if kind in known.properties.values()]
    name = draw(st.sampled_from(having))
    where = None
    if scope.depth > 0 and draw(st.booleans()):
        where = draw(event_conditions(properties((name,), scope.depth - 1)))
    return c.ValueOf(
        property=draw(properties((name,)).names(kind)),
        which=draw(st.sampled_from(("first", "last"))),
        event=c.EventName(name=name.swapcase()),
        window=draw(perhaps(windows(future=False))),
        where=where,
    )


def event_conditions(scope: Scope) -> SearchStrategy[Any]:
    """Any condition about an event, as it stands behind `where`."""
    # These ask about terms again.
    from tests.reference.operators import conditions_in_where

    return conditions_in_where(scope)
