"""The job: read the orders, fit the models, say how good they are, and write what they predict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.compiler.catalog.model import Catalog
from segql.runtime.predict import bgnbd, gamma_gamma
from segql.runtime.predict.attributes import write_attributes
from segql.runtime.predict.bgnbd import BgNbd
from segql.runtime.predict.customers import Customers, read_customers
from segql.runtime.predict.gamma_gamma import GammaGamma
from segql.runtime.predict.likelihood import FitError
from segql.runtime.predict.quality import HOLDOUT, Holdout, correlation_of_values, hold_out, warnings_of
from segql.runtime.predict.values import value_table

if TYPE_CHECKING:
    from segql.runtime.store.database import Database

# Below these there is too little to learn from.
_CUSTOMERS, _HISTORY, _SILENCE, _ORDERS = 500, 180, 90, 3


@dataclass(frozen=True, slots=True)
class Prediction:
    """What `predict` found and wrote."""

    as_of: datetime
    customers: int
    orders: int
    order_model: BgNbd | None
    value_model: GammaGamma | None
    holdout: Holdout | None
    correlation: float
    """Of the number and the worth of orders, over those who ordered again: Gamma-Gamma takes it to be 0."""
    reasons: tuple[str, ...]
    """Why something is not set for anybody."""
    warnings: tuple[str, ...]
    people: Mapping[str, int]
    """For how many people each attribute is set now."""
    imported: tuple[str, ...]
    """The attributes that were left as they are, because somebody imported them."""


def predict(database: "Database", catalog: Catalog, now: datetime) -> Prediction:
    """Fit the models to the orders up to `now` (aware), and write the attributes of `values.py` in one transaction.

    Where there is too little data what is predicted is cleared, so that nobody is chosen by what was predicted before.
    Raises `StoreError` where the store cannot be written."""
    with database.cursor() as cursor:
        customers = read_customers(cursor, catalog, now, HOLDOUT)
    reasons = _too_little(customers)
    order_model = value_model = holdout = None
    if not reasons:
        try:
            order_model = bgnbd.fit(customers.histories)
        except FitError:
            reasons.append("no parameters of BG/NBD fit the orders")
    if order_model is not None:
        holdout = hold_out(customers)
        try:
            value_model = _fit_values(customers)
        except FitError:
            reasons.append("no parameters of Gamma-Gamma fit the worth of orders, or too few carry an amount")
    correlation = correlation_of_values(customers)
    values = value_table(customers, order_model, value_model)
    with database.transaction() as connection:
        written = write_attributes(connection, values)
    return Prediction(
        as_of=now,
        customers=len(customers),
        orders=int(customers.orders.sum()),
        order_model=order_model,
        value_model=value_model,
        holdout=holdout,
        correlation=correlation,
        reasons=tuple(reasons),
        warnings=tuple(warnings_of(value_model, holdout, correlation)),
        people=written.people,
        imported=written.imported,
    )


def _too_little(customers: Customers) -> list[str]:
    """Why nothing can be predicted, in words; empty where it can."""
    number = len(customers)
    if number == 0:
        return ["nobody has ordered"]
    tests = {
        f"{number} people have ordered, at least {_CUSTOMERS} are needed": number < _CUSTOMERS,
        f"the first order is less than {_HISTORY} days ago": customers.age.max() < _HISTORY,
        f"nobody has ordered in the last {_SILENCE} days": customers.silence.min() > _SILENCE,
        f"nobody has ordered on {_ORDERS} days or more": customers.order_days.max() < _ORDERS,
    }
    return [reason for reason, holds in tests.items() if holds]


def _fit_values(customers: Customers) -> GammaGamma:
    seen = (customers.valued > 0) & (customers.mean_value > 0)
    return gamma_gamma.fit(customers.valued[seen], customers.mean_value[seen])
