"""Rows about what people are: attributes, permission, lists and segments, channels, places, samples."""

from typing import Any

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.ast.values import number_text
from segql.web.builder.operators import read_test, write_test
from segql.web.builder.parts import Part
from segql.web.builder.row import CHANNELS, Below, Values, channel_of, decimal_of, named, with_window
from segql.web.builder.windows import write_window


def read_attribute(node: Condition) -> Values | None:
    """`gender is "female"`."""
    match node:
        case c.Comparison(term=c.Attribute(name=name), test=test):
            found = read_test(test)
            return None if found is None else {"name": [name]} | found
        case _:
            return None


def write_attribute(part: Part, _: Below) -> Condition:
    """Of a row, the condition."""
    test: Any = write_test(part)
    return c.Comparison(term=c.Attribute(name=named(part, "name", "an attribute")), test=test)


def read_everybody(node: Condition) -> Values | None:
    """`everybody`."""
    return {} if isinstance(node, c.Everybody) else None


def write_everybody(_: Part, __: Below) -> Condition:
    """Of a row, the condition."""
    return c.Everybody()


def read_list(node: Condition) -> Values | None:
    """`in list "VIP"`, `joined list "VIP" today`."""
    match node:
        case c.InList(name=str() as name):
            return {"way": ["in"], "name": [name]}
        case c.MovedList(way=way, name=str() as name, window=window):
            return with_window({"way": [way], "name": [name]}, window)
        case _:
            return None


def write_list(part: Part, _: Below) -> Condition:
    """Of a row, the condition."""
    name, way = named(part, "name", "a list"), part.get("way")
    if way not in ("joined", "left"):
        return c.InList(name=name)
    said = {"kind": "moved list", "way": way, "name": name}
    return c.MovedList.from_dict(said).changed(window=write_window(part))


def read_segment(node: Condition) -> Values | None:
    """`in segment "Winback"`, `left segment "Winback" today`."""
    match node:
        case c.InSegment(name=str() as name):
            return {"way": ["in"], "name": [name]}
        case c.MovedSegment(way=way, name=str() as name, window=window):
            return with_window({"way": [way], "name": [name]}, window)
        case _:
            return None


def write_segment(part: Part, _: Below) -> Condition:
    """Of a row, the condition."""
    name, way = named(part, "name", "a segment"), part.get("way")
    if way not in ("entered", "left"):
        return c.InSegment(name=name)
    said = {"kind": "moved segment", "way": way, "name": name}
    return c.MovedSegment.from_dict(said).changed(window=write_window(part))


STATUSES = ("subscribed to", "unsubscribed from", "pending for", "never subscribed to")


def read_consent(node: Condition) -> Values | None:
    """`can receive sms`, `subscribed to sms today via "popup" by method form`."""
    match node:
        case c.CanReceive(channel=channel, transactional=transactional):
            status = "can receive transactional" if transactional else "can receive"
            return {"status": [status], "channel": [channel]}
        case c.ConsentStatus(status=status, channel=channel, window=window):
            how = {name: [said] for name in ("via", "method") if (said := getattr(node, name)) is not None}
            if not all(isinstance(said, str) for (said,) in how.values()):
                return None
            head: Values = {"status": [status], "channel": [channel]}
            return with_window(head | how, window)
        case _:
            return None


def write_consent(part: Part, _: Below) -> Condition:
    """Of a row, the condition."""
    status, channel = part.get("status"), channel_of(part)
    if status not in STATUSES:
        return c.CanReceive(channel=channel, transactional=status.endswith("transactional"))
    said = {"kind": "consent status", "status": status, "channel": channel}
    how = {name: part.get(name) or None for name in ("via", "method")}
    return c.ConsentStatus.from_dict(said | how).changed(window=write_window(part))


def read_channel(node: Condition) -> Values | None:
    """`engaged with sms`, `prefers sms over email`."""
    match node:
        case c.Engaged(channel=channel, window=window):
            return with_window({"way": ["engaged with"], "channel": [channel]}, window)
        case c.Prefers(channel=channel, over=over, window=window):
            return with_window({"way": ["prefers"], "channel": [channel], "over": [over or ""]}, window)
        case _:
            return None


def write_channel(part: Part, _: Below) -> Condition:
    """Of a row, the condition."""
    window = write_window(part)
    if part.get("way") != "prefers":
        return c.Engaged(channel=channel_of(part), window=window)
    over = channel_of(part, "over") if part.get("over") in CHANNELS else None
    return c.Prefers(channel=channel_of(part), over=over, window=window)


def read_place(node: Condition) -> Values | None:
    """`within 25 miles of "02139" in US`."""
    if not isinstance(node, c.Within):
        return None
    head: Values = {"distance": [number_text(node.distance)], "unit": [node.unit]}
    match node.place:
        case c.PostalCode(code=str() as code, country=country):
            return head | {"place": ["code"], "code": [code], "country": [country]}
        case c.NamedPlace(name=str() as name):
            return head | {"place": ["named"], "name": [name]}
        case c.Coordinates(latitude=latitude, longitude=longitude):
            point = {"latitude": [number_text(latitude)], "longitude": [number_text(longitude)]}
            return head | {"place": ["point"]} | point
        case _:
            return None


def write_place(part: Part, _: Below) -> Condition:
    """Of a row, the condition."""
    place: Any
    match part.get("place"):
        case "named":
            place = c.NamedPlace(name=named(part, "name", "a place"))
        case "point":
            latitude, longitude = (decimal_of(part, name) for name in ("latitude", "longitude"))
            place = c.Coordinates(latitude=latitude, longitude=longitude)
        case _:
            country = named(part, "country", "a country")
            place = c.PostalCode(code=named(part, "code", "a postal code"), country=country)
    unit: Any = "miles" if part.get("unit") == "miles" else "km"
    return c.Within(distance=decimal_of(part, "distance"), unit=unit, place=place)


def read_sample(node: Condition) -> Values | None:
    """`random 10% named "holdout"`."""
    if not isinstance(node, c.Sampled) or not isinstance(node.name, str | None):
        return None
    return {"percent": [number_text(node.percent)], "name": [node.name or ""]}


def write_sample(part: Part, _: Below) -> Condition:
    """Of a row, the condition."""
    return c.Sampled(percent=decimal_of(part, "percent"), name=part.get("name") or None)
