"""Rows: the conditions that have fields. A family is a row of `ROWS`: what it reads, and what it writes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.ast.values import number_text
from segql.compiler.catalog.model import Channel
from segql.compiler.conditions.how_often import Operator
from segql.web.builder.operators import number_of, read_test, write_test
from segql.web.builder.parts import IncompleteError, Part
from segql.web.builder.windows import length_of, read_window, whole, write_window

CHANNELS: tuple[Channel, ...] = get_args(Channel)
OFTEN: tuple[Operator, ...] = get_args(Operator)
Values = dict[str, list[str]]


class Row(NamedTuple):
    """A family of conditions in a form. `read`: its fields; None where it has none for a condition. `write`: the
    condition of a part and of the `where` that stands below it; raises IncompleteError."""

    label: str
    read: Callable[[Condition], Values | None]
    write: Callable[[Part, Any], Condition]


# ---- What people are ------------------------------------------------------------------------------------------------


def _read_attribute(node: Condition) -> Values | None:
    match node:
        case c.Comparison(term=c.Attribute(name=name), test=test):
            found = read_test(test)
            return None if found is None else {"name": [name]} | found
        case _:
            return None


def _write_attribute(part: Part, _: object) -> Condition:
    test: Any = write_test(part)
    return c.Comparison(term=c.Attribute(name=_named(part, "name", "an attribute")), test=test)


# ---- What people did ------------------------------------------------------------------------------------------------


def _read_did(node: Condition) -> Values | None:
    if not isinstance(node, c.Did) or node.steps:
        return None
    window = read_window(node.window)
    found = _events(node.events)
    if window is None or found is None:
        return None
    if node.each is not None:
        window = {"w.kind": ["each"], "w.count": [str(node.each.count)], "w.unit": [node.each.unit]}
    return {"verb": ["did not" if node.negated else "did"]} | found | _how_often(node.how_often) | window


def _how_often(often: c.HowOften | None) -> Values:
    if often is None:
        return {}
    found: Values = {"often": [often.operator], "times": [str(often.times)]}
    if often.upper is not None:
        found["upper"] = [str(often.upper)]
    return found | ({"periods": [often.periods]} if often.periods else {})


def _write_did(part: Part, where: Any) -> Condition:
    each, window = None, None
    if part.get("w.kind") == "each":
        length = length_of(part)
        each = c.Periods(count=length.count, unit=length.unit)
    else:
        window = write_window(part)
    return c.Did(
        events=_written_events(part),
        negated=part.get("verb") == "did not",
        how_often=None if each is not None else _written_often(part),
        window=window,
        each=each,
        where=where,
    )


def _written_often(part: Part) -> c.HowOften | None:
    operator = next((one for one in OFTEN if one == part.get("often")), None)
    if operator is None:
        return None
    upper = whole(part, "upper") if operator == "between" else None
    said = {"operator": operator, "times": whole(part, "times"), "upper": upper}
    return c.HowOften.from_dict(said | {"periods": part.get("periods") or None})


def _events(events: c.Events) -> Values | None:
    names = [name.name for name in events.names if isinstance(name, c.EventName)]
    if len(names) < len(events.names):
        return None
    return {"event": names} | ({"quantifier": [events.quantifier]} if events.quantifier else {})


def _written_events(part: Part) -> c.Events:
    names = [name for name in part.all("event") if name]
    if not names:
        raise IncompleteError("choose an event")
    quantifier = part.get("quantifier") or ("any" if len(names) > 1 else None)
    said = [{"kind": "event", "name": name} for name in names]
    return c.Events.from_dict({"names": said, "quantifier": quantifier})


def _read_measure(node: Condition) -> Values | None:
    match node:
        case c.Comparison(term=c.Measure() as term, test=test):
            head: Values = {"function": [term.function]}
            events = _events(term.events)
            if isinstance(term.property, c.Attribute):
                head["property"] = [term.property.name]
        case c.Comparison(term=c.Recency() as term, test=test) if isinstance(term.event, c.EventName):
            head, events = {"function": [term.which]}, {"event": [term.event.name]}
        case _:
            return None
    window, found = read_window(term.window), read_test(test)
    if events is None or window is None or found is None:
        return None
    # The test of a date has a window, too.
    within = {f"e.{key}": value for key, value in window.items()}
    return head | events | within | found


def _write_measure(part: Part, where: Any) -> Condition:
    within = Part("", {key[2:]: values for key, values in part.values.items() if key.startswith("e.")})
    events, window, function = _written_events(part), write_window(within), part.get("function")
    if function in ("first", "last"):
        said = {"kind": "recency", "which": function, "event": events.to_dict()["names"][0]}
        term: Any = c.Recency.from_dict(said).changed(window=window, where=where)
    else:
        said = {"kind": "measure", "function": function, "events": events.to_dict()}
        if needs_property(function):
            said["property"] = {"kind": "attribute", "name": _named(part, "property", "a property")}
        term = c.Measure.from_dict(said).changed(window=window, where=where)
    test: Any = write_test(part)
    return c.Comparison(term=term, test=test)


def needs_property(function: str) -> bool:
    """Whether a measure is one of a property."""
    return function not in ("number", "longest gap", "first", "last", "")


# ---- Lists, segments, permission, places ----------------------------------------------------------------------------


def _read_list(node: Condition) -> Values | None:
    match node:
        case c.InList(name=str() as name):
            return {"way": ["in"], "name": [name]}
        case c.MovedList(way=way, name=str() as name, window=window):
            return _with_window({"way": [way], "name": [name]}, window)
        case _:
            return None


def _write_list(part: Part, _: object) -> Condition:
    name, way = _named(part, "name", "a list"), part.get("way")
    if way not in ("joined", "left"):
        return c.InList(name=name)
    return c.MovedList.from_dict({"kind": "moved list", "way": way, "name": name}).changed(
        window=write_window(part)
    )


def _read_segment(node: Condition) -> Values | None:
    match node:
        case c.InSegment(name=str() as name):
            return {"way": ["in"], "name": [name]}
        case c.MovedSegment(way=way, name=str() as name, window=window):
            return _with_window({"way": [way], "name": [name]}, window)
        case _:
            return None


def _write_segment(part: Part, _: object) -> Condition:
    name, way = _named(part, "name", "a segment"), part.get("way")
    if way not in ("entered", "left"):
        return c.InSegment(name=name)
    said = {"kind": "moved segment", "way": way, "name": name}
    return c.MovedSegment.from_dict(said).changed(window=write_window(part))


STATUSES = ("subscribed to", "unsubscribed from", "pending for", "never subscribed to")


def _read_consent(node: Condition) -> Values | None:
    match node:
        case c.CanReceive(channel=channel, transactional=transactional):
            return {
                "status": ["can receive transactional" if transactional else "can receive"],
                "channel": [channel],
            }
        case c.ConsentStatus(status=status, channel=channel, via=None, method=None, window=window):
            return _with_window({"status": [status], "channel": [channel]}, window)
        case _:
            return None


def _write_consent(part: Part, _: object) -> Condition:
    status, channel = part.get("status"), _channel(part)
    if status not in STATUSES:
        return c.CanReceive(channel=channel, transactional=status.endswith("transactional"))
    said = {"kind": "consent status", "status": status, "channel": channel}
    return c.ConsentStatus.from_dict(said).changed(window=write_window(part))


def _read_engaged(node: Condition) -> Values | None:
    if not isinstance(node, c.Engaged):
        return None
    return _with_window({"channel": [node.channel]}, node.window)


def _write_engaged(part: Part, _: object) -> Condition:
    return c.Engaged(channel=_channel(part), window=write_window(part))


def _read_place(node: Condition) -> Values | None:
    if not isinstance(node, c.Within):
        return None
    head: Values = {"distance": [number_text(node.distance)], "unit": [node.unit]}
    match node.place:
        case c.PostalCode(code=str() as code, country=country):
            return head | {"place": ["code"], "code": [code], "country": [country]}
        case c.NamedPlace(name=str() as name):
            return head | {"place": ["named"], "name": [name]}
        case c.Coordinates(latitude=latitude, longitude=longitude):
            return head | {
                "place": ["point"],
                "latitude": [number_text(latitude)],
                "longitude": [number_text(longitude)],
            }
        case _:
            return None


def _write_place(part: Part, _: object) -> Condition:
    place: Any
    match part.get("place"):
        case "named":
            place = c.NamedPlace(name=_named(part, "name", "a place"))
        case "point":
            place = c.Coordinates(latitude=_decimal(part, "latitude"), longitude=_decimal(part, "longitude"))
        case _:
            country = _named(part, "country", "a country")
            place = c.PostalCode(code=_named(part, "code", "a postal code"), country=country)
    unit: Any = "miles" if part.get("unit") == "miles" else "km"
    return c.Within(distance=_decimal(part, "distance"), unit=unit, place=place)


# ---- What they share ------------------------------------------------------------------------------------------------


def _with_window(head: Values, window: object) -> Values | None:
    found = read_window(window)
    return None if found is None else head | found


def _named(part: Part, name: str, what: str) -> str:
    if not part.get(name):
        raise IncompleteError(f"choose {what}")
    return part.get(name)


def _channel(part: Part) -> Channel:
    return next((one for one in CHANNELS if one == part.get("channel")), CHANNELS[0])


def _decimal(part: Part, name: str) -> Decimal:
    return number_of(part.get(name)).value


ROWS = {
    "attribute": Row("What they are", _read_attribute, _write_attribute),
    "did": Row("What they did", _read_did, _write_did),
    "measure": Row("How much, how many, when", _read_measure, _write_measure),
    "consent": Row("Permission", _read_consent, _write_consent),
    "engaged": Row("Engagement", _read_engaged, _write_engaged),
    "list": Row("Lists", _read_list, _write_list),
    "segment": Row("Other segments", _read_segment, _write_segment),
    "place": Row("Where they are", _read_place, _write_place),
}
