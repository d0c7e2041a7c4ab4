"""What Klaviyo's definitions are made of: fields of each part, names of things, and how texts are compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from segql.compiler.convert.report import NotCarriedError
from segql.compiler.record import Record

# Klaviyo's own names of facts about a profile, and what they are called here.
PROPERTIES = {
    "location['city']": "city",
    "location['region']": "region",
    "location['country']": "country",
    "location['zip']": "postal_code",
    "location['latitude']": "latitude",
    "location['longitude']": "longitude",
    "location['timezone']": "timezone",
}
PLAIN_PROPERTIES = ("email", "phone_number", "external_id", "first_name", "last_name", "created")
# The attributes that are predicted, or computed from orders.
DIMENSIONS = {
    "average_days_between_orders": "days_between_orders",
    "average_order_value": "average_order_value",
    "churn_probability": "churn_risk",
    "historic_clv": "historic_clv",
    "predicted_clv": "predicted_clv",
    "predicted_number_of_orders": "predicted_orders",
    "total_clv": "total_clv",
    "expected_date_of_next_purchase": "expected_next_order",
    "predicted_gender": "predicted_gender",
}
ORDERS_DIMENSION = "historic_number_of_orders"


class Names(Record):
    """What the ids in Klaviyo's documents stand for: metrics and lists by their ids. `value`: the property of an event
    that is its value; `orders`: the event of an order."""

    metrics: dict[str, str] = {}  # noqa: RUF012 - msgspec copies it
    lists: dict[str, str] = {}  # noqa: RUF012
    value: str = "$value"
    orders: str = "Placed Order"


@dataclass
class Converting:
    """A conversion at work. `any_case`: texts are compared without regard to case, which Klaviyo does not do.

    `uses_days`: whether days were read or written, which are Klaviyo's in UTC; `differences`: what may differ, and where."""

    names: Names
    any_case: bool
    uses_days: bool = False
    differences: dict[str, None] = field(default_factory=dict)

    def may_differ(self, why: str) -> None:
        """Note once that what is asked may not be the same."""
        self.differences[why] = None


def taken(
    part: object, fields: Mapping[str, type | tuple[type, ...]], optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The fields of a part of a document, all of them known and of the right type.

    Raises `NotCarriedError`, so that nothing that a newer Klaviyo says is passed over."""
    if not isinstance(part, dict):
        raise NotCarriedError("an object is expected here")
    for name in part:
        if name not in fields:
            raise NotCarriedError(f'the field "{name}" is not known here')
    for name, kind in fields.items():
        if name not in part:
            if name in optional:
                continue
            raise NotCarriedError(f'the field "{name}" is missing')
        kinds = kind if isinstance(kind, tuple) else (kind,)
        # A boolean is no number, whatever Python says.
        if not isinstance(part[name], kinds) or (isinstance(part[name], bool) and bool not in kinds):
            raise NotCarriedError(f'the field "{name}" holds something else than is known here')
    return part


def within(place: str, error: NotCarriedError) -> NotCarriedError:
    """The same, of a part that stands at a place of a larger one."""
    between = "." if error.place and not error.place.startswith("[") else ""
    return NotCarriedError(error.why, f"{place}{between}{error.place}")


def number(value: int | Decimal) -> int | float:
    """A number as JSON has it. Raises `NotCarriedError` where it would be another one."""
    if value == int(value):
        return int(value)
    if Decimal(repr(float(value))) != value:
        raise NotCarriedError("the number has more digits than JSON keeps")
    return float(value)
