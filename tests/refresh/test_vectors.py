"""Counting beyond what small numbers hold; the laws show the rest."""

from datetime import UTC, datetime, timedelta

import numpy as np

from segql.compiler.catalog.model import Account
from segql.compiler.plan.instants import Window, moment
from segql.compiler.plan.nodes import Metric, Scan
from segql.runtime.refresh.measures import Stream
from segql.runtime.refresh.scans import Rows
from segql.runtime.refresh.vectors import Spans, Vector, step_vectors

MANY = 20_000


def arrivals(begin: int) -> Rows:
    """Many events of one person, one a second."""
    times = np.arange(begin, begin + MANY)
    ids, nothing = np.full(MANY, 3, np.int32), np.zeros(0, np.int64)
    return Rows(ids, times, nothing, nothing, nothing, np.ones(MANY, np.bool_))


def test_somebody_does_more_than_two_bytes_can_count() -> None:
    vector = Vector(Stream(Scan((Metric("Opened Email", 1),), Window()), Window(), "events"))
    vector.fill(np.zeros(64, np.int16), (0, -1))
    now = datetime(1970, 1, 1, tzinfo=UTC)
    for step in range(1, 4):
        last = now + timedelta(seconds=step * MANY - 1)
        step_vectors([vector], Spans(moment(Account(), last)), arrivals((step - 1) * MANY))
        assert vector.values[3] == step * MANY
    assert vector.values.sum() == 3 * MANY
