"""What can be given for a parameter, and what it becomes in the parameter's place."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite

from segql.compiler.ast.base import Node
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.events import EventName
from segql.compiler.conditions.lengths import Length
from segql.compiler.conditions.parameters import Parameter, Place
from segql.compiler.conditions.values import Attribute, Number, Text

AnyDefault = Text | Number | Length | Day | Attribute
AnyArgument = AnyDefault | Parameter
# What an embedding program may give for a parameter.
Given = str | int | float | Decimal | timedelta | date | datetime | Sequence[str] | Sequence[float]


def argument_for(argument: Node, place: Place) -> object | None:
    """What stands in the place of a parameter: a node, or a name or a number; None where the argument cannot stand
    there."""
    if isinstance(argument, Parameter):
        return argument.changed(place=place)
    match place, argument:
        case "value" | "values", Text() | Number() | Length() | Attribute():
            return argument
        case "name", Text():
            return Attribute.made(name=argument.value, span=argument.span)
        case "name", Attribute() | Number() | Length():
            return argument
        case "event", Text():
            return EventName.made(name=argument.value, span=argument.span)
        case "text", Text():
            return argument.value
        case "phrase", Text():
            return argument
        case "length", Length():
            return argument
        case "day", Day():
            return argument
        case "number", Number() if argument.value == int(argument.value) and argument.value >= 0:
            return int(argument.value)
        case _:
            return None


def written(value: Given) -> Node | tuple[Node, ...]:
    """A Python value as it would be written in a definition. Raises TypeError for what cannot be written."""
    match value:
        case bool():
            raise TypeError("true and false cannot be given for a parameter")
        case str():
            return Text(value=value)
        case int() | float() | Decimal():
            if not isfinite(value):
                raise TypeError(f"{value} is no number to compare with")
            return Number(value=Decimal(str(value)))
        case timedelta():
            seconds = value.total_seconds()
            if seconds % 60 or seconds < 0:
                raise TypeError("a length of time is given in whole minutes")
            minutes = int(seconds) // 60
            return (
                Length(count=minutes // 1440, unit="day")
                if minutes % 1440 == 0
                else Length(count=minutes, unit="minute")
            )
        case datetime():
            return Day(on=value.replace(microsecond=0).isoformat())
        case date():
            return Day(on=value.isoformat())
        case Sequence():
            items = [written(item) for item in value]
            return tuple(item for item in items if isinstance(item, Node))
        case _:
            raise TypeError(f"{type(value).__name__} cannot be given for a parameter")
