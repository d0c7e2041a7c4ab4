"""Conditions, as Klaviyo's: each is read again, and what would come back as anything else is not written."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from segql.compiler.check.scope import Scope
from segql.compiler.conditions import (
    And,
    AnyCondition,
    Attribute,
    CanReceive,
    Comparison,
    ConsentStatus,
    Did,
    Events,
    HowOften,
    InList,
    IsInRegion,
    Measure,
    MovedList,
    Not,
    PostalCode,
    Several,
    Step,
    TextItems,
    Within,
)
from segql.compiler.convert.klaviyo.conditions import COUNTRIES, LIMITS, REGIONS, read_condition
from segql.compiler.convert.klaviyo.filters import COMPARATORS
from segql.compiler.convert.klaviyo.windows import write_window
from segql.compiler.convert.klaviyo.words import (
    DIMENSIONS,
    ORDERS_DIMENSION,
    PLAIN_PROPERTIES,
    PROPERTIES,
    Converting,
    number,
)
from segql.compiler.convert.klaviyo.writing_filters import write_combined, write_filter, write_number
from segql.compiler.convert.report import NotCarriedError, found_in
from segql.compiler.text import fold


def write_condition(converting: Converting, condition: AnyCondition, scope: Scope) -> dict[str, Any]:
    """The document that asks what a checked condition asks. Raises `NotCarriedError`."""
    written = _written(converting, condition, scope)
    back = read_condition(converting, json.loads(json.dumps(written), parse_float=Decimal))
    if back != condition and back.lower(scope) != condition.lower(scope):
        raise NotCarriedError(f"Klaviyo would take it for `{back.text()}`")
    return written


def _written(converting: Converting, condition: AnyCondition, scope: Scope) -> dict[str, Any]:
    match condition:
        case Comparison(term=Measure() as measure, test=test):
            return _measured(converting, measure, write_number(test), scope)
        case Comparison(term=Attribute(name=name), test=IsInRegion(region=region, negated=negated)) if (
            fold(name) == "country"
        ):
            found = next((key for key, known in REGIONS.items() if known == region.upper()), None)
            if found is not None:
                return {"type": "profile-region", "in_region": not negated, "region": found}
        case Comparison(term=Attribute() as what, test=test):
            if fold(what.name) == "phone_country":
                countries = write_filter(Converting(converting.names, any_case=True), test, "profile", False)
                if countries["operator"] in ("in", "not-in"):
                    asked = {**countries, "operator": f"phone-country-code-{countries['operator']}"}
                    return {"type": "profile-property", "property": "phone_number", "filter": asked}
            return _about(what, write_filter(converting, test, "profile", _is_list(what, scope)))
        case Did():
            return _done(converting, condition, scope)
        case Within() | Several(operator="none", children=(Within(), _)):
            return _near(condition)
        case InList() | Not(child=InList()) | Several(operator="all", children=(InList(), *_)):
            return _listed(converting, condition)
        case CanReceive() | Not(child=CanReceive()) | ConsentStatus() | Several(children=(CanReceive(), *_)):
            return _consenting(converting, condition)
        case Several() | TextItems():
            return _about(*write_combined(converting, condition, "profile"))
        case _:
            pass
    raise NotCarriedError("Klaviyo has no such condition")


def _about(what: Attribute, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A filter on a fact about a profile."""
    dimension = next((key for key, name in DIMENSIONS.items() if name == fold(what.name)), None)
    if dimension is not None:
        return {"type": "profile-predictive-analytics", "dimension": dimension, "filter": asked}
    own = next((key for key, name in PROPERTIES.items() if name == fold(what.name)), None)
    if own is None:
        own = fold(what.name) if fold(what.name) in PLAIN_PROPERTIES else f"properties['{what.name}']"
    return {"type": "profile-property", "property": own, "filter": asked}


def _is_list(what: Attribute, scope: Scope) -> bool:
    return what.check(scope) == "list"


# ---- What people did ------------------------------------------------------------------------------------------------


def _measured(
    converting: Converting, measure: Measure, asked: Mapping[str, Any], scope: Scope
) -> dict[str, Any]:
    if measure.function == "number" and measure.window is None and measure.where is None:
        (event,) = _names(measure.events)
        if fold(event) == fold(converting.names.orders):
            return {"type": "profile-predictive-analytics", "dimension": ORDERS_DIMENSION, "filter": asked}
    match measure:
        case Measure(function="number"):
            measurement = "count"
        case Measure(function="sum", property=Attribute(name=name)) if fold(name) == fold(
            converting.names.value
        ):
            measurement = "sum"
        case _:
            raise NotCarriedError("Klaviyo counts events and adds up their value, and nothing else")
    return _metric(converting, measure, measurement, asked, scope)


def _done(converting: Converting, did: Did, scope: Scope) -> dict[str, Any]:
    if did.each is not None:
        raise NotCarriedError("Klaviyo has no `in each of the last`")
    if did.steps:
        return _funnel(converting, did, scope)
    match did.how_often:
        case None:
            asked: tuple[str, int] = ("equals", 0) if did.negated else ("greater-than-or-equal", 1)
        case HowOften(operator=words, times=int(times), periods=None, upper=None) if not did.negated:
            known = {"exactly": "equals", "fewer than": "less-than"} | {
                shown: name for name, shown in COMPARATORS.items()
            }
            asked = (known[words], times)
        case _:
            raise NotCarriedError("Klaviyo has no such number of times")
    operator, times = asked
    limit = {"type": "numeric", "operator": operator, "value": times}
    return _metric(converting, did, "count", limit, scope)


