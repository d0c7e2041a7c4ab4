"""Maximum likelihood: the parameters, all above zero, under which what was seen is likeliest."""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
from scipy import optimize

Floats = npt.NDArray[np.float64]

# Between these a parameter is sought. At an end everybody is as good as alike, which is a fit too.
_BOUNDS = np.log(1e-4), np.log(1e4)
# By how much the mean log-likelihood may still rise for each e-fold of a parameter.
_STEEPEST = 1e-5


class FitError(Exception):
    """No parameters are likeliest, or the likeliest make no sense."""


def maximize(
    log_likelihood: Callable[[Floats], tuple[float, Floats]], starts: Iterable[tuple[float, ...]], seen: float
) -> tuple[Floats, float]:
    """The likeliest parameters and their log-likelihood, the best of several starts.

    `log_likelihood` gives its value and its slope in each parameter; `seen`: how many people it is a sum over.
    Raises `FitError` where no start ends on a maximum.
    """

    def loss(logarithms: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logarithms)
        value, slope = log_likelihood(parameters)
        return -value / seen, -slope * parameters / seen

    best: tuple[Floats, float] | None = None
    for start in starts:
        found = optimize.minimize(
            loss,
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[_BOUNDS] * len(start),
            options={"maxiter": 1_000, "ftol": 1e-14, "gtol": 1e-9},
        )
        # Whether it converged is judged by the slope within the bounds, as the search also ends where rounding stops it.
        slope = found.x - np.clip(found.x - found.jac, *_BOUNDS)
        value = -float(found.fun) * seen
        if np.max(np.abs(slope)) < _STEEPEST and (best is None or value > best[1]):
            best = (np.exp(found.x), value)
    if best is None:
        raise FitError
    return best
