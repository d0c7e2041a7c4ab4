"""How good the models are: what they would have foreseen, and whether the data are as they take them to be."""

from dataclasses import dataclass

import numpy as np

from segql.runtime.predict import bgnbd
from segql.runtime.predict.bgnbd import Histories
from segql.runtime.predict.customers import Customers
from segql.runtime.predict.gamma_gamma import GammaGamma
from segql.runtime.predict.likelihood import FitError, Floats

HOLDOUT = 90
"""Days at the end that are predicted from what was known before them, to see how good the model is."""

# Above this the worth of orders depends on their number, which Gamma-Gamma rules out. (It is 0.11 in its paper.)
_CORRELATION = 0.3


@dataclass(frozen=True, slots=True)
class Holdout:
    """How well the orders of the last days were foreseen, for those who were customers before."""

    days: int
    customers: int
    expected: float
    actual: int
    mean_absolute_error: float
    """In orders, a customer."""
    correlation: float
    """Of expected and actual orders, over customers."""


def hold_out(customers: Customers) -> Holdout | None:
    """Fit to what was known before the last `HOLDOUT` days, and compare; None where that cannot be fitted."""
    known = customers.order_days_before > 0
    before = Histories(
        customers.order_days_before[known] - 1,
        customers.recency_before[known],
        customers.age[known] - HOLDOUT,
    )
    if not np.any(before.frequency > 0):
        return None
    try:
        expected = bgnbd.fit(before).expected_orders(before, HOLDOUT)
    except FitError:
        return None
    actual = (customers.order_days - customers.order_days_before)[known]
    return Holdout(
        days=HOLDOUT,
        customers=int(known.sum()),
        expected=float(expected.sum()),
        actual=int(actual.sum()),
        mean_absolute_error=float(np.abs(expected - actual).mean()),
        correlation=_correlated(expected, actual),
    )


def correlation_of_values(customers: Customers) -> float:
    """The correlation of the number and the worth of orders (-1 to 1), over those who ordered again."""
    again = customers.valued > 0
    return _correlated(customers.valued[again], customers.mean_value[again])


def _correlated(one: Floats, other: Floats) -> float:
    """Pearson's correlation, 0 where one of them does not vary."""
    varies = len(one) > 0 and np.ptp(one) > 0 and np.ptp(other) > 0
    return float(np.corrcoef(one, other)[0, 1]) if varies else 0.0


def warnings_of(value_model: GammaGamma | None, holdout: Holdout | None, correlation: float) -> list[str]:
    """What the user should know before relying on the models."""
    found = []
    if value_model is not None and abs(correlation) > _CORRELATION:
        found.append(
            f"the number and the worth of orders go together (correlation {correlation:.2f}), and Gamma-Gamma takes "
            "them to be independent: predicted_clv is too low for some people and too high for others"
        )
    if holdout is not None and not 0.5 * holdout.actual <= holdout.expected <= 1.5 * holdout.actual:
        found.append(
            f"in the last {holdout.days} days {holdout.actual:,} orders came where {holdout.expected:,.0f} were expected: "
            "the shop changes faster than the model can follow"
        )
    return found
