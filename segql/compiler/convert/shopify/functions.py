"""Shopify's functions of what customers did and where they live, into text."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from segql.compiler.conditions import (
    AnyCondition,
    AnyWindow,
    Attribute,
    Comparison,
    Coordinates,
    Did,
    EventName,
    Events,
    HowOften,
    Is,
    IsAnniversary,
    IsIn,
    Items,
    Length,
    Measure,
    Number,
    Several,
    Within,
)
from segql.compiler.conditions.windows import Calendar, InTheNext
from segql.compiler.convert.report import NotCarriedError
from segql.compiler.convert.shopify.words import COMPARATORS, Asked, Converting, number_test, window

Parameters = Mapping[str, Asked]
_EMAILS = {
    "opened": "Opened Email",
    "clicked": "Clicked Email",
    "delivered": "Received Email",
    "bounced": "Bounced Email",
}


def matches(converting: Converting, function: str, asked: Parameters) -> AnyCondition:
    """What it means that a function matches. Raises `NotCarriedError`."""
    if function in _FUNCTIONS:
        return _FUNCTIONS[function](converting, asked)
    kind, _, event = function.partition(".")
    if kind == "shopify_email" and event in _EMAILS:
        converting.may_differ(f'{function} is the event "{_EMAILS[event]}"')
        return _happened(converting, _EMAILS[event], asked)
    if kind in ("storefront", "storefront_event") and event == "product_viewed":
        converting.may_differ(f'{function} is the event "Viewed Product"')
        product = Attribute(name=converting.names.product)
        rest = {name: value for name, value in asked.items() if name not in ("id", "product_id")}
        ids = [_in(product, value) for name, value in asked.items() if name not in rest]
        return _happened(converting, "Viewed Product", rest, *ids)
    raise NotCarriedError(f"{function} has no event here")


def anniversary(attribute: str, asked: Asked) -> AnyCondition:
    """A day of any year. Raises `NotCarriedError`."""
    term = Attribute(name=attribute)
    today = Comparison(term=term, test=IsAnniversary(when=Calendar(which="this", unit="day")))
    match asked.operator, [str(value).lower() for value in asked.values]:
        case "=", ["today"]:
            return today
        case "BETWEEN", ["today", str(ahead)] if ahead[0] == "+" and ahead[-1] in "dw":
            count, unit = int(ahead[1:-1]), "day" if ahead[-1] == "d" else "week"
            if count:
                length = Length(count=count, unit=unit)  # type: ignore[arg-type]  # one of both
                soon = Comparison(term=term, test=IsAnniversary(when=InTheNext(length=length)))
                return Several(operator="any", children=(today, soon))
            return today
    raise NotCarriedError("of anniversaries only today, and from today on, can be said here")


def _orders_placed(converting: Converting, asked: Parameters) -> AnyCondition:
    amounts = [
        Comparison(term=Attribute(name=converting.names.value), test=number_test(value))
        for name, value in asked.items()
        if name == "amount"
    ]
    rest = {name: value for name, value in asked.items() if name != "amount"}
    total = rest.pop("sum_amount", None)
    if total is None:
        return _happened(converting, converting.names.orders, rest, *amounts)
    if "count" in rest or amounts:
        raise NotCarriedError("a sum together with other numbers is not one condition here")
    measure = Measure(
        function="sum",
        property=Attribute(name=converting.names.value),
        events=_events(converting.names.orders),
        window=_window(rest),
    )
    _note_nothing(converting, total)
    return Comparison(term=measure, test=number_test(total))


def _products_purchased(converting: Converting, asked: Parameters) -> AnyCondition:
    product = Attribute(name=converting.names.product)
    ids = [_in(product, value) for name, value in asked.items() if name == "id"]
    if ids and "count" in asked:
        raise NotCarriedError("how often a product was bought is not counted here", "count")
    items = Attribute(name=converting.names.items)
    if ids:
        converting.may_differ(f"products are looked for in {items.text()} of an order, by {product.text()}")
    rest = {name: value for name, value in asked.items() if name != "id"}
    bought = [Items(quantifier="any", list=items, where=one) for one in ids]
    return _happened(converting, converting.names.orders, rest, *bought)


def _within_distance(_: Converting, asked: Parameters) -> AnyCondition:
    match dict(asked):
        case {"coordinates": place, "distance_km": distance} if len(asked) == 2:
            unit = "km"
        case {"coordinates": place, "distance_mi": distance} if len(asked) == 2:
            unit = "miles"
        case _:
            raise NotCarriedError("coordinates and one distance are expected")
    if distance.operator not in ("=", "<=", "<") or distance.values[0].type != "NUMBER":
        raise NotCarriedError("a distance is expected here")
    latitude, longitude = map(Decimal, place.values)
    return Within(
        distance=Decimal(distance.values[0]),
        unit=unit,  # type: ignore[arg-type]  # one of both
        place=Coordinates(latitude=latitude, longitude=longitude),
    )


def _happened(converting: Converting, event: str, asked: Parameters, *where: AnyCondition) -> AnyCondition:
    """An event with its number and its window; nothing else is known of it."""
    unknown = sorted(asked.keys() - {"date", "count"})
    if unknown:
        raise NotCarriedError("it is not known of the event here", unknown[0])
    often = None if "count" not in asked else _how_often(asked["count"])
    if "count" in asked:
        _note_nothing(converting, asked["count"])
    (both,) = where or (None,)
    return Did(events=_events(event), how_often=often, window=_window(asked), where=both)


def _how_often(asked: Asked) -> HowOften:
    words = {"=": "exactly", **COMPARATORS, "<": "fewer than"}.get(asked.operator)
    if words is None or not asked.values[0].isdigit():
        raise NotCarriedError("a number of times is expected here", "count")
    return HowOften(operator=words, times=int(asked.values[0]))  # type: ignore[arg-type]  # of the table


def _note_nothing(converting: Converting, asked: Asked) -> None:
    """Note where it matters whether nothing counts as 0."""
    if asked.operator not in (">", ">="):
        converting.may_differ("Shopify does not say whether nothing counts as 0; here it does")


def _window(asked: Parameters) -> AnyWindow | None:
    return window(asked["date"]) if "date" in asked else None


def _events(name: str) -> Events:
    return Events(names=(EventName(name=name),))


def _in(product: Attribute, asked: Asked) -> AnyCondition:
    """A product that is one of some."""
    if any(value.type != "NUMBER" for value in asked.values):
        raise NotCarriedError("ids are expected here", "id")
    numbers = tuple(Number(value=Decimal(value)) for value in asked.values)
    match asked.operator:
        case "=":
            return Comparison(term=product, test=Is(value=numbers[0]))
        case "IN":
            return Comparison(term=product, test=IsIn(values=numbers))
    raise NotCarriedError("which products were not bought beside others cannot be said here", "id")


def _refusing(why: str) -> "Callable[[Converting, Parameters], AnyCondition]":
    def refuse(_: Converting, __: Parameters) -> AnyCondition:
        raise NotCarriedError(why)

    return refuse


_FUNCTIONS: "dict[str, Callable[[Converting, Parameters], AnyCondition]]" = {
    "orders_placed": _orders_placed,
    "products_purchased": _products_purchased,
    "customer_within_distance": _within_distance,
    "store_credit_accounts": _refusing("store credit is not kept here"),
}
