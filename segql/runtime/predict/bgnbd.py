"""BG/NBD: how often people order, and whether they still do.

P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD
Model, Marketing Science 24(2), 275-284. While somebody is a customer, orders come at random at a rate of their own;
after each order but the first they may stop for good, with a probability of their own. Rates are spread over people by a
gamma distribution (r, alpha), probabilities by a beta distribution (a, b). Time is in weeks, as in the paper.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, expit, gammaln, hyp2f1

from segql.runtime.predict.likelihood import Floats, maximize

DAYS_IN_WEEK = 7


class Histories(NamedTuple):
    """What the model sees of people, one row each. Orders of one day are one order, here and in all it says."""

    frequency: Floats
    """How often they ordered again: orders behind the first."""
    recency: Floats
    """Days from the first order to the last."""
    age: Floats
    """Days from the first order to the present."""


@dataclass(frozen=True, slots=True)
class BgNbd:
    """The fitted model: its parameters (alpha in weeks) and how likely they make what was seen."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def alive(self, histories: Histories) -> Floats:
        """The probability (0 to 1) of still being a customer. Always 1 for people with one order: the model lets
        nobody stop before a second one."""
        x, recency, age = _in_weeks(histories)
        return np.where(
            x > 0, expit(-_log_odds_gone(self.r, self.alpha, self.a, self.b, x, recency, age)), 1.0
        )

    def expected_orders(self, histories: Histories, days: float) -> Floats:
        """How many orders to expect of each in the coming days (equation 10 of the paper); NaN where the numbers are
        beyond computing."""
        x, _, age = _in_weeks(histories)
        r, b = self.r, self.b
        # Where a or a + b is 1 the formula is 0 / 0, and continuous: a beside it is near enough.
        a = self.a if min(abs(self.a - 1), abs(self.a + b - 1)) > 1e-5 else self.a + 2e-5
        weeks = days / DAYS_IN_WEEK
        share = weeks / (self.alpha + age + weeks)
        c = a + b + x - 1
        # Of the two forms of the series (Euler's transformation) the one that stays finite as share nears 1: the
        # paper's own overflows for people with many orders.
        own = a - 1 > r + x
        power = np.where(own, r + x, a - 1)
        with np.errstate(over="ignore", invalid="ignore"):
            series = hyp2f1(power, np.where(own, b + x, c - r - x), c, share)
            expected = c / (a - 1) * (1 - (1 - share) ** power * series)
        return np.asarray(np.maximum(expected, 0) * self.alive(histories), np.float64)

    def days_to_next(self, histories: Histories) -> Floats:
        """Days from somebody's last order within which, if they are still a customer, the next is as likely as not:
        the median of the gap, their rate being distributed as gamma (r + x, alpha + recency)."""
        x, recency, _ = _in_weeks(histories)
        weeks = (self.alpha + recency) * np.expm1(np.log(2) / (self.r + x))
        return np.asarray(weeks * DAYS_IN_WEEK, np.float64)


def fit(histories: Histories) -> BgNbd:
    """The likeliest parameters. Raises `FitError` where there are none."""
    groups, people = _grouped(histories)
    x, recency, age = _in_weeks(groups)
    frequencies, which = np.unique(x, return_inverse=True)
    people_of = np.bincount(which, people)
    pace = float((people @ x + 1) / (people @ age + 1))
    starts = [(r, r / pace, a, b) for r, a, b in ((0.25, 0.8, 2.5), (1.0, 0.3, 3.0), (3.0, 2.0, 20.0))]

    def log_likelihood(parameters: Floats) -> tuple[float, Floats]:
        counts, count_slopes = _count_part(parameters, frequencies)
        times, time_slopes = _time_part(parameters, x, recency, age)
        return float(people_of @ counts + people @ times), count_slopes @ people_of + time_slopes @ people

    (r, alpha, a, b), value = maximize(log_likelihood, starts, seen=float(people.sum()))
    return BgNbd(float(r), float(alpha), float(a), float(b), value)


def _in_weeks(histories: Histories) -> tuple[Floats, Floats, Floats]:
    return histories.frequency, histories.recency / DAYS_IN_WEEK, histories.age / DAYS_IN_WEEK


def _log_odds_gone(
    r: float, alpha: float, a: float, b: float, x: Floats, recency: Floats, age: Floats
) -> Floats:
    """The logarithm of the odds of having stopped; without meaning where x is 0."""
    silence = np.log((alpha + age) / (alpha + recency))
    return np.asarray(np.log(a / (b + np.maximum(x, 1) - 1)) + (r + x) * silence, np.float64)


def _count_part(parameters: Floats, x: Floats) -> tuple[Floats, Floats]:
    """The factors of the likelihood that the number of orders decides, in logarithms, for
    each x; and their slopes in r, alpha, a and b."""
    r, alpha, a, b = parameters
    values = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    values += gammaln(b + x) + gammaln(a + b) - gammaln(a + b + x) - gammaln(b)
    stopping = digamma(a + b) - digamma(a + b + x)
    slopes = (
        digamma(r + x) - digamma(r) + np.log(alpha),
        np.full(len(x), r / alpha),
        stopping,
        stopping + digamma(b + x) - digamma(b),
    )
    return values, np.stack(slopes)


def _time_part(parameters: Floats, x: Floats, recency: Floats, age: Floats) -> tuple[Floats, Floats]:
    """The other factors, which the times decide, as `_count_part` gives them, for each row."""
    r, alpha, a, b = parameters
    again = x > 0
    odds = _log_odds_gone(r, alpha, a, b, x, recency, age)
    gone = np.where(again, expit(odds), 0.0)
    log_age = np.log(alpha + age)
    values = np.where(again, np.logaddexp(0, odds), 0.0) - (r + x) * log_age
    slopes = (
        gone * (log_age - np.log(alpha + recency)) - log_age,
        -(r + x) * ((1 - gone) / (alpha + age) + gone / (alpha + recency)),
        gone / a,
        -gone / (b + np.maximum(x, 1) - 1),
    )
    return values, np.stack(slopes)


def _grouped(histories: Histories) -> tuple[Histories, Floats]:
    """Each history once, and how many people have it: most have ordered once, and share it with many."""
    rows: npt.NDArray[np.float64] = np.stack(histories)[:, np.lexsort(histories)]
    first = np.append(True, np.any(np.diff(rows) != 0, axis=0))
    people = np.diff(np.append(np.flatnonzero(first), rows.shape[1]))
    return Histories(*rows[:, first]), people.astype(np.float64)
