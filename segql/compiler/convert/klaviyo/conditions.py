"""Klaviyo's kinds of conditions, into text."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from segql.compiler.conditions import (
    And,
    AnyCondition,
    AnyWindow,
    Attribute,
    Comparison,
    Did,
    EventName,
    Events,
    HowOften,
    IsInRegion,
    IsSet,
    Length,
    Measure,
    PostalCode,
    Several,
    Step,
    Within,
)
from segql.compiler.conditions.windows import InTheLast, InTheNext
from segql.compiler.convert.klaviyo.consents import read_consent, read_membership
from segql.compiler.convert.klaviyo.filters import COMPARATORS, read_filter, read_number
from segql.compiler.convert.klaviyo.windows import read_window_at
from segql.compiler.convert.klaviyo.words import (
    DIMENSIONS,
    ORDERS_DIMENSION,
    PLAIN_PROPERTIES,
    PROPERTIES,
    Converting,
    taken,
    within,
)
from segql.compiler.convert.report import NotCarriedError

# The places from which Klaviyo measures distances, by ISO 3166 in three letters.
COUNTRIES = {
    "USA": "US", "CAN": "CA", "AUS": "AU", "NZL": "NZ", "GBR": "GB", "AUT": "AT", "BEL": "BE", "BGR": "BG", "HRV": "HR",
    "CYP": "CY", "CZE": "CZ", "DNK": "DK", "EST": "EE", "FIN": "FI", "FRA": "FR", "DEU": "DE", "GRC": "GR", "HUN": "HU",
    "IRL": "IE", "ITA": "IT", "LVA": "LV", "LTU": "LT", "LUX": "LU", "MLT": "MT", "NLD": "NL", "POL": "PL", "PRT": "PT",
    "ROU": "RO", "SVK": "SK", "SVN": "SI", "ESP": "ES", "SWE": "SE",
}  # fmt: skip
REGIONS = {"european_union": "EU", "united_states": "US"}
LIMITS = {"HOURS_1": Length(count=1, unit="hour"), "WEEKS_1": Length(count=1, unit="week")} | {
    name: Length(count=days, unit="day")
    for name, days in (
        *(("DAYS_1", 1), ("DAYS_3", 3), ("DAYS_5", 5), ("DAYS_30", 30)),
        *(("DAYS_90", 90), ("DAYS_180", 180), ("YEARS_1", 365)),
    )
}
_OTHER_MODEL = "both predict it, by models of their own"
_SUM_OF_NOTHING = "Klaviyo does not say what the sum is for people without the event; here it is 0"


def read_condition(converting: Converting, asked: object) -> AnyCondition:
    """The condition of a document's condition. Raises `NotCarriedError`."""
    match asked:
        case {"type": str(kind)} if kind in _READERS and isinstance(asked, dict):
            return _READERS[kind](converting, asked)
    raise NotCarriedError("there is no such kind of condition")


def property_name(written: str) -> Attribute:
    """The attribute of a property as Klaviyo writes it. Raises `NotCarriedError`."""
    if written in PROPERTIES:
        return Attribute(name=PROPERTIES[written])
    if written in PLAIN_PROPERTIES:
        return Attribute(name=written)
    if written.startswith("properties['") and written.endswith("']"):
        name = written[len("properties['") : -len("']")]
        if name and not any(character in name for character in "'\\]["):
            return Attribute(name=name)
    raise NotCarriedError(f"{written} has no name here")


# ---- What people did ------------------------------------------------------------------------------------------------


