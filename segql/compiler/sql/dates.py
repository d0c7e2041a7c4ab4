"""Dates as SQL: days of the year, and one date beside another."""

from calendar import isleap
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlglot import exp

from segql.compiler.plan import nodes as plan
from segql.compiler.sql import build

if TYPE_CHECKING:
    from segql.compiler.sql.frame import Frame

_WHOLE_YEAR = timedelta(days=365)


def on_day_of_year(frame: "Frame", node: plan.OnDayOfYear) -> exp.Expr:
    """Month and day of a date, as the number 100 * month + day, against those of a window's days."""
    value = frame.term(node.term)
    zone = frame.moment.elsewhere(node.zone).zone.key
    day = value if plan.type_of(node.term) == "date" else frame.dialect.local(value, zone)
    if node.month is not None:
        found = _between(frame.dialect.month_and_day(day), node.month * 100, node.month * 100 + 99)
    elif (ends := _month_days(frame, node)) is None:
        found = build.negated(build.is_null(value))
    else:
        found = _between(frame.dialect.month_and_day(day), *ends)
    if not node.negated:
        return found
    if isinstance(found, exp.Not):  # every day of the year: nothing is outside of it
        return exp.false()
    return build.negated(build.paren(found))


def _month_days(frame: "Frame", node: plan.OnDayOfYear) -> tuple[int, int] | None:
    """The first and the last day of the year in the window; None where every day is."""
    window = node.window or plan.Window()
    there = frame.moment.elsewhere(node.zone)
    first, last = there.bounds(window)
    if first is None or last is None:
        return None
    low, high = there.first_day(first), there.last_day(last)
    if high < low:
        return 1, 0
    if high - low >= _WHOLE_YEAR:
        return None
    # 29 February counts as 28 February in years that have none.
    end = 229 if (high.month, high.day) == (2, 28) and not isleap(high.year) else high.month * 100 + high.day
    return low.month * 100 + low.day, end


def _between(number: exp.Expr, low: int, high: int) -> exp.Expr:
    """Between two days of the year, over its end where the first is the later one."""
    after = exp.GTE(this=number, expression=exp.Literal.number(low))
    before = exp.LTE(this=number.copy(), expression=exp.Literal.number(high))
    if low > high and high > 0:
        return exp.Or(this=after, expression=before)
    return exp.And(this=after, expression=before)


def compare(frame: "Frame", node: plan.CompareInstants) -> exp.Expr:
    """One date before or after another, perhaps by no more than so many seconds."""
    left, right = _instant(frame, node.left, node.zone), _instant(frame, node.right, node.zone)
    if node.relation == "before":
        left, right = right, left
    found: exp.Expr = exp.GT(this=left, expression=right)
    if node.seconds is not None:
        between = frame.dialect.seconds_between(right.copy(), left.copy())
        near = exp.LTE(this=between, expression=exp.Literal.number(node.seconds))
        found = exp.And(this=found, expression=near)
    return build.negated(build.paren(found)) if node.negated else found


def _instant(frame: "Frame", term: plan.Term, zone: str | None) -> exp.Expr:
    """A date as the instant at which it begins; an instant as it is."""
    value = frame.term(term)
    if plan.type_of(term) != "date":
        return value
    midnight: exp.Expr = frame.dialect.midnight(value, frame.moment.elsewhere(zone).zone.key)
    return midnight
