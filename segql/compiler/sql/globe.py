"""Distances on the globe as SQL: a box that an engine can skip by, then the haversine formula."""

from collections.abc import Callable
from dataclasses import dataclass
from math import asin, cos, degrees, pi, radians, sin

from sqlglot import exp

from segql.compiler.sql import build

EARTH_METRES = 6_371_008.8  # the mean radius
# The box is computed a little too large, so that rounding never cuts anybody off; the formula decides.
_MARGIN = 1.000001


@dataclass(frozen=True)
class Circle:
    """The points within so many metres of a point."""

    latitude: float
    longitude: float
    metres: float

    @property
    def _angle(self) -> float:
        return min(self.metres / EARTH_METRES, pi)

    @property
    def latitudes(self) -> tuple[float, float]:
        """The southernmost and the northernmost latitude."""
        reach = degrees(self._angle) * _MARGIN
        return self.latitude - reach, self.latitude + reach

    @property
    def longitudes(self) -> tuple[float, float] | None:
        """The westernmost and the easternmost longitude; None where a pole or the date line is inside."""
        south, north = self.latitudes
        if south <= -90 or north >= 90:
            return None
        reach = degrees(asin(min(1.0, sin(self._angle) / cos(radians(self.latitude))))) * _MARGIN
        west, east = self.longitude - reach, self.longitude + reach
        return None if west < -180 or east > 180 else (west, east)

    def contains(
        self, latitude: exp.Expr, longitude: exp.Expr, bind: Callable[[float], exp.Expr]
    ) -> exp.Expr:
        """Whether a point lies inside: sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2) at most sin²(d/2r)."""

        def half_sine_squared(column: exp.Expr, centre: float) -> exp.Expr:
            difference = build.paren(exp.Sub(this=column.copy(), expression=bind(centre)))
            half = exp.Div(this=_radians(difference), expression=exp.Literal.number(2))
            return exp.Pow(
                this=exp.Anonymous(this="sin", expressions=[half]), expression=exp.Literal.number(2)
            )

        cosines = exp.Mul(
            this=bind(cos(radians(self.latitude))),
            expression=exp.Anonymous(this="cos", expressions=[_radians(latitude.copy())]),
        )
        chord = exp.Add(
            this=half_sine_squared(latitude, self.latitude),
            expression=exp.Mul(this=cosines, expression=half_sine_squared(longitude, self.longitude)),
        )
        return exp.LTE(this=chord, expression=bind(sin(self._angle / 2) ** 2))


def _radians(angle: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="radians", expressions=[angle])
