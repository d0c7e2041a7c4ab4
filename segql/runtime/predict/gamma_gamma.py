"""Gamma-Gamma: what people's orders are worth.

P. S. Fader, B. G. S. Hardie (2013), The Gamma-Gamma Model of Monetary Value, brucehardie.com/notes/025; first used in
P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), RFM and CLV: Using Iso-Value Curves for Customer Base Analysis, Journal of
Marketing Research 42(4), 415-430. Amounts of one person are spread by a gamma distribution (p and a scale of their own),
scales over people by another (q, v). How much somebody spends must not depend on how often they order.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from segql.runtime.predict.likelihood import FitError, Floats, maximize


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """The fitted model: its parameters (v in money) and how likely they make what was seen."""

    p: float
    q: float
    v: float
    log_likelihood: float

    def expected_value(self, orders: Floats, mean: Floats) -> Floats:
        """What to expect each person's orders to be worth, from how many were seen and their mean: between that mean
        and everybody's. (equation 5 of the note). Where none was seen it is everybody's, and `mean` is not read."""
        spent = np.where(orders > 0, orders * np.maximum(mean, 0), 0.0)
        return np.asarray(self.p * (self.v + spent) / (self.p * orders + self.q - 1), np.float64)


def fit(orders: Floats, mean: Floats) -> GammaGamma:
    """The likeliest parameters, from how many orders each person has (at least 1) and their mean (above 0).

    Raises `FitError` where there are none, or the mean over all people would be infinite.
    """
    if len(orders) == 0:
        raise FitError
    unit = float(np.median(mean))
    spent = orders * mean / unit
    numbers, which = np.unique(orders, return_inverse=True)
    people_of = np.bincount(which).astype(np.float64)
    log_spent = float(orders @ np.log(spent))
    # What no parameter changes: the last factor of the density, and the unit of money.
    constant = -float(np.log(mean).sum())

    def log_likelihood(parameters: Floats) -> tuple[float, Floats]:
        p, q, v = parameters
        scale = np.log(v + spent)
        counts, count_slopes = _count_part(p, q, numbers)
        value = people_of @ counts + p * log_spent + len(orders) * q * np.log(v) - (p * orders + q) @ scale
        money_slopes = (
            log_spent - orders @ scale,
            len(orders) * np.log(v) - scale.sum(),
            len(orders) * q / v - float(np.sum((p * orders + q) / (v + spent))),
        )
        return float(value) + constant, np.append(count_slopes @ people_of, 0.0) + np.array(money_slopes)

    starts = [(p, q, q / p) for p, q in ((6.0, 4.0), (1.5, 3.0), (20.0, 10.0))]
    (p, q, v), value = maximize(log_likelihood, starts, seen=len(orders))
    if q <= 1:
        raise FitError
    return GammaGamma(float(p), float(q), float(v * unit), value)


def _count_part(p: float, q: float, x: Floats) -> tuple[Floats, Floats]:
    """The factors of the likelihood (equation 1a of the note) that the number of orders decides, in logarithms, for each
    x; and their slopes in p and q."""
    values = gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
    both = digamma(p * x + q)
    return values, np.stack((x * (both - digamma(p * x)), both - digamma(q)))
