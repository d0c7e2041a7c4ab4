"""Hypothesis strategies for definitions: conditions of every class of the syntax tree."""

from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.catalog.model import ValueType
from segql.compiler.conditions.days import Day
from tests.reference import vocabulary as words
from tests.reference.messages import channel_conditions, how_often, messages
from tests.reference.operators import combined, comparisons, items
from tests.reference.phrases import Scope, events_meant, number_terms, written_numbers
from tests.reference.spans import CALENDAR_UNITS, DATES, lengths, perhaps, windows


def profiles(segments: tuple[str, ...] = (), depth: int = 2) -> Scope:
    """The scope of a whole definition."""
    computed: list[tuple[str, ValueType]] = [(name, "number") for name in words.ORDER_VALUES]
    lists = tuple((name, tuple(fields.items())) for name, fields in words.OBJECTS.items())
    return Scope((*words.ATTRIBUTES.items(), *computed), depth, items=lists, segments=segments)


# ---- What people did -------------------------------------------------------------------------------------------------


@cache
@st.composite
def dids(draw: DrawFn, scope: Scope) -> c.Did:
    fields = draw(events_meant(scope, (None, None, "any", "all", "none")))
    if draw(st.integers(0, 5)) == 0:
        fields.pop("window")
        each = c.Periods(count=draw(st.integers(1, 3)), unit=draw(CALENDAR_UNITS))
        return c.Did(negated=draw(st.booleans()), each=each, **fields)
    return c.Did(negated=draw(st.booleans()), how_often=draw(st.none() | how_often()), **fields)


@cache
@st.composite
def sequences(draw: DrawFn, scope: Scope) -> c.Did:
    """`did A then B within 2 hours then not C`."""
    fields = draw(events_meant(scope, (None, "any")))
    return c.Did(steps=tuple(draw(st.lists(steps(scope), min_size=1, max_size=3))), **fields)


@cache
@st.composite
def steps(draw: DrawFn, scope: Scope) -> c.Step:
    fields = draw(events_meant(scope, (None, "any")))
    fields.pop("window")
    within = draw(perhaps(lengths(exact=True)))
    return c.Step(negated=draw(st.integers(0, 2)) == 0, within=within, **fields)


# ---- Membership, place, rank, calls ----------------------------------------------------------------------------------


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
    lists = st.sampled_from([name.swapcase() for name in words.LISTS])
    window = perhaps(windows(future=False))
    return st.one_of(
        st.builds(c.InList, name=lists),
        st.builds(c.MovedList, way=st.sampled_from(("joined", "left")), name=lists, window=window),
        st.builds(
            c.Sampled,
            percent=st.sampled_from(("0.01", "10", "33.3", "50", "100")).map(Decimal),
            name=st.sampled_from(words.SAMPLES),
        ),
        st.builds(
            lambda distance, place: c.Within(distance=Decimal(distance[0]), unit=distance[1], place=place),
            distances,
            places(),
        ),
        *segment_conditions(scope.segments),
        st.just(c.Everybody()),
    )


def segment_conditions(names: tuple[str, ...]) -> list[SearchStrategy[Condition]]:
    if not names:
        return []
    name, way = st.sampled_from(names), st.sampled_from(("entered", "left"))
    window = perhaps(windows(future=False))
    return [st.builds(c.InSegment, name=name), st.builds(c.MovedSegment, way=way, name=name, window=window)]


@cache
@st.composite
def calls(draw: DrawFn) -> c.Call:
    """A call of one of the templates; its arguments by their places or their names, the last ones perhaps left out."""
    event = st.builds(c.Text, value=st.sampled_from(tuple(words.EVENTS)))
    number = st.integers(0, 4).map(lambda n: c.Number(value=Decimal(n)))
    days = st.sampled_from((*DATES, "today", "yesterday"))
    day = st.builds(Day, on=days) | st.builds(Day, ago=st.integers(0, 40), unit=CALENDAR_UNITS)
    text = st.builds(c.Text, value=st.sampled_from(words.TEXTS + words.PARTS))
    given: dict[str, list[tuple[str, SearchStrategy[Any]]]] = {
        "lapsed": [("event", event), ("length", lengths())],
        "keen": [("event", event), ("n", number), ("day", day)],
        "reaches": [
            ("what", st.builds(c.Attribute, name=st.sampled_from(("score", "SCORE")))),
            ("limit", written_numbers()),
        ],
        "listed": [("l", st.builds(c.Text, value=st.sampled_from(words.LISTS)))],
        "says": [("first", text), ("second", text)],
        "earned": [
            ("p", st.builds(c.Attribute, name=st.sampled_from(("Total", "rating")))),
            ("event", st.builds(c.Text, value=st.sampled_from(("Placed Order", "viewed product")))),
            ("n", number),
        ],
        "regular": [("event", event)],
        "heard": [
            ("campaign", st.builds(c.Text, value=st.sampled_from(words.CAMPAIGNS))),
            ("said", st.builds(c.Text, value=st.sampled_from(words.WORDS + words.DETAILS))),
            ("way", st.builds(c.Text, value=st.sampled_from(words.METHODS))),
        ],
        "spelled": [
            ("part", text),
            ("list", st.builds(c.Text, value=st.just("sms preferences"))),
            ("sample", st.builds(c.Text, value=st.sampled_from(("holdout", 'it\'s "odd" %')))),
        ],
        "lately": [
            ("when", st.builds(c.Attribute, name=st.sampled_from(("birthday", "CREATED")))),
            ("place", st.builds(c.Text, value=st.sampled_from(tuple(words.PLACES)))),
            ("code", st.builds(c.Text, value=st.just("02139"))),
        ],
        "goes": [("a", event), ("b", event), ("within", lengths(exact=True))],
    }
    name = draw(st.sampled_from(sorted(given)))
    needed = sum(one.default is None for one in words.TEMPLATES[name].parameters)
    taken = given[name][: draw(st.integers(needed, len(given[name])))]
    named_from = draw(st.integers(0, len(taken)))
    arguments = (
        c.Argument(name=key if place >= named_from else None, value=draw(value))
        for place, (key, value) in enumerate(taken)
    )
    return c.Call(name=draw(st.sampled_from((name, name.upper()))), arguments=tuple(arguments))


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
        comparisons(scope), comparisons(scope), comparisons(scope), dids(scope), dids(scope), sequences(scope),
        items(scope), channel_conditions(), messages(), memberships(scope), calls(), ranks(scope),
    )  # fmt: skip
    return combined(single, st.deferred(lambda: conditions(scope.deeper))) if scope.depth > 0 else single
