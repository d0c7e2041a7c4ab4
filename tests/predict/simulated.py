"""People drawn from the models, from the sentences that define them and not from their formulas."""

import numpy as np

from segql.runtime.predict.bgnbd import Histories
from segql.runtime.predict.likelihood import Floats


def drawn_orders(
    generator: np.random.Generator,
    people: int,
    r: float,
    alpha: float,
    a: float,
    b: float,
    weeks: float = 100,
) -> list[Floats]:
    """For each person the weeks ago of their orders, the first at random within so many weeks."""
    drawn = []
    rates, stops = generator.gamma(r, 1 / alpha, people), generator.beta(a, b, people)
    for age, rate, stop in zip(generator.uniform(0, weeks, people), rates, stops, strict=True):
        ago = [age]
        while (gap := generator.exponential(1 / max(rate, 1e-9))) < ago[-1]:
            ago.append(ago[-1] - gap)
            if generator.random() < stop:
                break
        drawn.append(np.array(ago))
    return drawn


def drawn_histories(
    generator: np.random.Generator, people: int, r: float, alpha: float, a: float, b: float
) -> Histories:
    """As the model sees them, with times that are not rounded to days."""
    drawn = drawn_orders(generator, people, r, alpha, a, b)
    rows = [(len(ago) - 1, (ago[0] - ago[-1]) * 7, ago[0] * 7) for ago in drawn]
    return Histories(*np.array(rows, dtype=float).T)


def drawn_values(
    generator: np.random.Generator, people: int, p: float, q: float, v: float
) -> tuple[Floats, Floats]:
    """How many orders each person has, and their mean."""
    orders = generator.integers(1, 8, people).astype(float)
    scales = generator.gamma(q, 1 / v, people)
    return orders, generator.gamma(p * orders, 1 / scales) / orders
