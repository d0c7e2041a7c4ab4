"""Hypothesis strategies for how often, for consent and channels, and for messages."""

from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from tests.reference import vocabulary as words
from tests.reference.spans import CALENDAR_UNITS, perhaps, windows

CHANNELS: Any = st.sampled_from(("sms", "email", "push"))


@cache
def how_often() -> SearchStrategy[c.HowOften]:
    times = st.integers(0, 4)
    operators = st.sampled_from(("exactly", "at least", "at most", "more than"))
    return st.one_of(
        counted(),
        st.builds(c.HowOften, operator=operators, times=times, periods=CALENDAR_UNITS),
        st.builds(
            c.HowOften, operator=st.just("fewer than"), times=st.integers(1, 4), periods=CALENDAR_UNITS
        ),
        st.builds(
            lambda low, more: c.HowOften(operator="between", times=low, upper=low + more),
            times,
            st.integers(0, 2),
        ),
    )


@cache
def counted() -> SearchStrategy[c.HowOften]:
    """So many of them, without `between`."""
    operators = st.sampled_from(("exactly", "at least", "at most", "more than"))
    return st.builds(c.HowOften, operator=operators, times=st.integers(0, 4)) | st.builds(
        c.HowOften, operator=st.just("fewer than"), times=st.integers(1, 4)
    )


@cache
def channel_conditions() -> SearchStrategy[Condition]:
    window = perhaps(windows(future=False))
    dated: Any = st.sampled_from(("subscribed to", "unsubscribed from", "pending for"))
    pairs = st.permutations(["sms", "email", "push"]).map(lambda order: (order[0], order[1]))
    return st.one_of(
        st.builds(c.CanReceive, channel=CHANNELS, transactional=st.booleans()),
        st.builds(c.ConsentStatus, status=dated, channel=CHANNELS, window=window),
        st.builds(
            c.ConsentStatus,
            status=dated,
            channel=CHANNELS,
            window=window,
            via=st.none() | st.sampled_from(words.DETAILS),
            method=st.none() | st.sampled_from(words.METHODS),
        ),
        st.builds(c.ConsentStatus, status=st.just("never subscribed to"), channel=CHANNELS),
        st.builds(c.Engaged, channel=CHANNELS, window=window),
        st.builds(c.Prefers, channel=CHANNELS, window=window),
        st.builds(
            lambda pair, window: c.Prefers(channel=pair[0], over=pair[1], window=window), pairs, window
        ),
    )


@cache
def messages() -> SearchStrategy[Condition]:
    window, campaign = perhaps(windows(future=False)), st.sampled_from(words.CAMPAIGNS)
    verbs = st.sampled_from(("received", "opened", "clicked", "replied to", "was sent"))
    return st.one_of(
        st.builds(c.CampaignEvent, verb=verbs, name=campaign, window=window),
        st.builds(c.WasSent, how_many=st.none() | counted(), channel=CHANNELS, window=window),
        st.builds(c.Texted, word=st.sampled_from(words.WORDS), window=window),
        st.builds(c.IsScheduled, campaign=campaign),
    )
