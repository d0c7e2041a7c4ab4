"""What people did: `did E`, `did not E`, `did any of (E, F)`, how often, when, `where`, and in which order."""

from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec.structs import replace

from segql.compiler.ast.base import Condition, Node
from segql.compiler.ast.voice import Voice
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.events import Events, check_events, scan, tail_english, tail_text
from segql.compiler.conditions.how_often import HowOften, Periods
from segql.compiler.conditions.lengths import AnyLength, check_seconds, period_of
from segql.compiler.conditions.parameters import given
from segql.compiler.conditions.windows import AnyWindow
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition


def has_events(events: plan.Scan, low: int, high: int | None) -> plan.Predicate:
    """Between `low` and `high` events; a range that begins at 0 is the complement of more than its end."""
    if low > 0:
        return plan.HasEvents(events, low, high)
    return plan.Constant(True) if high is None else plan.complement(plan.HasEvents(events, high + 1))


class Step(Node, tag="step"):
    """`then "Placed Order" within 2 hours`, `then not "Cancelled Order" within 1 day where Total more than 50`."""

    events: Events
    negated: bool = False
    within: AnyLength | None = None
    where: "AnyCondition | None" = None

    def check(self, scope: Scope) -> None:
        check_events(scope, self.events, None, self.where)
        if self.events.quantifier in ("all", "none"):
            scope.report(
                Code.SG301,
                f"a step cannot take `{self.events.quantifier} of`",
                self.events.span,
                "name one event, or `any of (...)`; for none of them write `then not any of (...)`",
            )
        if self.within is not None:
            check_seconds(self.within, scope, "`within`")

    def lower(self, scope: Scope) -> plan.Step:
        seconds = given(self.within).seconds if self.within is not None else None
        return plan.Step(scan(scope, self.events, None, self.where), seconds, self.negated)

    def text(self) -> str:
        negated = "not " if self.negated else ""
        within = f" within {self.within.text()}" if self.within is not None else ""
        return f"then {negated}{self.events.text()}{within}{tail_text(None, self.where)}"

    def english(self, voice: Voice) -> str:
        negated = "not " if self.negated else ""
        within = f" within {self.within.text()}" if self.within is not None else ""
        return f"then {negated}{self.events.english()}{within}{tail_english(None, self.where, voice)}"


class Did(Condition, tag="did"):
    """`did "Placed Order" at least 3 times in the last 90 days where Total more than 50`, perhaps with further steps."""

    events: Events
    negated: bool = False
    how_often: HowOften | None = None
    window: AnyWindow | None = None
    each: Periods | None = None
    where: "AnyCondition | None" = None
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        if self.each is not None and (self.how_often or self.window or self.steps):
            raise ValueError("`each` stands alone: without how often, window and steps")

    def check(self, scope: Scope) -> None:
        check_events(scope, self.events, self.window, self.where)
        for part in (self.how_often, self.each):
            if part is not None:
                part.check(scope)
        for step in self.steps:
            step.check(scope)
        if self.steps and (self.negated or self.how_often or self.events.quantifier in ("all", "none")):
            scope.report(
                Code.SG307,
                "a sequence begins with an event that happened, at any time of it",
                self.span.to(self.events.span),
                "write `did A then B`; for people without it, `not (did A then B)`",
            )

    def lower(self, scope: Scope) -> plan.Predicate:
        events = scan(scope, self.events, self.window, self.where)
        if self.each is not None:
            events = replace(events, window=self.each.lower(scope.zone))
        if self.steps:
            return plan.Sequence(self.in_order(scope))
        if self.events.quantifier == "all":
            each = (replace(events, metrics=(metric,)) for metric in events.metrics)
            done = plan.conjunction(*(self._done(one) for one in each))
        else:
            done = self._done(events)
        turned = self.negated != (self.events.quantifier == "none")
        return plan.complement(done) if turned else done

    def in_order(self, scope: Scope) -> tuple[plan.Step, ...]:
        """The events that it asks for as steps, one after the other; none where it asks how often, for all of several, or
        for none."""
        if self.negated or self.how_often or self.each or self.events.quantifier in ("all", "none"):
            return ()
        first = plan.Step(scan(scope, self.events, self.window, self.where))
        return (first, *(step.lower(scope) for step in self.steps))

    def _done(self, events: plan.Scan) -> plan.Predicate:
        if self.each is not None:
            periods = plan.Aggregate("count periods", events, period=period_of(self.each.unit))
            return plan.Compare("=", periods, plan.Number(Decimal(self.each.count)))
        low, high = (1, None) if self.how_often is None else self.how_often.limits()
        if self.how_often is None or self.how_often.periods is None:
            return has_events(events, low, high)
        periods = plan.Aggregate("count periods", events, period=period_of(self.how_often.periods))
        limit = [plan.Compare(">=", periods, plan.Number(Decimal(low)))]
        if high is not None:
            limit.append(plan.Compare("<=", periods, plan.Number(Decimal(high))))
        return plan.conjunction(*limit)

    def text(self) -> str:
        how_often = f" {self.how_often.text()}" if self.how_often is not None else ""
        each = f" {self.each.text()}" if self.each is not None else ""
        verb = "did not" if self.negated else "did"
        steps = "".join(f" {step.text()}" for step in self.steps)
        return f"{verb} {self.events.text()}{how_often}{each}{tail_text(self.window, self.where)}{steps}"

    def english(self, voice: Voice) -> str:
        return self._clause(voice, turned=self.negated)

    def english_complement(self, voice: Voice) -> str:
        return self._clause(voice, turned=not self.negated)

    def _clause(self, voice: Voice, *, turned: bool) -> str:
        if self.steps and turned:
            return f"who are not people {self._clause(voice, turned=False)}"
        none = self.events.quantifier == "none"
        verb = "who did not do" if turned != none else "who did"
        how_often = f" {self.how_often.text()}" if self.how_often is not None else ""
        together = " in all" if how_often and self.events.quantifier in ("any", "none") else ""
        events = self.events.english("and" if self.events.quantifier == "all" else "or")
        each = " each" if how_often and self.events.quantifier == "all" else ""
        periods = f" {self.each.english(voice)}" if self.each is not None else ""
        tail = tail_english(self.window, self.where, voice)
        steps = "".join(f", {step.english(voice)}" for step in self.steps)
        return f"{verb} {events}{how_often}{each}{together}{periods}{tail}{steps}"
