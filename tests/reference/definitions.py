"""Hypothesis strategies for definitions: conditions of every class of the syntax tree."""

from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.catalog.model import ValueType
from tests.reference import vocabulary as words
from tests.reference.phrases import Scope, combined, comparisons, events_meant, number_terms, windows

CHANNELS: Any = st.sampled_from(("sms", "email", "push"))


def profiles(segments: tuple[str, ...] = (), depth: int = 2) -> Scope:
    """The scope of a whole definition."""
    computed: list[tuple[str, ValueType]] = [(name, "number") for name in words.ORDER_VALUES]
    return Scope((*words.ATTRIBUTES.items(), *computed), depth, segments=segments)


@cache
def how_often() -> SearchStrategy[c.HowOften]:
    times = st.integers(0, 4)
    operators = st.sampled_from(("exactly", "at least", "at most", "more than"))
    return st.one_of(
        st.builds(c.HowOften, operator=operators, times=times),
        st.builds(c.HowOften, operator=st.just("fewer than"), times=st.integers(1, 4)),
        st.builds(
            lambda low, more: c.HowOften(operator="between", times=low, upper=low + more),
            times,
            st.integers(0, 2),
        ),
    )


@cache
@st.composite
def dids(draw: DrawFn, scope: Scope) -> c.Did:
    fields = draw(events_meant(scope, (None, None, "any", "all", "none")))
    return c.Did(negated=draw(st.booleans()), how_often=draw(st.none() | how_often()), **fields)


@cache
def channel_conditions() -> SearchStrategy[Condition]:
    window = st.none() | windows(future=False)
    dated: Any = st.sampled_from(("subscribed to", "unsubscribed from", "pending for"))
    pairs = st.permutations(["sms", "email", "push"]).map(lambda order: (order[0], order[1]))
    return st.one_of(
        st.builds(c.CanReceive, channel=CHANNELS, transactional=st.booleans()),
        st.builds(c.ConsentStatus, status=dated, channel=CHANNELS, window=window),
        st.builds(c.ConsentStatus, status=st.just("never subscribed to"), channel=CHANNELS),
        st.builds(c.Engaged, channel=CHANNELS, window=window),
        st.builds(c.Prefers, channel=CHANNELS, window=window),
        st.builds(
            lambda pair, window: c.Prefers(channel=pair[0], over=pair[1], window=window), pairs, window
        ),
    )


@cache
def places() -> SearchStrategy[Any]:
    codes = st.sampled_from(tuple(words.POSTAL_CODES))
    return st.one_of(
        st.builds(
            lambda point: c.Coordinates(
                latitude=Decimal(str(point.latitude)), longitude=Decimal(str(point.longitude))
            ),
            st.sampled_from(words.POINTS),
        ),
        st.builds(lambda code: c.PostalCode(code=code[1].lower(), country=code[0]), codes),
        st.builds(c.NamedPlace, name=st.sampled_from([name.upper() for name in words.PLACES])),
    )


@cache
def memberships(scope: Scope) -> SearchStrategy[Condition]:
    distances = st.sampled_from(words.DISTANCES)
    return st.one_of(
        st.builds(c.InList, name=st.sampled_from([name.swapcase() for name in words.LISTS])),
        st.builds(
            lambda distance, place: c.Within(distance=Decimal(distance[0]), unit=distance[1], place=place),
            distances,
            places(),
        ),
        st.builds(c.InSegment, name=st.sampled_from(scope.segments)) if scope.segments else st.nothing(),
    )


@cache
@st.composite
def ranks(draw: DrawFn, scope: Scope) -> c.Ranked:
    share: dict[str, Any] = {"people": draw(st.integers(1, 4))}
    if draw(st.booleans()):
        share = {"percent": Decimal(draw(st.sampled_from(("5", "33.3", "50", "0.01", "100"))))}
    by = draw(number_terms(scope.deeper))
    among = draw(st.none() | conditions(scope.deeper)) if scope.depth > 0 else None
    return c.Ranked(end=draw(st.sampled_from(("top", "bottom"))), by=by, among=among, **share)


@cache
def conditions(scope: Scope) -> SearchStrategy[Any]:
    """Any condition about people."""
    single = st.one_of(
        comparisons(scope), comparisons(scope), dids(scope), dids(scope), channel_conditions(), memberships(scope),
        ranks(scope),
    )  # fmt: skip
    return combined(single, st.deferred(lambda: conditions(scope.deeper))) if scope.depth > 0 else single
