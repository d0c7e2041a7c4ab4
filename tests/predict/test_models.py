"""The models' laws, against plain integration, and on data that were drawn from them."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from segql.runtime.predict import bgnbd, gamma_gamma
from segql.runtime.predict.bgnbd import BgNbd, Histories
from segql.runtime.predict.gamma_gamma import GammaGamma
from segql.runtime.predict.likelihood import FitError, Floats, maximize
from tests.predict.simulated import drawn_histories, drawn_values

PARAMETER = st.floats(0.05, 20)
MODELS = st.builds(BgNbd, PARAMETER, st.floats(0.5, 50), PARAMETER, PARAMETER, st.just(0.0))


def one(frequency: float, recency: float, age: float) -> Histories:
    return Histories(np.array([frequency]), np.array([recency]), np.array([age]))


@st.composite
def people(draw: st.DrawFn) -> Histories:
    age = draw(st.integers(0, 1500))
    frequency = draw(st.integers(0, 40))
    recency = draw(st.integers(0, age)) if frequency else 0
    return one(float(frequency), float(recency), float(age))


@given(MODELS, people())
def test_a_probability_is_one(model: BgNbd, person: Histories) -> None:
    (alive,) = model.alive(person)
    assert 0 <= alive <= 1
    assert person.frequency[0] > 0 or alive == 1


@given(MODELS, st.integers(1, 40), st.integers(1, 1500))
def test_the_later_the_last_order_the_likelier_they_are_still_customers(
    model: BgNbd, frequency: int, age: int
) -> None:
    recency = np.linspace(0, age, 20)
    alive = model.alive(Histories(np.full(20, float(frequency)), recency, np.full(20, float(age))))
    assert np.all(np.diff(alive) >= 0)


@given(MODELS, people(), st.integers(1, 700))
def test_more_days_bring_more_orders(model: BgNbd, person: Histories, days: int) -> None:
    (some,), (more,) = model.expected_orders(person, days), model.expected_orders(person, days + 30)
    assert 0 <= some <= more + 1e-6


@settings(max_examples=30, deadline=None)
@given(MODELS, people(), st.sampled_from([30, 365]))
def test_expected_orders_are_the_integral_over_everything_unknown(
    model: BgNbd, person: Histories, days: int
) -> None:
    # Of somebody still a customer: the rate is gamma (r + x, alpha + T), the probability of stopping beta (a, b + x).
    shape, weeks = model.r + person.frequency[0], days / 7
    rate = model.alpha + person.age[0] / 7
    stopping = stats.beta(model.a, model.b + person.frequency[0])

    def orders(quantile: float) -> float:
        stop = max(stopping.ppf(quantile), 1e-12)
        return -np.expm1(-shape * np.log1p(stop * weeks / rate)) / stop

    total, _ = integrate.quad(orders, 0, 1, epsrel=1e-7, limit=500)
    (expected,) = model.expected_orders(person, days)
    assert expected == pytest.approx(total * model.alive(person)[0], rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("a", [1 - 1e-9, 1.0, 1 + 1e-9])
def test_expected_orders_are_smooth_where_the_formula_is_nothing_by_nothing(a: float) -> None:
    beside = BgNbd(0.5, 5, 1.001, 2, 0).expected_orders(one(3, 100, 200), 365)
    assert BgNbd(0.5, 5, a, 2, 0).expected_orders(one(3, 100, 200), 365) == pytest.approx(beside, rel=1e-2)
    both = BgNbd(0.5, 5, 0.401, 0.6, 0).expected_orders(one(0, 0, 200), 365)
    assert BgNbd(0.5, 5, 0.4, 0.6, 0).expected_orders(one(0, 0, 200), 365) == pytest.approx(both, rel=1e-2)


@pytest.mark.parametrize(
    ("model", "person", "least", "most"),
    [
        # The series of the paper is too large for a number here,
        (BgNbd(0.5, 5, 0.8, 2.5, 0), one(1000, 1000, 1001), 500, 5000),
        # and Euler's here.
        (BgNbd(0.5, 0.5, 900, 3, 0), one(1, 7, 7), 0, 0.01),
    ],
)
def test_very_many_orders_and_very_early_ends_are_no_trouble(
    model: BgNbd, person: Histories, least: float, most: float
) -> None:
    (expected,) = model.expected_orders(person, 3650)
    assert least < expected < most


def test_half_of_the_gaps_of_those_who_stay_are_shorter_than_days_to_next() -> None:
    model, generator = BgNbd(0.8, 6, 0.8, 2.5, 0), np.random.default_rng(5)
    (days,) = model.days_to_next(one(2, 70, 300))
    rates = generator.gamma(0.8 + 2, 1 / (6 + 10), 200_000)
    assert np.mean(generator.exponential(1 / rates) * 7 < days) == pytest.approx(0.5, abs=0.005)


def test_bgnbd_is_found_again_in_what_was_drawn_from_it() -> None:
    truth = (0.7, 9.0, 0.9, 3.0)
    model = bgnbd.fit(drawn_histories(np.random.default_rng(11), 10_000, *truth))
    assert astuple(model)[:4] == pytest.approx(truth, rel=0.15)


def test_gamma_gamma_is_found_again_in_what_was_drawn_from_it() -> None:
    truth = (5.0, 4.0, 30.0)
    model = gamma_gamma.fit(*drawn_values(np.random.default_rng(12), 10_000, *truth))
    assert astuple(model)[:3] == pytest.approx(truth, rel=0.1)


def test_the_order_of_rows_changes_nothing() -> None:
    generator = np.random.default_rng(13)
    histories = drawn_histories(generator, 2_000, 0.7, 9.0, 0.9, 3.0)
    shuffle = generator.permutation(2_000)
    assert bgnbd.fit(Histories(*(column[shuffle] for column in histories))) == bgnbd.fit(histories)
    orders, mean = drawn_values(generator, 2_000, 5.0, 4.0, 30.0)
    shuffle = generator.permutation(2_000)
    shuffled = gamma_gamma.fit(orders[shuffle], mean[shuffle])
    assert astuple(shuffled) == pytest.approx(astuple(gamma_gamma.fit(orders, mean)), rel=1e-6)


def test_another_currency_only_changes_the_scale() -> None:
    orders, mean = drawn_values(np.random.default_rng(14), 3_000, 5.0, 4.0, 30.0)
    dollars, cents = gamma_gamma.fit(orders, mean), gamma_gamma.fit(orders, mean * 100)
    assert (cents.p, cents.q, cents.v) == pytest.approx((dollars.p, dollars.q, dollars.v * 100), rel=1e-5)
    assert cents.log_likelihood == pytest.approx(dollars.log_likelihood - 3_000 * np.log(100))


@given(st.floats(0.1, 50), st.floats(1.1, 50), st.floats(0.1, 500), st.integers(1, 200), st.floats(0, 1e5))
def test_a_value_lies_between_everybodys_and_ones_own(
    p: float, q: float, v: float, orders: int, mean: float
) -> None:
    model = GammaGamma(p, q, v, 0)
    own, everybody = model.expected_value(np.array([orders, 0.0]), np.array([mean, np.nan]))
    assert everybody == pytest.approx(p * v / (q - 1))
    slack = 1e-9 * (mean + everybody)
    assert min(mean, everybody) - slack <= own <= max(mean, everybody) + slack


def test_people_who_all_order_alike_go_on_like_that() -> None:
    weekly = Histories(*(np.full(1000, days) for days in (30.0, 210.0, 211.0)))
    model = bgnbd.fit(weekly)
    assert model.expected_orders(weekly, 70) == pytest.approx(10, rel=0.03)
    assert model.alive(weekly) == pytest.approx(1, abs=0.01)
    same = gamma_gamma.fit(np.full(1000, 3.0), np.full(1000, 20.0))
    assert same.expected_value(np.array([0.0, 3.0]), np.array([np.nan, 20.0])) == pytest.approx(20, rel=0.01)


def test_people_who_never_stop_do_not_stop() -> None:
    histories = drawn_histories(np.random.default_rng(15), 2_000, 0.7, 9.0, 1e-9, 1.0)
    model = bgnbd.fit(histories)
    assert 1 - model.alive(histories).mean() == pytest.approx(0, abs=0.01)
    assert model.r / model.alpha == pytest.approx(0.7 / 9, rel=0.1)


def test_worths_without_a_mean_cannot_be_fitted() -> None:
    with pytest.raises(FitError):
        gamma_gamma.fit(*drawn_values(np.random.default_rng(16), 3_000, 5.0, 0.8, 30.0))
    with pytest.raises(FitError):
        gamma_gamma.fit(np.array([]), np.array([]))


def two_hills(parameters: Floats) -> tuple[float, Floats]:
    """A likelihood with a maximum of 1 near 0.1, and of 2 near 10."""
    (parameter,) = parameters
    low, high = np.log(parameter / 0.1), np.log(parameter / 10)
    value = np.exp(-(low**2)) + 2 * np.exp(-(high**2))
    slope = -2 * low * np.exp(-(low**2)) - 4 * high * np.exp(-(high**2))
    return float(value), np.array([slope / parameter])


@pytest.mark.parametrize("starts", [[(0.15,), (8.0,)], [(8.0,), (0.15,)]])
def test_the_best_start_wins(starts: list[tuple[float]]) -> None:
    (parameter,), value = maximize(two_hills, starts, seen=1)
    assert (parameter, value) == (pytest.approx(10, rel=1e-4), pytest.approx(2))


def test_what_rises_for_ever_is_followed_to_the_bounds() -> None:
    (parameter,), _ = maximize(lambda parameters: (-1 / parameters[0], 1 / parameters**2), [(1.0,)], seen=1)
    assert 1e3 < parameter <= 1e4 * (1 + 1e-9)


def test_a_search_that_ends_on_a_slope_has_found_nothing() -> None:
    with pytest.raises(FitError):
        maximize(lambda parameters: (0.0, np.ones(1)), [(1.0,)], seen=1)
