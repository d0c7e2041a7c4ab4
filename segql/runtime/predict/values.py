"""The value of each attribute for each customer, from their orders and the fitted models."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segql.compiler.catalog.model import ValueType
from segql.runtime.predict import rfm
from segql.runtime.predict.bgnbd import BgNbd
from segql.runtime.predict.customers import Customers
from segql.runtime.predict.gamma_gamma import GammaGamma
from segql.runtime.predict.likelihood import Floats

ATTRIBUTES: Mapping[str, ValueType] = {
    "number_of_orders": "number",
    "days_between_orders": "number",
    "rfm_group": "text",
    "predicted_orders": "number",
    "predicted_clv": "number",
    "total_clv": "number",
    "churn_risk": "number",
    "expected_next_order": "date",
}
HORIZON = 365
"""Days ahead for which orders and money are predicted."""

_ARROW_TYPES = {"text": pa.string(), "number": pa.float64(), "date": pa.date32()}


def value_table(customers: Customers, order_model: BgNbd | None, value_model: GammaGamma | None) -> pa.Table:
    """One row a customer: profile_id and all of `ATTRIBUTES`, null where they are not set."""
    histories, again = customers.histories, customers.order_days > 1
    orders = churn = worth = gap = np.full(len(customers), np.nan)
    if order_model is not None:
        orders = order_model.expected_orders(histories, HORIZON)
        churn = 1 - order_model.alive(histories)
        gap = np.rint(order_model.days_to_next(histories))
    if value_model is not None:
        worth = orders * value_model.expected_value(customers.valued, customers.mean_value)
    # Of people with one order nobody can say how often they order, nor the model whether they are gone.
    gaps = np.where(again, customers.order_days - 1, np.nan)
    columns = {
        "number_of_orders": customers.orders,
        "days_between_orders": np.round(customers.recency / gaps, 2),
        "rfm_group": rfm.groups(customers.silence, customers.order_days, np.nan_to_num(customers.spent)),
        "predicted_orders": np.round(orders, 4),
        "predicted_clv": np.round(worth, 2),
        "total_clv": np.round(customers.spent + worth, 2),
        "churn_risk": np.round(np.where(again, churn, np.nan), 4),
        "expected_next_order": _dates(customers, np.where(again, gap, np.nan) - customers.silence),
    }
    arrays = {
        name: pa.array(columns[name], _ARROW_TYPES[kind], from_pandas=True)
        for name, kind in ATTRIBUTES.items()
    }
    return pa.table({"profile_id": customers.profile_id, **arrays})


def _dates(customers: Customers, days_ahead: Floats) -> "npt.NDArray[np.datetime64]":
    """The dates that lie so many days after the customers' `today`; none where the days are NaN."""
    ahead = days_ahead.astype("timedelta64[D]")
    ahead[np.isnan(days_ahead)] = np.timedelta64("NaT")
    return np.datetime64(customers.today, "D") + ahead
