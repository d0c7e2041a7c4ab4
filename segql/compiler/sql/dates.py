"""Dates as SQL: days of the year, and one date beside another."""

from typing import TYPE_CHECKING

from segql.compiler.plan import nodes as plan
from segql.compiler.sql import build
from segql.compiler.sql.build import Sql

if TYPE_CHECKING:
    from segql.compiler.sql.frame import Frame


def on_day_of_year(frame: "Frame", node: plan.OnDayOfYear) -> Sql:
    """Month and day of a date, as the number 100 * month + day, against those of a window's days."""
    value = frame.term(node.term)
    there = frame.moment.elsewhere(node.zone)
    day = value if plan.type_of(node.term) == "date" else frame.dialect.local(value, there.zone.key)
    if node.month is not None:
        found = _between(frame.dialect.month_and_day(day), node.month * 100, node.month * 100 + 99)
    elif (ends := there.days_of_year(node.window or plan.Window())) is not None:
        found = _between(frame.dialect.month_and_day(day), *ends)
    else:  # every day of the year: nothing is outside of it
        return build.FALSE if node.negated else build.is_null(value, negated=True)
    return build.negation(found) if node.negated else found


def _between(number: Sql, low: int, high: int) -> Sql:
    """Between two days of the year, over its end where the first is the later one."""
    after = build.comparison(number, ">=", build.integer(low))
    before = build.comparison(number, "<=", build.integer(high))
    over_the_end = low > high > 0
    return build.disjunction((after, before)) if over_the_end else build.conjunction((after, before))


def compare(frame: "Frame", node: plan.CompareInstants) -> Sql:
    """One date before or after another, perhaps by no more than so many seconds."""
    left, right = _instant(frame, node.left, node.zone), _instant(frame, node.right, node.zone)
    if node.relation == "before":
        left, right = right, left
    found = build.comparison(left, ">", right)
    if node.seconds is not None:
        between = frame.dialect.seconds_between(right, left)
        near = build.comparison(between, "<=", build.integer(node.seconds))
        found = build.conjunction((found, near))
    return build.negation(found) if node.negated else found


def _instant(frame: "Frame", term: plan.Term, zone: str | None) -> Sql:
    """A date as the instant at which it begins; an instant as it is."""
    value = frame.term(term)
    if plan.type_of(term) != "date":
        return value
    return frame.dialect.midnight(value, frame.moment.elsewhere(zone).zone.key)
