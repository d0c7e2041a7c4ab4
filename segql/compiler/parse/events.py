"""Rules of events, sequences, items, measures and recency."""

from typing import Any, cast

from lark import Token
from lark.tree import Meta

from segql.compiler import conditions as c
from segql.compiler.ast.base import Node
from segql.compiler.parse.rules import (
    Children,
    Quoted,
    Rules,
    as_name,
    parameter,
    plain,
    span_of,
    words,
)
from segql.compiler.parse.windows import unit_of
from segql.compiler.source import Span


class EventRules(Rules):
    """Rules of events, measures and recency."""

    def did(self, meta: Meta, children: Children) -> Node:
        negated, events, how_often, window, where, *steps = children
        return c.Did.made(
            events=events,
            negated=negated is not None,
            how_often=how_often,
            window=window,
            where=where,
            steps=tuple(steps),
            span=span_of(meta),
        )

    def did_each(self, meta: Meta, children: Children) -> Node:
        negated, events, number, unit, where = children
        span = Span(events.span.end, span_of(meta).end)
        each = c.Periods.made(count=self.whole(number), unit=unit_of(unit), span=span)
        return c.Did.made(
            events=events, negated=negated is not None, each=each, where=where, span=span_of(meta)
        )

    def step(self, meta: Meta, children: Children) -> Node:
        negated, events, within, where = children
        return c.Step.made(
            events=events, negated=negated is not None, within=within, where=where, span=span_of(meta)
        )

    def did_window_first(self, meta: Meta, children: Children) -> Node:
        negated, events, window, how_often, where = children
        return self.did(meta, [negated, events, how_often, window, where])

    def one_event(self, meta: Meta, children: Children) -> Node:
        return c.Events.made(names=(self._event(children[0]),), span=span_of(meta))

    def several_events(self, meta: Meta, children: Children) -> Node:
        quantifier, *names = children
        return c.Events.made(
            names=tuple(map(self._event, names)), quantifier=cast(Any, words(quantifier)), span=span_of(meta)
        )

    def once(self, meta: Meta, children: Children) -> Node:
        times = 1 if children[0].lower() == "once" else 2
        return c.HowOften.made(operator="exactly", times=times, span=span_of(meta))

    def times(self, meta: Meta, children: Children) -> Node:
        operator, number = children
        said = words(operator)
        said = "fewer than" if said == "less than" else said
        return c.HowOften.made(operator=cast(Any, said), times=self._number(number), span=span_of(meta))

    def compared_once(self, meta: Meta, children: Children) -> Node:
        operator, once = children
        times = 1 if once.lower() == "once" else 2
        said = words(operator)
        operator = "fewer than" if said == "less than" else said
        return c.HowOften.made(operator=operator, times=times, span=span_of(meta))

    def so_many_times(self, meta: Meta, children: Children) -> Node:
        return c.HowOften.made(operator="exactly", times=self.whole(children[0]), span=span_of(meta))

    def different_periods(self, meta: Meta, children: Children) -> Node:
        operator, number, unit = children
        said = words(operator)
        return c.HowOften.made(
            operator=cast(Any, "fewer than" if said == "less than" else said),
            times=self._number(number),
            periods=unit_of(unit),
            span=span_of(meta),
        )

    def number_parameter(self, meta: Meta, children: Children) -> Node:
        return parameter(children[0], "number")

    def _number(self, number: Any) -> Any:
        return number if isinstance(number, c.Parameter) else self.whole(number)

    def times_between(self, meta: Meta, children: Children) -> Node:
        low, high = map(self.whole, children)
        return c.HowOften.made(operator="between", times=low, upper=high, span=span_of(meta))

    def where(self, meta: Meta, children: Children) -> Any:
        return plain(children[0])

    def items(self, meta: Meta, children: Children) -> Node:
        quantifier, name, where = children
        return c.Items.made(
            quantifier=_of_items(quantifier), list=as_name(name), where=where, span=span_of(meta)
        )

    def text_items(self, meta: Meta, children: Children) -> Node:
        quantifier, name, test = children
        return c.TextItems.made(
            quantifier=_of_items(quantifier), list=as_name(name), test=test, span=span_of(meta)
        )

    def event(self, meta: Meta, children: Children) -> Any:
        return self._event(children[0])

    def event_parameter(self, meta: Meta, children: Children) -> Node:
        return parameter(children[0], "event")

    @staticmethod
    def _event(name: Any) -> c.EventName | c.Parameter:
        if isinstance(name, c.EventName | c.Parameter):
            return name
        return c.EventName.made(name=name.text if isinstance(name, Quoted) else name.name, span=name.span)

    def number_of(self, meta: Meta, children: Children) -> Node:
        events, window, where = children
        return c.Measure.made(
            function="number", events=events, window=window, where=where, span=span_of(meta)
        )

    def number_of_different(self, meta: Meta, children: Children) -> Node:
        return self._measure("number of different", meta, children)

    def longest_gap(self, meta: Meta, children: Children) -> Node:
        events, window, where = children
        return c.Measure.made(
            function="longest gap", events=events, window=window, where=where, span=span_of(meta)
        )

    def value_of(self, meta: Meta, children: Children) -> Node:
        name, which, event, window, where = children
        return c.ValueOf.made(
            property=as_name(name),
            which=cast(Any, words(which)),
            event=self._event(event),
            window=window,
            where=where,
            span=span_of(meta),
        )

    def total_number(self, meta: Meta, children: Children) -> Node:
        return self.number_of(meta, [*children, None])

    def total_different(self, meta: Meta, children: Children) -> Node:
        return self.number_of_different(meta, [*children, None])

    def total_aggregate(self, meta: Meta, children: Children) -> Node:
        return self.aggregate(meta, [*children, None])

    def total_gap(self, meta: Meta, children: Children) -> Node:
        return self.longest_gap(meta, [*children, None])

    def total_value(self, meta: Meta, children: Children) -> Node:
        return self.value_of(meta, [*children, None])

    def total_recency(self, meta: Meta, children: Children) -> Node:
        return self.recency(meta, [*children, None])

    def aggregate(self, meta: Meta, children: Children) -> Node:
        function, *rest = children
        return self._measure(words(function), meta, rest)

    def _measure(self, function: str, meta: Meta, children: Children) -> Node:
        name, events, window, where = children
        return c.Measure.made(
            function=cast(Any, function),
            property=as_name(name),
            events=events,
            window=window,
            where=where,
            span=span_of(meta),
        )

    def measure(self, meta: Meta, children: Children) -> Any:
        return children[0]

    def recency(self, meta: Meta, children: Children) -> Node:
        which, name, window, where = children
        return c.Recency.made(
            which=cast(Any, words(which)),
            event=self._event(name),
            window=window,
            where=where,
            span=span_of(meta),
        )


def _of_items(quantifier: Token) -> Any:
    """`every item of` is `all items of`."""
    word = words(quantifier).split()[0]
    return "all" if word == "every" else word
