"""Rules of stretches of time."""

from typing import Any, cast

from lark import Token
from lark.tree import Meta

from segql.compiler.ast.base import Node
from segql.compiler.conditions import windows as w
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.lengths import Length
from segql.compiler.diagnostics.codes import Code
from segql.compiler.parse.rules import Children, Rules, parameter, span_of, words


class WindowRules(Rules):
    """Rules of stretches of time."""

    def in_the_last(self, meta: Meta, children: Children) -> Node:
        return w.InTheLast.made(length=children[0], span=span_of(meta))

    def in_the_next(self, meta: Meta, children: Children) -> Node:
        return w.InTheNext.made(length=children[0], span=span_of(meta))

    def more_than_ago(self, meta: Meta, children: Children) -> Node:
        return w.MoreThanAgo.made(length=children[0], span=span_of(meta))

    def length(self, meta: Meta, children: Children) -> Node:
        count, unit = self._counted(children)
        return Length.made(count=count, unit=unit, span=span_of(meta))

    def length_parameter(self, meta: Meta, children: Children) -> Node:
        return parameter(children[0], "length")

    def day_parameter(self, meta: Meta, children: Children) -> Node:
        return parameter(children[0], "day")

    def in_month(self, meta: Meta, children: Children) -> Node:
        return w.InMonth.made(month=self.whole(children[0]), span=span_of(meta))

    def between_ago(self, meta: Meta, children: Children) -> Node:
        low, high, unit = children
        return w.BetweenAgo.made(
            low=self.whole(low), high=self.whole(high), unit=unit_of(unit), span=span_of(meta)
        )

    def by_date(self, meta: Meta, children: Children) -> Node:
        relation, day = children
        return w.ByDay.made(relation=cast(Any, words(relation)), day=day, span=span_of(meta))

    def between_days(self, meta: Meta, children: Children) -> Node:
        first, last = children
        return w.BetweenDays.made(first=first, last=last, span=span_of(meta))

    def day_word(self, meta: Meta, children: Children) -> Node:
        which: Any = "this" if children[0].lower() == "today" else "last"
        return w.Calendar.made(which=which, unit="day", span=span_of(meta))

    def this_period(self, meta: Meta, children: Children) -> Node:
        return self._calendar("this", meta, children[0])

    def last_period(self, meta: Meta, children: Children) -> Node:
        return self._calendar("last", meta, children[0])

    def ever(self, meta: Meta, children: Children) -> Node:
        return w.Ever.made(span=span_of(meta))

    def day_written(self, meta: Meta, children: Children) -> Node:
        return Day.made(on=str(children[0]), span=span_of(meta))

    def relative_day(self, meta: Meta, children: Children) -> Node:
        return Day.made(on=children[0].lower(), span=span_of(meta))

    def days_ago(self, meta: Meta, children: Children) -> Node:
        count, unit = self._counted(children)
        return Day.made(ago=count, unit=unit, span=span_of(meta))

    def _calendar(self, which: Any, meta: Meta, unit: Token) -> Node:
        period = unit_of(unit)
        if period in ("minute", "hour"):
            self.report(
                Code.SG101,
                f"`{which} {period}` is no calendar unit",
                span_of(meta),
                f"write: in the last 1 {period}",
            )
            period = "day"
        return w.Calendar.made(which=which, unit=period, span=span_of(meta))

    def _counted(self, children: Children) -> tuple[int, Any]:
        count, unit = children
        return 1 if count is None else self.whole(count), unit_of(unit)


def unit_of(token: str) -> Any:
    """A unit of time in the singular."""
    return token.lower().removesuffix("s")
