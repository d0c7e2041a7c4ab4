"""The models give what their papers print, on the papers' data.

[1] Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2).
[2] Fader, Hardie, Lee (2005), Implementing the BG/NBD Model for Customer Base Analysis in Excel, brucehardie.com/notes/004.
[3] Fader, Hardie (2013), The Gamma-Gamma Model of Monetary Value, brucehardie.com/notes/025; the same parameters are in
    Fader, Hardie, Lee (2005), RFM and CLV, Journal of Marketing Research 42(4).
"""

from datetime import UTC, datetime, time

import numpy as np
import pyarrow as pa
import pytest

from segql.compiler.catalog.model import Account
from segql.runtime.predict import bgnbd, gamma_gamma
from segql.runtime.predict.bgnbd import BgNbd, Histories
from segql.runtime.predict.predict import predict
from segql.runtime.store.catalog import read_catalog
from segql.runtime.store.database import Database
from segql.runtime.store.events import append_events
from segql.runtime.store.profiles import upsert_profiles
from tests.predict.cdnow import CALIBRATION_ENDS, WEEKS_39, Summary, orders, summary

PRINTED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
PRINTED_LOG_LIKELIHOOD = -9582.4


@pytest.fixture(scope="module")
def sample() -> Summary:
    return summary()


@pytest.fixture(scope="module")
def fitted(sample: Summary) -> BgNbd:
    return bgnbd.fit(sample.histories)


def test_bgnbd_has_the_parameters_of_fader_hardie_lee_2005(fitted: BgNbd) -> None:
    assert {name: round(getattr(fitted, name), 3) for name in PRINTED} == PRINTED
    assert round(fitted.log_likelihood, 1) == PRINTED_LOG_LIKELIHOOD


def test_bgnbd_expects_of_customer_1_what_the_note_on_excel_prints(fitted: BgNbd) -> None:
    ordered_twice_again = Histories(np.array([2.0]), np.array([30.43 * 7]), np.array([38.86 * 7]))
    (expected,) = fitted.expected_orders(ordered_twice_again, WEEKS_39)
    assert round(expected, 3) == 1.226


def test_bgnbd_foresees_the_holdout_as_the_paper_does(fitted: BgNbd, sample: Summary) -> None:
    expected = fitted.expected_orders(sample.histories, WEEKS_39)
    assert round(float(np.corrcoef(expected, sample.orders_later)[0, 1]), 3) == 0.626


def test_gamma_gamma_has_the_parameters_of_fader_hardie_2013(sample: Summary) -> None:
    x, mean = sample.histories.frequency, sample.mean
    again = x > 0
    assert again.sum() == 946
    model = gamma_gamma.fit(x[again], mean[again])
    assert (round(model.p, 2), round(model.q, 2), round(model.v, 2)) == (6.25, 3.74, 15.44)
    # The first ten customers, as in the spreadsheet of the note.
    printed = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert np.round(model.expected_value(x, mean)[:10], 2).tolist() == printed


def test_predict_has_the_same_parameters_from_the_orders_in_a_store() -> None:
    rows = list(orders())
    people = list(dict.fromkeys(row.customer for row in rows))
    table = pa.table(
        {
            "external_id": [row.customer for row in rows],
            "occurred_at": [datetime.combine(row.day, time(12), UTC) for row in rows],
            "event_id": [str(number) for number in range(len(rows))],
            "Total": [row.dollars for row in rows],
        }
    )
    with Database.open(":memory:") as database:
        with database.transaction() as connection:
            upsert_profiles(connection, pa.table({"external_id": people}), Account())
            append_events(connection, "Placed Order", table, amount="Total")
        now = datetime.combine(CALIBRATION_ENDS, time(23, 59), UTC)
        found = predict(database, read_catalog(database), now)
    assert found.customers == 2357
    assert found.order_model is not None
    assert {name: round(getattr(found.order_model, name), 3) for name in PRINTED} == PRINTED
    assert round(found.order_model.log_likelihood, 1) == PRINTED_LOG_LIKELIHOOD
    assert found.value_model is not None
    model = found.value_model
    assert (round(model.p, 2), round(model.q, 2), round(model.v, 2)) == (6.25, 3.74, 15.44)
    assert round(found.correlation, 2) == 0.11
