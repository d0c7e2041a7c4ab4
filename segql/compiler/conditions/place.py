"""Nearness: `within 25 miles of "02139" in US`, `within 5 km of (42.37, -71.1)`, `within 5 km of place "Store"`."""

from decimal import Decimal
from typing import Literal

from segql.compiler.ast.base import Condition, Node
from segql.compiler.ast.values import check_finite, number_text
from segql.compiler.ast.voice import Voice
from segql.compiler.catalog.model import Point
from segql.compiler.check.scope import MAP_IT, Scope
from segql.compiler.conditions.parameters import OrParameter, Parameter, given, name_or_parameter
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan
from segql.compiler.text import listing, quoted

_COORDINATES = ("latitude", "longitude")
METRES = {"miles": 1609.344, "km": 1000.0}


class PostalCode(Node, tag="postal code"):
    """`"02139" in US`."""

    code: OrParameter
    country: str

    def point(self, scope: Scope) -> Point | None:
        return scope.catalog.postal_code(self.country, given(self.code))

    def check(self, scope: Scope) -> None:
        if isinstance(self.code, Parameter) or self.point(scope) is not None:
            return
        countries = sorted(scope.catalog.postal_codes)
        known = (
            f"postal codes are known for {listing(countries, 'and')}" if countries else "none are known yet"
        )
        scope.report(
            Code.SG206,
            f"there is no postal code {quoted(self.code)} in {self.country}",
            self.span,
            f"{known}; import more with `segql import places`, or write `of (latitude, longitude)`",
        )

    def text(self) -> str:
        return f"{name_or_parameter(self.code)} in {self.country}"


class Coordinates(Node, tag="coordinates"):
    """`(42.37, -71.1)`: degrees north and east."""

    latitude: Decimal
    longitude: Decimal

    def __post_init__(self) -> None:
        check_finite(self.latitude, self.longitude)

    def point(self, scope: Scope) -> Point | None:
        return Point(float(self.latitude), float(self.longitude))

    def check(self, scope: Scope) -> None:
        if abs(self.latitude) > 90 or abs(self.longitude) > 180:
            scope.report(
                Code.SG106,
                f"{self.text()} is no place on earth",
                self.span,
                "write latitude (-90 to 90) and then longitude (-180 to 180)",
            )

    def text(self) -> str:
        return f"({number_text(self.latitude)}, {number_text(self.longitude)})"


class NamedPlace(Node, tag="place"):
    """`place "Store"`: a place of the account."""

    name: OrParameter

    def point(self, scope: Scope) -> Point | None:
        return scope.catalog.place(given(self.name))

    def check(self, scope: Scope) -> None:
        if isinstance(self.name, str):
            scope.check_place(self.name, self.span)

    def text(self) -> str:
        return f"place {name_or_parameter(self.name)}"


class Within(Condition, tag="within"):
    """People whose latitude and longitude lie within a distance of a place, over the globe."""

    distance: Decimal
    unit: Literal["miles", "km"]
    place: PostalCode | Coordinates | NamedPlace

    def __post_init__(self) -> None:
        check_finite(self.distance)

    def check(self, scope: Scope) -> None:
        self.place.check(scope)
        if None in map(scope.catalog.attribute, _COORDINATES):
            scope.check_store(f"attributes called {listing(_COORDINATES, 'and')}", self.span, MAP_IT)

    def lower(self, scope: Scope) -> plan.Predicate:
        point = self.place.point(scope)
        if point is None:
            raise LookupError(self.place.text())
        return plan.Near(point.latitude, point.longitude, float(self.distance) * METRES[self.unit])

    def text(self) -> str:
        return f"within {number_text(self.distance)} {self.unit} of {self.place.text()}"

    def english(self, voice: Voice) -> str:
        return f"who live {self.text()}"

    def english_complement(self, voice: Voice) -> str:
        return f"who do not live {self.text()}, or whose place is not known"
