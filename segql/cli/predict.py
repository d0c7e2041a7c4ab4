"""The command `predict`: attributes that are computed from the orders of everybody."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreOption, given_instant, reached
from segql.cli.output import write, write_error, write_json
from segql.runtime.documents import instant_text

if TYPE_CHECKING:
    from segql.runtime.predict.predict import Prediction


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("predict")(predict_orders)


def predict_orders(
    store: StoreOption = DEFAULT_STORE, as_of: AsOfOption = None, as_json: JsonOption = False
) -> None:
    """Predict everybody's orders and their worth from past orders, and write it down as attributes.

    Example: segql predict
    """
    try:
        with reached(store) as kept:
            account = kept.catalog.account
            prediction = kept.predict(given_instant(as_of, account.timezone))
    except ModuleNotFoundError as error:
        if error.name != "scipy":
            raise
        write_error(f"error: {error}")
        raise typer.Exit(2) from error
    if as_json:
        write_json({**asdict(prediction), "as_of": instant_text(prediction.as_of)})
    else:
        _tell(prediction, account.currency)


def _tell(prediction: "Prediction", currency: str) -> None:
    """What was fitted, how well, and what was written."""
    write(
        f"{prediction.customers:,} customers with {prediction.orders:,} orders as of {prediction.as_of:%Y-%m-%d}"
    )
    orders, values, holdout = prediction.order_model, prediction.value_model, prediction.holdout
    if orders is not None:
        write("\nBG/NBD, how often people order and whether they still do")
        write(f"  r {orders.r:.4g}, alpha {orders.alpha:.4g} weeks, a {orders.a:.4g}, b {orders.b:.4g}")
        write(f"  log-likelihood {orders.log_likelihood:,.1f}")
    if holdout is not None:
        write(f"  the last {holdout.days} days, as foreseen from before them:")
        write(
            f"    {holdout.expected:,.0f} orders of {holdout.customers:,} customers expected, {holdout.actual:,} came"
        )
        write(
            f"    off by {holdout.mean_absolute_error:.2f} orders a customer, correlation {holdout.correlation:.2f}"
        )
    if values is not None:
        write("\nGamma-Gamma, what their orders are worth")
        write(f"  p {values.p:.4g}, q {values.q:.4g}, v {values.v:.4g} {currency}")
        write(f"  log-likelihood {values.log_likelihood:,.1f}")
        write(f"  number and worth of orders: correlation {prediction.correlation:.2f}, taken to be 0")
    for reason in prediction.reasons:
        write(f"\nnot predicted: {reason}")
    for warning in prediction.warnings:
        write(f"\nwarning: {warning}")
    write("\nset for so many people")
    for name, people in prediction.people.items():
        write(f"  {name:<20} {people:>12,}")
    for name in prediction.imported:
        write(f"  {name:<20} left as it was imported")