def _metric(converting: Converting, asked: dict[str, Any]) -> AnyCondition:
    fields = {
        **{"type": str, "metric_id": str, "measurement": str, "measurement_filter": dict},
        **{"timeframe_filter": dict, "metric_filters": list},
    }
    taken(asked, fields, ("metric_filters",))
    events = _event(converting, asked["metric_id"])
    window = read_window_at(converting, asked["timeframe_filter"], "timeframe_filter")
    if isinstance(window, InTheNext):
        raise NotCarriedError("events lie in the past", "timeframe_filter")
    where = _where(converting, asked.get("metric_filters", []))
    filter_ = taken(asked["measurement_filter"], {"type": str, "operator": str, "value": (int, Decimal)})
    if asked["measurement"] == "sum":
        if filter_["operator"] not in ("greater-than", "greater-than-or-equal") or filter_["value"] < 0:
            converting.may_differ(_SUM_OF_NOTHING)
        value = Attribute(name=converting.names.value)
        total = Measure(function="sum", property=value, events=events, window=window, where=where)
        return Comparison(term=total, test=read_number(filter_))
    if asked["measurement"] != "count":
        raise NotCarriedError(f'"{asked["measurement"]}" is no measurement', "measurement")
    return _counted(events, window, where, filter_)


def _counted(events: Events, window: AnyWindow | None, where: Any, asked: dict[str, Any]) -> AnyCondition:
    """`did` where it is said so, else a comparison of the number."""
    match asked:
        case {"operator": "greater-than-or-equal", "value": 1} | {"operator": "greater-than", "value": 0}:
            return Did(events=events, window=window, where=where)
        case {"operator": "equals", "value": 0} | {"operator": "less-than", "value": 1}:
            return Did(events=events, negated=True, window=window, where=where)
        case {"operator": operator, "value": int(times)} if times > 0 and operator != "not-equals":
            words = {"equals": "exactly", **COMPARATORS, "less-than": "fewer than"}.get(operator)
            if words is not None:
                often = HowOften(operator=words, times=times)  # type: ignore[arg-type]  # of the table
                return Did(events=events, how_often=often, window=window, where=where)
    count = Measure(function="number", events=events, window=window, where=where)
    return Comparison(term=count, test=read_number(asked))


def _funnel(converting: Converting, asked: dict[str, Any]) -> AnyCondition:
    fields = {"type": str, "timeframe_filter": dict, "steps": list, "completion_window_seconds": str}
    taken(asked, fields, ("completion_window_seconds",))
    window = read_window_at(converting, asked["timeframe_filter"], "timeframe_filter")
    if not isinstance(window, InTheLast):
        raise NotCarriedError(
            "here the window is that of the first step; only `in the last` holds the others, too",
            "timeframe_filter",
        )
    limit = asked.get("completion_window_seconds")
    if limit is not None and limit not in LIMITS:
        raise NotCarriedError("there is no such time", "completion_window_seconds")
    if limit is not None and len(asked["steps"]) > 2:
        raise NotCarriedError(
            "of more than two steps nobody knows from which one on the time counts",
            "completion_window_seconds",
        )
    limited = None if limit is None else LIMITS[limit]
    steps = []
    for index, step in enumerate(asked["steps"]):
        try:
            taken(
                step, {"metric_exists": bool, "metric_id": str, "metric_filters": list}, ("metric_filters",)
            )
            events = _event(converting, step["metric_id"])
            where = _where(converting, step.get("metric_filters", []))
        except NotCarriedError as error:
            raise within(f"steps[{index}]", error) from error
        steps.append(Step(events=events, negated=not step["metric_exists"], within=limited, where=where))
    if len(steps) < 2 or steps[0].negated:
        raise NotCarriedError("a sequence begins with something done, and another step follows", "steps")
    if any(step.negated for step in steps):
        converting.may_differ("that something was not done within a time is known here when the time is over")
    first, *following = steps
    return Did(events=first.events, window=window, where=first.where, steps=tuple(following))


def _event(converting: Converting, metric: str) -> Events:
    if metric not in converting.names.metrics:
        converting.may_differ(f'no name is given for the metric "{metric}": it stands for itself')
    return Events(names=(EventName(name=converting.names.metrics.get(metric, metric)),))


