"""Distances on the globe as SQL: a box that an engine can skip by, then the haversine formula."""

from collections.abc import Callable
from dataclasses import dataclass
from math import asin, cos, degrees, pi, radians, sin

from segql.compiler.sql import build
from segql.compiler.sql.build import Sql

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

    def contains(self, latitude: Sql, longitude: Sql, bind: Callable[[float], Sql]) -> Sql:
        """Whether a point lies inside: sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2) at most sin²(d/2r)."""

        def half_sine_squared(column: Sql, centre: float) -> Sql:
            difference = build.operation(column, "-", bind(centre))
            half = build.operation(build.call("RADIANS", difference), "/", build.integer(2))
            return build.call("POWER", build.call("SIN", half), build.integer(2))

        chord = build.operation(
            half_sine_squared(latitude, self.latitude),
            "+",
            build.operation(
                bind(cos(radians(self.latitude))),
                "*",
                build.call("COS", build.call("RADIANS", latitude)),
                half_sine_squared(longitude, self.longitude),
            ),
        )
        return build.comparison(chord, "<=", bind(sin(self._angle / 2) ** 2))
