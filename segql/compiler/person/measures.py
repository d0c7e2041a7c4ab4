"""Measures over a person's events: the same functions, with the same values over nothing, as `plan.Aggregate` names."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import floor, isfinite

from segql.compiler.person.record import Value
from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment, Period
from segql.compiler.text import fold

_SECONDS_IN_A_DAY = 86_400
_SCALE = 10_000  # sums are made of whole ten-thousandths, so that they are exact in any order


def of_times(node: plan.Aggregate, times: Sequence[datetime], moment: Moment) -> Value:
    """A measure that asks for no property: of the instants of the events, in their order."""
    match node.function:
        case "count":
            return float(len(times))
        case "first":
            return times[0] if times else None
        case "last":
            return times[-1] if times else None
        case "count periods":
            there = moment.elsewhere(node.scan.window.zone)
            days = {at.astimezone(there.zone).date() for at in times}
            return float(len({_period(day, node.period or "day", there.week_starts) for day in days}))
        case "longest gap":
            gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
            return max(gaps) / _SECONDS_IN_A_DAY if gaps else None
        case _:
            raise TypeError(node)


def of_values(function: str, values: Sequence[Value]) -> Value:
    """A measure of the values that a property had in the events, in their order; some are not set."""
    if function in ("first value", "last value"):
        return values[0 if function == "first value" else -1] if values else None
    if function == "count different":
        return float(
            len({fold(value) if isinstance(value, str) else value for value in values if value is not None})
        )
    numbers = sorted(value for value in values if isinstance(value, float))
    match function:
        case "sum":
            return _sum(numbers)
        case _ if not numbers:
            return None
        case "total":
            return _sum(numbers)
        case "average":
            return _sum(numbers) / len(numbers)
        case "median":
            low, high = numbers[(len(numbers) - 1) // 2], numbers[len(numbers) // 2]
            return low + (high - low) * 0.5
        case "minimum":
            return numbers[0]
        case "maximum":
            return numbers[-1]
        case _:
            raise TypeError(function)


def _sum(numbers: Sequence[float]) -> float:
    return sum(_rounded(number * _SCALE) for number in numbers) / _SCALE


def _rounded(number: float) -> float:
    """The nearest whole number, halves away from zero."""
    if not isfinite(number):
        return number
    size = abs(number)
    whole = floor(size)
    whole += size - whole >= 0.5
    return float(whole if number >= 0 else -whole)


def _period(day: date, period: Period, week_starts: str) -> tuple[int, int]:
    """What tells calendar periods apart."""
    match period:
        case "day":
            return day.toordinal(), 0
        case "week":
            held = day + timedelta(days=1) if week_starts == "sunday" else day
            return held.isocalendar()[:2]
        case "month":
            return day.year, day.month
        case "quarter":
            return day.year, (day.month - 1) // 3
        case "year":
            return day.year, 0