def _where(converting: Converting, filters: list[Any]) -> Any:
    found = []
    for index, asked in enumerate(filters):
        try:
            taken(asked, {"property": str, "filter": dict})
            name = converting.names.value if asked["property"] == "$value" else asked["property"]
            found.append(read_filter(converting, Attribute(name=name), asked["filter"], "event"))
        except NotCarriedError as error:
            raise within(f"metric_filters[{index}]", error) from error
    if not found:
        return None
    return And(children=tuple(found)) if len(found) > 1 else found[0]


# ---- What people are ------------------------------------------------------------------------------------------------


def _property(converting: Converting, asked: dict[str, Any]) -> AnyCondition:
    taken(asked, {"type": str, "property": str, "filter": dict})
    return read_filter(converting, property_name(asked["property"]), asked["filter"], "profile")


def _predicted(converting: Converting, asked: dict[str, Any]) -> AnyCondition:
    if asked.get("dimension") == "channel_affinity":
        raise NotCarriedError(
            "how much a channel is liked is not predicted here; see `prefers` in docs/language.md"
        )
    taken(asked, {"type": str, "dimension": str, "filter": dict})
    dimension = asked["dimension"]
    if dimension == ORDERS_DIMENSION:
        taken(asked["filter"], {"type": str, "operator": str, "value": (int, Decimal)})
        orders = Measure(function="number", events=Events(names=(EventName(name=converting.names.orders),)))
        return Comparison(term=orders, test=read_number(asked["filter"]))
    if dimension not in DIMENSIONS:
        raise NotCarriedError(f'"{dimension}" is not known here', "dimension")
    if dimension.startswith(("predicted", "churn", "expected", "total")):
        converting.may_differ(f"{DIMENSIONS[dimension]}: {_OTHER_MODEL}")
    return read_filter(converting, Attribute(name=DIMENSIONS[dimension]), asked["filter"], "profile")


def _region(_: Converting, asked: dict[str, Any]) -> AnyCondition:
    taken(asked, {"type": str, "in_region": bool, "region": str})
    if asked["region"] not in REGIONS:
        raise NotCarriedError(f'"{asked["region"]}" is not known here', "region")
    test = IsInRegion(region=REGIONS[asked["region"]], negated=not asked["in_region"])
    return Comparison(term=Attribute(name="country"), test=test)


def _distance(_: Converting, asked: dict[str, Any]) -> AnyCondition:
    taken(asked, {"type": str, "country_code": str, "postal_code": str, "unit": str, "filter": dict})
    limit = taken(asked["filter"], {"type": str, "operator": str, "value": (int, Decimal)})
    if asked["country_code"] not in COUNTRIES or asked["unit"] not in ("miles", "kilometers"):
        raise NotCarriedError("the country or the unit is not known here")
    near = Within(
        distance=Decimal(limit["value"]),
        unit="miles" if asked["unit"] == "miles" else "km",
        place=PostalCode(code=asked["postal_code"], country=COUNTRIES[asked["country_code"]]),
    )
    match limit["operator"]:
        case "less-than":
            return near
        case "greater-than":
            unset = Comparison(term=Attribute(name="latitude"), test=IsSet(negated=True))
            return Several(operator="none", children=(near, unset))
        case operator:
            raise NotCarriedError(f'distances have no filter "{operator}"', "filter")


# ---- All kinds ------------------------------------------------------------------------------------------------------


def _refusing(why: str) -> Callable[[Converting, dict[str, Any]], AnyCondition]:
    def refuse(_: Converting, __: dict[str, Any]) -> AnyCondition:
        raise NotCarriedError(why)

    return refuse


_READERS: dict[str, Callable[[Converting, dict[str, Any]], AnyCondition]] = {
    "profile-metric": _metric,
    "profile-metric-funnel": _funnel,
    "profile-property": _property,
    "profile-predictive-analytics": _predicted,
    "profile-region": _region,
    "profile-postal-code-distance": _distance,
    "profile-group-membership": read_membership,
    "profile-marketing-consent": read_consent,
    "profile-permissions": _refusing("WhatsApp is no channel here"),
    "profile-has-custom-object": _refusing("records of other tables are not asked here"),
}
