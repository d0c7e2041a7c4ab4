"""Conditions that follow from numbers which are kept up to date: events, and amounts of money, counted and added up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Now, Window
from segql.compiler.plan.walk import walk
from segql.compiler.sql import layout
from segql.runtime.refresh.bitsets import Flags

Values = npt.NDArray[Any]
Kind = Literal["events", "amounts", "amounts set"]

# What a `where` may hold: tests of one event that come out alike at any instant.
_STEADY = (
    *(plan.Constant, plan.And, plan.Or, plan.Not, plan.IsSet, plan.Compare, plan.TextTest, plan.IsBoolean),
    *(plan.ListContains, plan.ListSize, plan.Number, plan.Property, plan.Arithmetic),
)
_COMPARISONS: dict[str, Callable[[Values, float], Flags]] = {
    "=": np.equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
_EVER = (Window(), Window(None, Now()))


@dataclass(frozen=True, slots=True)
class Stream:
    """One number a profile: the events of a source in a window, or their amounts (ten-thousandths), or how many of
    these are set. The source is a scan of all times."""

    source: plan.Scan
    window: Window
    kind: Kind


@dataclass(frozen=True, slots=True)
class Measured:
    """A condition as a test of streams of one source and one window, which are given in the same order: one array a
    stream, one row a profile."""

    streams: tuple[Stream, ...]
    test: Callable[..., Flags]


def measured(node: plan.Predicate) -> Measured | None:
    """The condition as a test of streams; None where SQL has to be asked."""
    match node:
        case plan.HasEvents(scan, low, high) if _is_steady(scan):
            stream = _stream(scan, "events")
            if high is None:
                return Measured((stream,), lambda events: events >= low)
            return Measured((stream,), lambda events: (events >= low) & (events <= high))
        case plan.Compare(operator, plan.Aggregate() as measure, plan.Number(number), negated):
            compare = np.not_equal if negated else _COMPARISONS[operator]
            return _compared(measure, lambda values: compare(values, float(number)))
        case plan.IsSet(plan.Aggregate(function="total" | "average") as measure) if _is_of_amounts(measure):
            return Measured((_stream(measure.scan, "amounts set"),), lambda count: count > 0)
        case _:
            return None


def simplified(node: plan.Predicate) -> plan.Predicate:
    """A test of the first or the last event as a test of events: the last is in a window if there is one from its start
    on, and none from its end on."""
    match node:
        case plan.IsSet(plan.Aggregate("first" | "last") as measure) if _is_steady(measure.scan):
            return plan.HasEvents(measure.scan)
        case plan.InWindow(plan.Aggregate("first" | "last" as which, scan), window, negated) if (
            _is_steady(scan) and scan.window in _EVER
        ):
            inside = _last_in(scan, window) if which == "last" else _first_in(scan, window)
            return plan.conjunction(plan.HasEvents(scan), plan.complement(inside)) if negated else inside
        case _:
            return node


def _last_in(scan: plan.Scan, window: Window) -> plan.Predicate:
    inside: plan.Predicate = _happened(scan, replace(window, end=Now()))
    if window.end in (None, Now()):
        return inside
    later = _happened(scan, replace(window, start=window.end, end=Now()))
    return plan.conjunction(inside, plan.complement(later))


def _first_in(scan: plan.Scan, window: Window) -> plan.Predicate:
    inside: plan.Predicate = _happened(scan, replace(window, start=None))
    if window.start is None:
        return inside
    earlier = _happened(scan, replace(window, start=None, end=window.start))
    return plan.conjunction(inside, plan.complement(earlier))


def _happened(scan: plan.Scan, window: Window) -> plan.HasEvents:
    return plan.HasEvents(replace(scan, window=window))


def _compared(measure: plan.Aggregate, test: Callable[[Values], Flags]) -> Measured | None:
    """A test of one measure, in the numbers that SQL makes of it; false where the measure is not set."""
    if measure == plan.Aggregate("count", measure.scan) and _is_steady(measure.scan):
        return Measured((_stream(measure.scan, "events"),), test)
    if not _is_of_amounts(measure):
        return None
    amounts, count = _stream(measure.scan, "amounts"), _stream(measure.scan, "amounts set")
    match measure.function:
        case "sum":
            return Measured((amounts,), lambda total: test(total / layout.AMOUNT_SCALE))
        case "total":
            return Measured((amounts, count), lambda total, n: test(total / layout.AMOUNT_SCALE) & (n > 0))
        case _:
            return Measured(
                (amounts, count),
                lambda total, n: test(total / layout.AMOUNT_SCALE / np.maximum(n, 1)) & (n > 0),
            )


def _is_of_amounts(measure: plan.Aggregate) -> bool:
    """Whether the measure adds up what all its events keep as their amount."""
    known = plan.Aggregate(measure.function, measure.scan, measure.property)
    return (
        measure == known
        and measure.function in ("sum", "total", "average")
        and measure.property is not None
        and _is_steady(measure.scan)
        and all(layout.place_of(metric, measure.property.name) == "amount" for metric in measure.scan.metrics)
    )


def _is_steady(scan: plan.Scan) -> bool:
    """Whether an event that belongs to the scan belongs to it at any instant of its window."""
    named = set(scan.__struct_fields__) == {"metrics", "window", "where"}
    if not named or any(metric.id is None for metric in scan.metrics):
        return False
    return scan.where is None or all(isinstance(node, _STEADY) for node in walk(scan.where))


def _stream(scan: plan.Scan, kind: Kind) -> Stream:
    # Events end at now in any window: those that say so are the same as those that do not.
    window = replace(scan.window, end=None) if scan.window.end == Now() else scan.window
    return Stream(replace(scan, window=Window()), window, kind)