def _metric(
    converting: Converting, asked: Did | Measure, measurement: str, limit: Mapping[str, Any], scope: Scope
) -> dict[str, Any]:
    (event,) = _names(asked.events)
    filters = _filters(converting, event, asked.where, scope)
    return {
        "type": "profile-metric",
        "metric_id": _id(converting.names.metrics, event),
        "measurement": measurement,
        "measurement_filter": limit,
        "timeframe_filter": write_window(converting, asked.window),
    } | ({"metric_filters": filters} if filters else {})


def _funnel(converting: Converting, did: Did, scope: Scope) -> dict[str, Any]:
    if did.negated or did.how_often is not None:
        raise NotCarriedError("Klaviyo's sequences are done, and once")
    limits = {step.within for step in did.steps}
    document: dict[str, Any] = {
        "type": "profile-metric-funnel",
        "timeframe_filter": write_window(converting, did.window),
    }
    if limits != {None}:
        (limit,) = limits if len(limits) == 1 else (None,)
        found = next((name for name, length in LIMITS.items() if length == limit), None)
        if found is None:
            raise NotCarriedError(f"Klaviyo has one of these times for all steps: {', '.join(LIMITS)}")
        document["completion_window_seconds"] = found
    steps = []
    parts: tuple[Did | Step, ...] = (did, *did.steps)
    for part in parts:
        (event,) = _names(part.events)
        filters = _filters(converting, event, part.where, scope)
        step = {"metric_exists": not part.negated, "metric_id": _id(converting.names.metrics, event)}
        steps.append(step | ({"metric_filters": filters} if filters else {}))
    return document | {"steps": steps}


def _names(events: Events) -> tuple[str]:
    if len(events.names) != 1:
        raise NotCarriedError("Klaviyo asks for one metric at a time")
    return (str(getattr(events.names[0], "name", "")),)


def _filters(
    converting: Converting, event: str, where: AnyCondition | None, scope: Scope
) -> list[dict[str, Any]]:
    """The filters that hold of one event together."""
    if where is None:
        return []
    known = scope.catalog.event(event)
    inner = scope.of_events(() if known is None else (known,))
    filters = []
    for condition in where.children if isinstance(where, And) else (where,):
        match condition:
            case Comparison(term=Attribute() as what, test=test):
                asked = write_filter(converting, test, "event", _is_list(what, inner))
            case Several() | TextItems():
                what, asked = write_combined(converting, condition, "event")
            case _:
                raise NotCarriedError("Klaviyo compares properties of an event with values, joined by and")
        is_value = fold(what.name) == fold(converting.names.value)
        filters.append({"property": "$value" if is_value else what.name, "filter": asked})
    return filters


def _id(known: Mapping[str, str], name: str) -> str:
    """The id of a metric or a list; its name, where there is no id."""
    found: str | None = found_in({shown: key for key, shown in known.items()}, name)
    return name if found is None else found


# ---- Places, lists, consent -----------------------------------------------------------------------------------------


def _near(condition: AnyCondition) -> dict[str, Any]:
    match condition:
        case Within() as near:
            operator = "less-than"
        case Several(children=(Within() as near, _)):
            operator = "greater-than"
    match near.place:
        case PostalCode(code=str(code), country=country) if country.upper() in COUNTRIES.values():
            iso = next(long for long, short in COUNTRIES.items() if short == country.upper())
        case _:
            raise NotCarriedError("Klaviyo measures from postal codes of some countries only")
    return {
        "type": "profile-postal-code-distance",
        "country_code": iso,
        "postal_code": code,
        "unit": "miles" if near.unit == "miles" else "kilometers",
        "filter": {"type": "numeric", "operator": operator, "value": number(near.distance)},
    }


def _listed(converting: Converting, condition: AnyCondition) -> dict[str, Any]:
    match condition:
        case InList(name=str(name)):
            asked: dict[str, Any] = {"is_member": True}
        case Not(child=InList(name=str(name))):
            asked = {"is_member": False}
        case Several(children=(InList(name=str(name)), MovedList(way="joined", window=window), *_)):
            asked = {"is_member": True, "timeframe_filter": write_window(converting, window)}
        case _:
            raise NotCarriedError("Klaviyo asks for lists, and since when somebody is on one")
    return {"type": "profile-group-membership", "group_ids": [_id(converting.names.lists, name)], **asked}


def _consenting(converting: Converting, condition: AnyCondition) -> dict[str, Any]:
    how: ConsentStatus | None = None
    match condition:
        case CanReceive(channel=channel, transactional=False):
            can, status = True, "any" if channel == "push" else "subscribed"
        case Not(child=CanReceive(channel=channel, transactional=False)):
            can, status = False, "any"
        case Several(
            operator="all",
            children=(CanReceive(channel=channel), ConsentStatus(status="subscribed to") as how),
        ):
            can, status = True, "any" if channel == "push" else "subscribed"
        case ConsentStatus(channel=channel, status="unsubscribed from") as how:
            can, status = False, "unsubscribed"
        case ConsentStatus(channel=channel, status="never subscribed to"):
            can, status = False, "never_subscribed"
        case _:
            raise NotCarriedError("Klaviyo asks who can receive marketing, and how it came about")
    filters = [] if how is None else _how(converting, how)
    consent = {
        "channel": channel,
        "can_receive_marketing": can,
        "consent_status": {"subscription": status} | ({"filters": filters} if filters else {}),
    }
    return {"type": "profile-marketing-consent", "consent": consent}


def _how(converting: Converting, status: ConsentStatus) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = []
    if status.window is not None:
        filters.append({"field": "status_date", "filter": write_window(converting, status.window)})
    if status.method is not None:
        method: dict[str, Any] = {"field": "method", "method": status.method}
        if status.via is not None:
            method["filter"] = {"type": "string", "operator": "in", "value": [status.via]}
        filters.append(method)
    return filters
