"""Hypothesis strategies for statements of every class, with what stands in the headings and examples of segments."""

from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from segql.compiler import conditions as c
from segql.compiler import examples as e
from segql.compiler import statements as s
from segql.compiler.conditions.days import Day
from tests.reference import vocabulary as words
from tests.reference.definitions import conditions, profiles
from tests.reference.phrases import measures, number_terms, recencies
from tests.reference.spans import CLOCKS, DATES, lengths, perhaps

ZONE = perhaps(st.sampled_from(words.ZONES))
TEXT = st.sampled_from(words.TEXTS)
SCOPE = profiles(words.SEGMENTS, depth=1)


def tuples(one: SearchStrategy[Any], least: int = 0, most: int = 3) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=least, max_size=most).map(tuple)


@cache
def days() -> SearchStrategy[Day]:
    written = st.sampled_from((*DATES, "today", "yesterday")) | st.builds(
        str.__add__, st.sampled_from(DATES), st.sampled_from(CLOCKS)
    )
    ago = st.builds(Day, ago=st.integers(0, 9), unit=st.sampled_from(("minute", "day", "month")))
    return st.builds(Day, on=written) | ago


@cache
def values() -> SearchStrategy[Any]:
    """What an example person can have."""
    return st.one_of(
        st.builds(c.Text, value=TEXT),
        st.builds(c.Number, value=st.sampled_from([Decimal(str(number)) for number in words.NUMBERS])),
        st.builds(e.Flag, value=st.booleans()),
        st.builds(e.Texts, values=tuples(TEXT)),
        st.builds(e.Word, value=st.sampled_from(("subscribed", "gold", "été"))),
    )


@cache
def expectations() -> SearchStrategy[e.Expectation]:
    written = st.builds(Day, on=st.sampled_from(DATES))
    property_ = st.builds(e.PropertyValue, name=TEXT, value=values() | written)
    happening = st.builds(e.Happening, day=days(), properties=tuples(property_))
    fact = st.one_of(
        st.builds(e.Fact, name=TEXT, value=values() | written),
        st.builds(e.Fact, name=TEXT, value=st.builds(e.Happenings, values=tuples(happening, 1))),
        st.builds(e.OnList, name=TEXT),
    )
    return st.builds(e.Expectation, expected=st.sampled_from(("in", "out")), facts=tuples(fact))


@cache
def segments() -> SearchStrategy[s.SegmentDefinition]:
    return st.builds(
        s.SegmentDefinition,
        name=TEXT,
        description=perhaps(TEXT),
        tags=tuples(TEXT),
        owner=perhaps(TEXT),
        condition=conditions(SCOPE),
        timezone=ZONE,
        expectations=tuples(expectations(), most=2),
    )


@cache
@st.composite
def defines(draw: DrawFn) -> s.Define:
    """A template, each of whose parameters stands in one place."""
    names = draw(st.lists(st.sampled_from(("a", "event", "Σ", "x_1")), max_size=3, unique=True))
    given = st.one_of(
        *(
            st.builds(c.Text, value=TEXT),
            st.builds(c.Number, value=st.integers(-5, 5).map(Decimal)),
            lengths(),
        ),
        *(
            st.builds(c.Attribute, name=st.sampled_from(("score", "vip"))),
            st.builds(Day, on=st.sampled_from(DATES)),
        ),
    )
    formals = tuple(s.Formal(name=name, default=draw(perhaps(given))) for name in names)
    places: dict[str, Any] = {
        "event": lambda p: c.Did(events=c.Events(names=(p,))),
        "text": lambda p: c.InList(name=p),
        "value": lambda p: c.Comparison(term=c.Attribute(name="score"), test=c.Is(value=p)),
        "name": lambda p: c.Comparison(term=p, test=c.IsSet()),
    }
    asked: list[Any] = [draw(conditions(SCOPE))]
    for name in names:
        place = draw(st.sampled_from(sorted(places)))
        asked.append(places[place](c.Parameter(name=name, place=place)))
    condition = c.Several(operator="any", children=tuple(asked))
    return s.Define(
        name=draw(st.sampled_from(("f", "lapsed", "été"))), parameters=formals, condition=condition
    )


@cache
def statements() -> SearchStrategy[Any]:
    """Any statement that may stand among others."""
    condition = conditions(SCOPE)
    column = st.one_of(
        *(SCOPE.names("text"), SCOPE.names("number"), measures(SCOPE), recencies(SCOPE)),
        number_terms(SCOPE).filter(lambda term: isinstance(term, c.Arithmetic)),
    )
    name = SCOPE.names("text")
    people = st.builds(c.InSegment, name=TEXT) | condition
    return st.one_of(
        segments(),
        segments(),
        defines(),
        st.builds(s.Count, condition=condition, timezone=ZONE, by=tuples(name)),
        st.builds(
            s.Show,
            condition=condition,
            timezone=ZONE,
            columns=tuples(column, 1),
            limit=perhaps(st.integers(0, 99)),
        ),
        st.builds(
            s.Trend,
            condition=condition,
            timezone=ZONE,
            length=lengths(),
            by=perhaps(st.sampled_from(("day", "week", "month"))),
        ),
        st.builds(s.Overlap, groups=tuples(people, 2)),
        st.builds(s.Funnel, steps=tuples(condition, 1)),
        st.builds(s.Why, who=TEXT, condition=people),
        st.builds(s.Compare, condition=people, earlier=days(), later=days()),
        st.builds(s.Explain, condition=condition, timezone=ZONE),
    )
