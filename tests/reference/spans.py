"""Hypothesis strategies for lengths of time and windows."""

from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from segql.compiler.conditions import windows as w
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.lengths import Length
from tests.reference.worlds import COUNTS, UNITS

DATES = ("2023-06-14", "2023-06-17", "2024-02-29", "2023-03-26", "2018-11-04")
CLOCKS = (" 00:00", " 02:30", "T12:34:56", " 12:34Z", "T23:59:59+05:45")
CALENDAR_UNITS = st.sampled_from(UNITS)


def perhaps(found: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """What need not be written, and is written about half of the time (`|` would choose among all kinds of it)."""
    return st.booleans().flatmap(lambda written: found if written else st.none())


@cache
def lengths(*, exact: bool = False) -> SearchStrategy[Length]:
    """`3 days`; with `exact`, of units that are always as long."""
    units = ("minute", "hour", "day", "week") if exact else ("minute", "hour", *UNITS)
    return st.builds(Length, count=st.sampled_from(COUNTS), unit=st.sampled_from(units))


@cache
def windows(*, future: bool) -> SearchStrategy[Any]:
    """Any window; those that lie ahead only where they are allowed."""
    counted = [w.InTheLast, w.MoreThanAgo, *([w.InTheNext] if future else [])]
    count, unit = st.sampled_from(COUNTS), st.sampled_from(("minute", "hour", *UNITS))
    return st.one_of(
        st.builds(lambda kind, length: kind(length=length), st.sampled_from(counted), lengths()),
        st.builds(
            lambda ends, u: w.BetweenAgo(low=min(ends), high=max(ends), unit=u), st.tuples(count, count), unit
        ),
        st.builds(w.Calendar, which=st.sampled_from(("this", "last")), unit=CALENDAR_UNITS),
        by_days(),
        st.builds(between_days, st.sampled_from(DATES), st.sampled_from(DATES)),
        st.just(w.Ever()),
    )


@cache
def by_days() -> SearchStrategy[w.ByDay]:
    relation = st.sampled_from(("before", "after", "on", "since"))
    written = st.sampled_from(DATES) | st.builds(str.__add__, st.sampled_from(DATES), st.sampled_from(CLOCKS))
    named = written | st.sampled_from(("today", "yesterday"))
    ago = st.builds(Day, ago=st.sampled_from(COUNTS), unit=CALENDAR_UNITS)
    elapsed = st.builds(Day, ago=st.sampled_from(COUNTS), unit=st.sampled_from(("minute", "hour")))
    point = st.sampled_from(("before", "after", "since"))
    return st.builds(w.ByDay, relation=relation, day=st.builds(Day, on=named) | ago) | st.builds(
        w.ByDay, relation=point, day=elapsed
    )


def between_days(one: str, other: str) -> w.BetweenDays:
    first, last = sorted((one, other))
    return w.BetweenDays(first=Day(on=first), last=Day(on=last))


@cache
def anniversaries() -> SearchStrategy[Any]:
    """What can stand before `any year`, and `in month 5`."""
    return windows(future=True) | st.builds(w.InMonth, month=st.integers(1, 12))
