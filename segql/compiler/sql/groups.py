"""Conditions on what the events of a person add up to, as sets of profile ids: how many there are, a measure of them.

Several that stand side by side and are of the same kind of event are read once, as one set.
"""

from collections.abc import Sequence

from segql.compiler.plan import nodes as plan
from segql.compiler.plan.instants import Moment
from segql.compiler.sql import build
from segql.compiler.sql.bindings import Bindings
from segql.compiler.sql.build import Sql
from segql.compiler.sql.events import ALIAS, EventFrame
from segql.compiler.sql.frame import Frame
from segql.compiler.sql.select import Select

ZERO_OVER_NOTHING = ("count", "count different", "count periods", "sum")
# These look at one event beside the others, so that none may be among them that they are not about.
_IN_ORDER = ("first value", "last value", "longest gap")


def scan_of(node: plan.Predicate) -> plan.Scan | None:
    """The events of which a condition is such a set; None for other conditions."""
    match node:
        case plan.Compare(_, plan.Aggregate() as measure, plan.Number()) | plan.InWindow(
            plan.Aggregate() as measure
        ):
            return measure.scan
        case plan.HasEvents(scan, low, high) if (low, high) != (1, None):
            return scan
        case _:
            return None


def can_be_read_together(node: plan.Predicate) -> bool:
    """Whether it may be read with others of the same kind of event, in whatever windows."""
    match node:
        case plan.Compare(_, plan.Aggregate(function)) | plan.InWindow(plan.Aggregate(function)):
            return function not in _IN_ORDER
        case _:
            return True


def keys(
    bindings: Bindings,
    moment: Moment,
    scans: Sequence[plan.Scan],
    tests: Sequence[tuple[plan.Predicate, bool]],
) -> tuple[Select, bool]:
    """The ids of those who pass all tests and True, or of all others and False. A test is a condition, or (False) its
    complement; all are of the scans, which differ in their windows only."""
    frame = EventFrame(bindings, moment, scans[0], [scan.window for scan in scans])
    having = [_having(frame, node) for node, _ in tests]
    # Those of whom there is no event are in no group: whom no test asks for an event is looked for among the others.
    inside = [holds == wanted for (_, holds), (_, wanted) in zip(having, tests, strict=True)]
    if any(inside):
        parts = [
            held if among else build.is_not_true(held)
            for (held, _), among in zip(having, inside, strict=True)
        ]
        held = build.conjunction(parts)
    else:
        held = build.disjunction([held for held, _ in having])
    key = build.column(ALIAS, "profile_id")
    return frame.select(key).group(key, having=held), any(inside)


def _having(frame: EventFrame, node: plan.Predicate) -> tuple[Sql, bool]:
    """What is true of the groups of those who fulfil a condition and True, or of those who do not and False."""
    match node:
        case plan.Compare(operator, plan.Aggregate() as measure, plan.Number() as number, negated):
            default = measure.function in ZERO_OVER_NOTHING and _holds_for_zero(
                operator, number, negated=negated
            )
            value = frame.aggregate(measure)
            if measure.function == "sum":
                value = or_zero(value)
            return _Value(frame, value).test(node, positive=not default), not default
        case plan.InWindow(plan.Aggregate() as measure):
            return _Value(frame, frame.aggregate(measure)).test(node, positive=True), True
        case plan.HasEvents(scan, low, high):
            count = frame.aggregate(plan.Aggregate("count", scan))
            limits = [build.comparison(count, "=" if high == low else ">=", build.integer(low))]
            if high is not None and high != low:
                limits.append(build.comparison(count, "<=", build.integer(high)))
            return build.conjunction(limits), True
        case _:
            raise TypeError(node)


class _Value(Frame):
    """A frame in which every measure is one expression at hand."""

    def __init__(self, outer: Frame, value: Sql) -> None:
        super().__init__(outer.bindings, outer.moment)
        self.value = value

    def term(self, term: plan.Term) -> Sql:
        return self.number(term) if isinstance(term, plan.Number) else self.value

    def special(self, node: plan.Predicate, *, positive: bool) -> Sql:
        raise TypeError(node)


def or_zero(value: Sql) -> Sql:
    """The value, or 0 where it is not set."""
    return build.call("COALESCE", value, build.integer(0))


def _holds_for_zero(operator: plan.Comparator, number: plan.Number, *, negated: bool) -> bool:
    """Whether 0, which counts and sums are for people without events, passes the comparison."""
    match operator:
        case "=":
            return (number.value == 0) != negated
        case "<":
            return number.value > 0
        case "<=":
            return number.value >= 0
        case ">":
            return number.value < 0
        case ">=":
            return number.value <= 0
